"""Read: rows of a file whose columns are parted by bars, under limits; a file is known by the header of its kind."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import IO

from throughcare.faults import Malformed

ROW_BYTES_MAX = 256 * 1024
COLUMNS_MAX = 1000


class Kind(StrEnum):
    BENEFICIARY = "beneficiaries"
    HISTORY = "history of beneficiaries"
    DRUG = "drug events"
    INSTITUTIONAL = "claims of institutions"
    PROFESSIONAL = "claims of carriers"


_MARKS = (
    (Kind.DRUG, {"PDE_ID", "BENE_ID", "SRVC_DT"}),
    (Kind.INSTITUTIONAL, {"CLM_ID", "BENE_ID", "REV_CNTR"}),
    (Kind.PROFESSIONAL, {"CLM_ID", "BENE_ID", "LINE_NUM"}),
    (Kind.BENEFICIARY, {"BENE_ID", "BENE_BIRTH_DT", "RFRNC_YR"}),
    (Kind.HISTORY, {"BENE_ID", "BENE_BIRTH_DT", "EFCTV_BGN_DT"}),
)


@dataclass(frozen=True, slots=True)
class Row:
    """`number` is of the line in the file, from 1. `fault` when the line cannot be a row."""

    number: int
    cells: dict[str, str]
    text: bytes
    fault: str = ""

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


def kind_of(start: bytes) -> Kind | None:
    first = start.removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0]
    columns = {one.strip() for one in first[:ROW_BYTES_MAX].decode("latin-1").split("|")}
    return next((kind for kind, marks in _MARKS if marks <= columns), None)


def header(stream: IO[bytes]) -> list[str]:
    line = stream.readline(ROW_BYTES_MAX + 1)
    columns = [one.strip() for one in line.decode("utf-8-sig", "replace").strip().split("|")]
    if len(columns) > COLUMNS_MAX or len(line) > ROW_BYTES_MAX or len(set(columns)) < len(columns):
        raise Malformed("The header of the file has too many columns, or one twice.", do="Ask for the file anew.")
    return columns


def rows(stream: IO[bytes], columns: list[str]) -> Iterator[Row]:
    """Each line that is not blank, as a row or with what is wrong with it."""
    number = 1
    while line := stream.readline(ROW_BYTES_MAX + 1):
        number += 1
        if len(line) > ROW_BYTES_MAX:
            raise Malformed(f"Line {number} is longer than {ROW_BYTES_MAX:,} bytes.", do="Ask for the file anew.")
        if line.strip():
            yield _row(number, line.rstrip(b"\r\n"), columns)


def _row(number: int, line: bytes, columns: list[str]) -> Row:
    try:
        words = [one.strip() for one in line.decode("utf-8").split("|")]
    except UnicodeDecodeError:
        return Row(number, {}, line, "The line is not UTF-8.")
    if len(words) == len(columns) + 1 and not words[-1]:
        words.pop()  # a bar at the end of the line
    if len(words) != len(columns):
        return Row(number, {}, line, f"The line has {len(words)} columns, the header {len(columns)}.")
    return Row(number, dict(zip(columns, words, strict=True)), line)
