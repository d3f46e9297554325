"""Hostile tables: whatever bytes come, each row is told or refused, no workbook crashes, and nothing grows for ever."""

import io
import random
import tracemalloc
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given as examples
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from throughcare.faults import Malformed
from throughcare.fhir import json as fhir_json
from throughcare.intake import tables
from throughcare.intake.formats import Given, Piece
from throughcare.intake.tables import read, sheets
from throughcare.intake.tables.grammar import Reads
from throughcare.settings import Settings

from .tables import BY_MAPPING, CLIENTS, MAPPINGS, pieces, reasons, site, table
from .test_tables import workbook

SITE = Settings.read({}, table_mappings_dir=str(MAPPINGS))
BOOK = workbook(People=[row.split(",") for row in CLIENTS.replace("O'Neil, Jr.", "ONeil").splitlines()])
EXAMPLES = hypothesis_settings(max_examples=700, deadline=timedelta(seconds=5))
NASTY = ['"', "\n", "\r", "\0", ",", ";", "\t", "=cmd|' /C calc'!A0", "\ufeff", "31/31/3131", "9" * 400, "é", "{", "%s"]


def told(data: bytes, name: str = "roster.csv") -> list[Piece]:
    """Every piece of whatever it is; Malformed as a whole is an answer too."""
    member = table(data, name)
    try:
        source = tables.source_of([member], Given("files", SITE))
        found = list(tables.pieces([member], Given(source, SITE)))
    except Malformed:
        return []
    for piece in found:
        assert bool(piece.reason) != bool(piece.resources) or not piece.reason
        fhir_json.write(piece.resources)
    return found


@EXAMPLES
@examples(
    st.sampled_from(sorted(BY_MAPPING)), st.lists(st.tuples(st.integers(0, 2000), st.sampled_from(NASTY)), max_size=8)
)
def test_a_mutated_table_is_told_row_by_row(which: str, cuts: list[tuple[int, str]]) -> None:
    text = BY_MAPPING[which]
    for at, nasty in cuts:
        at %= len(text)
        text = text[:at] + nasty + text[at + 1 :]
    found = told(text.encode())
    assert [piece.number for piece in found] == list(range(1, len(found) + 1))


@EXAMPLES
@examples(st.binary(max_size=300))
def test_any_bytes_under_a_good_header_lose_no_row(tail: bytes) -> None:
    header = CLIENTS.splitlines()[0].encode() + b"\n"
    after = [b"C8,Last,One,,,F,,,,,,"] * (read.LINES_OF_A_ROW_MAX + 1)
    found = told(header + tail.replace(b'"', b"'") + b"\n" + b"\n".join(after))
    taken = [piece for piece in found if piece.resources and piece.resources[0]["name"][0].get("family") == "Last"]
    assert len(taken) == len(after)


@EXAMPLES
@examples(st.integers(0, 2**32))
def test_a_damaged_workbook_is_read_or_refused(seed: int) -> None:
    rng, data = random.Random(seed), bytearray(BOOK)
    for _ in range(rng.randint(1, 6)):
        data[rng.randrange(40, len(data))] = rng.randrange(256)
    told(bytes(data), "book.xlsx")


@EXAMPLES
@examples(st.integers(0, 2**32))
def test_a_workbook_with_broken_insides_is_read_or_refused(seed: int) -> None:
    """Whole as a zip, so that what is damaged reaches the reader of XML."""
    rng, out = random.Random(seed), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(BOOK)) as old, zipfile.ZipFile(out, "w") as new:
        spoiled = rng.choice(old.namelist())
        for name in old.namelist():
            text = bytearray(old.read(name))
            for _ in range(rng.randint(1, 4) if name == spoiled and text else 0):
                at = rng.randrange(len(text))
                text[at : at + rng.randint(0, 9)] = rng.choice([b"", b"<", b"999999999", b'"', b"&a;", b"XFD1048576"])
            new.writestr(name, bytes(text))
    told(out.getvalue(), "book.xlsx")


def test_a_quote_that_nobody_closes_takes_no_other_row_along(tmp_path: Path) -> None:
    header = CLIENTS.splitlines()[0]
    rows = ['C4,"Roe,Eva,,,F,,,,,,', *(f"C{n},Poe,Ida,,,F,,,,,," for n in range(500))]
    found = pieces("\n".join([header, *rows]), site(tmp_path))
    assert len(found) == 501 and len(reasons(found)) == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a," * 1_001 + "b\n1", "columns; 1,000 are the most"),
        ("a,b\n" + "x" * (read.LINE_BYTES_MAX + 70_000), "A line is longer than"),
    ],
)
def test_a_table_beyond_its_limits_is_refused(text: str, says: str) -> None:
    with pytest.raises(Malformed, match=says):
        list(read.rows(io.BytesIO(text.encode()), Reads()))


def test_a_table_with_too_many_rows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "ROWS_MAX", 10)
    with pytest.raises(Malformed, match="more than 10 rows"):
        list(read.rows(io.BytesIO(b"a,b\n" + b"1,2\n" * 12), Reads()))


def test_a_cell_longer_than_a_cell_may_be_is_refused() -> None:
    _, row = read.rows(io.BytesIO(b"a,b\n1," + b"x" * 40_000), Reads())
    assert row.fault == "The row holds a cell of more than 32,767 characters."


def test_a_workbook_that_swells_or_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", "x")
        packed.writestr("xl/workbook.xml", b" " * (40 << 20))
    with pytest.raises(Malformed, match="swells"):
        list(sheets.sheets(io.BytesIO(out.getvalue()), 200))
    monkeypatch.setattr(sheets, "BYTES_MAX", 100)
    with pytest.raises(Malformed, match="more than 100 bytes"):
        list(sheets.sheets(io.BytesIO(BOOK), 200))


def test_words_that_multiply_in_a_workbook_are_refused() -> None:
    """Entities within entities: a few hundred bytes that would become gigabytes."""
    names = [f'<!ENTITY e{n} "{f"&e{n - 1};" * 20 if n else "ha" * 20}">' for n in range(9)]
    bomb = f"<!DOCTYPE w [{''.join(names)}]><workbook>&e8;</workbook>".encode()
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(BOOK)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, bomb if name == "xl/workbook.xml" else old.read(name))
    with pytest.raises(Malformed, match="The workbook cannot be read"):
        list(sheets.sheets(io.BytesIO(out.getvalue()), 200))


def test_memory_does_not_grow_with_the_rows() -> None:
    header, row = CLIENTS.splitlines()[0], "C{0},Reyes,Ana,,01/31/1950,F,555-{0},,{0} Main St,Dayton,OH,45402\n"
    data = (header + "\n" + "".join(row.format(n) for n in range(20_000))).encode()
    member = table(data)
    told(header.encode() + b"\n" + row.format(1).encode())  # what is built once
    tracemalloc.start()
    try:
        count = sum(1 for _ in tables.pieces([member], Given("food_bank", SITE)))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 20_000 and peak < 8 << 20
