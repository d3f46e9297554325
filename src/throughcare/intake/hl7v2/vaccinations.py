"""Vaccinations: RXA of VXU as Immunization: given, refused or taken back."""

from collections.abc import Sequence

from throughcare.intake.hl7v2 import staff, values
from throughcare.intake.hl7v2.message import Part
from throughcare.intake.hl7v2.results import decimal
from throughcare.intake.hl7v2.said import Spoken
from throughcare.intake.hl7v2.values import TERMS, said
from throughcare.intake.shapes import Resource, reference

NOTHING_GIVEN = "998"  # CVX
_GIVEN_HERE = "00"  # NIP001: new immunization record


def vaccination(id: str, spoken: Sequence[Spoken]) -> list[Resource]:
    """As the last message has it."""
    one = spoken[-1]
    rxa = one.first("RXA")
    assert rxa is not None
    given, expires, amount = one.time("RXA", 3), one.time("RXA", 16), decimal(rxa.text(6))
    who = next((w for p in rxa.parts(10) if (w := staff.clinician(one.said, p))), None)
    maker = staff.organization(one.said, rxa.text(17, 2) or rxa.text(17)) if rxa.field(17) else None
    status = said("immunization_status", rxa.text(20)) or ("not-done" if rxa.field(18) else "completed")
    unit, source = rxa.part(7), rxa.text(9)
    return [{
        "resourceType": "Immunization",
        "id": id,
        "status": "entered-in-error" if rxa.text(21) == "D" else status,
        "statusReason": values.concept(rxa.part(18)) if status == "not-done" and rxa.field(18) else {},
        "vaccineCode": values.concept(rxa.part(5)),
        "patient": reference("Patient", one.patient),
        "encounter": reference("Encounter", one.visit) if one.visit else {},
        **({"occurrenceDateTime": given.fhir} if given else {"occurrenceString": "not said"}),
        "primarySource": source == _GIVEN_HERE if source else None,
        "lotNumber": rxa.text(15),
        "expirationDate": expires.day if expires else "",
        "manufacturer": reference("Organization", maker["id"]) if maker else {},
        "site": values.concept(p, f"{TERMS}v2-0163") if (p := _of(one, 2)) else {},
        "route": values.concept(p, f"{TERMS}v2-0162") if (p := _of(one, 1)) else {},
        "doseQuantity": {"value": amount, "unit": unit.text(1)} if amount is not None and 0 < amount < 999 else {},
        "performer": [{"actor": reference("Practitioner", who["id"])}] if who else [],
    }, *([who] if who else []), *([maker] if maker else [])]  # fmt: skip


def _of(one: Spoken, field: int) -> Part | None:
    rxr = one.first("RXR")
    return next(iter(rxr.parts(field)), None) if rxr else None
