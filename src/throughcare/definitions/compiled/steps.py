"""Steps: what is owed, one obligation per row of a step's set, and per occurrence of its rhythm."""

from typing import Any

from throughcare.definitions.compiled import rhythms
from throughcare.definitions.compiled.anchors import NOTHING, Anchors, Compiled, anchor
from throughcare.definitions.compiled.due import due, warn
from throughcare.definitions.compiled.facts import linked
from throughcare.definitions.compiled.frames import ENTITY
from throughcare.definitions.expressions import DAYS, Mistake, Spelled, phrase
from throughcare.definitions.grammar import Step


def step(names: Any, number: int, given: Step) -> Compiled:
    """One step of work.toml, its anchors and what resolves them."""
    made = Compiled(number, names.model_id, names.model.model.version, given, events=given.resolved_by)
    on = _on(names, given)
    scope = names.row(on)
    made.link = _link(names, given, on)
    if names.place(on).frame.subject == ENTITY:
        _of_nobody(given, on)
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


def _link(names: Any, given: Step, on: str) -> tuple[str, str] | None:
    """(our column, their column) by which a step finds its events."""
    if not given.link or not given.resolved_by:
        return None
    theirs, ours = linked(given.link, names.place(on), names.place(phrase(given.resolved_by)[0]), names.row(on))
    return ours, theirs


def _of_nobody(given: Step, on: str) -> None:
    """Work on an organization, a session, a sum over everyone: no enrollment, no pause, and events by a link."""
    if given.while_ != "always":
        why = "They are in no program, so no state of enrollment holds for them."
        raise Mistake(f"the rows of {on} are no person's.", why, 'Add while = "always".')
    if given.resolved_by and not given.link:
        what = f"nothing says which rows of {phrase(given.resolved_by)[0]} belong to a row of {on}."
        raise Mistake(what, "The rows are no person's.", 'Add link = "our_column = their_column".')
    if given.clock and given.clock.pauses:
        raise Mistake(f"pauses: the rows of {on} are no person's, and only people's work is paused.", do="Take it out.")


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
