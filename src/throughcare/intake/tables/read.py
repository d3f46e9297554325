"""Read: the rows of a table, whatever its letters and separators, under limits; a broken row takes no other along."""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import IO

from throughcare.faults import Malformed
from throughcare.intake.tables.grammar import Reads

ROWS_MAX = 5_000_000
COLUMNS_MAX = 1_000
CELL_CHARS_MAX = 32_767  # as many as a cell of a spreadsheet holds
LINE_BYTES_MAX = 1 << 20
LINES_OF_A_ROW_MAX = 100  # a quote that nobody closed must not swallow the table
SEPARATORS = ",;\t|"
_CHUNK = 1 << 16
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


@dataclass(frozen=True, slots=True)
class Row:
    """`line` is where it begins, from 1; `text` as it was written, where it was; `fault` why it could not be cut."""

    line: int
    cells: list[str]
    text: str
    fault: str = ""
    nth: int = 1  # of the rows of its piece


def rows(stream: IO[bytes], reads: Reads) -> Iterator[Row]:
    """The header, then every row that is not blank. Raises Malformed when the text as a whole cannot be read."""
    start = stream.read(_CHUNK)
    encoding = encoding_of(start, reads)
    lines = _numbered(_texts(start, stream, encoding))
    header = next((found for found in _cut(_whole(lines, reads.header_line), reads.separator)), None)
    if header is None:
        return
    separator = reads.separator or _separator(header.text)
    first = next(_cut(iter([(header.line, header.text)]), separator))
    width = len(first.cells)
    if width > COLUMNS_MAX:
        raise Malformed(f"The table has {width:,} columns; {COLUMNS_MAX:,} are the most.")
    yield first
    for row in _cut(_whole(lines), separator):
        if row.line - first.line > ROWS_MAX:
            raise Malformed(f"The table has more than {ROWS_MAX:,} rows.", do="Divide it.")
        yield fitted(row, width)


def fitted(row: Row, width: int) -> Row:
    """The row, if it has as many cells as the header, none of them too long."""
    if not row.fault and len(row.cells) != width:
        return Row(
            row.line, [], row.text or written(row.cells), f"The row has {len(row.cells)} cells, the header {width}."
        )
    if len(row.text) > CELL_CHARS_MAX and any(len(cell) > CELL_CHARS_MAX for cell in row.cells):
        return Row(row.line, [], row.text, f"The row holds a cell of more than {CELL_CHARS_MAX:,} characters.")
    return row


def written(cells: list[str], separator: str = ",") -> str:
    """A row as CSV has it, so that it can be corrected and read again."""
    out = io.StringIO()
    csv.writer(out, delimiter=separator, lineterminator="").writerow(cells)
    return out.getvalue()


def header(start: bytes, reads: Reads) -> list[str]:
    """The columns of a table of which this is the beginning; none where it cannot be one."""
    try:
        text = start.decode(encoding_of(start, reads) or "utf-8", "replace")
        lines = _numbered(iter(text.removeprefix("\ufeff").splitlines()))
        found = next(_whole(lines, reads.header_line), None)
        if found is None:
            return []
        return next(_cut(iter([found]), reads.separator or _separator(found[1]))).cells
    except (Malformed, UnicodeError, StopIteration):
        return []


def encoding_of(start: bytes, reads: Reads) -> str:
    """By the mark at its beginning, else as the mapping says; '' is UTF-8, a line that is not is of Windows."""
    return next((name for mark, name in _MARKS if start.startswith(mark)), reads.encoding)


def _separator(line: str) -> str:
    """Whichever of , ; tab and | is most in the header, outside of quotes."""
    bare = re.sub(r'"[^"]*"', "", line)
    return max(SEPARATORS, key=bare.count)


def _texts(start: bytes, stream: IO[bytes], encoding: str) -> Iterator[str]:
    """Line by line, without its end."""
    if encoding == "utf-16":
        yield from _decoded(start, stream)
        return
    for raw in _lines(start.removeprefix(codecs.BOM_UTF8), stream):
        try:
            yield raw.decode(encoding or "utf-8")
        except UnicodeDecodeError:
            yield raw.decode(encoding or "cp1252", "replace")


def _lines(start: bytes, stream: IO[bytes]) -> Iterator[bytes]:
    rest = start
    while rest:
        *whole, rest = re.split(b"\r\n|\n|\r(?!\\Z)", rest)
        yield from whole
        _bounded(rest)
        if not (more := stream.read(_CHUNK)):
            yield rest.rstrip(b"\r")
            return
        rest += more


def _decoded(start: bytes, stream: IO[bytes]) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-16")("replace")
    chunks = iter(partial(stream.read, _CHUNK), b"")
    rest = decoder.decode(start)
    while True:
        *whole, rest = re.split("\r\n|\n|\r(?!\\Z)", rest)
        yield from whole
        _bounded(rest)
        if (more := next(chunks, None)) is None:
            yield rest.rstrip("\r")
            return
        rest += decoder.decode(more)


def _bounded(rest: bytes | str) -> None:
    if len(rest) > LINE_BYTES_MAX:
        raise Malformed(f"A line is longer than {LINE_BYTES_MAX:,} bytes: this is no table.")


def _numbered(texts: Iterator[str]) -> Iterator[tuple[int, str]]:
    return enumerate(texts, 1)


def _whole(lines: Iterator[tuple[int, str]], first: int = 1) -> Iterator[tuple[int, str]]:
    """From line `first` on, lines that are not blank, joined while a quote is open; too long open, it stands alone."""
    waiting: list[tuple[int, str]] = []
    while (one := waiting.pop() if waiting else next(lines, None)) is not None:
        number, text = one
        if number < first or not text.strip():
            continue
        if text.count('"') % 2:
            taken = [one]
            while sum(t.count('"') for _, t in taken) % 2 and len(taken) < LINES_OF_A_ROW_MAX:
                if (more := waiting.pop() if waiting else next(lines, None)) is None:
                    break
                taken.append(more)
            if sum(t.count('"') for _, t in taken) % 2:
                waiting += reversed(taken[1:])
            else:
                text = "\n".join(t for _, t in taken)
        yield number, text


def _cut(lines: Iterator[tuple[int, str]], separator: str) -> Iterator[Row]:
    for number, text in lines:
        if "\0" in text or "\ufffd" in text:
            yield Row(number, [], text.replace("\0", " "), "The row holds what is no text in its encoding.")
        elif '"' not in text:
            yield Row(number, [cell.strip() for cell in text.split(separator or ",")], text)
        else:
            try:
                (cells,) = csv.reader([text], delimiter=separator or ",", strict=True)
                yield Row(number, [cell.strip() for cell in cells], text)
            except (csv.Error, ValueError):
                yield Row(number, [], text, "The quotes in the row are not closed as they are opened.")
