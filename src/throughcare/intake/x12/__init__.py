"""X12: claims, enrollment, payment, authorization, acknowledgements, set by set; each claim or member is a piece."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Protocol

from throughcare.faults import Malformed
from throughcare.intake.archive import Member
from throughcare.intake.formats import Given, Piece
from throughcare.intake.shapes import Resource
from throughcare.intake.x12 import authorizations, bills, members, payments, read, replies, structure
from throughcare.intake.x12.loops import Loop
from throughcare.intake.x12.read import Segment, Set

TITLE = "X12"
TOGETHER = False
REASONS_MAX = 5
KEPT_CHARACTERS_MAX = 1 << 20  # of a refused set: the beginning, where it is longer


class Reading(Protocol):
    def resources(self) -> list[Resource]: ...


def knows(start: bytes, name: str) -> bool:
    begins = start.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")
    return begins.startswith(b"ISA") and len(begins) > 3 and not begins[3:4].isalnum()


def pieces(members: list[Member], given: Given) -> Iterator[Piece]:
    """A set whose structure is broken is refused whole, as the standard has it; else each claim or member by itself."""
    number, stream = 0, members[0].open()
    try:
        for one in read.sets(stream):
            for piece in _of_set(one, given):
                number += 1
                yield replace(piece, number=number)
    finally:
        stream.close()


def _of_set(one: Set, given: Given) -> Iterator[Piece]:
    root = structure.checked(one)
    if one.faults:
        told = " ".join(str(fault) for fault in one.faults[:REASONS_MAX])
        more = f" There are {len(one.faults) - REASONS_MAX} more." if len(one.faults) > REASONS_MAX else ""
        yield Piece(0, body=_whole(one), reason=told + more)
    elif root is None:
        yield Piece(0, body=_whole(one), reason="This kind of transaction set is not read here.")
    else:
        said = list(_readings(one, root, given))
        if not said:
            yield Piece(0, body=_whole(one), reason="The set tells of nobody: it has no claim or member.")
        for segments, reading in said:
            yield _piece(one, segments, reading)


def _readings(one: Set, root: Loop, given: Given) -> Iterator[tuple[list[Segment], Reading]]:
    match one.kind:
        case "837":
            yield from bills.claims(root, given)
        case "834":
            yield from members.members(root, given)
        case "835":
            yield from payments.payments(root, given)
        case "820":
            yield [s for s in root.walked() if s.id != "ST"], payments.Remitted(given, root)
        case "270" | "271":
            yield from replies.eligibility(one, root, given)
        case "277":
            yield from replies.statuses(one, root, given)
        case "278":
            yield from authorizations.authorizations(root, given)
        case "997" | "999":
            yield root.segments[1:], replies.Accepted(given, one, root)


def _piece(one: Set, segments: list[Segment], reading: Reading) -> Piece:
    body = _alone(one, segments)
    try:
        return Piece(0, reading.resources(), body)
    except Malformed as fault:
        return Piece(0, body=body, reason=fault.what)


def _whole(one: Set) -> bytes:
    """A set as it came, in its envelopes, fit to be corrected and taken in again."""
    mark = one.marks.segment
    texts = [_joined(one, s) + mark for s in (one.isa, one.gs) if s.id] + one.texts
    ends = [("GE", "1", one.gs[6])] * bool(one.gs.id) + [("IEA", "1", one.isa[13])] * bool(one.isa.id)
    return "\n".join(texts + [_joined(one, Segment(0, end)) + mark for end in ends])[:KEPT_CHARACTERS_MAX].encode()


def _alone(one: Set, segments: list[Segment]) -> bytes:
    """A few segments of a set, as a set of their own."""
    start = one.segments[0]
    inner = [start, *segments]
    inner.append(Segment(0, ("SE", str(len(inner) + 1), start[2])))
    mark = one.marks.segment
    alone = Set(one.isa, one.gs, one.marks, inner, texts=[_joined(one, s) + mark for s in inner])
    return _whole(alone)


def _joined(one: Set, segment: Segment) -> str:
    return one.marks.element.join(segment.words)
