"""A stay in hospital as the person or family tells it to staff: the answered form, which reveals what nobody said."""

from datetime import date, datetime

from throughcare.act.shapes import Refusal, Resource, Stored, ident, instant
from throughcare.fhir import json
from throughcare.record.changes import Changes, Heard, Put

FORM = "urn:throughcare:form:hospital_stay"
UB04 = "https://www.nubc.org/CodeSystem/PatDischargeStatus"
LEFT_TO = ("01", "06", "03", "62", "02")  # home, home with nurses, nursing home, rehabilitation, another hospital
TELLERS = ("self", "family")


def told_of_stay(
    *, person_id: int, patient: str, began_on: date, left_on: date | None, today: date, place: str = "",
    left_to: str = "", told_by: str = "self", by: str, at: datetime,
) -> Changes | Refusal:  # fmt: skip
    """Write down what someone tells of a stay; the same about the same first day takes the place of what was told."""
    if began_on > today or (left_on and left_on > today):
        return Refusal("in_the_future", "A stay is told of when it has begun, and its end when it has come.")
    if left_on and left_on < began_on:
        return Refusal("end_before_start", "The last day lies before the first.")
    if left_to and (left_to not in LEFT_TO or not left_on):
        return Refusal("left_to", "Where someone went is one of the form's answers, and told once they left.")
    answers: dict[str, Resource] = {
        "in_hospital": {"valueCoding": {"system": "urn:throughcare:answer", "code": "yes"}},
        "place": {"valueString": place} if place else {},
        "began_on": {"valueDate": began_on.isoformat()},
        "left_on": {"valueDate": left_on.isoformat()} if left_on else {},
        "left_to": {"valueCoding": {"system": UB04, "code": left_to}} if left_to else {},
    }
    body: Resource = {
        "resourceType": "QuestionnaireResponse",
        "id": ident("s", person_id, began_on),
        "questionnaire": f"{FORM}|1",
        "status": "completed",
        "subject": {"reference": patient},
        "authored": instant(at),
        "author": {"reference": by},
        "source": {"reference": patient} if told_by == "self" else {"type": "RelatedPerson", "display": "family"},
        "item": [{"linkId": link, "answer": [answer]} for link, answer in answers.items() if answer],
    }
    heard = Heard("told_of_stay", person_id, f"QuestionnaireResponse/{body['id']}")
    return Changes(puts=[Put(json.write(body))], audit=[heard])


def take_back_stay(told: Stored, *, by: str) -> Changes | Refusal:
    """It was told by mistake: it stays in the history as entered in error."""
    if told.body["status"] == "entered-in-error":
        return Refusal("already_retracted", "This was taken back before.")
    body = told.body | {"status": "entered-in-error", "author": {"reference": by}}
    heard = Heard("take_back_stay", told.person_id, f"QuestionnaireResponse/{body['id']}")
    return Changes(puts=[Put(json.write(body), if_version=told.version)], audit=[heard])
