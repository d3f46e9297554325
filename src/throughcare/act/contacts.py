"""Contacts: a call, visit or message with a person, as it happened; what it settles is judged on the next pass."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from throughcare.act.shapes import (
    ACTIVITY,
    OUTCOME,
    Refusal,
    Resource,
    Stored,
    concept,
    extensions,
    ident,
    instant,
    with_note,
)
from throughcare.definitions.grammar import CONTACT_OUTCOMES
from throughcare.fhir import json
from throughcare.record.changes import Changes, Heard, Put

MODES = ("phone", "visit", "video", "text", "mail", "email")
MINUTES_MAX = 600
CLOCK_SKEW = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One touch, reached or not: with whom, what it was for, how, how it ended, who made it and how long it took."""

    person_id: int
    patient: str
    activity: str
    mode: str
    outcome: str
    happened_at: datetime
    by: str  # Practitioner/<id>
    worker_role: str
    about: Sequence[str] = ()
    task: str | None = None
    minutes: Decimal | int | None = None
    note: str = ""


def log_contact(contact: Contact, *, at: datetime, outcomes: Sequence[str] = CONTACT_OUTCOMES) -> Changes | Refusal:
    """Write a contact down; pressing the button twice writes it once, since its id follows from what it says."""
    if refusal := _refused(contact, at, outcomes):
        return refusal
    body = _communication(contact, at)
    detail = f"Communication/{body['id']}"
    return Changes(puts=[Put(json.write(body))], audit=[Heard("log_contact", contact.person_id, detail)])


def _refused(contact: Contact, at: datetime, outcomes: Sequence[str]) -> Refusal | None:
    if contact.outcome not in outcomes:
        return Refusal("unknown_outcome", f"{contact.outcome!r} is not an outcome of this activity.")
    if contact.mode not in MODES:
        return Refusal("unknown_mode", f"{contact.mode!r} is not a way to reach someone.")
    if contact.happened_at > at + CLOCK_SKEW:
        return Refusal("in_the_future", "A contact cannot be logged before it happens.")
    if contact.minutes is not None and not 0 <= contact.minutes <= MINUTES_MAX:
        return Refusal("minutes", f"Minutes must lie between 0 and {MINUTES_MAX}.")
    return None


def _communication(contact: Contact, at: datetime) -> Resource:
    happened = instant(contact.happened_at)
    body: Resource = {
        "resourceType": "Communication",
        "id": ident("c", contact.person_id, contact.activity, contact.by, happened, contact.mode, contact.outcome),
        "status": "completed",
        "statusReason": concept(OUTCOME, contact.outcome),
        "category": [concept(ACTIVITY, contact.activity)],
        "subject": {"reference": contact.patient},
        "medium": [concept("urn:throughcare:mode", contact.mode)],
        "sent": happened,
        "sender": {"reference": contact.by},
        "extension": extensions(minutes=contact.minutes, worker_role=contact.worker_role),
    }
    if contact.outcome == "reached":
        body["received"] = happened
        body["recipient"] = [{"reference": contact.patient}]
    if contact.about:
        body["about"] = [{"reference": one} for one in contact.about]
    if contact.task:
        body["reasonReference"] = [{"reference": contact.task}]
    return with_note(body, contact.note, at, contact.by) if contact.note else body


def retract_contact(contact: Stored, *, by: str, at: datetime, why: str) -> Changes | Refusal:
    """Take back a contact that was logged by mistake; it stays in the history as entered in error."""
    if contact.body["status"] == "entered-in-error":
        return Refusal("already_retracted", "This contact was taken back before.")
    if not why.strip():
        return Refusal("reason_missing", "Say why the contact is taken back.")
    body = with_note(contact.body | {"status": "entered-in-error"}, why, at, by)
    detail = f"Communication/{body['id']}"
    put = Put(json.write(body), if_version=contact.version)
    return Changes(puts=[put], audit=[Heard("retract_contact", contact.person_id, detail)])
