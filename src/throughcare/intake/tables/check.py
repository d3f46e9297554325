"""Check: what a mapping makes of a table, said before anything is stored: columns, bad rows, samples."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from hashlib import blake2b
from typing import Any

from throughcare.faults import Malformed
from throughcare.fhir import json as fhir_json
from throughcare.fhir import validate
from throughcare.intake.shapes import Resource
from throughcare.intake.tables.grammar import Mapping
from throughcare.intake.tables.making import Header, Maker, plain
from throughcare.intake.tables.mappings import bound, uses
from throughcare.intake.tables.opened import Table
from throughcare.intake.tables.read import Row
from throughcare.intake.tables.told import resources, together
from throughcare.intake.tables.values import BadCell

BAD_SHOWN, SAMPLES = 10, 2
_LISTED = re.compile(r"\[[^]]*\]")


@dataclass(slots=True)
class Column:
    """`becomes` are elements of FHIR, none where the mapping takes nothing of it; `filled` counts cells."""

    column: str
    becomes: list[str]
    filled: int = 0
    bad: int = 0


@dataclass(frozen=True, slots=True)
class Bad:
    """A row that would go into quarantine. `cell` is what stands there: shown to whoever has the file, kept nowhere."""

    line: int
    column: str
    cell: str
    reason: str
    fix: str


@dataclass(slots=True)
class Report:
    """`pieces` are rows, or the rows that belong together; `replaced` counts resources that an earlier row made too."""

    where: str
    mapping: str
    rows: int = 0
    pieces: int = 0
    refused: int = 0
    replaced: int = 0
    made: Counter[str] = field(default_factory=Counter)
    columns: list[Column] = field(default_factory=list)
    bad: list[Bad] = field(default_factory=list)
    samples: list[Resource] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        told = asdict(self) | {"made": dict(self.made)}
        told["samples"] = [fhir_json.read(fhir_json.write(one)) for one in self.samples]
        return told


def report(table: Table, zone: str) -> Report:
    """Reads the whole table as a load would. Raises Malformed where it cannot be read at all."""
    mapping, where, head, rows = table
    assert mapping is not None
    maker = Maker(mapping, bound(mapping, head.cells), zone)
    told = Report(where, mapping.title, columns=_columns(mapping, head))
    by_name = {plain(one.column): one for one in told.columns}
    seen: dict[str, bytes] = {}
    for group in together(maker, _counted(rows, told, maker.blank)):
        told.pieces += 1
        try:
            made = resources(maker, group)
            for one in made:
                _valid(one, mapping)
        except Malformed as fault:
            _refuse(told, group[0], fault, maker.header, by_name)
            continue
        told.made.update(one["resourceType"] for one in made)
        told.samples += made if told.pieces - told.refused <= SAMPLES else []
        for one in made:
            seal = blake2b(fhir_json.write(one), digest_size=8).digest()
            told.replaced += seen.get(one["id"], seal) != seal
            seen[one["id"]] = seal
    return told


def _columns(mapping: Mapping, head: Row) -> list[Column]:
    becomes: dict[str, list[str]] = {}
    for column, element, _ in uses(mapping):
        becomes.setdefault(plain(column), []).append(element)
    return [Column(title, list(dict.fromkeys(becomes.get(plain(title), ())))) for title in head.cells]


def _counted(rows: Iterator[Row], told: Report, blank: set[str]) -> Iterator[Row]:
    for row in rows:
        told.rows += 1
        for column, cell in zip(told.columns, row.cells, strict=False):
            column.filled += cell.casefold() not in blank
        yield row


def _valid(made: Resource, mapping: Mapping) -> None:
    """Valid FHIR R4; where not, the column from which the wrong element came."""
    try:
        validate.check(fhir_json.write(made))
    except Malformed as fault:
        element = made["resourceType"] + "." + _LISTED.sub("", fault.what.partition(": ")[0])
        column = next((column for column, becomes, _ in uses(mapping) if becomes == element), "")
        said = f"{made['resourceType']}: {fault.what}"
        if column:
            do = "Correct the cell, or what the mapping makes of it."
            raise BadCell(column, f"makes no valid {said}", do) from None
        raise Malformed(said, do="Correct the mapping: FHIR needs it so.") from None


def _refuse(told: Report, row: Row, fault: Malformed, header: Header, columns: dict[str, Column]) -> None:
    told.refused += 1
    column = fault.column if isinstance(fault, BadCell) else ""
    if column:
        columns[plain(column)].bad += 1
    if len(told.bad) < BAD_SHOWN:
        cell = row.cells[header.at(column)] if column and row.cells else ""
        told.bad.append(Bad(row.line, column, cell, fault.what, fault.do))
