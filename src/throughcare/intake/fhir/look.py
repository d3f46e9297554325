"""Look: is this stream FHIR, one resource per line or one document? Answered from its beginning, not its name."""

from enum import StrEnum

import msgspec

from throughcare.intake.archive import Member

LOOK_BYTES = 1 << 16
LOOK_LINES = 5


class Kind(StrEnum):
    LINES = "NDJSON"
    DOCUMENT = "a JSON document"
    OTHER = "not FHIR"


def look(member: Member) -> Kind:
    """NDJSON when one of the first lines is a whole resource; a document when the text starts like one with a type."""
    stream = member.open()
    try:
        start = stream.read(LOOK_BYTES)
    finally:
        stream.close()
    whole = [line for line in start.split(b"\n")[:LOOK_LINES] if line.strip()]
    alone = len(whole) == 1 and len(start) < LOOK_BYTES
    if not alone and any(_type_of(line) not in (None, "Bundle") for line in whole):
        return Kind.LINES
    if len(whole) > 1 and all(line.lstrip().startswith(b"{") and b'"resourceType"' in line for line in whole):
        return Kind.LINES
    starts_so = start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")
    typed = b'"resourceType"' in start or len(start) == LOOK_BYTES  # a large one may say its type at its end
    return Kind.DOCUMENT if starts_so and typed else Kind.OTHER


def _type_of(line: bytes) -> str | None:
    try:
        found = msgspec.json.decode(line)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None
    return found.get("resourceType") if isinstance(found, dict) else None
