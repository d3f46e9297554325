"""Take: one message as the record keeps it: its text, who sent it, and which things it speaks of."""

from zoneinfo import ZoneInfo

from throughcare.intake.hl7v2.check import check
from throughcare.intake.hl7v2.said import Said
from throughcare.intake.hl7v2.things import things
from throughcare.record.changes import Message

FORMAT = "hl7v2"


def taken(data: bytes, source: str, zone: ZoneInfo, charset: str = "") -> Message:
    """Raises Malformed with the reason when it cannot be."""
    said = Said.of(data, source, zone, charset)
    check(said, data_ends=data.rstrip(b"\x1c\x0b")[-1:] in (b"\r", b"\n"))
    about = dict.fromkeys(f"{kind}/{id}" for (kind, id), _ in things(said))
    return Message(
        source=source,
        format=FORMAT,
        control=said.control,
        digest=said.digest,
        said_at=said.recorded,
        about=tuple(about),
        is_aside=said.is_aside,
        body="\r".join(said.message.lines) + "\r",
    )
