"""Found: one row of a set as the rows that a table holds of it, such as each condition that a diagnosis counts as."""

from typing import Any

from throughcare.definitions.compiled.frames import Frame
from throughcare.definitions.compiled.scopes import RowScope
from throughcare.definitions.expressions import Mistake, Spelled, phrase, spell
from throughcare.definitions.grammar import Found, Table
from throughcare.definitions.imported import Imported
from throughcare.definitions.near import did_you_mean

BLANK = "?"  # in a key, for what is unknown


def found(made: Frame, given: Found, names: Any, select: str) -> str:
    """The rows beside the table's; a key says which row and what was taken, so that no two rows share one.

    The rows are held until the table is read, or the engine may set whole people beside the whole table first.
    """
    name, condition = phrase(given.in_)
    table, file = _table(names, name)
    if len(given.by) != len(table.keys):
        raise Mistake(f'found: the table "{name}" is looked up by {len(table.keys)} value(s).')
    on, keys = [], []
    for ours, theirs in zip(given.by, table.keys, strict=True):
        if ours not in made.columns:
            raise Mistake(f'found: "{ours}" is not a column of this set.{did_you_mean(ours, made.columns)}')
        keys.append(file.column(theirs, made.columns[ours]))
        on.append(f'f."{ours}" = t."{keys[-1]}"')
    scope = _Beside(names, made, file)
    holds = spell(condition, scope, "boolean") if condition else Spelled("true", "boolean")
    if any(alias in ("p", "c") for alias, _ in holds.uses):
        raise Mistake("found: the condition may not speak of the person or the clock.", do="Put it into also first.")
    taken = {column: scope.their(column) for column in given.take}
    for column in taken:
        if column in made.columns:
            raise Mistake(f'found: "{column}" is a column already.', do="Give the other one its own name.")
    if not condition:
        file.one_each([*keys, *(file.column(column, scope.kinds[column]) for column in taken)])
    key = "".join(f" || '/' || coalesce(cast({t.sql} as varchar), '{BLANK}')" for t in taken.values())
    columns = "".join(f', {t.sql} as "{column}"' for column, t in taken.items())
    made.columns |= {column: t.type for column, t in taken.items()}
    join = "left join" if file.missing else "join"
    where = "" if file.missing else f" where {holds.sql}"
    return (
        f'with f as materialized ({select}) select f.* replace (f."key"{key} as "key"){columns} from f '
        f'{join} "{file.relation}" t on {" and ".join(on)}{where}'
    )


def _table(names: Any, name: str) -> tuple[Table, Imported]:
    table = names.tables.get(name)
    if not table:
        raise Mistake(f'found: "{name}" is not a table of this care model.{did_you_mean(name, names.tables)}')
    if not table.import_ or not table.keys:
        raise Mistake(f'found: the table "{name}" is not imported, or does not name its keys.')
    return table, names.imported(table)


class _Beside(RowScope):
    """Where the condition stands: the row's columns, and those of the table."""

    def __init__(self, names: Any, rows: Frame, file: Imported) -> None:
        super().__init__(names, _Plain(rows, file), "f")
        self.file = file
        self.kinds = {name: file.kind(name) for name in file.columns}

    def their(self, name: str) -> Spelled:
        if name not in self.kinds:
            known = ", ".join(self.file.columns)
            raise Mistake(f'found: {self.file.path.name} has no column "{name}".', do=f"Its columns are: {known}.")
        return Spelled(f't."{self.file.column(name, self.kinds[name])}"', self.kinds[name])

    def _bare(self, name: str) -> Spelled | None:
        return super()._bare(name) or (self.their(name) if name in self.kinds else None)


class _Plain:
    """A frame's own columns, and the names of the table's."""

    def __init__(self, rows: Frame, file: Imported) -> None:
        self.frame, self.file = rows, file

    def find(self, name: str) -> tuple[str, str] | None:
        return (name, self.frame.columns[name]) if name in self.frame.columns else None

    def names(self) -> list[str]:
        return [*self.frame.columns, *self.file.columns]
