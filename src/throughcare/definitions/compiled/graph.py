"""The graph of a published set: its frames, each equal set and fact once, whichever care models speak of it."""

from collections.abc import Collection
from hashlib import blake2b

from throughcare.definitions.compiled import own
from throughcare.definitions.compiled.frames import COMMON, ENTITY, PERSON, Entry, Frame, column, common, first_day
from throughcare.definitions.compiled.marks import Marks
from throughcare.definitions.expressions import Mistake
from throughcare.definitions.imported import Imported
from throughcare.definitions.near import did_you_mean

PERSON_OWN = {"zone": "text", "today": "date", "now": "timestamp"}


class Graph:
    """All frames of a plan. With `share`, what is spelled equally is one; without, everything stands alone."""

    def __init__(
        self, views: dict[str, dict[str, str]], *, without_people: Collection[str] = (), share: bool = True
    ) -> None:
        self.share, self._without_people = share, without_people
        self.views: dict[str, Frame] = {}
        self.own: dict[str, Frame] = {}
        self.sets: dict[str, Frame] = {}
        self.marks = Marks()
        self.imported: dict[str, Imported] = {}  # by relation: the files that something is looked up in
        self._known = views
        columns = {**COMMON, **views.get("person", {}), **PERSON_OWN}
        columns = {name: kind for name, kind in columns.items() if not name.startswith("known_")}
        self.person = Frame("person", "person", columns, "today")
        self.person.base_uses = frozenset()

    def view(self, name: str) -> Frame:
        if name in own.COLUMNS:
            return self.own.setdefault(name, own.frame(name))
        if name not in self._known:
            known = sorted((*self._known, *own.COLUMNS))
            what = f'"{name}" is neither a view nor a set of this care model.{did_you_mean(name, known)}'
            raise Mistake(what, do=f"Views are: {', '.join(known)}.")
        if name not in self.views:
            subject = ENTITY if name in self._without_people else PERSON
            mine = {n: t for n, t in self._known[name].items() if n not in COMMON}
            day = first_day({n: t for n, t in mine.items() if not n.startswith("known_")})
            self.views[name] = Frame(name, "view", {**common(subject), **mine}, day, subject=subject)
        return self.views[name]

    def set(self, hint: str, frame: Frame) -> Frame:
        """The frame as known to the plan: an equal one that was there before, or this one under its own name."""
        text = f"{frame.source.name if frame.source else ''} {frame.base}"
        frame.name = f"{hint}_{_digest(text)}" if self.share else hint
        return self.sets.setdefault(frame.name, frame)

    def stands(self, frame: Frame, *names: str) -> bool:
        """Is the frame, with these columns, part of the plan?"""
        there = frame.kind != "set" or self.sets.get(frame.name) is frame
        return there and all(frame.type_of(name) for name in names)

    def entry(self, frame: Frame, hint: str, entry: Entry) -> str:
        """The column that holds this entry on the frame: an equal one, or a new one."""
        digest = _digest(entry.fold.text if entry.fold else entry.value.sql if entry.value else "")
        if self.share and entry.value and (plain := self._plain(frame, entry)):
            return plain
        name = f"{entry.name}_{digest}" if self.share else hint
        for known in frame.entries if self.share else ():
            if known.endswith(digest):
                return known
        entry.name = name
        frame.entries.setdefault(name, entry)
        return name

    def _plain(self, frame: Frame, entry: Entry) -> str | None:
        """A value that only repeats a column is that column."""
        assert entry.value
        for alias, name in entry.value.uses:
            if alias == "r" and entry.value.sql == column("r", name, "").sql:
                return name
        return None


def _digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=5).hexdigest()
