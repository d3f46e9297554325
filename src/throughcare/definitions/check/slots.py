"""Every place of a care model where an expression stands: whose row it speaks of, and what it must give."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from throughcare.definitions import grammar
from throughcare.definitions.check.reading import At, Reading
from throughcare.definitions.compiled import measuring
from throughcare.definitions.compiled.facts import NUMBERS, PHRASES
from throughcare.definitions.compiled.sets import SUMS
from throughcare.definitions.expressions import Mistake
from throughcare.definitions.toml_lines import Path


@dataclass(frozen=True, slots=True)
class Slot:
    """`form` is expression, phrase, column, due, window, every, warn, order or score.

    `on` is the set whose row is described.

    `within` is the phrase whose rows a column or an order speaks of; empty means the row of `on` itself, and with
    `inner` the rows of the set `on` as they are before they are grouped.
    """

    at: At
    key: Path
    text: str
    form: str
    on: str = "person"
    wants: str = ""
    within: str = ""
    this: bool = True
    inner: bool = False


def slots(reading: Reading) -> Iterator[Slot]:
    """All of them, in the order of files."""
    for at in reading.entries():
        make: Any = _SLOTS.get(type(at.entry))
        rhythmic = reading.row_of(at.entry) if isinstance(at.entry, grammar.Step) else ""
        for slot in make(at, at.entry) if make else ():
            if slot.text:
                yield replace(slot, on=rhythmic) if rhythmic else slot


def _set(at: At, s: grammar.Set) -> Iterator[Slot]:
    yield Slot(at, ("from",), s.from_, "phrase", s.id, this=False)
    for name, text in s.also.items():
        yield Slot(at, ("also", name), text, "expression", s.id, inner=True)
    for nth, column in enumerate(s.sum):
        yield from _summed(at, nth, column)
    if s.each:
        yield Slot(at, ("each",), s.each.from_, "expression", s.id, "date", inner=True)
        yield Slot(at, ("each",), s.each.to, "expression", s.id, "date", inner=True)
    for name in s.found.by if s.found else ():
        yield Slot(at, ("found",), name, "column", s.id, inner=True)
    for name in s.group.by if s.group else ():
        yield Slot(at, ("group",), name, "column", s.id, inner=True)
    if s.merge:
        ends = (s.merge.start, s.merge.end)
        yield from (Slot(at, ("merge",), name, "column", s.id, "date", inner=True) for name in ends)
        yield from (Slot(at, ("merge",), name, "column", s.id, inner=True) for name in s.merge.per)
    for name in s.pick.per if s.pick else ():
        yield Slot(at, ("pick",), name, "column", s.id)
    for name in s.pick.order if s.pick else ():
        yield Slot(at, ("pick",), name, "order", s.id)
    if s.at_most:
        yield from (Slot(at, ("at_most",), name, "column", s.id) for name in s.at_most.per)
        yield Slot(at, ("at_most",), s.at_most.at, "column", s.id, "date")
        yield Slot(at, ("at_most",), s.at_most.until or "", "column", s.id, "date")
    yield Slot(at, ("rule_on",), s.rule_on or "", "column", s.id, "date")


def _summed(at: At, nth: int, column: grammar.SetSum) -> Iterator[Slot]:
    wants = {"count": "boolean", "where": "boolean", "sum": "number", "mean": "number", "median": "number"}
    for verb in (*SUMS, "where"):
        text = getattr(column, verb) or ""
        if (verb, text) != ("count", "rows"):
            yield Slot(at, ("sum", nth, verb), text, "expression", at.entry.id, wants.get(verb, ""), inner=True)


def _fact(at: At, f: grammar.Fact) -> Iterator[Slot]:
    yield Slot(at, ("value",), f.value or "", "expression", f.on)
    for verb in PHRASES:
        phrase = getattr(f, verb) or ""
        yield Slot(at, (verb,), phrase, "phrase", f.on)
        if phrase:
            wants = "number" if verb in NUMBERS else ""
            for name in (f.take or "").replace(" ", "").split(",") if verb == "minutes" else [f.take or ""]:
                yield Slot(at, ("take",), name, "column", f.on, wants, phrase)
            yield Slot(at, ("at",), f.at or "", "column", f.on, "date", phrase)
            yield Slot(at, ("ties",), f.ties or "", "ties", f.on, "", phrase)
    yield Slot(at, ("window",), f.window or "", "window", f.on)
    yield from (Slot(at, ("per",), name, "column", f.on) for name in f.per or ())
    yield from _choices(at, f.choose or [], f.on)


def _choices(at: At, rows: list[grammar.Choice], on: str) -> Iterator[Slot]:
    for nth, row in enumerate(rows):
        yield Slot(at, ("choose", nth), row.if_ or "", "expression", on, "boolean")
        for given in (row.then, row.else_):
            if isinstance(given, str) and given.startswith("= "):
                yield Slot(at, ("choose", nth), given[2:], "expression", on)


def _criterion(at: At, c: grammar.Criterion) -> Iterator[Slot]:
    yield Slot(at, ("where",), c.where, "expression", c.on, "boolean")
    yield Slot(at, ("overridden_by",), c.overridden_by or "", "expression", c.on, "boolean")


def _move(at: At, m: grammar.Move) -> Iterator[Slot]:
    yield Slot(at, ("when",), m.when, "expression", "person", "boolean")


def _role(at: At, r: grammar.Role) -> Iterator[Slot]:
    for nth, phrase in enumerate(r.found_in):
        yield Slot(at, ("found_in", nth), phrase, "phrase")
        yield Slot(at, ("take",), r.take, "column", "person", "", phrase)


def _assignment(at: At, a: grammar.Assignment) -> Iterator[Slot]:
    yield Slot(at, ("among",), a.among, "phrase", a.cases)
    for key, wants in (("weight", "number"), ("previous", ""), ("keep_to", "number"), ("full_at", "number")):
        yield Slot(at, (key,), getattr(a, key) or "", "expression", a.cases, wants)
    for key in ("cap", "load", "worker"):
        yield Slot(at, (key,), getattr(a, key), "column", a.cases, "", a.among)


def _routing(at: At, r: grammar.Routing) -> Iterator[Slot]:
    yield Slot(at, ("trip",), r.trip, "expression", r.stops)
    for key in ("x", "y", "opens", "closes", "minutes", "starts_x", "starts_y", "starts_at", "km_per_hour"):
        yield Slot(at, (key,), getattr(r, key) or "", "expression", r.stops, "number")
    for name in r.shows:
        yield Slot(at, ("shows",), name, "column", r.stops)


def _when(at: At, e: grammar.Goal | grammar.PlanActivity) -> Iterator[Slot]:
    yield Slot(at, ("when",), e.when, "expression", "person", "boolean")


def _content(at: At, c: grammar.Content) -> Iterator[Slot]:
    yield Slot(at, ("present",), c.present, "phrase")


def _step(at: At, s: grammar.Step) -> Iterator[Slot]:
    yield Slot(at, ("when",), s.when or "", "expression", s.on, "boolean")
    yield Slot(at, ("opens",), s.opens or "", "due", s.on)
    yield Slot(at, ("due",), s.due or "", "due", s.on)
    yield Slot(at, ("about",), s.about or "", "column", s.on)
    yield Slot(at, ("resolved_by",), s.resolved_by or "", "phrase", s.on, this=False)
    yield Slot(at, ("resolved_on",), s.resolved_on or "", "expression", s.on, "day")
    yield Slot(at, ("counts_from",), s.counts_from or "", "due", s.on)
    yield Slot(at, ("cancelled_by",), s.cancelled_by or "", "expression", s.on, "boolean")
    if s.clock:
        yield Slot(at, ("clock",), s.clock.pauses or "", "phrase", s.on, this=False)
        yield Slot(at, ("clock",), s.clock.warn or "", "warn", s.on)


def _rhythm(at: At, r: grammar.Rhythm) -> Iterator[Slot]:
    yield Slot(at, ("starts",), r.starts or "", "expression", r.on, "date")
    yield Slot(at, ("last",), r.last or "", "expression", r.on, "date")
    yield Slot(at, ("every",), r.every or "", "every", r.on)
    yield Slot(at, ("lead",), r.lead, "every", r.on)
    for nth, segment in enumerate(r.segment):
        yield Slot(at, ("segment", nth), segment.from_, "expression", r.on, "date")
        yield Slot(at, ("segment", nth), segment.before or "", "expression", r.on, "date")
        yield Slot(at, ("segment", nth), segment.every, "every", r.on)
        yield Slot(at, ("segment", nth), segment.done_within, "every", r.on)


def _measure(at: At, m: grammar.Measure) -> Iterator[Slot]:
    for key in ("population", "denominator", "exclusion", "exception", "numerator"):
        yield Slot(at, (key,), getattr(m, key) or "", "expression", m.on, "boolean")
    try:
        added = measuring.score(m.score)
    except Mistake:
        yield Slot(at, ("score",), m.score, "score", m.on)
        return
    for text in (added.value, added.exposure):
        yield Slot(at, ("score",), text, "expression", m.on, "number")
    for key in ("strata", "proof"):
        for nth, name in enumerate(getattr(m, key)):
            yield Slot(at, (key, nth), name, "column", m.on)


def _line(at: At, line: grammar.Line) -> Iterator[Slot]:
    for key, wants in (("units", "number"), ("price", "number"), ("when", "boolean")):
        yield Slot(at, (key,), getattr(line, key), "expression", line.on, wants)
    yield Slot(at, ("code",), line.code[2:] if line.code.startswith("= ") else "", "expression", line.on, "text")
    for nth, need in enumerate(line.needs):
        yield Slot(at, ("needs", nth), need.if_, "expression", line.on, "boolean")
    yield Slot(at, ("at",), line.at or "", "column", line.on, "date")
    yield Slot(at, ("limited_by",), line.limited_by or "", "column", line.on, "date")
    yield Slot(at, ("by",), line.by or "", "column", line.on, "text")


def _calc(at: At, c: grammar.Calc) -> Iterator[Slot]:
    yield Slot(at, ("value",), c.value or "", "expression", c.on)
    yield from _choices(at, c.choose or [], c.on)


_SLOTS = {
    grammar.Measure: _measure,
    grammar.Line: _line,
    grammar.Calc: _calc,
    grammar.Set: _set,
    grammar.Fact: _fact,
    grammar.Criterion: _criterion,
    grammar.Move: _move,
    grammar.Role: _role,
    grammar.Assignment: _assignment,
    grammar.Routing: _routing,
    grammar.Goal: _when,
    grammar.PlanActivity: _when,
    grammar.Content: _content,
    grammar.Step: _step,
    grammar.Rhythm: _rhythm,
}
