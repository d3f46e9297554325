"""Records: how programs write down what they do: contacts, enrollments, consents, decisions, plans, forms, teams."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from throughcare.community.programs import PROGRAMS
from throughcare.community.shapes import OURS, Resource, Text, at, concept, parts, reference, role_coding, said

Stretch = tuple[str, date]  # a state and the day it began


def contact(
    id: str, patient: str, activity: str, day: date, who: str, role: str, *,
    mode: str = "phone", reached: bool = True, minutes: int = 20, hour: int = 10, about: str | None = None, **more: Any,
) -> Resource:  # fmt: skip
    """A call, visit or message, and whether the person was reached."""
    made = {
        "resourceType": "Communication",
        "id": id,
        "status": "completed",
        "category": [concept(OURS + "activity", activity)],
        "subject": reference("Patient", patient),
        "medium": [concept(OURS + "mode", mode)],
        "sent": at(day, hour),
        "sender": reference("Practitioner", who),
        "extension": said(minutes=float(minutes), worker_role=role, **more),
    }
    if about:
        made["about"] = [{"reference": about}]
    return made | ({"received": made["sent"]} if reached else {})


def enrollment(
    program: str, id: str, patient: str, stretches: Sequence[Stretch], ended_on: date | None = None, *,
    worker: str | None = None, reason: str | None = None, referral: str | None = None, **more: Any,
) -> Resource:  # fmt: skip
    """A membership as the program itself keeps it, with every state it has been through."""
    states = [state for state, _ in stretches]
    days = [day for _, day in stretches]
    began = next((day for state, day in stretches if state == "active"), days[0])
    history = [
        {"status": state, "period": {"start": day.isoformat(), **({"end": after.isoformat()} if after else {})}}
        for state, day, after in zip(states, days, [*days[1:], None], strict=True)
    ]
    about = PROGRAMS[program]
    made: Resource = {
        "resourceType": "EpisodeOfCare",
        "id": id,
        "status": states[-1],
        "statusHistory": history,
        "type": [concept(OURS + "care-model", about.care_model)],
        "patient": reference("Patient", patient),
        "managingOrganization": reference("Organization", about.organization),
        "period": {"start": began.isoformat(), **({"end": ended_on.isoformat()} if ended_on else {})},
        "extension": said(reason=reason, **more),
    }
    if worker:
        made["careManager"] = reference("Practitioner", worker)
    return made | ({"referralRequest": [reference("ServiceRequest", referral)]} if referral else {})


def consent(
    id: str, patient: str, kind: str, day: date, status: str = "active", *, to: str | None = None, **more: Any
) -> Resource:
    """What the person allowed, refused, or allowed and took back."""
    made = {
        "resourceType": "Consent",
        "id": id,
        "status": status,
        "scope": concept("http://terminology.hl7.org/CodeSystem/consentscope", "treatment"),
        "category": [concept(OURS + "consent", kind)],
        "patient": reference("Patient", patient),
        "dateTime": at(day, 10),
        "policyRule": concept("http://terminology.hl7.org/CodeSystem/v3-ActCode", "OPTIN"),
        "provision": {"type": "deny" if status == "rejected" else "permit", "period": {"start": day.isoformat()}},
        "extension": said(**more),
    }
    return made | ({"organization": [reference("Organization", to)]} if to else {})


def decision(
    id: str, patient: str, kind: str, outcome: str, day: date, *, by: str | None = None, focus: str | None = None,
    **more: Any,
) -> Resource:  # fmt: skip
    """What a clinician, a State or an agency decided about the person."""
    made: Resource = {
        "resourceType": "Observation",
        "id": id,
        "status": "final",
        "code": concept(OURS + "determination", kind),
        "subject": reference("Patient", patient),
        "effectiveDateTime": day.isoformat(),
        "valueCodeableConcept": concept(OURS + "outcome", outcome),
        "extension": said(**more),
    }
    if focus:
        made["focus"] = [{"reference": focus}]
    return made | ({"performer": [{"reference": by}]} if by else {})


def asked(id: str, patient: str, kind: str, day: date, *, service: str | None = None, status: str = "active",
          performer: str | None = None, requester: str | None = None, **more: Any) -> Resource:  # fmt: skip
    """A referral or request that somebody made for the person."""
    made: Resource = {
        "resourceType": "ServiceRequest",
        "id": id,
        "status": status,
        "intent": "order",
        "category": [concept(OURS + "request", kind)],
        "code": concept(OURS + "service", service or kind),
        "subject": reference("Patient", patient),
        "authoredOn": at(day, 11),
        "extension": said(**more),
    }
    if performer:
        made["performer"] = [{"reference": performer}]
    return made | ({"requester": reference("Practitioner", requester)} if requester else {})


# where well-known forms have their address; a registry's own checklists go by their names alone
_ADDRESSES = {"phq9": "http://loinc.org/q/44249-1", "ahc_hrsn": "http://loinc.org/q/96777-8"}


def form(
    id: str, patient: str, name: str, day: date, answers: Mapping[str, Any], *, by: str | None = None,
    status: str = "completed", **more: Any,
) -> Resource:  # fmt: skip
    """A form that was filled in: whole numbers and codes as they were answered; None is a question left blank."""
    items = [
        {"linkId": item, **({} if value is None else {"answer": [_answer(value)]})} for item, value in answers.items()
    ]
    made: Resource = {
        "resourceType": "QuestionnaireResponse",
        "id": id,
        "questionnaire": _ADDRESSES.get(name, name if "checklist" in name else f"{OURS}form:{name}"),
        "status": status,
        "subject": reference("Patient", patient),
        "authored": at(day, 11),
        "item": items,
        "extension": said(**more),
    }
    return made | ({"author": reference("Practitioner", by)} if by else {})


def _answer(value: Any) -> Resource:
    if isinstance(value, int):
        return {"valueInteger": value}
    system = "http://loinc.org" if value.startswith("LA") else OURS + "answer"
    return {"valueCoding": {"system": system, "code": value}}


_MOOD = "44250-9 44255-8 44259-0 44254-1 44251-7 44258-2 44252-5 44253-3 44260-8".split()
_HOW_OFTEN = ("LA6568-5", "LA6569-3", "LA6570-1", "LA6571-9")


def mood_form(id: str, patient: str, day: date, points: int, by: str) -> Resource:
    """The nine questions on mood; the points come from the first of them, and nobody thinks of death."""
    answers = {code: _HOW_OFTEN[min(3, max(0, points - 3 * n))] for n, code in enumerate(_MOOD)}
    return form(id, patient, "phq9", day, answers, by=by)


def team(id: str, patient: str, members: Sequence[tuple[str, str]], since: date, organization: str) -> Resource:
    """Who looks after the person in this program: (role, reference) of each member."""
    return {
        "resourceType": "CareTeam",
        "id": id,
        "status": "active",
        "subject": reference("Patient", patient),
        "participant": [
            {"role": [role_coding(role)], "member": {"reference": who}, "period": {"start": since.isoformat()}}
            for role, who in members
        ],
        "managingOrganization": [reference("Organization", organization)],
    }


def plan(
    id: str, patient: str, kind: str, signed_on: date | None, content: Sequence[Resource], *,
    review_on: date | None = None, signed_by: Sequence[tuple[str, str]] = (), activities: Sequence[Resource] = (),
    status: str = "active",
) -> Resource:  # fmt: skip
    """A plan with its parts, and who signed it."""
    signatures = [parts("signature", role=role, on=signed_on, by=who, agrees=True) for role, who in signed_by]
    made: Resource = {
        "resourceType": "CarePlan",
        "id": id,
        "status": status,
        "intent": "plan",
        "category": [concept(OURS + "plan", kind)],
        "subject": reference("Patient", patient),
        "extension": [*said(signed_on=signed_on, review_on=review_on), *content, *signatures],
    }
    if signed_on:
        made["period"] = {"start": signed_on.isoformat()}
    return made | ({"activity": list(activities)} if activities else {})


def goal(id: str, patient: str, words: str, day: date, *, status: str = "active", domain: str | None = None,
         need: str | None = None, **more: Any) -> Resource:  # fmt: skip
    """A goal in the person's own words."""
    made: Resource = {
        "resourceType": "Goal",
        "id": id,
        "lifecycleStatus": status,
        "description": {"text": words},
        "subject": reference("Patient", patient),
        "startDate": day.isoformat(),
        "statusDate": day.isoformat(),
        "expressedBy": reference("Patient", patient),
        "extension": said(**more),
    }
    if domain:
        made["category"] = [concept(OURS + "domain", domain)]
    return made | ({"addresses": [{"reference": need}]} if need else {})


def risk(id: str, patient: str, method: str, day: date, score: float | None = None, level: str | None = None,
         by: str | None = None) -> Resource:  # fmt: skip
    """A score or tier that somebody worked out."""
    prediction: Resource = {"outcome": concept(OURS + "outcome", method)}
    if score is not None:
        prediction["relativeRisk"] = score
    if level is not None:
        prediction["qualitativeRisk"] = concept(OURS + "level", level)
    made: Resource = {
        "resourceType": "RiskAssessment",
        "id": id,
        "status": "final",
        "method": concept(OURS + "risk-method", method),
        "subject": reference("Patient", patient),
        "occurrenceDateTime": day.isoformat(),
        "prediction": [prediction],
    }
    return made | ({"performer": {"reference": by}} if by else {})


def event(id: str, subject: str, kind: str, day: date, by: str | None = None, **more: Any) -> Resource:
    """Something that happened to an organization, a place or someone who works: supervision, audits, permits."""
    made: Resource = {
        "resourceType": "Basic",
        "id": id,
        "code": concept(OURS + "event", kind),
        "subject": {"reference": subject},
        "created": day.isoformat(),
        "extension": said(**more),
    }
    return made | ({"author": {"reference": by}} if by else {})


def figures(id: str, organization: str, year: int, known_on: date, amounts: Sequence[tuple[str, str, float | str]],
            *, file: str) -> Resource:  # fmt: skip
    """What a payer's file says of an organization's year: (category, name, number or word) of each."""
    said_of_them = []
    for category, name, value in amounts:
        one = parts("amount", category=category, name=name, value=None if isinstance(value, str) else value)
        if isinstance(value, str):
            one["extension"].append({"url": "text", "valueString": value})
        said_of_them.append(one)
    period = {"url": OURS + "period", "valuePeriod": {"start": f"{year}-01-01", "end": f"{year}-12-31"}}
    return {
        "resourceType": "Basic",
        "id": id,
        "code": concept(OURS + "basic", "payment_input"),
        "subject": reference("Organization", organization),
        "extension": [period, *said(known_on=known_on, source_file=Text(file)), *said_of_them],
    }
