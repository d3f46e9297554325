"""Declared: what CCLF0 says of the files beside it, held against what came."""

from collections.abc import Iterator

from throughcare.intake.archive import Member
from throughcare.intake.cclf import read

_NEEDED = {"8": "the beneficiaries", "9": "their former numbers"}


def unwhole(files: dict[str, list[Member]]) -> str:
    """Why an archive is no feed: what declares its files, or the beneficiaries, is not in it. '' for loose files."""
    feed = [one for kind, several in files.items() if kind not in ("", "sharing") for one in several]
    if not feed or not all(one.name for one in feed):
        return ""
    absent = next((kind for kind in ("0", "8") if not files.get(kind)), "")
    return f"The archive has no CCLF{absent}: it is no whole feed, and nothing of it is taken in." if absent else ""


def shortfalls(files: dict[str, list[Member]]) -> Iterator[tuple[bytes, str]]:
    """Each file that has fewer lines than declared, or another length: (what declared it, reason)."""
    for member in files["0"]:
        text, said, unread = _declared(member)
        if text.strip() == read.BLANK_FILE:
            continue
        if unread:
            yield text, f"CCLF0, line {unread}: it is no name, description, count and length, or names a file again."
            continue
        for kind, what in _NEEDED.items():
            if kind not in said:
                yield text, f"CCLF0 does not declare CCLF{kind}, {what}: the feed is not whole."
        for kind, (count, length) in said.items():
            layout = read.layouts().get(kind, {}).get("length", length)
            if length > layout and files[kind]:
                yield text, f"CCLF0 declares CCLF{kind} with {length} characters a line; its layout here has {layout}."
            came = sum(_lines(one) for one in files[kind])
            if files[kind] and came < count:
                yield text, f"CCLF0 declares {count} lines of CCLF{kind}, but {came} came: something was lost."


def _declared(member: Member) -> tuple[bytes, dict[str, tuple[int, int]], int]:
    """The text, count and length by file, and the first line that says neither."""
    said: dict[str, tuple[int, int]] = {}
    stream, text, unread = member.open(), b"", 0
    try:
        for number, line in read.lines(stream):
            text += line + b"\n"
            words = [one.strip() for one in line.decode("latin-1").split("|")]
            if words[0].startswith("File Number"):
                continue
            if len(words) == 4 and words[0].startswith("CCLF") and words[2].isdecimal() and words[3].isdecimal():
                kind = words[0].removeprefix("CCLF")
                unread = unread or number * (kind in said)
                said[kind] = int(words[2]), int(words[3])
            else:
                unread = unread or number
            if number > 100:
                break
    finally:
        stream.close()
    return text, said, unread


def _lines(member: Member) -> int:
    stream = member.open()
    try:
        return sum(1 for _, line in read.lines(stream) if line.strip() != read.BLANK_FILE)
    finally:
        stream.close()
