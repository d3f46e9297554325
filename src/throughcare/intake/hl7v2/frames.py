"""Frames: messages one after another out of a stream: in MLLP frames, in batch files, or just one below the other."""

from collections.abc import Iterator
from typing import IO, NamedTuple

from throughcare.intake.hl7v2.text import BYTES_MAX

START, END = b"\x0b", b"\x1c"
_CHUNK = 1 << 20
_STARTS = (b"MSH", b"FHS", b"BHS", b"BTS", b"FTS")


class Framed(NamedTuple):
    """One message's bytes; not `whole` when its frame began and never ended."""

    data: bytes
    whole: bool = True


def messages(stream: IO[bytes]) -> Iterator[Framed]:
    """Each message; of a batch file without its headers and trailers. What is no message comes out too.

    One longer than the limit comes out cut off at it, so that it is refused by its length.
    """
    gathered: list[bytes] = []
    size, framed = 0, False
    for line in _lines(stream):
        opens, closes = line.startswith(START), END in line
        new = opens or (not framed and line.lstrip(b"\xef\xbb\xbf \t").startswith(_STARTS))
        if new and gathered:
            yield Framed(b"".join(gathered), not framed)
            gathered, size = [], 0
        inside = framed or opens
        framed = inside and not closes
        own = line.partition(END)[0].replace(START, b"")
        if own.strip() and not _around(own) and size <= BYTES_MAX:
            gathered.append(own)
            size += len(own)
        if closes and (gathered or inside):
            yield Framed(b"".join(gathered))
            gathered, size = [], 0
    if gathered:
        yield Framed(b"".join(gathered), not framed)


def _around(line: bytes) -> bool:
    """A header or trailer of a file or batch."""
    return line[:3] in _STARTS[1:]


def _lines(stream: IO[bytes]) -> Iterator[bytes]:
    """Segments with their ends: after a carriage return, a line feed or both, or where a frame ends or begins."""
    left = b""
    while chunk := stream.read(_CHUNK):
        data = (left + chunk).replace(b"\r\n", b"\r").replace(b"\n", b"\r")
        data = data.replace(END, END + b"\r").replace(b"\r" + START, START).replace(START, b"\r" + START)
        *whole, left = data.split(b"\r")
        if chunk.endswith(b"\r"):  # a line feed may come first in the next chunk
            left = left or b"\r"
        yield from (line + b"\r" for line in whole)
        if len(left) > BYTES_MAX:
            yield left[: BYTES_MAX + 1]
            left = b""
    if left.strip(b"\r"):
        yield left
