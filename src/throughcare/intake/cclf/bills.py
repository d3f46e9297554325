"""Bills: claims of parts A, B and D, put together from their files, as ExplanationOfBenefit.

CMS sends a cancellation or an adjustment as a claim of its own. What makes it the same claim is its natural key, so its
id is made of that: whatever was said last of a claim, by its effective date, is how it stands.
"""

from decimal import Decimal

from throughcare.faults import Malformed
from throughcare.intake.cclf.people import mbi, patient_id
from throughcare.intake.cclf.read import Row
from throughcare.intake.claims import ICD9, ICD10, NDC, NPI, PCS, PCS9, Claim, Line, explanation, service_system
from throughcare.intake.formats import Given
from throughcare.intake.shapes import Resource, identifier, resource_id

CLAIM_NUMBER = "https://bluebutton.cms.gov/resources/variables/clm_id"
_CANCELLED = "1"  # adjustment: 0 original, 1 cancellation, 2 adjusted
_INPATIENT = ("20", "30", "60", "61")
_MODIFIERS = [f"modifier_{n}" for n in range(1, 6)]
_KINDS = {"E": "externalcauseofinjury", "D": "other"}


def said_last(row: Row) -> tuple[str, str]:
    """What orders the tellings of a claim: the day from which it holds, and a cancellation before what follows it."""
    return row.day("effective"), row["adjustment"]


def natural_key(kind: str, row: Row) -> tuple[str, ...]:
    """Of CMS's own guide: provider, person and days for part A; control number for B; fill of a prescription for D."""
    person = row["equatable"] or row["hicn"] or row["mbi"]
    if kind == "1":
        return "A", row["ccn"], row["from"], row["thru"], person
    if kind == "7":
        return "D", row["mbi"], row["from"], row["pharmacy"], row["prescription"], row["fill"], row["ndc"]
    return "B", row["control"] or row["claim"], person


def hospital(head: Row, lines: list[Row], procedures: list[Row], diagnoses: list[Row], given: Given) -> Resource:
    """Part A: the claim with its revenue lines, procedures and diagnoses."""
    made = _claim("1", head, given)
    made.kind, made.setting = "institutional", "inpatient" if head["type"] in _INPATIENT else "outpatient"
    made.provider = {"identifier": identifier(NPI, head["npi"], "NPI")} if head["npi"].strip("0") else {}
    if head["ccn"] and not made.provider:
        made.provider = {"identifier": identifier("urn:oid:2.16.840.1.113883.4.336", head["ccn"], "PRN")}
    made.bill_type = head["facility"] + head["classification"] + head["frequency"]
    made.disposition, made.drg = head["disposition"], head["drg"]
    if made.setting == "inpatient":
        made.admitted, made.discharged = made.start, made.end if made.disposition != "30" else ""
    roles = {"attending": "attending", "operating": "operating", "other": "otheroperating"}
    made.team = [(role, head[column], "", "") for column, role in roles.items() if head[column].strip("0~")]
    made.money = {"submitted": head.amount("charged")}
    system = ICD9 if head["icd"] == "9" else ICD10
    codes = [("principal", head["principal"], system, _present(head["principal"], diagnoses))]
    codes += [("admitting", head["admitting"], system, "")]
    codes += [
        (_KINDS.get(row["kind"], "other"), row["code"], ICD9 if row["icd"] == "9" else ICD10, row["present"][:1])
        for row in sorted(diagnoses, key=lambda row: row["sequence"].rjust(2))
        if row["code"] != head["principal"] or row["kind"] not in ("P", "D")
    ]
    made.diagnoses = [one for one in codes if one[1]]
    made.procedures = [
        (row["code"], PCS9 if row["icd"] == "9" else PCS, row.day("day"))
        for row in sorted(procedures, key=lambda row: row["sequence"].rjust(2))
        if row["code"]
    ]
    made.lines = [_line(n, row, {"revenue": "revenue", "day": "revenue_day"}) for n, row in enumerate(lines, 1)]
    return explanation(made)


def _present(principal: str, diagnoses: list[Row]) -> str:
    return next((row["present"][:1] for row in diagnoses if row["code"] == principal), "")


def professional(kind: str, rows: list[Row], given: Given) -> Resource:
    """Part B: the lines of one claim, of physicians (5) or of medical equipment (6)."""
    head = rows[0]
    made = _claim(kind, head, given)
    made.kind = "professional"
    names = {"performed_by": "npi", "specialty": "specialty", "tin": "tin", "place": "place"}
    made.lines = [_line(n, row, names) for n, row in enumerate(rows, 1)]
    made.paid, made.money = _sum(rows, "paid"), {"eligible": _sum(rows, "allowed")}
    system = ICD9 if head["icd"] == "9" else ICD10
    codes = [head[f"diagnosis_{n}"] for n in range(1, 13)] + [row["line_diagnosis"] for row in rows]
    found = list(dict.fromkeys(code for code in codes if code))
    made.diagnoses = [("principal" if n == 0 else "other", code, system, "") for n, code in enumerate(found)]
    for line, row in zip(made.lines, rows, strict=True):
        line.diagnoses = [found.index(row["line_diagnosis"]) + 1] if row["line_diagnosis"] else []
    if head["ordered_by"].strip("0"):
        made.team = [("referring", head["ordered_by"], "", "")]
    return explanation(made)


def _sum(rows: list[Row], column: str) -> Decimal | None:
    amounts = [amount for row in rows if (amount := row.amount(column)) is not None]
    return sum(amounts, start=Decimal(0)) if amounts else None


def drug(row: Row, given: Given) -> Resource:
    """Part D: one fill of a prescription."""
    made = _claim("7", row, given)
    made.kind, made.end = "pharmacy", made.start
    if row["pharmacy"]:
        npi = row["pharmacy_kind"] == "01"
        made.provider = {"identifier": identifier(NPI if npi else "", row["pharmacy"], "NPI" if npi else "")}
    if row["prescriber_kind"] == "01" and row["prescriber"]:
        made.team = [("prescribing", row["prescriber"], "", "")]
    money = {"paidbypatient": row.amount("paid_by_person")}
    made.lines = [Line(1, row["ndc"], NDC, start=made.start, units=row.amount("units"), money=money)]
    return explanation(made)


def _claim(kind: str, row: Row, given: Given) -> Claim:
    number = mbi(row)
    if row["adjustment"] not in ("", "0", "1", "2"):
        raise Malformed(f"Line {row.number}: adjustment is none of 0, 1 and 2.")
    start = row.day("from", needed=True)
    return Claim(
        id=resource_id(given.source, "claim", *natural_key(kind, row)), kind="", patient_id=patient_id(given, number),
        created=row.day("effective") or row.day("loaded") or start, number=row["claim"], number_system=CLAIM_NUMBER,
        status="cancelled" if row["adjustment"] == _CANCELLED else "active",
        start=start, end=row.day("thru") or start, insurer={"display": "Medicare", "identifier": {"value": "CMS"}},
        member=number, paid=row.amount("paid") if kind == "1" else None,
    )  # fmt: skip


def _line(number: int, row: Row, names: dict[str, str]) -> Line:
    code = row["code"]
    return Line(
        number, code, service_system(code), [row[m] for m in _MODIFIERS if row[m]],
        row.day(names.get("day", "line_from")) or row.day("line_from"), row.day("line_thru"),
        place=row[names.get("place", "")], revenue=row[names.get("revenue", "")], units=row.amount("units"),
        performed_by=row[names.get("performed_by", "")].strip("0") and row[names.get("performed_by", "")],
        specialty=row[names.get("specialty", "")], tin=row[names.get("tin", "")],
        money={"benefit": row.amount("paid"), "eligible": row.amount("allowed")},
    )  # fmt: skip
