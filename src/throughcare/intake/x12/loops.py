"""Loops: the segments of a transaction set as the tree that its loops make (loops.toml).

A segment begins the nearest loop that it may begin, else it belongs to the loop that is open.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from throughcare.intake.x12.read import Segment, Set


@dataclass(slots=True)
class Loop:
    """A loop with its own segments, the one that begins it first, and the loops within."""

    rule: dict[str, Any]
    segments: list[Segment]
    loops: list["Loop"] = field(default_factory=list)
    ended: Segment | None = None

    @property
    def name(self) -> str:
        return str(self.rule["name"])

    def all(self, id: str, *firsts: str) -> Iterator[Segment]:
        """Its segments of this identifier, whose first element is one of those."""
        return (s for s in self.segments if s.id == id and (not firsts or s[1] in firsts))

    def one(self, id: str, *firsts: str) -> Segment:
        """The first of them, or an empty segment."""
        return next(self.all(id, *firsts), Segment(0, (id,)))

    def within(self, *names: str) -> list["Loop"]:
        return [loop for loop in self.loops if loop.name in names]

    def named(self, name: str) -> "Loop":
        """The first loop of that name within, or an empty one."""
        return next(iter(self.within(name)), Loop({"name": name}, []))

    def walked(self) -> Iterator[Segment]:
        """Every segment of it and of the loops within."""
        yield from self.segments
        for loop in self.loops:
            yield from loop.walked()


@cache
def tables() -> dict[str, Any]:
    return tomllib.loads((files(__package__) / "loops.toml").read_text("utf-8"))


def is_known(kind: str) -> bool:
    return kind in tables()["set"]


def rules(kind: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tables()["set"][kind]
    return found


def tree(one: Set) -> Loop:
    """The whole set, from ST on; SE ends every loop."""
    known = rules(one.kind)
    root = Loop(known[0], [one.segments[0]])
    stack = [root]
    for segment in one.segments[1:]:
        depth, rule = (1, None) if segment.id == "SE" else _begins(segment, stack, known)
        if rule is None and segment.id != "SE":
            stack[-1].segments.append(segment)
            continue
        while len(stack) > depth:
            stack.pop().ended = segment
        if rule is not None:
            stack[-1].loops.append(Loop(rule, [segment]))
            stack.append(stack[-1].loops[-1])
    for loop in stack:
        loop.ended = one.segments[-1]
    return root


def _begins(segment: Segment, stack: list[Loop], known: list[dict[str, Any]]) -> tuple[int, dict[str, Any] | None]:
    """How many open loops stay open, and the loop that the segment begins in the last of them."""
    for depth in range(len(stack), 0, -1):
        name = stack[depth - 1].name
        for rule in known[1:]:
            if name in rule["within"] and _matches(segment, rule["begins"]):
                return depth, rule
    return len(stack), None


@cache
def _trigger(begins: str) -> tuple[str, int, frozenset[str]]:
    id, _, rest = begins.partition(":")
    position, _, values = rest.partition("=")
    return id, int(position or 0), frozenset(values.split(","))


def _matches(segment: Segment, begins: str) -> bool:
    id, position, values = _trigger(begins)
    return segment.id == id and (not position or segment[position] in values)
