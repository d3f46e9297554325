"""Coming back: has the set that opens the door again a newer row than the day someone last left the program?"""

from typing import Any

from throughcare.definitions.compiled import facts
from throughcare.definitions.compiled.frames import Entry
from throughcare.definitions.expressions import Mistake, spell
from throughcare.definitions.grammar import Fact

RULE = "again"
ENDED = ("finished", "cancelled")
LEFT, OPENED = "engine_left_on", "engine_opened_on"


def prepare(names: Any) -> None:
    """The answer as an expression of the person, where enrollment.toml says again_after."""
    opens = names.model.enrollment.again_after
    if not opens:
        return
    where = ("enrollment.toml", ("again_after",))
    names.add("person", LEFT, lambda: facts.fact(names, _left()), *where)
    names.add("person", OPENED, lambda: facts.fact(names, _opened(names, opens)), *where)
    names.add("person", RULE, lambda: _newer(names), *where)


def _left() -> Fact:
    ended = f"enrollment where model = this_model and state in {ENDED}"
    return Fact(id=LEFT, says="The day this program last ended", highest=ended, take="ended_on")


def _opened(names: Any, opens: str) -> Fact:
    day = names.place(opens).frame.day
    if not day:
        raise Mistake(f'again_after: the set "{opens}" has no date.', do="Give it rule_on.")
    return Fact(id=OPENED, says="The newest day that opens the door again", highest=opens, take=day)


def _newer(names: Any) -> Entry:
    """Strictly newer: what someone said no to does not ask again the same day. No such row at all is a no."""
    says = "Something newer asks again"
    return Entry(RULE, "boolean", says, spell(f"is_true({OPENED} > {LEFT})", names.row("person"), "boolean"))
