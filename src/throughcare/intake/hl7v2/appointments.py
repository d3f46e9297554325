"""Appointments: SIU as Appointment, with the patient, the clinicians and the places it names."""

from collections.abc import Sequence
from datetime import timedelta

from throughcare.intake.hl7v2 import staff, values
from throughcare.intake.hl7v2.message import Part
from throughcare.intake.hl7v2.said import Spoken
from throughcare.intake.hl7v2.values import TERMS, Told, said
from throughcare.intake.shapes import Resource, reference

_MINUTES = {"HR": 60, "H": 60, "HOUR": 60, "HOURS": 60, "S": 1 / 60, "SEC": 1 / 60}  # others are minutes
_DAY_MINUTES = 24 * 60


def appointment(id: str, spoken: Sequence[Spoken]) -> list[Resource]:
    """As the last message has it."""
    one = spoken[-1]
    sch = one.first("SCH")
    assert sch is not None
    event = (one.said.rule or {}).get("marks", "booked")
    state = said("appointment_status", sch.text(25), event) if event == "booked" else event
    begins, ends, minutes = _times(one)
    state = "proposed" if state == "booked" and begins is None else state
    people = [w for n, c in (("AIP", 3), ("AIG", 3)) for s in one.all(n) for p in s.parts(c) if (w := _who(one, p))]
    owner = staff.facility(one.said, None)
    places = [w for s in one.all("AIL") for p in s.parts(3) if (w := staff.place(one.said, p, owner))]
    services = [c for s in one.all("AIS") if (c := values.concept(s.part(3)))]
    reason = values.concept(sch.part(7), f"{TERMS}v2-0276")
    kind = values.concept(sch.part(8), f"{TERMS}v2-0277")
    return [{
        "resourceType": "Appointment",
        "id": id,
        "identifier": [n for f, k in ((2, "FILL"), (1, "PLAC"))
                       if (n := values.entity(sch.part(f), one.said.source, one.said.home, k))],
        "status": state,
        "serviceType": services,
        "appointmentType": kind,
        "reasonCode": [reason] if reason else [],
        "start": begins.instant if begins else "",
        "end": ends.instant if begins and ends else "",
        "minutesDuration": minutes or None,
        "participant": [
            {"actor": actor, "status": "accepted"}
            for actor in (
                reference("Patient", one.patient),
                *(reference("Practitioner", p["id"]) for p in _once(people)),
                *(reference("Location", p["id"]) for p in _once(places)),
            )
        ],
    }, *people, *places, *([owner] if places and owner else [])]  # fmt: skip


def _times(one: Spoken) -> tuple[Told | None, Told | None, int]:
    """From SCH-11, the service or TQ1; FHIR wants an end wherever there is a beginning."""
    sch = one.first("SCH")
    assert sch is not None
    begins = one.said.time(sch.text(11, 4)) or one.time("TQ1", 7) or one.time("AIS", 4) or one.time("AIP", 6)
    ends = one.said.time(sch.text(11, 5)) or one.time("TQ1", 8)
    length, unit = sch.text(9), sch.text(10).upper()
    minutes = int(float(length) * _MINUTES.get(unit, 1)) if _is_length(length) else 0
    if begins and (ends is None or ends.at < begins.at):
        at = begins.at + timedelta(minutes=min(minutes, _DAY_MINUTES))
        ends = Told(at.isoformat(), at)
    return begins, ends, minutes


def _is_length(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 7


def _who(one: Spoken, part: Part) -> Resource | None:
    """A clinician; AIG names other things too, which have no family name."""
    return staff.clinician(one.said, part) if part.text(2) and part.text(3) else None


def _once(found: Sequence[Resource]) -> list[Resource]:
    return list({one["id"]: one for one in found}.values())
