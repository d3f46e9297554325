"""Resumed: the rest of a file that broke off, only while the server still has the same file.

Source: RFC 9110, 13.1.5 (If-Range) and 14.4 (Content-Range). A server that names no version of its files is held to the
length that it said at first.
"""

import json
from datetime import timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx2

STRONG_AFTER = timedelta(seconds=1)  # within it a file may change twice under one date


def keep(answer: httpx2.Response, part: Path) -> None:
    """What tells this version of the file from another, beside the part that is being written."""
    length = answer.headers.get("content-length", "")
    told = {"version": _version(answer.headers), "length": int(length) if length.isdecimal() else None}
    _beside(part).write_text(json.dumps(told))


def asked(part: Path, have: int) -> dict[str, str]:
    """The headers that ask for the rest, or for the whole file where it is another one by now."""
    version = _kept(part)[0]
    return {"range": f"bytes={have}-", **({"if-range": version} if version else {})}


def goes_on(answer: httpx2.Response, part: Path, have: int) -> bool:
    """Whether a part that a server gives begins where ours ends, and ends where the whole file was said to end."""
    if "content-encoding" in answer.headers:
        return False
    span, _, whole = answer.headers.get("content-range", "").removeprefix("bytes ").partition("/")
    length = _kept(part)[1]
    same = length is None or whole == "*" or whole == str(length)
    return span.partition("-")[0] == str(have) and same


def _version(headers: httpx2.Headers) -> str:
    """A strong ETag, or a date that is old enough to be one; none that two versions may share."""
    tag = str(headers.get("etag", ""))
    if tag.startswith('"'):
        return tag
    try:
        changed, now = (parsedate_to_datetime(headers[name]) for name in ("last-modified", "date"))
        return str(headers["last-modified"]) if now - changed >= STRONG_AFTER else ""
    except (KeyError, ValueError, TypeError):
        return ""


def _kept(part: Path) -> tuple[str, int | None]:
    file = _beside(part)
    told = json.loads(file.read_text()) if file.exists() else {}
    return told.get("version", ""), told.get("length")


def _beside(part: Path) -> Path:
    return part.with_suffix(".version")
