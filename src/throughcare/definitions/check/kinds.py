"""Which names a row has and of which kind each is: columns, facts, criteria, steps of a settlement; one at a time."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from throughcare.definitions import grammar
from throughcare.definitions.check.reading import VERBS, Reading
from throughcare.definitions.compiled import own, rhythms, tables
from throughcare.definitions.compiled.facts import GIVES, ONE_ROW
from throughcare.definitions.compiled.frames import COMMON
from throughcare.definitions.compiled.graph import PERSON_OWN
from throughcare.definitions.compiled.names import RHYTHM
from throughcare.definitions.expressions import NUMBERS, Mistake, phrase, spell
from throughcare.definitions.imported import Imported, imported

UNKNOWN = "unknown"
Find = Callable[[str], str]


class Lazy(Mapping[str, str]):
    """Names whose kinds are found when they are asked for: of one expression, and not of all at once."""

    def __init__(self, names: list[str], find: Find) -> None:
        self._names, self._find = dict.fromkeys(names), find

    def __getitem__(self, name: str) -> str:
        if name not in self._names:
            raise KeyError(name)
        return self._find(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, name: object) -> bool:
        return name in self._names


@dataclass
class Names:
    """The names of one model, by the set they stand on."""

    reading: Reading
    scope: Callable[..., Any]  # how an expression is read; given by whoever knows the rules of reading
    _kinds: dict[tuple[str, ...], str] = field(default_factory=dict)

    def columns(self, on: str) -> Lazy:
        """The columns of a view or a set."""
        return Lazy(self._column_names(on, ()), lambda name: self._kept("column", on, name, self._column))

    def row(self, on: str) -> Lazy:
        """Every name of a row of `on`: its columns, and its own answers before those of the set it starts from."""
        names = [*self._column_names(on, ()), *self._answer_names(on, ())]
        return Lazy(names, lambda name: self._kept("row", on, name, self._found))

    def inner(self, chosen: grammar.Set) -> Lazy:
        """The names of a set's rows before they are grouped: those of its source, then its extra columns."""
        source = self.row(source_of(chosen.from_))
        names = [*source, *chosen.also, *_laid_out(chosen)]
        return Lazy(names, lambda name: self._extra(chosen, name) or source.get(name, UNKNOWN))

    def imported(self, table: grammar.Table) -> Imported:
        return imported(self.reading.library, table)

    @cached_property
    def parameters(self) -> dict[str, str]:
        return {name: parameter_kind(p) for name, p in self.reading.model.parameters.items()}

    @cached_property
    def _facts(self) -> dict[tuple[str, str], grammar.Fact]:
        return {(f.on, f.id): f for f in self.reading.model.sets.fact}

    @cached_property
    def _sure(self) -> dict[tuple[str, str], str]:
        """Answers whose kind is known without reading them."""
        model = self.reading.model
        found = {(c.on, c.id): "boolean" for c in model.eligibility.criterion}
        found |= {("person", f"has_{role.id}"): "boolean" for role in model.team.role}
        return found | {(c.on, c.id): "decimal" for c in model.payment.calc if c.value is not None}

    @cached_property
    def _calcs(self) -> dict[tuple[str, str], grammar.Calc]:
        return {(c.on, c.id): c for c in self.reading.model.payment.calc if c.choose}

    def _kept(self, what: str, on: str, name: str, find: Callable[[str, str], str]) -> str:
        """Found once. What leads back to itself has no kind: the circle is reported elsewhere."""
        at = (what, on, name)
        if at not in self._kinds:
            self._kinds[at] = UNKNOWN
            self._kinds[at] = find(on, name)
        return self._kinds[at]

    def _column_names(self, on: str, seen: tuple[str, ...]) -> list[str]:
        if on in self._views:
            return list(self._views[on])
        if on in seen:
            return []
        if rhythm := self._rhythm(on):
            return [*self._column_names(rhythm.on, (*seen, on)), *rhythms.COLUMNS]
        chosen = self.reading.sets.get(on)
        if not chosen:
            return []
        source = self._column_names(source_of(chosen.from_), (*seen, on))
        if chosen.group:
            standing = [n for n in COMMON if n != "person_id" or (n in source and not chosen.group.across)]
            names = [*standing, *chosen.group.by, *(s.id for s in chosen.sum)]
        else:
            names = [*source, *chosen.also, *_laid_out(chosen)]
        return [*names, *_made(chosen)]

    def _answer_names(self, on: str, seen: tuple[str, ...]) -> list[str]:
        if on in seen:
            return []
        names = [name for home, name in (*self._facts, *self._sure, *self._calcs) if home == on]
        above = self._above(on)
        return [*self._answer_names(above, (*seen, on)), *names] if above else names

    def _above(self, on: str) -> str:
        """The set whose answers a row has too; none once rows are added up or joined."""
        if rhythm := self._rhythm(on):
            return rhythm.on
        chosen = self.reading.sets.get(on)
        return "" if not chosen or chosen.group or chosen.merge else source_of(chosen.from_)

    def _found(self, on: str, name: str) -> str:
        """The kind of a name on a row: an own answer, a column, or an answer of the set it starts from."""
        if (on, name) in self._facts:
            return self._fact_kind(self._facts[on, name])
        if (on, name) in self._calcs:
            return self._choice_kind(self._calcs[on, name])
        if (on, name) in self._sure:
            return self._sure[on, name]
        if name in self.columns(on):
            return self.columns(on)[name]
        above = self._above(on)
        return self.row(above).get(name, UNKNOWN) if above else UNKNOWN

    def _column(self, on: str, name: str) -> str:
        if on in self._views:
            return self._views[on][name]
        if rhythm := self._rhythm(on):
            return rhythms.COLUMNS.get(name) or self.columns(rhythm.on).get(name, UNKNOWN)
        chosen = self.reading.sets[on]
        if name in (made := _made(chosen)):
            return made[name]
        if not chosen.group:
            return self._extra(chosen, name) or self.columns(source_of(chosen.from_)).get(name, UNKNOWN)
        for added in chosen.sum:
            if added.id == name:
                return self._sum_kind(added, self.scope(self, source_of(chosen.from_), extra=self.inner(chosen)))
        return self.inner(chosen).get(name) or COMMON.get(name, UNKNOWN)

    def _extra(self, chosen: grammar.Set, name: str) -> str:
        """The kind of an extra column, which may use those before it; empty when it is none."""
        if chosen.each and chosen.each.as_ == name:
            return "date"
        if chosen.found and name in chosen.found.take:
            return self._found_in(chosen.found, name)
        if name not in chosen.also:
            return ""
        before = list(chosen.also)[: list(chosen.also).index(name)]
        known = Lazy(before, lambda n: self._extra(chosen, n))
        text, source = chosen.also[name], source_of(chosen.from_)
        return self._kept("also", chosen.id, name, lambda *_: kind_of(text, self.scope(self, source, extra=known)))

    def _found_in(self, given: grammar.Found, name: str) -> str:
        """The kind of a column that comes along from an imported table."""
        table = next((t for t in self.reading.model.tables if t.id == source_of(given.in_)), None)
        return self.imported(table).kind(name) if table else UNKNOWN

    @cached_property
    def _views(self) -> dict[str, dict[str, str]]:
        """Views with their columns: the library's, the person with their today, and the engine's own answers."""
        answers = {name: COMMON | columns for name, columns in own.COLUMNS.items()}
        views = self.reading.library.views
        return views | answers | {"person": views.get("person", {}) | PERSON_OWN}

    def _rhythm(self, on: str) -> grammar.Rhythm | None:
        name = on.removeprefix(RHYTHM)
        return next((r for r in self.reading.model.work.rhythm if on.startswith(RHYTHM) and r.id == name), None)

    def _fact_kind(self, fact: grammar.Fact) -> str:
        verb = next((v for v in VERBS if getattr(fact, v) is not None), "")
        if verb in GIVES:
            return GIVES[verb]
        if verb in ("lowest", "highest", *ONE_ROW) and not fact.take:
            return "date"
        if verb == "value":
            return kind_of(fact.value or "", self.scope(self, fact.on))
        if verb == "choose":
            return self._choice_kind(fact)
        found = self.row(source_of(getattr(fact, verb, "") or "")).get(fact.take or "", UNKNOWN)
        return "integer" if (verb, found) == ("spread", "date") else found

    def _choice_kind(self, fact: grammar.Fact | grammar.Calc) -> str:
        given = [c.then if c.if_ is not None else c.else_ for c in fact.choose or []]
        scope = self.scope(self, fact.on)
        kinds = {kind_of(v[2:], scope) if str(v).startswith("= ") else tables.kind(v) for v in given if v != UNKNOWN}
        return one_of(kinds - {UNKNOWN})

    def _sum_kind(self, column: grammar.SetSum, scope: Any) -> str:
        if column.count is not None or column.count_of is not None:
            return "integer"
        if column.mean is not None or column.median is not None:
            return "decimal"
        return kind_of(column.sum or column.lowest or column.highest or "", scope)


def _made(chosen: grammar.Set) -> dict[str, str]:
    """The columns that the operations of a set add."""
    found = {"pieces": "integer"} if chosen.merge else {}
    found |= {chosen.pick.place: "integer"} if chosen.pick and chosen.pick.place else {}
    return found | ({"kept": "boolean"} if chosen.at_most else {})


def kind_of(text: str, scope: Any) -> str:
    """The kind of an expression, or unknown when it is wrong: its mistake is told where it stands."""
    try:
        return spell(text, scope).type
    except Mistake:
        return UNKNOWN


def _laid_out(chosen: grammar.Set) -> list[str]:
    """The columns that rows gain by being laid out: a day, or what a table holds of them."""
    return [*([chosen.each.as_] if chosen.each else []), *(chosen.found.take if chosen.found else [])]


def source_of(text: str) -> str:
    """The view or set that a phrase speaks of."""
    try:
        return phrase(text)[0]
    except Mistake:
        return ""


def parameter_kind(parameter: grammar.Parameter) -> str:
    return one_of({tables.kind(v) for values in (parameter.values, *(s.values for s in parameter.scoped))
                   for v in values.values()})  # fmt: skip


def one_of(kinds: set[str]) -> str:
    """The one kind they are of; whole numbers and decimals are decimals together."""
    if len(kinds) == 1:
        return next(iter(kinds))
    return "decimal" if kinds and kinds <= set(NUMBERS) else UNKNOWN
