"""Read: an X12 stream to its transaction sets, under limits, with what its envelopes say and where they break.

The header (ISA) is 106 bytes long and names the separators. A set that is cut off or miscounted is found with its
faults; those around it are read on.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

from throughcare.faults import Malformed

HEADER_BYTES = 106
SEGMENT_BYTES_MAX = 64 * 1024
SET_SEGMENTS_MAX = 500_000
READ_BYTES = 1 << 16
_ID = re.compile(r"[A-Z][A-Z0-9]{1,2}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_BLANK = b" \t\r\n"


@dataclass(frozen=True, slots=True)
class Separators:
    element: str
    part: str
    segment: str
    repeat: str


@dataclass(frozen=True, slots=True)
class Segment:
    """`number` counts from 1 at ST. `words[0]` is the identifier, so that `words[3]` is the third element."""

    number: int
    words: tuple[str, ...]
    part_separator: str = ":"

    @property
    def id(self) -> str:
        return self.words[0]

    def __getitem__(self, position: int) -> str:
        return self.words[position].strip() if position < len(self.words) else ""

    def part(self, position: int, which: int) -> str:
        """One component of an element, both counted from 1."""
        parts = self[position].split(self.part_separator)
        return parts[which - 1].strip() if which <= len(parts) else ""


@dataclass(frozen=True, slots=True)
class Broken:
    """A fault of structure: `code` as the 999 of X12 writes it for a segment (IK3), or for the set (IK5)."""

    segment: Segment | None
    code: str
    what: str
    position: int = 0  # of an element, where the fault is in one
    noted: bool = False  # accepted all the same

    def __str__(self) -> str:
        at = f"Segment {self.segment.number} ({self.segment.id or 'no identifier'}): " if self.segment else ""
        return f"{at}{self.what}."


@dataclass(slots=True)
class Set:
    """One transaction set, ST to SE, with the envelopes around it."""

    isa: Segment
    gs: Segment
    marks: "Separators"
    segments: list[Segment] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    @property
    def kind(self) -> str:
        return self.segments[0][1] if self.segments else ""

    @property
    def guide(self) -> str:
        """The implementation it says it follows, such as 005010X222A1."""
        return self.gs[8]

    @property
    def faults(self) -> list[Broken]:
        return [one for one in self.broken if not one.noted]


def separators(header: bytes) -> Separators:
    """What ISA names. Malformed when it is not as long, or not divided, as the standard says."""
    text = header.decode("latin-1")
    if len(text) < HEADER_BYTES or not text.startswith("ISA"):
        raise Malformed("The interchange has no whole ISA header of 106 characters.", do=_DO)
    element, widths = text[3], [len(word) for word in text[:105].split(text[3])]
    if widths != [3, 2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1]:
        raise Malformed("The ISA header does not have elements of the widths the standard gives.", do=_DO)
    found = Separators(element, text[104], text[105], text[82] if text[82] not in "U " else "")
    marks = [found.element, found.part, found.segment]
    if len(set(marks)) < 3 or any(mark.isalnum() or mark == " " for mark in marks):
        raise Malformed("The ISA header names one character for two separators, or a letter.", do=_DO)
    return found


_DO = "Ask the sender for the interchange as it was made."


def sets(stream: IO[bytes]) -> Iterator[Set]:
    """Every transaction set of every interchange, whole or broken, one by one in memory."""
    isa = gs = Segment(0, ("",))
    now: Set | None = None
    in_group = groups = 0
    for text, marks in _texts(stream):
        words = tuple(text.split(marks.element))
        if words[0] == "ISA":
            yield from _cut(now)
            now, isa, gs, groups, in_group = None, Segment(0, words, marks.part), Segment(0, ("",)), 0, 0
        elif now is None and words[0] == "GS":
            gs, in_group, groups = Segment(0, words, marks.part), 0, groups + 1
        elif words[0] == "ST":
            yield from _cut(now)
            now, in_group = Set(isa, gs, marks), in_group + 1
            _add(now, text, words, marks)
            if not gs[1]:
                now.broken.append(Broken(None, "6", "The set stands in no functional group (GS)"))
        elif now is None and words[0] == "GE":
            yield from _closed(isa, gs, marks, in_group, Segment(0, words), "GE")
            gs = Segment(0, ("",))
        elif now is None and words[0] == "IEA":
            yield from _closed(isa, gs, marks, groups, Segment(0, words), "IEA")
        elif now is None and words[0] == "TA1":
            continue
        elif now is None:
            yield Set(
                isa,
                gs,
                marks,
                [],
                [Broken(None, "1", "A segment stands outside any transaction set")],
                [text + marks.segment],
            )
        elif words[0] in ("GE", "IEA", "GS"):
            yield from _cut(now)
            now = None
        else:
            _add(now, text, words, marks)
            if words[0] == "SE":
                _count(now)
                yield now
                now = None
    yield from _cut(now)


def _add(now: Set, text: str, words: tuple[str, ...], marks: Separators) -> None:
    segment = Segment(len(now.segments) + 1, words, marks.part)
    if len(now.segments) >= SET_SEGMENTS_MAX:
        raise Malformed(f"A transaction set has more than {SET_SEGMENTS_MAX:,} segments.", do="Send it in parts.")
    now.segments.append(segment)
    now.texts.append(text + marks.segment)
    if not _ID.fullmatch(words[0]):
        now.broken.append(Broken(segment, "1", "it has no valid identifier"))
    if bad := next((n for n, word in enumerate(words) if _CONTROL.search(word)), None):
        now.broken.append(Broken(segment, "6", f"element {bad} holds a control character", bad))


def _count(now: Set) -> None:
    """SE against ST: another number is another set; too few segments are a loss, more than counted are noted."""
    end = now.segments[-1]
    if end[2] != now.segments[0][2]:
        now.broken.append(Broken(None, "3", "SE closes another control number than ST opened"))
    counted = int(end[1]) if end[1].isdecimal() and len(end[1]) < 10 else -1
    here = len(now.segments)
    if counted != here:
        what = f"SE counts {counted} segments, but there are {here}" if counted >= 0 else "SE counts no segments"
        now.broken.append(Broken(None, "4", what, noted=0 <= counted < here))


def _cut(now: Set | None) -> Iterator[Set]:
    if now is not None:
        now.broken.append(Broken(None, "2", "The set has no end (SE)"))
        yield now


def _closed(isa: Segment, gs: Segment, marks: Separators, count: int, end: Segment, name: str) -> Iterator[Set]:
    """An envelope that counts more than came has lost something: a set of nothing says so."""
    said = int(end[1]) if end[1].isdecimal() and len(end[1]) < 10 else -1
    if said > count or said < 0:
        what = f"{name} counts {end[1] or 'nothing'}, but {count} came: something was lost"
        yield Set(isa, gs, marks, [], [Broken(None, "5", what)], [marks.element.join(end.words) + marks.segment])


def _texts(stream: IO[bytes]) -> Iterator[tuple[str, Separators]]:
    """The text of each segment, without the breaks between them, with the separators of its interchange."""
    data, marks, at, ended = b"", None, 0, False
    while True:
        while at < len(data) and data[at] in _BLANK:
            at += 1
        if not ended and len(data) - at < SEGMENT_BYTES_MAX + HEADER_BYTES:
            more = stream.read(READ_BYTES)
            data, at, ended = data[at:] + more, 0, not more
            continue
        if at == len(data):
            return
        if data.startswith(b"ISA", at):
            marks = separators(data[at : at + HEADER_BYTES])
        if marks is None:
            raise Malformed("The stream does not begin with an ISA header.", do=_DO)
        end = data.find(marks.segment.encode("latin-1"), at, at + SEGMENT_BYTES_MAX)
        if end < 0 and len(data) - at >= SEGMENT_BYTES_MAX:
            raise Malformed(f"A segment is longer than {SEGMENT_BYTES_MAX:,} bytes.", do=_DO)
        text, at = data[at : end if end >= 0 else len(data)], end + 1 if end >= 0 else len(data)
        yield _decoded(text).strip(" \t\r\n"), marks


def _decoded(text: bytes) -> str:
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError:
        return text.decode("latin-1")
