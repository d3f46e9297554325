"""IDR: beneficiaries and claims in the tables of CMS's Integrated Data Repository, which speak only together."""

from collections.abc import Iterable, Iterator

from throughcare.faults import Malformed
from throughcare.intake.archive import Member
from throughcare.intake.formats import Given, Piece
from throughcare.intake.hmis.read import Row, rows
from throughcare.intake.idr import bills, people
from throughcare.intake.idr.beside import Beside, gathered, name_of

TITLE = "IDR"
TOGETHER = True
ALONE = "No table of beneficiaries (BENE_HSTRY) is beside it, and without one it says nothing of anybody."


def knows(start: bytes, name: str) -> bool:
    return name_of(start) != ""


def pieces(members: list[Member], given: Given) -> Iterator[Piece]:
    """Each beneficiary with all that is told of them, each claim with its lines and codes, and each row left over."""
    by_name = gathered(members)
    if "BENE_HSTRY" not in by_name:
        alone = (Piece(0, body=member.shown.encode(), reason=ALONE, file=member.shown) for member in members)
        yield from _numbered(alone, 0)
        return
    beside = Beside.of(by_name)
    number = 0
    for piece in _numbered(_people(by_name["BENE_HSTRY"], beside, given), 0):
        number = piece.number
        yield piece
    yield from _numbered(_claims(by_name.get("CLM", []), beside, given), number)


def _numbered(found: Iterable[Piece], after: int) -> Iterator[Piece]:
    for number, piece in enumerate(found, after + 1):
        yield Piece(
            number, piece.resources, piece.body, piece.reason, file=piece.file, line=piece.line, as_of=piece.as_of
        )


def _people(members: list[Member], beside: Beside, given: Given) -> Iterator[Piece]:
    """What a beneficiary was called before stands in rows of the same number."""
    told: dict[str, list[Row]] = {}
    for row in (row for member in members for row in rows(member)):
        if row.fault or not row["BENE_SK"]:
            yield _refused(row, row.fault or "BENE_SK is missing.")
        else:
            told.setdefault(row["BENE_SK"], []).append(row)
    shared = people.of_several(told, beside)
    for several in told.values():
        newest = max(several, key=people.is_newer)
        try:
            made = people.beneficiary(several, newest, beside, shared, given)
        except Malformed as fault:
            yield _refused(newest, fault.what)
            continue
        yield Piece(0, made, newest.raw, file=newest.file, line=newest.line, as_of=people.told_at(several))
    for row in beside.left_over(told):
        yield _refused(row, "No beneficiary of this number (BENE_SK) is in BENE_HSTRY.")


def _claims(members: list[Member], beside: Beside, given: Given) -> Iterator[Piece]:
    seen: set[str] = set()
    for row in (row for member in members for row in rows(member)):
        made, reason = [], f"{row.place}: {row.fault}" if row.fault else ""
        if row["CLM_UNIQ_ID"] in seen:
            reason = reason or f"{row.place}: the same CLM_UNIQ_ID stands in a row before."
        try:
            made = [] if reason else [bills.bill(row, beside, given)]
        except Malformed as fault:
            reason = fault.what
        seen.add(row["CLM_UNIQ_ID"])
        body = b"\n".join([row.raw, *(part.raw for part in beside.taken(row))])
        yield Piece(0, made, body, reason, file=row.file, line=row.line, as_of=people.moment(row, "CLM_IDR_LD_DT"))
    for row in beside.parts_left_over():
        yield _refused(row, row.fault or "No claim that it is part of is in CLM.")


def _refused(row: Row, reason: str) -> Piece:
    return Piece(0, body=row.raw, reason=reason, file=row.file, line=row.line)
