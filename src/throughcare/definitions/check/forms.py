"""Entries say enough and not too much: one verb per fact, a due date for every step, dates for every parameter."""

import re
from datetime import date
from itertools import pairwise
from typing import Any

from throughcare.definitions import grammar
from throughcare.definitions.check.kinds import source_of
from throughcare.definitions.check.reading import VERBS, At, Reading
from throughcare.definitions.compiled.facts import NUMBERS, PHRASES
from throughcare.definitions.compiled.names import RHYTHM
from throughcare.definitions.compiled.sets import SUMS

TAKING = ("count_of", *NUMBERS, "spread", "minutes")  # the others take the date of the row when they do not say
COUNTING = ("exists", "count", "sum")


def check_forms(reading: Reading) -> None:
    """What the types alone cannot say about one entry."""
    for at in reading.entries():
        for kind, look in _LOOKS.items():
            if isinstance(at.entry, kind):
                look(reading, at, at.entry)
    _parameters(reading)
    calendar = reading.model.model.calendar
    if calendar and not re.fullmatch(r"US(-[A-Z]{2})?", calendar):
        reading.say_in(
            "model.toml", ("calendar",), f'there is no calendar "{calendar}".', do="Write US, or US-MI for a state."
        )


def _fact(reading: Reading, at: At, fact: grammar.Fact) -> None:
    verbs = [v for v in VERBS if getattr(fact, v) is not None]
    if len(verbs) != 1:
        what = f"has {'no verb' if not verbs else ' and '.join(verbs)}."
        reading.say(at, what, "A fact is one value, found in one way.", f"Give exactly one of: {', '.join(VERBS)}.")
        return
    verb = verbs[0]
    if verb in TAKING and not fact.take:
        reading.say(at, f"{verb} does not say which column to take.", "", 'Add take = "column".', (verb,))
    if verb in COUNTING and fact.if_none is None:
        why = "No record may mean no, none, or that nobody asked; only the author can say."
        reading.say(at, f"{verb} does not say what no record means.", why, _if_none(verb), (verb,))
    if verb in ("value", "choose") and (fact.window or fact.take):
        reading.say(
            at, f"{verb} looks at no rows, so window and take mean nothing here.", "", "Take them out.", (verb,)
        )


def _if_none(verb: str) -> str:
    sure = "false" if verb == "exists" else "0"
    return f'Add if_none = {sure} when no record means none, or if_none = "unknown".'


def _set(reading: Reading, at: At, entry: grammar.Set) -> None:
    if entry.sum and not entry.group:
        reading.say(at, "adds up rows, but does not group them.", "", "Add group = { by = [...] }.", ("sum", 0))
    for nth, column in enumerate(entry.sum):
        verbs = [v for v in SUMS if getattr(column, v) is not None]
        if len(verbs) != 1:
            what = f"the column {column.id} has {' and '.join(verbs) or 'no verb'}."
            reading.say(at, what, "", f"Give exactly one of {', '.join(SUMS)}.", ("sum", nth))


def _step(reading: Reading, at: At, step: grammar.Step) -> None:
    if step.rhythm and (step.opens or step.due):
        reading.say(at, "has a rhythm and a date of its own.", "The rhythm gives the dates.", "Take out opens and due.")
    if not step.rhythm and not step.opens:
        reading.say(at, "does not say when it opens.", "", 'Add opens = "a date of the row", or a rhythm.')
    if not step.rhythm and not step.due:
        reading.say(at, "does not say when it is due.", "", 'Add due = "2 business days after …", or a rhythm.')
    if not step.resolved_by and not step.resolved_on:
        why = "Nothing could ever resolve it, so it would stay on the worklist for good."
        reading.say(at, "does not say what resolves it.", why, 'Add resolved_by = "view where …" or resolved_on.')
    if step.resolved_by and step.resolved_on:
        reading.say(at, "says twice what resolves it.", "", "Keep resolved_by or resolved_on.", ("resolved_on",))


def _rhythm(reading: Reading, at: At, rhythm: grammar.Rhythm) -> None:
    needed = ("segment",) if rhythm.kind == "grid" else ("every", "last", "starts")
    for key in needed:
        if not getattr(rhythm, key):
            reading.say(at, f'a "{rhythm.kind}" rhythm needs {key}.', "", f"Add {key}.", ("kind",))
    sources = [s.from_ for s in reading.model.sets.set]
    sources += [getattr(f, verb) or "" for f in reading.model.sets.fact for verb in PHRASES]
    read = any(source_of(text) == f"{RHYTHM}{rhythm.id}" for text in sources)
    if not read and rhythm.id not in [s.rhythm for s in reading.model.work.step]:
        do = f'Add rhythm = "{rhythm.id}" to a step, or start a set from "{RHYTHM}{rhythm.id}".'
        reading.say(at, "no step and no set uses it.", "It would never ask for anything.", do)


def _table(reading: Reading, at: At, table: grammar.Table) -> None:
    if table.import_:
        laid_out = any(s.found and source_of(s.found.in_) == table.id for s in reading.model.sets.set)
        if table.rows or not table.keys or not (table.value or laid_out):
            what = "is imported, but does not name its keys and its value, or has rows of its own."
            reading.say(at, what, "", 'Write import, keys = ["…"] and value = "…", and no rows.', ("import",))
        return
    widths = {len(row) for row in table.rows}
    if not widths:
        reading.say(at, "it has no rows.", "", "Add rows, or import them.")
    elif len(widths) != 1 or min(widths) < 2 or (table.kind == "slope" and widths != {4}):
        reading.say(at, "its rows are not all of one length.", "", "Give each row its keys and one value.", ("rows",))
    elif table.kind == "band" and any(not a[0] < b[0] for a, b in pairwise(table.rows)):
        reading.say(
            at, "its bands do not rise.", "The highest row not above x is looked up.", "Sort the rows.", ("rows",)
        )


def _parameters(reading: Reading) -> None:
    for name, parameter in reading.model.parameters.items():
        for nth, values in enumerate([parameter.values, *(s.values for s in parameter.scoped)]):
            path = (name, "scoped", nth - 1) if nth else (name, "values")
            if not values or not all(_is_date(day) for day in values):
                what = f"parameter {name}: its values are not dated."
                reading.say_in("parameters.toml", path, what, do="Write values = { 2026-01-01 = … }.")
            if len({_sort(value) for value in values.values()}) > 1:
                what = f"parameter {name}: its values are of different kinds."
                reading.say_in("parameters.toml", path, what, do="Give numbers everywhere, or text everywhere.")


def _sort(value: object) -> str:
    return type(value).__name__ if isinstance(value, bool | str | date | list) else "number"


def _is_date(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


_LOOKS: dict[type, Any] = {
    grammar.Fact: _fact,
    grammar.Set: _set,
    grammar.Step: _step,
    grammar.Rhythm: _rhythm,
    grammar.Table: _table,
}
