"""A loop as a set and facts: how each of its rows stands, and what the states of its parts make of the whole."""

from throughcare.definitions.desugar.made import Made, Written, plain, quoted
from throughcare.definitions.expressions import phrase
from throughcare.definitions.grammar import Loop, Set

ANY = "any"


def loop_entries(loop: Loop, at: Written) -> Made:
    """The set loop_<id> with the facts ended, was_accepted, closed, helped, and rolled_up when it has parts."""
    made, on = Made(), f"loop_{loop.id}"
    made.set(at, Set(id=on, says=loop.says, from_=loop.record))
    if loop.derived:
        made.fact(_at(at, "derived"), on, loop.state, "How far it has come", choose=loop.derived)
    made.fact(at, on, "ended", "No move leads on from here", value=_in(loop, loop.terminal))
    if loop.accepted:
        says = "The other party took it on"
        made.fact(_at(at, "accepted"), on, "was_accepted", says, value=_in(loop, loop.accepted))
    made.fact(_at(at, "closed_when"), on, "closed", "What came of it is known", value=loop.closed_when)
    made.fact(_at(at, "helped_when"), on, "helped", "It did what it was for", value=loop.helped_when)
    if loop.children:
        _parts(made, loop, _at(at, "children"))
    return made


def states_of(loop: Loop) -> list[str]:
    """Every state of a loop, the first one first."""
    named = [loop.starts, *(s for m in loop.move for s in (m.from_, *m.to)), *loop.terminal]
    return [state for state in dict.fromkeys(named) if state != ANY]


def _parts(made: Made, loop: Loop, at: Written) -> None:
    assert loop.children
    on, view, link = f"loop_{loop.id}", phrase(loop.record)[0], f"key = {loop.children.by}"
    still = f"{view} where not is_true({_in(loop, loop.terminal)})"
    made.fact(at, on, "n_children", "Into how many parts it was split", count=view, link=link, if_none=0)
    made.fact(at, on, "n_open", "How many parts have not ended", count=still, link=link, if_none=0)
    for state in states_of(loop):
        rows = f"{view} where is_true({loop.state} = '{state}')"
        made.fact(at, on, f"n_{plain(state)}", f"How many parts are {state}", count=rows, link=link, if_none=0)
    says = "The state that its parts give the whole"
    made.fact(at, on, "rolled_up", says, choose=loop.children.roll_up)


def _in(loop: Loop, states: list[str]) -> str:
    return f"{loop.state} in {quoted(states)}"


def _at(at: Written, key: str) -> Written:
    return at[0], (*at[1], key)
