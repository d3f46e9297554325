"""People: who the roster names, what numbers they had before, and whether they let their claims be shared."""

import re

from throughcare.faults import Malformed
from throughcare.intake.cclf.read import Row
from throughcare.intake.claims import MBI
from throughcare.intake.formats import Given
from throughcare.intake.shapes import Resource, coded, identifier, reference, resource_id, without_blanks

_MBI = re.compile(r"[1-9][A-Z0-9]{10}")
_SEX = {"0": "unknown", "1": "male", "2": "female", "M": "male", "F": "female", "U": "unknown"}
_PART_A, _PART_B = "13AC", "23BC"  # who pays buy-in, as Medicare's months of entitlement write it
_FULL_MEDICAID = ("02", "04", "08")


def patient_id(given: Given, number: str) -> str:
    return resource_id(given.source, "Patient", number)


def mbi(row: Row, column: str = "mbi") -> str:
    number = row[column]
    if not _MBI.fullmatch(number):
        raise Malformed(f"Line {row.number}: {column} is {'no Medicare number' if number else 'missing'}.")
    return number


def beneficiary(row: Row, given: Given) -> list[Resource]:
    """CCLF8: the person, and what Medicare covers."""
    number = mbi(row)
    dual, entitled, buy_in = row["dual"], row["entitled_by"], row["buy_in"]
    said = {"dual-status": dual if dual.isdecimal() else "", "entitled-by": entitled}
    extensions = [{"url": f"urn:throughcare:{name}", "valueCode": value} for name, value in said.items() if value]
    parts: dict[str, bool | None] = {
        "part-a": _part(row, "part_a_from", buy_in, _PART_A),
        "part-b": _part(row, "part_b_from", buy_in, _PART_B),
    }
    parts["medicaid-full"] = dual in _FULL_MEDICAID if dual.isdecimal() else None
    yes_no: list[Resource] = [
        {"url": f"urn:throughcare:{name}", "valueBoolean": value} for name, value in parts.items() if value is not None
    ]
    starts = [day for day in (row.day("part_a_from"), row.day("part_b_from")) if day]
    coverage: Resource = without_blanks(
        {
            "resourceType": "Coverage",
            "id": resource_id(given.source, "Coverage", number),
            "extension": [*extensions, *yes_no],
            "status": "active",
            "type": coded("medicare", "urn:throughcare:plan-kind"),
            "subscriberId": number,
            "beneficiary": reference("Patient", patient_id(given, number)),
            "relationship": coded("self", "http://terminology.hl7.org/CodeSystem/subscriber-relationship"),
            "period": {"start": min(starts, default=""), "end": row.day("died")},
            "payor": [{"display": "Medicare", "identifier": {"value": "CMS"}}],
        }
    )
    return [_person(row, given, number), coverage]


def _part(row: Row, column: str, buy_in: str, codes: str) -> bool | None:
    if row.day(column):
        return True
    return buy_in in codes if buy_in else None


def _person(row: Row, given: Given, number: str) -> Resource:
    lines = [row[f"line_{n}"] for n in range(1, 7)]
    zip_code = "-".join(part for part in (row["zip_5"] or row["zip"], row["zip_4"]) if part)
    made: Resource = without_blanks(
        {
            "resourceType": "Patient",
            "id": patient_id(given, number),
            "identifier": [identifier(MBI, number, "MB")],
            "name": [{"family": row["last"], "given": [row["first"], row["middle"]]}],
            "gender": _SEX.get(row["sex"], ""),
            **_born(row),
            "deceasedDateTime": row.day("died"),
            "address": [{"line": lines, "city": row["city"], "state": row["state"], "postalCode": zip_code}],
        }
    )
    return made


def _born(row: Row) -> Resource:
    """A day of birth that cannot be read is said to be in error: the Medicare number alone says who it is."""
    try:
        return {"birthDate": row.day("born")}
    except Malformed:
        absent = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
        return {"_birthDate": {"extension": [{"url": absent, "valueCode": "error"}]}}


def former(row: Row, given: Given) -> list[Resource]:
    """CCLF9: a number from before is a record of its own, which CMS says is the same person's."""
    if row["kind"] not in ("H", "M"):
        raise Malformed(f"Line {row.number}: kind is neither H nor M.")
    if not row["number"] or not row["former"]:
        raise Malformed(f"Line {row.number}: a number is missing.")
    system = MBI if row["kind"] == "M" else "http://hl7.org/fhir/sid/us-medicare"
    start, end = row.day("from"), row.day("thru")
    period = {"start": start, "end": end} if not (start and end and end < start) else {}
    made: Resource = without_blanks(
        {
            "resourceType": "Patient",
            "id": patient_id(given, row["former"]),
            "active": False,
            "identifier": [{**identifier(system, row["former"], "MB"), "period": period}],
            "link": [{"other": reference("Patient", patient_id(given, row["number"])), "type": "replaced-by"}],
        }
    )
    return [made]


def sharing(row: Row, given: Given) -> list[Resource]:
    """A preference told to 1-800-MEDICARE, and the one about treatment of substance use, as Consent of their own."""
    number = mbi(row)
    made = []
    for what, start, told in (("claims", "from", "shares"), ("substance-use", "alcohol_from", "alcohol_shares")):
        if not row[told]:
            continue
        if row[told] not in ("Y", "N"):
            raise Malformed(f"Line {row.number}: {told} is neither Y nor N.")
        made.append(_consent(given, number, what, row.day(start, needed=True), row[told] == "Y"))
    if not made:
        raise Malformed(f"Line {row.number}: it tells no preference.")
    return [_person(row, given, number), *made]


def _consent(given: Given, number: str, what: str, start: str, yes: bool) -> Resource:
    return {
        "resourceType": "Consent",
        "id": resource_id(given.source, "Consent", number, what),
        "status": "active",
        "scope": coded("patient-privacy", "http://terminology.hl7.org/CodeSystem/consentscope"),
        "category": [coded(f"medicare-sharing-{what}", "urn:throughcare:consent")],
        "patient": reference("Patient", patient_id(given, number)),
        "dateTime": start,
        "policyRule": coded("OPTIN" if yes else "OPTOUT", "http://terminology.hl7.org/CodeSystem/v3-ActCode"),
        "provision": {"type": "permit" if yes else "deny", "period": {"start": start}},
    }
