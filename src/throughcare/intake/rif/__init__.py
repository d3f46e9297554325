"""RIF: claims, drug events and beneficiaries as CMS's warehouse of claims exports them, parted by bars."""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby

from throughcare.faults import Malformed
from throughcare.intake.archive import Member
from throughcare.intake.formats import Given, Piece
from throughcare.intake.rif import bills, people, read
from throughcare.intake.rif.read import Kind, Row
from throughcare.intake.rif.values import day
from throughcare.intake.shapes import Resource

TITLE = "RIF"
TOGETHER = False
LINES_MAX = 10_000  # rows of one claim
_DELETED, _CHANGED = "DELETE", "UPDATE"  # DML_IND


def knows(start: bytes, name: str) -> bool:
    return read.kind_of(start) is not None


def pieces(members: list[Member], given: Given) -> Iterator[Piece]:
    """Each claim with all its rows, each drug event, each row about a beneficiary."""
    stream = members[0].open()
    try:
        columns = read.header(stream)
        kind = read.kind_of("|".join(columns).encode())
        if kind is None:
            raise Malformed("The file has no header of RIF.")
        for number, rows in enumerate(_together(read.rows(stream, columns), kind), 1):
            yield _piece(number, rows, kind, given, "|".join(columns).encode())
    finally:
        stream.close()


def _together(rows: Iterator[Row], kind: Kind) -> Iterator[list[Row]]:
    """The rows of one claim stand one after another; a row that cannot be read stands alone."""
    several = kind in (Kind.INSTITUTIONAL, Kind.PROFESSIONAL)
    for _, group in groupby(rows, key=lambda row: row["CLM_ID"] if several and row["CLM_ID"] else row.number):
        found: list[Row] = []
        for row in group:
            found.append(row)
            if len(found) > LINES_MAX:
                raise Malformed(f"A claim has more than {LINES_MAX:,} rows.")
        yield found


def _piece(number: int, rows: list[Row], kind: Kind, given: Given, header: bytes) -> Piece:
    body = b"\n".join([header, *(row.text for row in rows)])
    if broken := next((row.fault for row in rows if row.fault), ""):
        return Piece(number, body=body, reason=f"Line {rows[0].number}: {broken}", line=rows[0].number)
    try:
        resources, as_of = _resources(rows, kind, given), _as_of(rows[0], kind)
    except Malformed as fault:
        return Piece(number, body=body, reason=fault.what, line=rows[0].number)
    if rows[0]["DML_IND"] == _DELETED:
        gone = [(one["resourceType"], one["id"]) for one in resources]
        return Piece(number, body=body, deletes=gone, as_of=as_of)
    changes = kind is Kind.BENEFICIARY and rows[0]["DML_IND"] == _CHANGED
    left_out = people.months_left_out(rows[0], given, resources) if changes else []
    return Piece(number, resources, body, deletes=left_out, line=rows[0].number, as_of=as_of)


def _as_of(row: Row, kind: Kind) -> datetime | None:
    """For when a row speaks: the week the claim was processed in, the day the drug was paid, the end of the year."""
    if kind is Kind.BENEFICIARY:
        year = row["RFRNC_YR"]
        return datetime(int(year), 12, 31) if len(year) == 4 and year.isdecimal() and int(year) else None
    said = day(row, "PD_DT" if kind is Kind.DRUG else "NCH_WKLY_PROC_DT")
    return datetime.fromisoformat(said) if said else None


def _resources(rows: list[Row], kind: Kind, given: Given) -> list[Resource]:
    match kind:
        case Kind.DRUG:
            return [bills.drug(rows[0], given)]
        case Kind.INSTITUTIONAL | Kind.PROFESSIONAL:
            return [bills.bill(rows, kind, given)]
        case Kind.BENEFICIARY:
            return people.beneficiary(rows[0], given)
        case Kind.HISTORY:
            return people.former(rows[0], given)
