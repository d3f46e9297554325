"""Every expression can be read, speaks of names that exist, and gives what its place wants."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from sqlglot import exp

from throughcare.definitions.check.kinds import Names, source_of
from throughcare.definitions.check.reading import Reading
from throughcare.definitions.check.scope import CheckScope, names_of
from throughcare.definitions.check.slots import Slot, slots
from throughcare.definitions.compiled import measuring
from throughcare.definitions.compiled.due import due, length, warn
from throughcare.definitions.entries import ID
from throughcare.definitions.expressions import Mistake, parse, phrase, spell
from throughcare.definitions.windows import window

# Counts of conditions and places after the point belong to the rule's own shape; no regulation dates them.
COUNTING = {"at_least": 0, "ratio": 2, "round_half_up": 1}


def check_expressions(reading: Reading) -> None:
    """Each expression is read with the compiler's own reader; its mistake is said at its line."""
    names = names_of(reading)
    for slot in slots(reading):
        try:
            _read(names, slot)
        except Mistake as wrong:
            reading.say(slot.at, wrong.what, wrong.why, wrong.do, slot.key)
    _rule(reading, names)


def _read(names: Names, slot: Slot) -> None:
    form = _FORMS.get(slot.form)
    if form:
        form(names, slot)
    else:
        _expression(slot.text, _scope(names, slot), slot.wants, numbers=_of_form(names, slot))


def _scope(names: Names, slot: Slot) -> CheckScope:
    """Where the expression stands: on its row, among the rows of a phrase, or before a set is grouped."""
    if slot.inner:
        chosen = names.reading.sets[slot.on]
        return CheckScope(names, source_of(chosen.from_), extra=names.inner(chosen))
    extra = {"eligible": "boolean"} if slot.at.kind == "move" else {}
    return CheckScope(names, slot.on, source_of(slot.within) if slot.within else "", slot.this, extra=extra)


def _of_form(names: Names, slot: Slot) -> bool:
    """Points are numbers of the form itself: what it stands for may add them up."""
    file, _ = names.reading.model.written.get(slot.at.path[:2], ("", ()))
    return Path(file).parent.name == "forms"


def _expression(text: str, scope: CheckScope, wants: str = "", *, numbers: bool = False) -> None:
    for literal in () if numbers else literals(parse(text)):
        raise Mistake(
            f"{literal} stands in the expression itself.",
            "A number that a rule may change needs a date, a unit and a source.",
            "Make it a parameter and write its name.",
        )
    spell(text, scope, wants)


def literals(tree: exp.Expression) -> Iterator[str]:
    """Numbers other than 0 and 1, and dates, typed where a parameter belongs."""
    for literal in tree.find_all(exp.Literal):
        call = literal.find_ancestor(exp.Anonymous)
        place = COUNTING.get(call.name.lower()) if call else None
        counted = call is not None and place is not None and literal in call.expressions[place : place + 1]
        dated = isinstance(literal.parent, exp.Cast)
        if dated or not (literal.is_string or counted or literal.this in ("0", "1")):
            yield literal.this


def _phrase(names: Names, slot: Slot) -> None:
    source, condition = phrase(slot.text)
    if not names.reading.known(slot.at, slot.key, source, names.reading.sources, "view or set"):
        return
    if condition:
        _expression(condition, CheckScope(names, slot.on, source, slot.this), "boolean", numbers=_of_form(names, slot))


def _window(names: Names, slot: Slot) -> None:
    window(slot.text, CheckScope(names, slot.on))


def _column(names: Names, slot: Slot) -> None:
    if not ID.match(slot.text):
        raise Mistake(f'"{slot.text}" is not the name of a column.', "", "Write one name; a longer rule is a fact.")
    spell(slot.text, _scope(names, slot), slot.wants)


def _order(names: Names, slot: Slot) -> None:
    """ "column", "column high" or "column low, blank last"."""
    match = re.fullmatch(r"([a-z0-9_]+)( high| low)?(, blank (first|last))?", slot.text)
    if not match:
        raise Mistake(
            f'"{slot.text}" is not an order.', "", 'Write "column", "column high" or "column low, blank last".'
        )
    _column(names, replace(slot, text=match[1], wants=""))


def _ties(names: Names, slot: Slot) -> None:
    """ "lowest column" or "highest column": which of two rows with one date counts."""
    verb, _, column = slot.text.partition(" ")
    if verb not in ("lowest", "highest") or not column:
        raise Mistake(f'"{slot.text}" does not settle a tie.', "", 'Write "lowest column" or "highest column".')
    _column(names, replace(slot, text=column.strip(), wants=""))


def _due(names: Names, slot: Slot) -> None:
    due(slot.text, CheckScope(names, slot.on))


def _every(names: Names, slot: Slot) -> None:
    length(slot.text, CheckScope(names, slot.on))


def _warn(names: Names, slot: Slot) -> None:
    warn(slot.text, CheckScope(names, slot.on))


def _score(names: Names, slot: Slot) -> None:
    measuring.score(slot.text)


_FORMS = {
    "score": _score,
    "phrase": _phrase,
    "window": _window,
    "column": _column,
    "order": _order,
    "ties": _ties,
    "due": _due,
    "every": _every,
    "warn": _warn,
}


def _rule(reading: Reading, names: Names) -> None:
    rule = reading.model.eligibility.rule
    criteria = {c.id: "boolean" for c in reading.model.eligibility.criterion if c.on == rule.on}
    try:
        spell(rule.who, CheckScope(names, rule.on, only=criteria), "boolean")
    except Mistake as wrong:
        reading.say_in("eligibility.toml", ("rule", "who"), f"rule: {wrong.what}", wrong.why, wrong.do)
