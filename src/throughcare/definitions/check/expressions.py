"""Every expression can be read, speaks of names that exist, and gives what its place wants."""

import re
from collections.abc import Iterator
from dataclasses import replace

from sqlglot import exp

from throughcare.definitions.check.reading import Reading
from throughcare.definitions.check.scope import CheckScope, Names, source_of
from throughcare.definitions.check.slots import Slot, slots
from throughcare.definitions.expressions import Mistake, parse, phrase, spell
from throughcare.definitions.windows import window

# Counts of conditions and places after the point belong to the rule's own shape; no regulation dates them.
COUNTING = {"at_least": 0, "ratio": 2, "round_half_up": 1}


def check_expressions(reading: Reading) -> None:
    """Each expression is read with the compiler's own reader; its mistake is said at its line."""
    names = Names(reading)
    for slot in slots(reading):
        try:
            _read(names, slot)
        except Mistake as wrong:
            reading.say(slot.at, wrong.what, wrong.why, wrong.do, slot.key)
    _rule(reading, names)


def _read(names: Names, slot: Slot) -> None:
    form = {"phrase": _phrase, "window": _window, "column": _column, "order": _order, "ties": _ties}.get(slot.form)
    if form:
        form(names, slot)
    elif slot.form == "expression":
        scope = CheckScope(names, slot.on, _rows(slot), slot.this, extra=_extra(slot))
        _expression(slot.text, scope, slot.wants)


def _expression(text: str, scope: CheckScope, wants: str = "") -> None:
    for literal in literals(parse(text)):
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
    known = [*names.reading.library.views, *names.reading.sets]
    if not names.reading.known(slot.at, slot.key, source, known, "view or set"):
        return
    if condition:
        _expression(condition, CheckScope(names, slot.on, source, slot.this), "boolean")


def _window(names: Names, slot: Slot) -> None:
    window(slot.text, CheckScope(names, slot.on))


def _column(names: Names, slot: Slot) -> None:
    spelled = spell(slot.text, CheckScope(names, slot.on, _rows(slot)), slot.wants)
    if spelled.sql != slot.text:
        raise Mistake(f'"{slot.text}" is not the name of a column.', "", "Write one name; a longer rule is a fact.")


def _order(names: Names, slot: Slot) -> None:
    """ "column", "column high" or "column low, blank last"."""
    words = slot.text.replace(",", " ").split()
    rest = " ".join(words[1:])
    if not re.fullmatch(r"(high|low)?( ?blank (first|last))?", rest):
        raise Mistake(
            f'"{slot.text}" is not an order.', "", 'Write "column", "column high" or "column low, blank last".'
        )
    _column(names, replace(slot, text=words[0], wants=""))


def _ties(names: Names, slot: Slot) -> None:
    """ "lowest column" or "highest column": which of two rows with one date counts."""
    verb, _, column = slot.text.partition(" ")
    if verb not in ("lowest", "highest") or not column:
        raise Mistake(f'"{slot.text}" does not settle a tie.', "", 'Write "lowest column" or "highest column".')
    _column(names, replace(slot, text=column.strip(), wants=""))


def _rows(slot: Slot) -> str:
    return source_of(slot.within) if slot.within else ""


def _extra(slot: Slot) -> dict[str, str]:
    return {"eligible": "boolean"} if slot.at.kind == "move" else {}


def _rule(reading: Reading, names: Names) -> None:
    rule = reading.model.eligibility.rule
    criteria = {c.id: "boolean" for c in reading.model.eligibility.criterion if c.on == rule.on}
    try:
        spell(rule.who, CheckScope(names, rule.on, only=criteria), "boolean")
    except Mistake as wrong:
        reading.say_in("eligibility.toml", ("rule", "who"), f"rule: {wrong.what}", wrong.why, wrong.do)
