"""Read: the rows of one table of the export, with the line each begins on; a broken row never takes the next along."""

import csv
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from throughcare.faults import Malformed
from throughcare.intake.archive import Member

LINE_BYTES_MAX = 1 << 18
LINES_OF_A_ROW_MAX = 50  # a quote that nobody closed must not swallow the table
_ENDS = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Row:
    """`values` by column in small letters, blanks trimmed; `fault` says why the line could not be cut into columns."""

    table: str
    line: int
    raw: bytes
    file: str
    values: dict[str, str] = field(default_factory=dict)
    fault: str = ""

    def __getitem__(self, column: str) -> str:
        return self.values.get(column.lower(), "")

    @property
    def place(self) -> str:
        return f"{self.table}.csv line {self.line}"

    def needed(self, column: str) -> str:
        """What must be there. Raises Malformed."""
        if not (value := self[column]):
            raise Malformed(f"{self.place}, {column}: it is missing.")
        return value


def table(member: Member) -> str:
    """The name of the table, as the file is called."""
    return re.split(r"[/!\\]", member.shown)[-1].removesuffix(".gz").removesuffix(".csv").removesuffix(".CSV")


def columns(start: bytes) -> list[str]:
    """Of the first line, in small letters."""
    first = _ENDS.split(_text(start), maxsplit=1)[0]
    try:
        return [name.strip().lower() for name in next(csv.reader([first]), [])]
    except csv.Error:
        return []


def rows(member: Member) -> Iterator[Row]:
    """Every row after the header."""
    stream, name = member.open(), table(member)
    try:
        lines = _numbered(iter(lambda: stream.readline(LINE_BYTES_MAX), b""))
        header = columns(next(lines, (0, ""))[1].encode())
        for line, text in _whole(lines):
            if text.strip():
                yield _row(name, line, text, header, member.shown)
    finally:
        stream.close()


def _row(name: str, line: int, text: str, header: list[str], file: str) -> Row:
    raw = text.encode()
    if len(raw) >= LINE_BYTES_MAX:
        return Row(name, line, raw[:4096], file, fault=f"the row is longer than {LINE_BYTES_MAX:,} bytes.")
    try:
        cells = next(csv.reader([text]), [])
    except csv.Error as error:
        return Row(name, line, raw, file, fault=f"the row cannot be read ({error}).")
    if len(cells) != len(header):
        return Row(name, line, raw, file, fault=f"the row has {len(cells)} columns, the header {len(header)}.")
    return Row(name, line, raw, file, {name: cell.strip() for name, cell in zip(header, cells, strict=True)})


def _numbered(chunks: Iterator[bytes]) -> Iterator[tuple[int, str]]:
    number = 0
    for chunk in chunks:
        for text in _ENDS.split(_text(chunk.rstrip(b"\r\n"))):
            number += 1
            yield number, text


def _whole(lines: Iterator[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Lines joined while a quote is open; one that stays open too long is a line of its own."""
    waiting: deque[tuple[int, str]] = deque()
    while True:
        first = waiting.popleft() if waiting else next(lines, None)
        if first is None:
            return
        taken = [first]
        while sum(text.count('"') for _, text in taken) % 2 and len(taken) < LINES_OF_A_ROW_MAX:
            more = waiting.popleft() if waiting else next(lines, None)
            if more is None:
                break
            taken.append(more)
        if sum(text.count('"') for _, text in taken) % 2:
            waiting.extendleft(reversed(taken[1:]))
            taken = taken[:1]
        yield first[0], "\n".join(text for _, text in taken)


def _text(data: bytes) -> str:
    """UTF-8, with or without a mark at its start, or the Windows letters older systems write."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")
