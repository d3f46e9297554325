"""Kept: the columns of each set that something reads after its rows are made; the others are never worked out.

A set takes along every column of the rows it starts from, and most are read by nothing but an author's curiosity.
Where nobody will ask for the rows themselves, only what answers rest on is kept.
"""

from collections import defaultdict
from collections.abc import Iterable

from throughcare.definitions.compiled.frames import Frame
from throughcare.definitions.compiled.plan import Statement

ALWAYS = ("key", "person_id")


class Kept:
    """Columns by frame. Names are looked for in the statements' words: a name that is there by chance is kept too."""

    def __init__(
        self, frames: Iterable[Frame], answers: Iterable[Statement], more: Iterable[tuple[str, str]],
        whole: Iterable[Frame],
    ) -> None:  # fmt: skip
        """`more` are further columns that are read, by relation; of the frames `whole` someone reads all."""
        self._of: dict[int, set[str]] = defaultdict(set)
        self._of |= {id(frame): {*frame.columns, *frame.inherited} for frame in whole}
        frames = list(frames)
        people = [frame for frame in frames if frame.kind == "person"]
        for frame in frames:
            for statement in answers:
                if f'"{frame.name}@' in statement.sql:
                    self._read(frame, statement.sql)
            for entry in frame.entries.values():
                text = entry.value.sql if entry.value else entry.fold.text if entry.fold else ""
                for each in (frame, *people):
                    self._read(each, text)
                if entry.fold:
                    self._read(entry.fold.target, text)
                    self._of[id(entry.fold.target)] |= {*entry.fold.columns, *(entry.fold.link or ())[:1]}
                    self._of[id(frame)] |= set((entry.fold.link or ())[1:])
            self._of[id(frame)] |= {column for relation, column in more if relation.startswith(f"{frame.name}@")}
        for frame in _last_first(frames):
            if frame.source:
                for each in (frame.source, *people):
                    self._read(each, frame.base)
                self._of[id(frame.source)] |= self._of[id(frame)]

    def has(self, frame: Frame, name: str) -> bool:
        """Whether a column of a frame's own rows is read by anything."""
        return name in ALWAYS or name in self._of[id(frame)]

    def taken(self, frame: Frame) -> list[str]:
        """The columns that a set takes from the rows it starts from."""
        return [name for name in frame.taken if self.has(frame, name) or f'"{name}"' in frame.base]

    def _read(self, frame: Frame, text: str) -> None:
        self._of[id(frame)] |= {name for name in (*frame.columns, *frame.inherited) if f'"{name}"' in text}


def _last_first(frames: list[Frame]) -> list[Frame]:
    """Every frame before the one it starts from."""
    above = {id(frame): _height(frame) for frame in frames}
    return sorted(frames, key=lambda frame: above[id(frame)], reverse=True)


def _height(frame: Frame) -> int:
    return 1 + _height(frame.source) if frame.source else 0
