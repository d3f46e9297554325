"""Devices: data points as open mHealth and IEEE 1752.1 write them, one or many to a file, as Observations."""

from collections.abc import Iterator
from typing import Any

import msgspec

from throughcare.faults import Malformed
from throughcare.fhir import json as fhir_json
from throughcare.intake.archive import Member
from throughcare.intake.devices.points import observation, patient, user
from throughcare.intake.formats import Given, Piece

TITLE = "Device readings"
TOGETHER = False
FILE_BYTES_MAX = 256 << 20  # a file that is one JSON array is read whole; lines are read one by one

LOOK_LINES = 10


def knows(start: bytes, name: str) -> bool:
    """Data points have a header that names their schema; FHIR has neither."""
    text = start.lstrip(b"\xef\xbb\xbf \t\r\n")
    return text[:1] in (b"{", b"[") and b'"schema_id"' in text and b'"body"' in text and b'"resourceType"' not in text


def pieces(members: list[Member], given: Given) -> Iterator[Piece]:
    """Each data point is a piece; who is measured comes with their first."""
    met: set[str] = set()
    for number, raw in enumerate(_points(members[0], given), 1):
        try:
            if len(raw) > given.settings.resource_bytes_max:
                raise Malformed(f"The data point is longer than {given.settings.resource_bytes_max:,} bytes.")
            point = fhir_json.read(raw, depth_max=given.settings.json_depth_max, bytes_max=len(raw))
            made = [observation(point, given)]
        except Malformed as fault:
            yield Piece(number, body=raw[: given.settings.resource_bytes_max], reason=fault.what)
            continue
        if (who := user(point)) not in met:
            met.add(who)
            made.insert(0, patient(point, given))
        yield Piece(number, made, raw)


def _points(member: Member, given: Given) -> Iterator[bytes]:
    """The data points of an array, a single object, or lines."""
    stream, most = member.open(), given.settings.resource_bytes_max
    try:
        first = stream.readline(most + 1)
        whole = _whole(first)
        if whole is not None:
            yield from whole
            yield from _lines(stream, most)
            return
        rest = stream.read(FILE_BYTES_MAX)
        if len(rest) == FILE_BYTES_MAX:
            raise Malformed(f"The file is longer than {FILE_BYTES_MAX:,} bytes; send the data points as lines.")
        found = _whole(first + rest)
        yield from _broken(first + rest) if found is None else found
    finally:
        stream.close()


def _lines(stream: Any, most: int) -> Iterator[bytes]:
    while line := stream.readline(most + 1):
        if line.strip():
            yield line.strip()


def _broken(text: bytes) -> list[bytes]:
    """Lines of which the first is bad. Raises Malformed when the text is no lines of data points either."""
    lines = [line.strip() for line in text.split(b"\n") if line.strip()]
    if not any(_whole(line) for line in lines[:LOOK_LINES]):
        raise Malformed("The file is not JSON, nor lines of JSON.")
    return lines


def _whole(text: bytes) -> list[bytes] | None:
    """The points in a text that is whole JSON, each as it was written; None when it is not."""
    try:
        if text.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"[":
            return [bytes(one) for one in msgspec.json.decode(text, type=list[msgspec.Raw])]
        return [bytes(msgspec.json.decode(text, type=msgspec.Raw))]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
