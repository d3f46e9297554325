"""Mobile: who was seen by the clinic on wheels, what was found, and who was told."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from throughcare.community import records, stop_books, stops
from throughcare.community.answers import Answer, Life, answer
from throughcare.community.people import Person
from throughcare.community.programs import PROGRAMS
from throughcare.community.shapes import LOINC, OURS, SNOMED, Resource, at, blood_pressure, concept, reference, said
from throughcare.community.stops import UNINSURED_ONLY, session_id
from throughcare.community.workers import who


@dataclass(frozen=True, slots=True)
class Visit:
    """One person at one session: what was found, when they were told, and what became of a referral."""

    days: int
    result: str | None = None  # abnormal, critical, or not_said: the report does not say
    told_after: int | None = None
    referral: str | None = None  # new, sent, answered
    status: str = "fulfilled"
    walk_up: bool = False


STORY = {
    "result_open": Visit(3, "abnormal"),
    "closed": Visit(24, "abnormal", 1, "answered"),
    "referral_out": Visit(10, None, None, "sent"),
    "overdue": Visit(10, "critical", None, "sent"),
    "not_said": Visit(3, "not_said"),
    "asked_no_contact": Visit(10, "abnormal"),
    "no_show": Visit(10, status="noshow"),
    "walk_up": Visit(3, walk_up=True),
    "referral_new": Visit(3, None, None, "new"),
    "insured": Visit(UNINSURED_ONLY, "abnormal"),
}
Told = Iterator[tuple[str, Resource]]


def directory(on: date) -> Told:
    """Stops and sessions, and their books."""
    yield from stops.directory(on)
    yield from stop_books.directory(on)


def told(life: Life) -> Told:
    """What the clinic on wheels sends about one person."""
    stage = life.person.plays("mobile")
    if stage is not None:
        source = PROGRAMS["mobile"].source
        yield from ((source, r) for r in _visit(life.person, stage, STORY[stage], life.on))


def _visit(person: Person, stage: str, visit: Visit, on: date) -> Iterator[Resource]:
    patient, day = person.at(PROGRAMS["mobile"].source), on - timedelta(days=visit.days)
    yield {
        "resourceType": "Appointment",
        "id": f"{patient}-stop",
        "status": visit.status,
        "appointmentType": concept(OURS + "meeting", "stop_visit"),
        "start": at(day, 10),
        "end": at(day, 10, 20),
        "participant": [{"actor": reference("Patient", patient), "status": "accepted"}],
        "extension": said(session=f"Schedule/{session_id(visit.days, on)}", walk_up=visit.walk_up),
    }
    if visit.status != "fulfilled":
        return
    yield records.consent(f"{patient}-treatment", patient, "treatment_at_stop", day)
    answer_to_calls = "rejected" if stage == "asked_no_contact" else "active"
    yield records.consent(f"{patient}-calls", patient, PROGRAMS["mobile"].consent, day, answer_to_calls)
    yield records.decision(f"{patient}-clinic", patient, "usual_source_of_care", "no" if person.no % 3 else "yes", day)
    yield blood_pressure(f"{patient}-bp", patient, day, 138, 84)
    nurse = who("mobile", "nurse")
    if visit.result:
        abnormal = {"abnormal": True, "critical": True}.get(visit.result)
        yield _report(
            f"{patient}-sugar", patient, day, None, abnormal=abnormal, critical=visit.result == "critical" or None
        )
        if visit.told_after is not None:
            when = day + timedelta(days=visit.told_after)
            yield records.contact(f"{patient}-told", patient, "abnormal_result_notice", when, nurse, "nurse")
    if visit.referral:
        yield {
            "resourceType": "ServiceRequest",
            "id": f"{patient}-eyes",
            "status": "completed" if visit.referral == "answered" else "active",
            "intent": "order",
            "category": [concept(SNOMED, "3457005", "Referral")],
            "code": concept(SNOMED, "394594003", "Eye care"),
            "subject": reference("Patient", patient),
            "authoredOn": at(day, 10),
            "requester": reference("Practitioner", who("mobile", "session_lead")),
        }
    if visit.referral in ("sent", "answered"):
        sent = day + timedelta(days=1)
        yield records.contact(f"{patient}-sent", patient, "send_referral", sent, nurse, "nurse", mode="letter")
    if visit.referral == "answered":
        over = day + timedelta(days=13)
        history = [("active", day), ("finished", over)]
        yield records.enrollment("mobile", f"{patient}-care", patient, history, over, worker=nurse, reason="all_closed")
        yield _report(f"{patient}-eyes-letter", patient, day + timedelta(days=12), f"{patient}-eyes", abnormal=False)


def _report(id: str, patient: str, day: date, order: str | None, **flags: bool | None) -> Resource:
    made: Resource = {
        "resourceType": "DiagnosticReport",
        "id": id,
        "status": "final",
        "code": concept(LOINC, "11488-4" if order else "4548-4", "Consultation note" if order else "Hemoglobin A1c"),
        "subject": reference("Patient", patient),
        "effectiveDateTime": at(day, 10),
        "issued": at(day, 11),
        "extension": said(**flags),
    }
    return made | ({"basedOn": [reference("ServiceRequest", order)]} if order else {})


def truth(life: Life) -> Answer:
    """Seen at a stop, fit for its session, and a result or referral of it still open."""
    person, stage = life.person, life.person.plays("mobile")
    visit = STORY[stage] if stage else None
    seen = visit is not None and visit.status == "fulfilled"
    day = life.on - timedelta(days=visit.days) if visit else life.on
    insured = any(c.kind != "self_pay" and c.holds(day) for c in person.cover)
    result_open = visit is not None and visit.result in ("abnormal", "critical") and visit.told_after is None
    referral_open = visit is not None and visit.referral in ("new", "sent")
    unread = visit is not None and visit.result == "not_said"
    return answer(
        {
            "has died": person.died is not None,
            "was not seen at a stop": not seen,
            "the session was for people without insurance": seen and day == _uninsured_day(life.on) and insured,
            "nothing is open": seen and not result_open and not referral_open and not unread,
        },
        {"a report does not say whether it is normal": unread and not result_open and not referral_open},
        told_in_time={"closed": True, "overdue": False}.get(stage or ""),
    )


def _uninsured_day(on: date) -> date:
    return on - timedelta(days=UNINSURED_ONLY)
