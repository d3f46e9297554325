"""Earlier: which statements another needs answered, by the columns it reads of what they made."""

from collections.abc import Iterable

from throughcare.definitions.compiled.plan import Statement

Read = tuple[str, str, list[str]]  # a name of its own for it, the relation, and the columns that are read of it


class Earlier:
    """The statements seen so far. One that sets columns beside another's rows writes the same relation under one more
    name; a relation is called by its first."""

    def __init__(self) -> None:
        self._first_names: dict[str, str] = {}
        self._rows: dict[str, int] = {}  # by relation, the statement that made its rows
        self._columns: dict[tuple[str, str], int] = {}  # the statement that made a column of a relation
        self._answers: dict[str, int] = {}

    def first_name(self, name: str) -> str:
        return self._first_names.get(name, name)

    def needed(self, statement: Statement, reads: Iterable[Read]) -> set[int]:
        """The numbers of the statements that must be answered before this one."""
        relations = (statement.onto, statement.nothing_without, statement.plain_without)
        found = {self._rows.get(self.first_name(name)) for name in relations}
        found |= {self._rows.get(relation) for _, relation, _ in reads}
        found |= {self._columns.get((relation, column)) for _, relation, columns in reads for column in columns}
        found.add(self._answers.get(statement.nothing_where[0]))
        return {number for number in found if number is not None}

    def add(self, statement: Statement, columns: Iterable[str]) -> None:
        """A statement, and the columns it made."""
        number = len(self._answers)
        relation = self.first_name(statement.onto or statement.name)
        self._answers[statement.name] = number
        self._first_names[statement.name] = relation
        self._rows.setdefault(relation, number)
        self._columns |= {(relation, column): number for column in columns}
