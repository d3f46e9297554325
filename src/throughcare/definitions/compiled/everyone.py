"""Everyone: which sets and facts speak of all people at once, and are left out when some people are thought about."""

from collections.abc import Iterable, Iterator

from throughcare.definitions.compiled.frames import ENTITY, PERSON, Entry, Frame
from throughcare.definitions.compiled.graph import Graph

ALONE = "One person is thought about alone; when others change, nobody would look at this one again."
Node = tuple[Frame, str]  # a column of a frame, or with "" its rows


class Everyone:
    """What needs the rows of all people, and what one person's answers rest on."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._needs: dict[tuple[int, str], bool] = {}

    def needed(self, frame: Frame, name: str = "") -> bool:
        """Would the rows of a frame, or one of its columns, be wrong with some people's rows alone?"""
        key = (id(frame), name)
        if key not in self._needs:
            self._needs[key] = _counts_all(frame, name) or any(self.needed(*node) for node in self.under(frame, name))
        return self._needs[key]

    def under(self, frame: Frame, name: str) -> Iterator[Node]:
        """What a column, or the rows themselves, are made from."""
        entry = frame.entries.get(name)
        if name:
            yield frame, ""
        if entry:
            yield from _entry(self.graph, frame, entry)
        elif name in frame.inherited and frame.source:
            yield frame.source, name
        elif not name and frame.source:
            yield frame.source, ""
            yield from _places(self.graph, frame.source, frame.base_uses)

    def rests_on(self, frame: Frame, name: str, other: Frame) -> bool:
        """Must the rows of another frame, with all they carry along, be there before a column can be told?"""
        waiting, seen = [(frame, name)], set[tuple[int, str]]()
        while waiting:
            node = waiting.pop()
            if node[0] is other:
                return True
            if (id(node[0]), node[1]) not in seen:
                seen.add((id(node[0]), node[1]))
                waiting += self.under(*node)
                waiting += [(node[0], carried) for carried in node[0].inherited] if not node[1] else []
        return False

    def leave_out(self, asked: Iterable[Node]) -> None:
        """Keep of the graph what people's own answers rest on: nothing that only measures speak of or needs everyone.

        `asked` are the columns of those answers: criteria, moves, roles, plans, steps with their events, lines.
        """
        self.keep(node for node in asked if not self.needed(*node))

    def keep(self, asked: Iterable[Node]) -> None:
        """Keep of the graph what these columns rest on, and the people."""
        waiting = [(self.graph.person, ""), *asked]
        kept: dict[int, set[str]] = {}
        while waiting:
            frame, name = waiting.pop()
            if name not in kept.setdefault(id(frame), set()):
                kept[id(frame)].add(name)
                waiting += self.under(frame, name)
        self.graph.sets = {name: f for name, f in self.graph.sets.items() if id(f) in kept}
        for frame in (self.graph.person, *self.graph.sets.values()):
            frame.entries = {name: e for name, e in frame.entries.items() if name in kept[id(frame)]}
            frame.inherited = {name: kind for name, kind in frame.inherited.items() if name in kept[id(frame)]}


def _counts_all(frame: Frame, name: str) -> bool:
    """Made of all people's rows: a group across people, or people's rows told of something that is no person."""
    entry = frame.entries.get(name)
    if not entry:
        return frame.across and not name
    return bool(entry.fold and frame.subject == ENTITY and entry.fold.target.subject == PERSON)


def _entry(graph: Graph, frame: Frame, entry: Entry) -> Iterator[Node]:
    fold = entry.fold
    target = fold.target if fold else frame
    yield from ((graph.person if a == "p" else target if a == "v" else frame, n) for a, n in entry.uses if a != "c")
    if fold:
        yield target, ""
        yield from ((target, name) for name in fold.columns)
        if fold.link:
            yield from ((target, fold.link[0]), (frame, fold.link[1]))


def _places(graph: Graph, source: Frame, uses: Iterable[tuple[str, str]]) -> Iterator[Node]:
    yield from ((graph.person if alias == "p" else source, name) for alias, name in uses if alias != "c")
