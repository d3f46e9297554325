"""What each name means where it stands, and of which kind it is: column, fact, criterion, parameter, today, now."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from throughcare.definitions import grammar
from throughcare.definitions.check.reading import VERBS, Reading
from throughcare.definitions.compiled import tables
from throughcare.definitions.compiled.facts import GIVES, ONE_ROW
from throughcare.definitions.expressions import Mistake, Spelled, phrase, spell
from throughcare.definitions.functions import FUNCTIONS
from throughcare.definitions.imported import Imported, imported
from throughcare.definitions.near import did_you_mean

CLOCK = {"today": "date", "now": "timestamp", "this_model": "text"}
GROUPED = {"key": "text", "person_id": "integer", "about": "text", "source": "text"}
PERIOD = {"start": "date", "end": "date"}
UNKNOWN = "unknown"


@dataclass
class Names:
    """The names of one model, by the set they stand on; kinds are found when first asked for."""

    reading: Reading
    _kinds: dict[tuple[str, str], str] = field(default_factory=dict)

    def columns(self, source: str) -> dict[str, str]:
        """The columns of a view or a set, with their kinds."""
        if source in self.reading.library.views:
            return self.reading.library.views[source]
        chosen = self.reading.sets.get(source)
        if not chosen or not self._enter("columns", source):
            return {}
        try:
            return self._set_columns(chosen)
        finally:
            del self._kinds["columns", source]

    def answers(self, on: str) -> dict[str, str]:
        """Facts and criteria on a set: its own, and those of the set it starts from."""
        own = {f.id: self._fact_kind(f) for f in self.reading.model.sets.fact if f.on == on}
        own |= {c.id: "boolean" for c in self.reading.model.eligibility.criterion if c.on == on}
        own |= {c.id: "decimal" for c in self.reading.model.payment.calc if c.on == on and c.value is not None}
        own |= {c.id: self._calc_kind(c) for c in self.reading.model.payment.calc if c.on == on and c.choose}
        chosen = self.reading.sets.get(on)
        if not chosen or chosen.group or chosen.merge or not self._enter("answers", on):
            return own
        try:
            return self.answers(source_of(chosen.from_)) | own
        finally:
            del self._kinds["answers", on]

    def row(self, on: str) -> dict[str, str]:
        """Every name of a row of `on`."""
        return self.columns(on) | self.answers(on)

    def imported(self, table: grammar.Table) -> Imported:
        return imported(self.reading.library, table)

    def parameters(self) -> dict[str, str]:
        return {name: parameter_kind(p) for name, p in self.reading.model.parameters.items()}

    def inner(self, chosen: grammar.Set) -> dict[str, str]:
        """The names of a set's rows before they are grouped: those of its source, then its extra columns."""
        days = {chosen.each.as_: "date"} if chosen.each else {}
        return self.row(source_of(chosen.from_)) | self._also(chosen) | days

    def _also(self, chosen: grammar.Set) -> dict[str, str]:
        """Extra columns, each of which may use those before it."""
        source, added = source_of(chosen.from_), dict[str, str]()
        for name, text in chosen.also.items():
            added[name] = kind_of(text, CheckScope(self, source, extra=dict(added)))
        return added

    def _set_columns(self, chosen: grammar.Set) -> dict[str, str]:
        columns = self.columns(source_of(chosen.from_)) | self._also(chosen)
        columns |= {chosen.each.as_: "date"} if chosen.each else {}
        columns |= {"pieces": "integer"} if chosen.merge else {}
        if chosen.group:
            scope = CheckScope(self, source_of(chosen.from_), extra=self.inner(chosen))
            standing = {n: kind for n, kind in GROUPED.items() if n != "person_id" or "person_id" in columns}
            standing = {n: kind for n, kind in standing.items() if n != "person_id" or not chosen.group.across}
            columns = standing | {name: columns.get(name, UNKNOWN) for name in chosen.group.by}
            columns |= {s.id: _sum_kind(s, scope) for s in chosen.sum}
        columns |= {chosen.pick.place: "integer"} if chosen.pick and chosen.pick.place else {}
        return columns | ({"kept": "boolean"} if chosen.at_most else {})

    def _fact_kind(self, fact: grammar.Fact) -> str:
        at = ("fact", f"{fact.on} {fact.id}")
        if at not in self._kinds:
            self._kinds[at] = UNKNOWN  # a fact that leads back to itself: the circle is reported elsewhere
            self._kinds[at] = self._find_kind(fact)
        return self._kinds[at]

    def _calc_kind(self, calc: grammar.Calc) -> str:
        at = ("calc", f"{calc.on} {calc.id}")
        if at not in self._kinds:
            self._kinds[at] = UNKNOWN
            self._kinds[at] = self._choice_kind(calc)
        return self._kinds[at]

    def _find_kind(self, fact: grammar.Fact) -> str:
        verb = next((v for v in VERBS if getattr(fact, v) is not None), "")
        if verb in GIVES:
            return GIVES[verb]
        if verb in ("lowest", "highest", *ONE_ROW) and not fact.take:
            return "date"
        if verb == "value":
            return kind_of(fact.value or "", CheckScope(self, fact.on))
        if verb == "choose":
            return self._choice_kind(fact)
        found = self.row(source_of(getattr(fact, verb, "") or "")).get(fact.take or "", UNKNOWN)
        return "integer" if (verb, found) == ("spread", "date") else found

    def _choice_kind(self, fact: grammar.Fact | grammar.Calc) -> str:
        given = [c.then if c.if_ is not None else c.else_ for c in fact.choose or []]
        scope = CheckScope(self, fact.on)
        kinds = {kind_of(v[2:], scope) if str(v).startswith("= ") else value_kind(v) for v in given if v != UNKNOWN}
        return kinds.pop() if len(kinds) == 1 else ("decimal" if kinds == {"integer", "decimal"} else UNKNOWN)

    def _enter(self, kind: str, name: str) -> bool:
        """False when we are already inside: a set that starts from itself has no columns."""
        if (kind, name) in self._kinds:
            return False
        self._kinds[kind, name] = UNKNOWN
        return True


@dataclass
class CheckScope:
    """The scope of one expression: `on` is the described row, `source` the view or set of a phrase's own rows."""

    book: Names
    on: str
    source: str = ""
    this: bool = True
    only: dict[str, str] | None = None  # exactly these names may be used, for instance by a rule
    extra: dict[str, str] = field(default_factory=dict)
    functions: Mapping[str, Any] = field(default_factory=lambda: FUNCTIONS)

    def column(self, table: str, name: str) -> Spelled:
        known = self._known(table)
        if name not in known:
            raise self._not_known(table, name, known)
        return Spelled(name, known[name])

    def _known(self, table: str) -> dict[str, str]:
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
        return self.book.row(self.source or self.on) | self.book.parameters() | CLOCK | self.extra

    def _tables(self) -> str:
        this = " this.x is the row described," if self.source and self.this else ""
        return f"Write plain names;{this} person.x is the person."

    def _not_known(self, table: str, name: str, known: dict[str, str]) -> Mistake:
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
        known = self.book.parameters()
        lists = [n for n, kind in known.items() if kind == "list"]
        if name not in (*lists, *self.book.reading.library.value_sets):
            raise Mistake(
                f'there is no list "{name}".{did_you_mean(name, lists)}', "", "Make it a parameter with a list."
            )
        return Spelled("", "boolean")


def kind_of(text: str, scope: Any) -> str:
    """The kind of an expression, or unknown when it is wrong: its mistake is told where it stands."""
    try:
        return spell(text, scope).type
    except Mistake:
        return UNKNOWN


def source_of(text: str) -> str:
    """The view or set that a phrase speaks of."""
    try:
        return phrase(text)[0]
    except Mistake:
        return ""


def parameter_kind(parameter: grammar.Parameter) -> str:
    kinds = {value_kind(v) for v in parameter.values.values()}
    return kinds.pop() if len(kinds) == 1 else "decimal"


def value_kind(value: object) -> str:
    kinds: list[tuple[type, str]] = [
        (bool, "boolean"),
        (int, "integer"),
        (Decimal, "decimal"),
        (list, "list"),
        (date, "date"),
    ]
    return next((name for kind, name in kinds if isinstance(value, kind)), "text")


def _sum_kind(column: grammar.SetSum, scope: "CheckScope") -> str:
    if column.count is not None or column.count_of is not None:
        return "integer"
    if column.mean is not None or column.median is not None:
        return "decimal"
    return kind_of(column.sum or column.lowest or column.highest or "", scope)


def _columns(where: str, known: dict[str, str]) -> str:
    hidden = {"known_from", "known_to", "source", "person_id", *CLOCK}
    return f"Names on {where}: {', '.join(sorted(n for n in known if n not in hidden)[:16])}."
