"""Visit: one Encounter, a fold over every message about it: what moved it, and of each field what was said last.

A snapshot (A08) updates what it says, by when it was recorded, and never moves the visit.
"""

from collections.abc import Sequence

from throughcare.intake.hl7v2 import conditions, staff, values
from throughcare.intake.hl7v2.latest import Latest
from throughcare.intake.hl7v2.moves import Moves, moves
from throughcare.intake.hl7v2.said import Spoken
from throughcare.intake.hl7v2.values import TERMS, said
from throughcare.intake.shapes import Resource, coded, reference

_PARTICIPANTS = ((7, "ATND"), (8, "REF"), (9, "CON"), (17, "ADM"))
_UB04 = "https://www.nubc.org/CodeSystem/PatDischargeStatus"
_Stay = tuple[Resource, Resource]  # where from when to when, and the Location


def visit(id: str, spoken: Sequence[Spoken]) -> list[Resource]:
    """The Encounter, its diagnoses and procedures, and whom and what it names. `spoken` in order of recording."""
    own = [one for one in spoken if one.role != "merged"] or list(spoken)
    last, pv1, pv2, moved = own[-1], Latest("PV1", own), Latest("PV2", own), moves(own)
    owner = staff.facility(last.said, pv1.part(3))
    stays = _stays(moved, pv1, last, owner)
    people = [(code, who) for n, code in _PARTICIPANTS for p in pv1.parts(n) if (who := staff.clinician(last.said, p))]
    diagnoses = conditions.of_visit(id, last.patient, own)
    ended = moved.ended(pv1)
    began = moved.began(pv1)
    began = None if began and ended and ended.at < began.at else began
    whole: Resource = {
        "resourceType": "Encounter",
        "id": id,
        "identifier": [values.number(p, last.said.source, last.said.home) for p in pv1.parts(19)[:1] if p.text(1)],
        "status": "entered-in-error" if _in_error(spoken) else moved.status(pv1, ended),
        "class": _class(pv1.text(2)),
        "priority": coded(code, f"{TERMS}v3-ActPriority") if (code := said("priority", pv1.text(4))) else {},
        "serviceType": values.concept(p, f"{TERMS}v2-0069") if (p := pv1.part(10)) else {},
        "subject": reference("Patient", last.patient),
        "participant": [
            {"type": [coded(code, f"{TERMS}v3-ParticipationType")], "individual": reference("Practitioner", who["id"])}
            for code, who in people
        ],
        "period": {"start": began.fhir if began else "", "end": ended.fhir if ended else ""},
        "reasonCode": [values.concept(p) for p in pv2.parts(3)],
        "diagnosis": [{"condition": reference("Condition", d["id"]), "use": use} for d, use in diagnoses],
        "hospitalization": {
            "admitSource": _admit_source(pv1.text(14)),
            "dischargeDisposition": _disposition(pv1.text(36)) if ended else {},
        },
        "location": [stay for stay, _ in stays],
        "serviceProvider": reference("Organization", owner["id"]) if owner else {},
    }  # fmt: skip
    beside = [who for _, who in people] + [where for _, where in stays] + ([owner] if owner else [])
    return [whole, *(d for d, _ in diagnoses), *conditions.procedures(id, last.patient, own), *beside]


def _in_error(spoken: Sequence[Spoken]) -> bool:
    """Deleted by its sender, or merged into another visit; whatever moves it later says that it is real."""
    state = False
    for one in spoken:
        rule = one.said.rule or {}
        if one.role == "merged" or rule.get("marks") == "visit in error":
            state = True
        elif "moves" in rule:
            state = False
    return state


def _class(given: str) -> Resource:
    """Required by FHIR: one of the sender's own table is kept as it is written."""
    if code := said("class", given.upper()):
        return {"system": f"{TERMS}v3-ActCode", "code": code}
    return {"system": f"{TERMS}v2-0004", "code": " ".join(given.split()) or "U"}


def _disposition(code: str) -> Resource:
    return coded(code.zfill(2) if code.isdecimal() else " ".join(code.split()), _UB04) if code else {}


def _admit_source(code: str) -> Resource:
    if meant := said("admit_source", code):
        return coded(meant, f"{TERMS}admit-source")
    return coded(" ".join(code.split()), f"{TERMS}v2-0023") if code else {}


def _stays(moved: Moves, pv1: Latest, last: Spoken, owner: Resource | None) -> list[_Stay]:
    """Place after place, each until the next. Of one place alone the visit's own period says when."""
    found: list[_Stay] = []
    for one in moved.places():
        line = one.first("PV1")
        where = staff.place(one.said, line.part(3), owner) if line else None
        if where is None or (found and found[-1][1]["id"] == where["id"]):
            continue
        since = one.said.happened.isoformat() if one.said.is_dated else ""
        if found and since:
            found[-1][0]["period"]["end"] = since
        found.append(({"location": reference("Location", where["id"]), "period": {"start": since}}, where))
    part = pv1.part(3)
    if not found and part and (where := staff.place(last.said, part, owner)):
        found.append(({"location": reference("Location", where["id"])}, where))
    if len(found) == 1:
        found[0][0].pop("period", None)
    return found
