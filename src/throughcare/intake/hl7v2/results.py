"""Results: one OBR with its OBX lines is a DiagnosticReport with Observations, as the last message about it says."""

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from itertools import groupby
from typing import Any

from throughcare.intake.hl7v2 import staff, values
from throughcare.intake.hl7v2.message import Segment
from throughcare.intake.hl7v2.said import Spoken
from throughcare.intake.hl7v2.values import TERMS, said, tables
from throughcare.intake.shapes import Resource, coded, reference

_LINES = ("TX", "FT", "ST")  # a text of many lines comes as many OBX
_NUMBER_DIGITS = 40
_COMPARATORS = ("<", "<=", ">", ">=")
_CATEGORY = f"{TERMS}observation-category"


def report(id: str, spoken: Sequence[Spoken]) -> list[Resource]:
    """The report, its results, and who is responsible."""
    one = spoken[-1]
    obr = one.first("OBR")
    assert obr is not None
    done, issued = one.time("OBR", 7), one.time("OBR", 22)
    category = said("service_category", obr.text(24))
    found = observations(one, id, done=done, category=category)
    clinician = staff.clinician(one.said, obr.part(32)) if obr.field(32) else None
    code = _code(obr, 4)
    whole: Resource = {
        "resourceType": "DiagnosticReport",
        "id": id,
        "identifier": [n for n in (_number(one, 3, "FILL"), _number(one, 2, "PLAC")) if n],
        "status": said("report_status", obr.text(25)) or ("final" if found else "registered"),
        "category": [coded(c, f"{TERMS}v2-0074")] if (c := obr.text(24)) else [],
        "code": code if code.get("coding") or code.get("text") else {"text": "Report"},
        "subject": reference("Patient", one.patient),
        "encounter": reference("Encounter", one.visit) if one.visit else {},
        "effectiveDateTime": done.fhir if done else "",
        "issued": issued.instant if issued else "",
        "resultsInterpreter": [reference("Practitioner", clinician["id"])] if clinician else [],
        "result": [reference("Observation", o["id"]) for o in found],
    }  # fmt: skip
    return [whole, *found, *([clinician] if clinician else [])]


def _number(one: Spoken, field: int, kind: str) -> Resource:
    """The filler's or placer's number: of OBR, else of the ORC before it."""
    segments = [s for n in ("OBR", "ORC") if (s := one.first(n)) and s.text(field)]
    return values.entity(segments[0].part(field), one.said.source, one.said.home, kind) if segments else {}


def observations(
    one: Spoken, key: str, *, done: values.Told | None, category: str, alone: bool = False
) -> list[Resource]:
    """One for each OBX; several lines of one text are one. `alone`: of no report, so told apart by what they say."""
    made, seen = [], Counter[tuple[str, ...]]()
    for lines in _texts(one.all("OBX")):
        obx = lines[0]
        own: tuple[str, ...] = (obx.text(3), obx.text(3, 3), obx.text(4), "" if obx.text(3) else obx.text(3, 2))
        if not obx.text(3) and not obx.text(3, 2):
            continue
        seen[own] += 1
        at = one.said.time(obx.text(14)) or done
        status = said("result_status", obx.text(11), "final")
        value = _value(lines)
        if alone:
            own = (*own, at.fhir if at else "", obx.text(2), obx.field(5), status)
        is_vital = obx.text(3) in tables()["vital_signs"]
        kind = "vital-signs" if is_vital else category
        made.append({
            "resourceType": "Observation",
            "id": one.said.id("observation", key, *own, str(seen[own])),
            "status": status,
            "category": [coded(kind, _CATEGORY)] if kind else [],
            "code": _code(obx, 3),
            "subject": reference("Patient", one.patient),
            "encounter": reference("Encounter", one.visit) if one.visit else {},
            "effectiveDateTime": at.fhir if at else "",
            **(value or _absent(status)),
            "interpretation": [coded(c, f"{TERMS}v3-ObservationInterpretation") for p in obx.parts(8)
                               if (c := " ".join(p.text(1).split()))],
            "referenceRange": [{"text": r}] if (r := obx.part(7).whole().strip(' "')) else [],
        })  # fmt: skip
    return made


def _absent(status: str) -> Resource:
    """A result that is final without a value says so."""
    is_final = status in ("final", "corrected")
    return {"dataAbsentReason": coded("unknown", f"{TERMS}data-absent-reason")} if is_final else {}


def _texts(lines: list[Segment]) -> Iterator[list[Segment]]:
    """OBX lines that follow one another with the same code and are texts, together."""

    def same(obx: Segment) -> tuple[str, ...]:
        return (obx.text(2), obx.text(3), obx.text(3, 2), obx.text(4)) if obx.text(2) in _LINES else (str(id(obx)),)

    for _, together in groupby(lines, key=same):
        yield list(together)


def _value(lines: list[Segment]) -> dict[str, Any]:
    """What was found, by the type it is given in."""
    obx, kind = lines[0], lines[0].text(2)
    given = obx.part(5)
    if kind == "NM" or kind == "":
        return _quantity(given.text(1), obx) if decimal(given.text(1)) is not None else _words([given.whole()])
    if kind == "SN":
        return _structured(obx)
    if kind in ("CE", "CWE", "CNE", "CF", "IS", "ID"):
        found = values.concept(given)
        return {"valueCodeableConcept": found} if found else {}
    if kind in ("ED", "RP"):
        return {}  # an attachment: kept with the message, and in documents
    return _words([p.whole() for line in lines for p in line.parts(5)])


def _words(texts: list[str]) -> dict[str, Any]:
    text = "\n".join(t for t in texts if t.strip() and t != '""').strip()
    return {"valueString": text} if text else {}


def _quantity(text: str, obx: Segment, comparator: str = "") -> dict[str, Any]:
    unit = obx.part(6)
    is_ucum = unit.text(3) == "UCUM"
    return {"valueQuantity": {
        "value": decimal(text), "comparator": comparator, "unit": unit.text(1) or unit.text(2),
        **({"system": "http://unitsofmeasure.org", "code": unit.text(1)} if is_ucum and unit.text(1) else {}),
    }}  # fmt: skip


def _structured(obx: Segment) -> dict[str, Any]:
    """SN: a comparison, a ratio or a range."""
    comparator, first, mark, second = (obx.text(5, n) for n in (1, 2, 3, 4))
    one, other = decimal(first), decimal(second)
    if one is None:
        return _words([comparator + first + mark + second])
    if mark in ("-",) and other is not None:
        return {"valueRange": {"low": {"value": one}, "high": {"value": other}}}
    if mark in (":", "/") and other is not None:
        return {"valueRatio": {"numerator": {"value": one}, "denominator": {"value": other}}}
    if mark or (comparator and comparator not in (*_COMPARATORS, "=")):
        return _words([comparator + first + mark + second])
    return _quantity(first, obx, comparator if comparator in _COMPARATORS else "")


def decimal(text: str) -> Decimal | None:
    text = text.strip()
    if not text or len(text) > _NUMBER_DIGITS or not text.isascii():
        return None
    try:
        number = Decimal(text.removeprefix("+"))
    except InvalidOperation:
        return None
    return number if number.is_finite() and "_" not in text and abs(number.adjusted()) < _NUMBER_DIGITS else None


def _code(segment: Segment, field: int) -> Resource:
    return values.concept(segment.part(field))
