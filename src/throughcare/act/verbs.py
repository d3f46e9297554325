"""What people do with a task: start, complete, decline, snooze, assign, hand over, set a date, add one, note."""

from datetime import date, datetime

from throughcare.act.moves import moved
from throughcare.act.shapes import (
    ACTIVITY,
    ROLE,
    Refusal,
    Resource,
    Stored,
    concept,
    extension,
    extensions,
    ident,
    instant,
    with_extension,
    with_note,
    without,
)
from throughcare.act.task import OPEN, due_of, held
from throughcare.fhir import json
from throughcare.record.changes import Changes, Heard, Put


def start(task: Stored, *, by: str, at: datetime) -> Changes | Refusal:
    """Someone begins, and owns it from now on."""
    if refusal := _closed(task):
        return refusal
    period = {"start": instant(at)} | task.body.get("executionPeriod", {})
    body = task.body | {"status": "in-progress", "owner": {"reference": by}, "executionPeriod": period}
    return _said("start_task", task, body, by, at)


def complete(task: Stored, *, by: str, at: datetime, note: str = "") -> Changes | Refusal:
    """Mark a task done; whether that settles what was owed is judged on the next pass, not here."""
    if refusal := _closed(task):
        return refusal
    period = task.body.get("executionPeriod", {}) | {"end": instant(at)}
    body = task.body | {"status": "completed", "executionPeriod": period}
    return _said("complete_task", task, with_note(body, note, at, by) if note else body, by, at)


def decline(task: Stored, *, by: str, at: datetime, reason: str) -> Changes | Refusal:
    """This will not be done, and why. The engine does not ask again for what the task stood for."""
    if refusal := _closed(task) or _unexplained(reason):
        return refusal
    body = task.body | {"status": "rejected", "statusReason": {"text": reason}}
    return _said("decline_task", task, with_note(body, reason, at, by), by, at)


def take_back(task: Stored, *, by: str, at: datetime) -> Changes | Refusal:
    """Undo a decline or a cancellation made by hand: the task is open again."""
    if not held(task.body):
        return Refusal("not_declined", "Only a task that someone declined or cancelled can be taken back.")
    body = without(task.body, "statusReason") | {"status": "requested"}
    return _said("take_back_task", task, body, by, at)


def snooze(
    task: Stored, *, until: date, by: str, at: datetime, today: date, reason: str, safety: bool
) -> Changes | Refusal:
    """Not before a day, and why. Work that concerns safety is never hidden past its due date."""
    if refusal := _closed(task) or _unexplained(reason):
        return refusal
    if until <= today:
        return Refusal("not_later", "Choose a day after today.")
    if safety and due_of(task.body) and until.isoformat() > due_of(task.body)[:10]:
        return Refusal("safety", "This concerns safety: it cannot be snoozed past its due date.")
    body = with_extension(task.body, "snoozed-until", until.isoformat()) | {"businessStatus": {"text": reason}}
    return _said("snooze_task", task, body, by, at)


def wake(task: Stored, *, by: str, at: datetime) -> Changes | Refusal:
    """End a snooze early."""
    if extension(task.body, "snoozed-until") is None:
        return Refusal("not_snoozed", "This task is not snoozed.")
    body = without(with_extension(task.body, "snoozed-until", None), "businessStatus")
    return _said("wake_task", task, body, by, at)


def assign(task: Stored, *, owner: str, by: str, at: datetime) -> Changes | Refusal:
    """Give a task to someone by name; the engine leaves the owner alone from now on."""
    if refusal := _closed(task):
        return refusal
    return _said("assign_task", task, task.body | {"owner": {"reference": owner}}, by, at)


def hand_over(task: Stored, *, role: str, by: str, at: datetime, note: str = "") -> Changes | Refusal:
    """Give a task to whoever has a role; nobody owns it until one of them takes it."""
    if refusal := _closed(task):
        return refusal
    body = without(task.body, "owner") | {"performerType": [concept(ROLE, role)]}
    return _said("hand_over_task", task, with_note(body, note, at, by) if note else body, by, at)


def set_due(task: Stored, *, due: date, by: str, at: datetime, today: date, safety: bool) -> Changes | Refusal:
    """Choose another day. The date of the rule is kept beside it, and safety may not be put off past it."""
    if refusal := _closed(task):
        return refusal
    if due < today:
        return Refusal("in_the_past", "Choose today or a later day.")
    rule = extension(task.body, "rule-due") or (due_of(task.body) if extension(task.body, "own-due") is None else "")
    if safety and rule and due.isoformat() > rule[:10]:
        return Refusal("safety", "This concerns safety: it cannot be put off past its due date.")
    body = with_extension(task.body, "own-due", due.isoformat())
    body = with_extension(body, "rule-due", rule or None)
    restriction = body.get("restriction", {}) | {"period": {"end": due.isoformat()}}
    return _said("set_due", task, body | {"restriction": restriction}, by, at)


def note(task: Stored, *, text: str, by: str, at: datetime) -> Changes | Refusal:
    if not text.strip():
        return Refusal("empty", "The note is empty.")
    put = Put(json.write(with_note(task.body, text, at, by)), if_version=task.version)
    return Changes(puts=[put], audit=[Heard("note_task", task.person_id, f"Task/{task.body['id']}")])


def add_task(
    *,
    person_id: int,
    patient: str,
    activity: str,
    description: str,
    by: str,
    at: datetime,
    due: date | None = None,
    about: str | None = None,
    owner: str | None = None,
    role: str | None = None,
) -> Changes | Refusal:
    """A task a person makes. When a rule later asks for the same activity about the same event, it joins this one."""
    if not description.strip():
        return Refusal("empty", "Say what is to be done.")
    body: Resource = {
        "resourceType": "Task",
        "id": ident("t", "by-hand", person_id, activity, about, by, instant(at), description),
        "status": "requested",
        "intent": "order",
        "code": concept(ACTIVITY, activity),
        "description": description.strip(),
        "for": {"reference": patient},
        "authoredOn": instant(at),
        "lastModified": instant(at),
        "requester": {"reference": by},
        "extension": extensions(set_by_person=True, own_due=due.isoformat() if due else None),
        **({"focus": {"reference": about}} if about else {}),
        **({"restriction": {"period": {"end": due.isoformat()}}} if due else {}),
        **({"owner": {"reference": owner}} if owner else {}),
        **({"performerType": [concept(ROLE, role)]} if role else {}),
    }
    return Changes(puts=[Put(json.write(body))], audit=[Heard("add_task", person_id, f"Task/{body['id']}")])


def _said(action: str, task: Stored, body: Resource, by: str, at: datetime) -> Changes:
    """The task as a person left it, marked with who it was, so that the engine leaves it be."""
    marked = with_extension(with_extension(body, "set-by-person", True), "set-by", {"reference": by})
    marked = moved(task.body, marked | {"lastModified": instant(at)}, at, by)
    put = Put(json.write(marked), if_version=task.version)
    return Changes(puts=[put], audit=[Heard(action, task.person_id, f"Task/{task.body['id']}")])


def _closed(task: Stored) -> Refusal | None:
    if task.body["status"] in OPEN:
        return None
    return Refusal("already_closed", "This task is closed already; look again to see who closed it and why.")


def _unexplained(reason: str) -> Refusal | None:
    return None if reason.strip() else Refusal("reason_missing", "Say why.")
