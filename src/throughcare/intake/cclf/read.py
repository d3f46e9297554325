"""Read: files of columns of fixed width, cut by the layout of their kind (layouts.toml), under limits.

Which of CMS's files a stream is stands in its name alone (ZC8Y18, ZC8R26): columns without a header say nothing. An
archive's outer name is anyone's. The files of preferences for sharing say by their first line what they are.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from importlib.resources import files
from itertools import accumulate
from typing import IO, Any

from throughcare.faults import Malformed

LINE_BYTES_MAX = 4096
BLANK_FILE = b"This file is intentionally blank"
_NAME = re.compile(r"(?:^|[./!])ZC([0-9AB])(?:[YR]\d\d)?(?:\.D\d{6}\.T\d{7})?$")
_MADE = re.compile(r"\.D(\d{6})\.T(\d{6})\d?$")
_LIKE = re.compile(r"\.ZC[0-9AB]?[YR]\d\d\.")
_SHARING = re.compile(rb"HDR_[A-Z]+DATASHR")
_AMOUNT = re.compile(r"[-+]?(\d{1,16}(\.\d{0,8})?|\.\d{1,8})")
_NO_DAY = ("1000-01-01", "9999-12-31", "0001-01-01")


@dataclass(frozen=True, slots=True)
class Row:
    """A line cut into its columns; `number` from 1 in `file`."""

    number: int
    cells: dict[str, str]
    text: bytes
    file: str

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    def day(self, column: str, *, needed: bool = False) -> str:
        text = self[column]
        if len(text) == 8 and text.isdecimal():
            text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
        if text in _NO_DAY or not text.strip("0-"):
            text = ""
        if not text and not needed:
            return ""
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError:
            raise Malformed(f"Line {self.number}: {column} is {'no date' if text else 'missing'}.") from None

    def amount(self, column: str) -> Decimal | None:
        text = self[column]
        if not text:
            return None
        if not _AMOUNT.fullmatch(text):
            raise Malformed(f"Line {self.number}: {column} is no number.")
        return Decimal(text)


def file_of(name: str, start: bytes) -> str:
    """Which file of CMS it is: 0 to 9, A, B, or sharing; '' when none."""
    if _SHARING.match(start):
        return "sharing"
    found = _NAME.search(name)
    return found[1] if found else ""


def named_like(name: str, start: bytes) -> bool:
    """Whether it is one of CMS's files, or claims to be by its name."""
    return bool(file_of(name, start)) or bool(_LIKE.search(re.split("[/!]", name)[-1]))


@cache
def made_at(name: str) -> datetime | None:
    """When CMS made the file, as its name tells: D is the day, T the time of that day."""
    found = _MADE.search(name)
    try:
        return datetime.strptime("".join(found.groups()), "%y%m%d%H%M%S") if found else None
    except ValueError:
        return None


@cache
def layouts() -> dict[str, Any]:
    return tomllib.loads((files(__package__) / "layouts.toml").read_text("utf-8"))


@cache
def _cuts(kind: str) -> list[tuple[str, int, int]]:
    names = [one.split()[0] for one in layouts()[kind]["columns"]]
    widths = [int(one.split()[1]) for one in layouts()[kind]["columns"]]
    ends = list(accumulate(widths))
    return [(name, end - width, end) for name, width, end in zip(names, widths, ends, strict=True)]


def lines(stream: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    number = 0
    while line := stream.readline(LINE_BYTES_MAX + 1):
        number += 1
        if len(line) > LINE_BYTES_MAX:
            raise Malformed(f"Line {number} is longer than {LINE_BYTES_MAX:,} bytes: it is no line of CCLF.")
        if line.strip():
            yield number, line.rstrip(b"\r\n")


def cut(kind: str, number: int, line: bytes, file: str = "") -> Row:
    """Blanks at the end may be left out. Malformed when the line is longer than its layout. A lone ~ says nothing."""
    text = line.decode("latin-1")
    if len(text.rstrip()) > layouts()[kind]["length"]:
        raise Malformed(f"Line {number} is longer than its layout of {layouts()[kind]['length']} characters.")
    cells = {name: text[start:end].strip() for name, start, end in _cuts(kind)}
    return Row(number, {name: "" if value.strip("~") == "" else value for name, value in cells.items()}, line, file)
