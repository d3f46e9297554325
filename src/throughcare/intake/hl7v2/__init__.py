"""HL7 v2: messages in files and batches, and from the listener; each is kept, and folded with all others into FHIR."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from throughcare.faults import Malformed
from throughcare.intake.archive import Member
from throughcare.intake.formats import Given, Piece
from throughcare.intake.hl7v2 import frames
from throughcare.intake.hl7v2.apply import STAGE, settle
from throughcare.intake.hl7v2.frames import Framed
from throughcare.intake.hl7v2.take import taken

TITLE = "HL7 v2"
TOGETHER = False
_STARTS = (b"MSH", b"FHS", b"BHS", b"\x0bMSH", b"\x0bFHS", b"\x0bBHS")

__all__ = ["STAGE", "TITLE", "TOGETHER", "knows", "pieces", "settle"]


def knows(start: bytes, name: str) -> bool:
    """By its first segment; a file that is called so but begins otherwise is one too, and refused with the reason."""
    begins = start.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n").startswith(_STARTS)
    return begins or (name.lower().endswith(".hl7") and bool(start.strip()))


def pieces(members: list[Member], given: Given) -> Iterator[Piece]:
    """Each message as one piece: kept as it is and made FHIR afterwards (settle), or refused with its reason."""
    zone = ZoneInfo(given.settings.time_zone)
    stream = members[0].open()
    try:
        for number, framed in enumerate(frames.messages(stream), 1):
            yield _piece(number, framed, given.source, zone)
    finally:
        stream.close()


def _piece(number: int, framed: Framed, source: str, zone: ZoneInfo) -> Piece:
    try:
        if not framed.whole:
            raise Malformed("The frame of the message has no end.")
        return Piece(number, body=framed.data, messages=[taken(framed.data, source, zone)])
    except Malformed as fault:
        return Piece(number, body=framed.data, reason=fault.what)
