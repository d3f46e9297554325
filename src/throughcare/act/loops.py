"""Loops: may a piece of work go from one state to another, who may say so, and what must be so first."""

from collections import deque

from throughcare.act.shapes import Refusal
from throughcare.definitions.grammar import Loop, LoopNeed

ANY = "any"


def refused(loop: Loop, state: str, to: str, party: str) -> Refusal | None:
    """Why a move is not one of the loop's; nothing when it is."""
    if party not in loop.parties:
        return Refusal("no_party", f"{party} is no party of this {loop.id}; {_listed(loop.parties)} are.")
    if _allowed(loop, state, to, party):
        return None
    others = sorted({p for p in loop.parties if _allowed(loop, state, to, p)})
    if others:
        return Refusal("not_yours", f"Only the {_listed(others)} may say that this {loop.id} is {to}.")
    if state in loop.terminal:
        return Refusal("illegal_move", f"This {loop.id} has ended: {state}. It cannot become {to}.")
    onward = sorted({s for m in loop.move if m.from_ == state for s in m.to})
    says = f"A {loop.id} that is {state} cannot become {to}; it may become {_listed(onward) or 'nothing else'}."
    return Refusal("illegal_move", says)


def needs(loop: Loop, state: str, to: str) -> list[LoopNeed]:
    """What must be so before this move."""
    return [n for n in loop.need if n.leaving in (ANY, state) and (not n.entering or to in n.entering)]


def way(loop: Loop, state: str, to: str, party: str) -> list[str]:
    """The shortest row of states a party may go through to reach one; nothing when there is none."""
    waiting, seen = deque([[state]]), {state}
    while waiting:
        path = waiting.popleft()
        if path[-1] == to:
            return path[1:]
        for move in loop.move:
            if move.from_ == path[-1] and (not move.by or party in move.by):
                for onward in move.to:
                    if onward not in seen:
                        seen.add(onward)
                        waiting.append([*path, onward])
    return []


def _allowed(loop: Loop, state: str, to: str, party: str) -> bool:
    return any(
        to in m.to and m.from_ in (ANY, state) and state != to and (not m.by or party in m.by) for m in loop.move
    )


def _listed(words: list[str]) -> str:
    return " or ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)
