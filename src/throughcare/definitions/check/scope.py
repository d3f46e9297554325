"""What each name means where an expression stands: column, fact, criterion, parameter, today, now."""

from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from throughcare.definitions import grammar
from throughcare.definitions.check.kinds import Names
from throughcare.definitions.check.reading import Reading
from throughcare.definitions.compiled import tables
from throughcare.definitions.expressions import Mistake, Spelled
from throughcare.definitions.functions import FUNCTIONS
from throughcare.definitions.near import did_you_mean

CLOCK = {"today": "date", "now": "timestamp", "this_model": "text"}
PERIOD = {"start": "date", "end": "date"}


def names_of(reading: Reading) -> Names:
    """The names of a model, read by the rules of this module."""
    return Names(reading, CheckScope)


@dataclass
class CheckScope:
    """The scope of one expression: `on` is the described row, `source` the view or set of a phrase's own rows."""

    book: Names
    on: str
    source: str = ""
    this: bool = True
    only: dict[str, str] | None = None  # exactly these names may be used, for instance by a rule
    extra: Mapping[str, str] = field(default_factory=dict)
    functions: Mapping[str, Any] = field(default_factory=lambda: FUNCTIONS)

    def column(self, table: str, name: str) -> Spelled:
        known = self._known(table)
        if name not in known:
            raise self._not_known(table, name, known)
        return Spelled(name, known[name])

    def _known(self, table: str) -> Mapping[str, str]:
        if table == "person":
            return self.book.row("person")
        if table == "period":
            return PERIOD
        if table == "this" and self.source and self.this:
            return self.book.row(self.on)
        if table:
            raise Mistake(f'"{table}." means nothing here.', "", self._tables())
        if self.only is not None:
            return self.only
        maps = (self.extra, CLOCK, self.book.parameters, self.book.row(self.source or self.on))
        return ChainMap(*maps)  # type: ignore[arg-type]  # nobody writes to it

    def _tables(self) -> str:
        this = " this.x is the row described," if self.source and self.this else ""
        return f"Write plain names;{this} person.x is the person."

    def _not_known(self, table: str, name: str, known: Mapping[str, str]) -> Mistake:
        described = self.on if table == "this" or not self.source else self.source
        where = table if table in ("person", "period") else described
        if self.only is not None:
            return Mistake(f'there is no criterion "{name}".{did_you_mean(name, known)}', "A rule names criteria only.")
        facts = self.book.reading.model.sets.fact
        criteria = self.book.reading.model.eligibility.criterion
        homes = [f.on for f in facts if f.id == name and f.on != where]
        homes += [c.on for c in criteria if c.id == name and c.on != where]
        if homes:
            what = f'uses "{name}", which is defined on {homes[0]}, not on {where}.'
            do = "Write person." + name + "." if homes[0] == "person" else f'Write on = "{homes[0]}".'
            return Mistake(what, "A name belongs to the rows of one set.", do)
        if self.source and name in self.book.row(self.on):
            do = f"Write this.{name}." if self.this else "This phrase may not speak of the row it is for."
            return Mistake(f'"{name}" is a name of {self.on}, not of {where}.', "", do)
        near = did_you_mean(name, known)
        return Mistake(f'"{name}" is not known on {where}.{near}', "", "" if near else _columns(where, known))

    def local_day(self, x: Spelled) -> Spelled:
        return Spelled(x.sql, "date", x.uses)

    def local_midnight(self, x: Spelled) -> Spelled:
        return Spelled(x.sql, "timestamp", x.uses)

    def business_days(self) -> str:
        return ""

    def pauses(self) -> Spelled:
        return Spelled("", "pauses")

    def previous(self, x: Spelled) -> Spelled:
        return x

    def scoring(self, name: str) -> None:
        """Where powers may stand is said when the fact is compiled."""

    def in_value_set(self, code: Spelled, system: Spelled | None, name: str) -> Spelled:
        known = self.book.reading.library.value_sets
        if name not in known:
            do = "Value sets live in care_library/value_sets."
            raise Mistake(f'there is no value set "{name}".{did_you_mean(name, known)}', "", do)
        return Spelled("", "boolean")

    def lookup(self, table: str, keys: list[Spelled]) -> Spelled:
        return tables.looked_up(self._table(table), keys, self)

    def interpolate(self, table: str, x: Spelled) -> Spelled:
        return tables.interpolated(self._table(table), x, self)

    def _table(self, name: str) -> grammar.Table:
        known = {t.id: t for t in self.book.reading.model.tables}
        if name not in known:
            what = f'there is no table "{name}".{did_you_mean(name, known)}'
            raise Mistake(what, "", "Add it to parameters.toml.")
        return known[name]

    def member(self, x: Spelled, name: str) -> Spelled:
        known = self.book.parameters
        lists = [n for n, kind in known.items() if kind == "list"]
        if name not in (*lists, *self.book.reading.library.value_sets):
            raise Mistake(
                f'there is no list "{name}".{did_you_mean(name, lists)}', "", "Make it a parameter with a list."
            )
        return Spelled("", "boolean")


def _columns(where: str, known: Mapping[str, str]) -> str:
    hidden = {"known_from", "known_to", "source", "person_id", *CLOCK}
    return f"Names on {where}: {', '.join(sorted(n for n in known if n not in hidden)[:16])}."
