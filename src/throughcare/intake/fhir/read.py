"""Read: the lines of an NDJSON stream, or a document whole, each no longer than the limit."""

from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from throughcare.faults import Malformed
from throughcare.intake.archive import Member

KEPT_OF_TOO_LONG = 64 * 1024


@dataclass(frozen=True, slots=True)
class Line:
    """One line with its number, from 1; `too_long` when only its beginning was kept."""

    number: int
    data: bytes
    too_long: bool = False


def lines(member: Member, bytes_max: int, after: int = 0) -> Iterator[Line]:
    """Lines that are not blank, after the first `after`; endings of any system, a mark of byte order, no last end."""
    stream, number = member.open(), 0
    try:
        while data := stream.readline(bytes_max + 2):
            number += 1
            whole = data.endswith(b"\n") or len(data) <= bytes_max
            if not whole:
                _skip_to_end_of_line(stream, bytes_max)
            data = (data.removeprefix(BOM_UTF8) if number == 1 else data).strip()
            if number > after and data:
                yield Line(number, data if whole else data[:KEPT_OF_TOO_LONG], not whole)
    finally:
        stream.close()


def document(member: Member, bytes_max: int) -> bytes:
    """The whole document."""
    stream = member.open()
    try:
        data = stream.read(bytes_max + 1)
    finally:
        stream.close()
    if len(data) > bytes_max:
        raise Malformed(
            f"The document is larger than {bytes_max:,} bytes.", where=member.shown,
            do="Send it as NDJSON, one resource per line, or raise THROUGHCARE_DOCUMENT_BYTES_MAX.",
        )  # fmt: skip
    return data.removeprefix(BOM_UTF8)


def _skip_to_end_of_line(stream: IO[bytes], step: int) -> None:
    while data := stream.readline(step):
        if data.endswith(b"\n"):
            return
