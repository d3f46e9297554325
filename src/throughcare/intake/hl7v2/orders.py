"""Orders: ORC with OBR is a ServiceRequest, ORC with RXO or RXE a MedicationRequest, as said last."""

from collections.abc import Sequence

from throughcare.intake.hl7v2 import staff, values
from throughcare.intake.hl7v2.message import Part, Segment
from throughcare.intake.hl7v2.said import Spoken
from throughcare.intake.hl7v2.values import said
from throughcare.intake.shapes import Resource, reference


def request(id: str, spoken: Sequence[Spoken]) -> list[Resource]:
    one = spoken[-1]
    obr = one.first("OBR")
    assert obr is not None
    wanted = next((t for t in (one.time("TQ1", 7), one.time("OBR", 36), one.time("OBR", 6)) if t), None)
    clinician, beside = _by(one, obr.part(16) if obr.field(16) else None)
    code = values.concept(obr.part(4))
    return [{
        "resourceType": "ServiceRequest",
        "id": id,
        "identifier": _numbers(one),
        "status": _status(one),
        "intent": "order",
        "priority": said("order_priority", one.text("TQ1", 9) or obr.text(5)),
        "code": code or {"text": "Order"},
        "subject": reference("Patient", one.patient),
        "encounter": reference("Encounter", one.visit) if one.visit else {},
        "occurrenceDateTime": wanted.fhir if wanted else "",
        "authoredOn": _ordered(one),
        "requester": clinician,
        "reasonCode": [values.concept(p) for p in obr.parts(31)],
    }, *beside]  # fmt: skip


def medication(id: str, spoken: Sequence[Spoken]) -> list[Resource]:
    one = spoken[-1]
    rxe, rxo = one.first("RXE"), one.first("RXO")
    line, code_at = (rxe, 2) if rxe else (rxo, 1)
    assert line is not None
    clinician, beside = _by(one, line.part(13 if rxe else 14) if line.field(13 if rxe else 14) else None)
    code = values.concept(line.part(code_at))
    dose = " ".join(t for n in ((3, 4, 5) if rxe else (2, 3, 4)) if (t := line.text(n, 2) or line.text(n)))
    words = [w for p in line.parts(7) if (w := p.text(2) or p.text(1))]
    refills = line.text(12 if rxe else 13)
    return [{
        "resourceType": "MedicationRequest",
        "id": id,
        "identifier": _numbers(one),
        "status": "cancelled" if (status := _status(one)) == "revoked" else status,
        "intent": "order",
        "medicationCodeableConcept": code or {"text": "Medication"},
        "subject": reference("Patient", one.patient),
        "encounter": reference("Encounter", one.visit) if one.visit else {},
        "authoredOn": _ordered(one),
        "requester": clinician,
        "dosageInstruction": [{"text": "; ".join([t for t in (dose, *words) if t])}] if dose or words else [],
        "dispenseRequest": {"numberOfRepeatsAllowed": int(refills)}
        if refills.isascii() and refills.isdecimal() and len(refills) < 4 else {},
    }, *beside]  # fmt: skip


def _status(one: Spoken) -> str:
    """What the last message asks for, else what it says of the order."""
    orc = one.first("ORC")
    if orc is None:
        return "active"
    return said("order_control", orc.text(1)) or said("order_status", orc.text(5), "active")


def _ordered(one: Spoken) -> str:
    at = one.time("ORC", 9) or one.time("ORC", 15)
    return at.fhir if at else ""


def _numbers(one: Spoken) -> list[Resource]:
    found: dict[str, Resource] = {}
    for name in ("ORC", "OBR"):
        for field, kind in ((2, "PLAC"), (3, "FILL")):
            segment: Segment | None = one.first(name)
            if segment and segment.text(field):
                found.setdefault(kind, values.entity(segment.part(field), one.said.source, one.said.home, kind))
    return list(found.values())


def _by(one: Spoken, part: Part | None) -> tuple[Resource, list[Resource]]:
    """Who ordered: ORC-12, else what the order itself names."""
    orc = one.first("ORC")
    who = staff.clinician(one.said, orc.part(12)) if orc and orc.field(12) else None
    who = who or (staff.clinician(one.said, part) if part else None)
    return (reference("Practitioner", who["id"]), [who]) if who else ({}, [])
