"""Steps: what is owed, one obligation per row of a step's set, and per occurrence of its rhythm."""

from typing import Any

from throughcare.definitions.compiled import rhythms
from throughcare.definitions.compiled.anchors import NOTHING, Anchors, Compiled, anchor
from throughcare.definitions.compiled.due import due, warn
from throughcare.definitions.expressions import DAYS, Mistake, Spelled, phrase
from throughcare.definitions.grammar import Step


def step(names: Any, number: int, given: Step) -> Compiled:
    """One step of work.toml, its anchors and what resolves them."""
    made = Compiled(number, names.model_id, names.model.model.version, given, events=given.resolved_by)
    on = _on(names, given)
    scope = names.row(on)
    if given.clock and given.clock.warn:
        made.warn = warn(given.clock.warn, scope)
    if given.clock and given.clock.pauses:
        made.pauses = given.clock.pauses
        if names.place(phrase(made.pauses)[0]).find("from_on") is None:
            raise Mistake(f'pauses: "{made.pauses}" has no from_on and to_on.', do="Write a phrase over pause.")
    if given.rhythm:
        made.anchors = rhythms.anchors(names, made, on)
        made.has_opens = made.has_due = True
    else:
        made.anchors = [_single(names, made, on)]
        made.has_opens, made.has_due = given.opens is not None, given.due is not None
    return made


def _on(names: Any, given: Step) -> str:
    if not given.rhythm:
        return given.on
    found = next((r for r in names.model.work.rhythm if r.id == given.rhythm), None)
    if not found:
        raise Mistake(f'"{given.rhythm}" is not a rhythm of this care model.')
    return str(found.on)


def _single(names: Any, made: Compiled, on: str) -> Anchors:
    scope, given = names.row(on), made.given
    opens = spelled_day(given.opens, scope) if given.opens else NOTHING
    until = due(given.due, scope) if given.due else NOTHING
    counts = spelled_day(given.counts_from, scope) if given.counts_from else opens
    return anchor(names, made, on, opens, until, counts)


def spelled_day(text: str, scope: Any) -> Spelled:
    found = due(text, scope)
    if found.type not in DAYS:
        raise Mistake(f'"{text}" is not a date.')
    return found
