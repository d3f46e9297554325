"""What leads to what: no set, fact or criterion leads back to itself, and nothing waits on what can never be."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from throughcare.definitions.check.reading import At, Reading
from throughcare.definitions.check.slots import Slot, slots
from throughcare.definitions.expressions import Mistake, names_in, parse, phrase

Node = tuple[str, str]  # (set, name), and ("set", name) for a set itself


def check_graph(reading: Reading) -> None:
    """Circles, and steps that can never be owed."""
    graph = Graph(reading)
    for circle in graph.circles():
        _say_circle(reading, graph, circle)
    _never(reading)


@dataclass
class Graph:
    """Which entry needs which."""

    reading: Reading

    def __post_init__(self) -> None:
        self.at: dict[Node, At] = {}
        self.needs: dict[Node, list[Node]] = defaultdict(list)
        for slot in slots(self.reading):
            if slot.at.kind in ("set", "fact", "criterion"):
                node = _node(slot)
                self.at[node] = slot.at
                self.needs[node] += self._needed(slot)

    def circles(self) -> Iterator[list[Node]]:
        """Each circle once, from its first entry in the order of files."""
        done: set[Node] = set()
        for start in list(self.at):
            circle = self._walk(start, [], done)
            if circle:
                yield circle

    def _walk(self, node: Node, trail: list[Node], done: set[Node]) -> list[Node]:
        if node in trail:
            return trail[trail.index(node) :]
        if node in done or node not in self.at:
            return []
        for following in self.needs[node]:
            if circle := self._walk(following, [*trail, node], done):
                done.add(node)
                return circle
        done.add(node)
        return []

    def _needed(self, slot: Slot) -> Iterator[Node]:
        """The sets, facts and criteria that one expression speaks of."""
        try:
            source, text = phrase(slot.text) if slot.form == "phrase" else ("", slot.text)
            names = names_in(text) if text and slot.form in ("phrase", "expression") else []
        except Mistake:
            return
        if source in self.reading.sets:
            yield ("set", source)
        rows = source or slot.within.split(" ")[0]
        for table, name in names:
            home = {"person": "person", "this": slot.on}.get(table, rows or slot.on)
            yield from self._homes(home, name)

    def _homes(self, on: str, name: str) -> Iterator[Node]:
        """Where a name is defined: on the set, or on one that it starts from."""
        seen: list[str] = []
        while on not in seen:
            seen.append(on)
            yield (on, name)
            if on not in self.reading.sets:
                return
            on = self.reading.sets[on].from_.split(" ")[0]


def _node(slot: Slot) -> Node:
    return ("set", slot.at.entry.id) if slot.at.kind == "set" else (slot.on, slot.at.entry.id)


def _say_circle(reading: Reading, graph: Graph, circle: list[Node]) -> None:
    trail = " needs ".join(graph.at[node].name for node in [*circle, circle[0]])
    why = "None of them could ever be known first."
    reading.say(graph.at[circle[0]], f"leads back to itself: {trail}.", why, "Take one of them out of the circle.")


def _never(reading: Reading) -> None:
    """Steps on a set that no row can ever be in, or for a state that no enrollment has."""
    states = reading.model.enrollment.states
    for at, step in reading.steps():
        why = "It would never be owed to anyone."
        on = reading.row_of(step)
        if clash := _impossible(_conditions(reading, on) + ([step.when] if step.when else [])):
            reading.say(at, f"no row can ever be in {on}: {clash}.", why, "Correct the condition.", ("on",))
        wanted = {"planned": "planned", "enrolled": "active"}.get(step.while_)
        if wanted and wanted not in states:
            what = f"is for people who are {wanted}, which is no state of this enrollment."
            reading.say(at, what, why, f"Known: {', '.join(states)}.", ("while",))


def _conditions(reading: Reading, on: str) -> list[str]:
    """The conditions of a set and of all sets it starts from."""
    found, seen = [], set()
    while on in reading.sets and on not in seen:
        seen.add(on)
        try:
            on, condition = phrase(reading.sets[on].from_)
        except Mistake:
            break
        found += [condition] if condition else []
    return found


def _impossible(conditions: list[str]) -> str:
    """Why these can never all be true, as far as it is plain to see: false itself, or one column with two values."""
    values: dict[str, set[str]] = {}
    for part in _parts(conditions):
        if isinstance(part, exp.Boolean) and not part.this:
            return "its condition is false"
        column, allowed = _allowed(part)
        if column:
            values[column] = values.get(column, allowed) & allowed
            if not values[column]:
                return f"{column} would have to be two things at once"
    return ""


def _parts(conditions: list[str]) -> Iterator[Any]:
    for text in conditions:
        try:
            tree = parse(text)
        except Mistake:
            continue
        yield from tree.flatten() if isinstance(tree, exp.And) else [tree]


def _allowed(part: Any) -> tuple[str, set[str]]:
    if isinstance(part, exp.EQ) and isinstance(part.this, exp.Column) and isinstance(part.expression, exp.Literal):
        return part.this.sql(), {part.expression.this}
    if isinstance(part, exp.In) and part.expressions and all(isinstance(e, exp.Literal) for e in part.expressions):
        return part.this.sql(), {e.this for e in part.expressions}
    return "", set()
