"""Acts: what someone does from a row or a panel. Each is one form, one commit, then the engine judges at once."""

from collections.abc import Callable
from datetime import date, datetime
from urllib.parse import urlencode

from starlette.responses import RedirectResponse, Response

from throughcare.access import door
from throughcare.act import contacts, verbs
from throughcare.act.shapes import Refusal, Stored
from throughcare.definitions.grammar import CONTACT_OUTCOMES
from throughcare.faults import Conflict
from throughcare.fhir import json
from throughcare.record.changes import Changes
from throughcare.workspace import security
from throughcare.workspace.front import Absent, Desk
from throughcare.workspace.names import people

NOTE_MAX = 4000


def log_contact(desk: Desk) -> Response:
    """A call, visit or message, with its outcome; what it settles, in all programs, is settled before the answer."""
    task = _task(desk)
    outcome, minutes = desk.form.get("outcome", ""), desk.form.get("minutes", "")
    call_at = _when(desk, desk.form.get("call_at", ""))
    if outcome not in CONTACT_OUTCOMES or (minutes and not minutes.isdigit()):
        return _back(desk, task, problem="form")
    if outcome == "asked_to_call_at" and call_at is None:
        return _back(desk, task, problem="call_at")
    contact = contacts.Contact(
        person_id=task.person_id,
        patient=task.body["for"]["reference"],
        activity=_kind(task),
        mode=desk.form.get("mode", "phone"),
        outcome=outcome,
        happened_at=desk.viewer.at,
        by=_me(desk),
        worker_role=_worker_role(desk),
        about=_about(task),
        task=f"Task/{task.body['id']}",
        minutes=int(minutes) if minutes else None,
        note=_note(desk, call_at),
    )
    logged = contacts.log_contact(contact, at=desk.viewer.at)
    if isinstance(logged, Refusal):
        return _back(desk, task, problem=logged.code)
    written = json.read(logged.puts[0].body)["id"]
    done = _do(desk, task, logged + _later(desk, task, call_at))
    return done or _on(desk, task, how="contact", what=outcome, contact=written)


def _later(desk: Desk, task: Stored, call_at: datetime | None) -> Changes:
    """When they asked to be called on another day, the task waits until then; later the same day it just stays."""
    if call_at is None or desk.form.get("outcome") != "asked_to_call_at":
        return Changes()
    until = call_at.astimezone(desk.viewer.zone).date()
    reason = str(desk.words("act.asked_for", moment=f"{until.isoformat()} {call_at:%H:%M}"))
    later = verbs.snooze(
        task,
        until=until,
        by=_me(desk),
        at=desk.viewer.at,
        today=desk.viewer.today,
        reason=reason,
        safety=_safety(desk, task),
    )
    return Changes() if isinstance(later, Refusal) else later


def complete(desk: Desk) -> Response:
    return _verb(desk, "done", lambda task: verbs.complete(task, by=_me(desk), at=desk.viewer.at, note=_note(desk)))


def snooze(desk: Desk) -> Response:
    until = _day(desk.form.get("until", "")) or desk.viewer.today

    def act(task: Stored) -> Changes | Refusal:
        return verbs.snooze(
            task,
            until=until,
            by=_me(desk),
            at=desk.viewer.at,
            today=desk.viewer.today,
            reason=_reason(desk),
            safety=_safety(desk, task),
        )

    return _verb(desk, "snooze", act)


def hand_over(desk: Desk) -> Response:
    """To a colleague of my teams by name; a name from elsewhere is not accepted, whatever the form says."""
    owner = desk.form.get("owner", "")
    viewer = desk.viewer
    colleagues = desk.reader.rows("workspace/colleagues", staff=viewer.staff_id, teams=list(viewer.teams))
    if owner not in {one.practitioner for one in colleagues} | {_me(desk)}:
        return _back(desk, _task(desk), problem="owner")
    return _verb(desk, "hand_over", lambda task: verbs.assign(task, owner=owner, by=_me(desk), at=viewer.at))


def decline(desk: Desk) -> Response:
    return _verb(
        desk, "decline", lambda task: verbs.decline(task, by=_me(desk), at=desk.viewer.at, reason=_reason(desk))
    )


def undo(desk: Desk) -> Response:
    """Take back what was just done, where it can be taken back."""
    how, me, at = desk.form.get("how", ""), _me(desk), desk.viewer.at
    if how == "contact":
        return _retract(desk)
    undone: dict[str, Callable[[Stored], Changes | Refusal]] = {
        "snooze": lambda task: verbs.wake(task, by=me, at=at),
        "decline": lambda task: verbs.take_back(task, by=me, at=at),
        "hand_over": lambda task: verbs.assign(task, owner=me, by=me, at=at),
    }
    if how not in undone:
        raise Absent
    return _verb(desk, "undone", undone[how])


def _retract(desk: Desk) -> Response:
    task = _task(desk)
    row = desk.reader.row("workspace/contact_body", id=desk.form.get("contact", "")[:64])
    body = json.read(row.body.encode()) if row else {}
    if not row or body.get("sender", {}).get("reference") != _me(desk):
        raise Absent
    why = str(desk.words("act.undone_by_author"))
    taken = contacts.retract_contact(Stored(row.person_id, row.version, body), by=_me(desk), at=desk.viewer.at, why=why)
    if isinstance(taken, Refusal):
        return _back(desk, task, problem=taken.code)
    return _do(desk, task, taken) or _on(desk, task, how="undone")


def show_add(desk: Desk) -> Response:
    """The form for a task of one's own, for a person chosen before."""
    person_id = _number(desk.asked.get("person", ""))
    person = people(desk.reader, desk.words, [person_id]).get(person_id) if person_id else None
    if person_id and person is None:
        raise desk.absent("task form", person_id)
    desk.looked("task form", person_id)
    activities = [
        (a.id, desk.site.phrase(desk.words.language, None, f"activity.{a.id}", a.verb))
        for a in desk.site.library.activities.values()
    ]
    return desk.page(
        "task_new.html", person=person, activities=sorted(activities, key=lambda pair: pair[1]), problem=""
    )


def add(desk: Desk) -> Response:
    person_id = _number(desk.form.get("person", ""))
    patient = desk.reader.row("workspace/patient", person=person_id) if person_id else None
    if patient is None:
        raise desk.absent("new task", person_id)
    activity = desk.form.get("activity", "")
    known = desk.site.library.activities.get(activity)
    says = desk.form.get("says", "").strip()[:200]
    if not says and known:
        says = desk.site.phrase("en", None, f"activity.{activity}", known.verb)
    made = verbs.add_task(
        person_id=patient.person_id,
        patient=patient.key,
        activity=activity if known else "other",
        description=says,
        by=_me(desk),
        at=desk.viewer.at,
        due=_day(desk.form.get("due", "")),
        owner=_me(desk),
    )
    if isinstance(made, Refusal):
        return RedirectResponse(f"/tasks/new?{urlencode({'person': person_id})}", status_code=303)
    door.did(desk.site.database, desk.viewer, made, "add_task", [])
    desk.site.settle([patient.person_id])
    return RedirectResponse(f"/people/{person_id}", status_code=303)


def _verb(desk: Desk, how: str, act: Callable[[Stored], Changes | Refusal]) -> Response:
    task = _task(desk)
    changes = act(task)
    if isinstance(changes, Refusal):
        return _back(desk, task, problem=changes.code)
    return _do(desk, task, changes) or _on(desk, task, how=how)


def _do(desk: Desk, task: Stored, changes: Changes) -> Response | None:
    """Commit and settle; when someone else was first, say so and show how it stands now."""
    try:
        committed = door.did(desk.site.database, desk.viewer, changes, "act", [])
    except Conflict:
        return _back(desk, task, problem="conflict")
    if committed.refused:
        return _back(desk, task, problem="conflict")
    desk.site.settle([task.person_id])
    return None


def _task(desk: Desk) -> Stored:
    """The task of the address, when it is there and the viewer may see whom it is about."""
    row = desk.reader.row("workspace/task_body", id=desk.path("task_id"))
    if row is None:
        raise desk.absent("task", None)
    return Stored(row.person_id, row.version, json.read(row.body.encode()))


def _on(desk: Desk, task: Stored, **said: str) -> Response:
    """Back to where the act was begun, with what was done to be said there, and the next person open."""
    return RedirectResponse(_address(desk, {"done": task.body["id"], "open": desk.form.get("next", ""), **said}), 303)


def _back(desk: Desk, task: Stored, problem: str) -> Response:
    return RedirectResponse(_address(desk, {"open": task.body["id"], "problem": problem}), 303)


def _address(desk: Desk, said: dict[str, str]) -> str:
    back = security.local_path(desk.form.get("back", "/today"))
    given = {name: value for name, value in said.items() if value}
    return f"{back}{'&' if '?' in back else '?'}{urlencode(given)}"


def _me(desk: Desk) -> str:
    """The Practitioner that signs; without one nothing can be signed, so nothing can be done."""
    if not desk.viewer.practitioner:
        raise Absent
    return desk.viewer.practitioner


def _worker_role(desk: Desk) -> str:
    order = ("nurse", "clinician", "care_coordinator", "community_health_worker", "supervisor")
    return next((role for role in order if role in desk.viewer.roles), "")


def _kind(task: Stored) -> str:
    return task.body["code"]["coding"][0]["code"]


def _about(task: Stored) -> list[str]:
    focus = task.body.get("focus", {}).get("reference")
    return [focus] if focus else []


def _safety(desk: Desk, task: Stored) -> bool:
    activity = desk.site.library.activities.get(_kind(task))
    return bool(activity and activity.safety)


def _note(desk: Desk, call_at: datetime | None = None) -> str:
    note = desk.form.get("note", "").strip()[:NOTE_MAX]
    asked = str(desk.words("act.asked_for", moment=f"{call_at:%Y-%m-%d %H:%M}")) if call_at else ""
    return "\n".join(filter(None, (note, asked)))


def _reason(desk: Desk) -> str:
    """The chosen reason and what was added to it, in words."""
    chosen = desk.form.get("reason", "")
    key = f"reason.{chosen}"
    said = str(desk.words(key)) if desk.words.has(key) else ""
    return ": ".join(filter(None, (said, desk.form.get("note", "").strip()[:NOTE_MAX])))


def _when(desk: Desk, text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=desk.viewer.zone) if text else None
    except ValueError:
        return None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 15 else None
