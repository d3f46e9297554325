"""A stay in hospital that the person or the family tells of: written down in five answers, and taken back."""

from datetime import date
from urllib.parse import urlencode

from starlette.responses import RedirectResponse, Response

from throughcare.access import door
from throughcare.act import hospital_stays as act_on
from throughcare.act.shapes import Refusal, Stored
from throughcare.faults import Conflict
from throughcare.fhir import json
from throughcare.record.changes import Changes
from throughcare.workspace import person
from throughcare.workspace.front import Absent, Desk
from throughcare.workspace.names import Person

PLACE_MAX = 120


def show(desk: Desk) -> Response:
    with desk.reader.open():
        who = person.known(desk, "hospital_stay")
        data = person.strip(desk, who)
    desk.looked("hospital_stay", who.id)
    problem, done = f"hospital.problem_{desk.asked.get('problem', '')}", desk.asked.get("done", "")
    return desk.page(
        "hospital_stay.html", tab="timeline", today=desk.viewer.today.isoformat(), left_to=act_on.LEFT_TO,
        tellers=act_on.TELLERS, problem=desk.words(problem) if desk.words.has(problem) else "",
        done=done if done in ("told", "taken_back") else "", which=desk.asked.get("which", ""), **data,
    )  # fmt: skip


def act(desk: Desk) -> Response:
    """Write it down or take it back; the engine looks at the person at once."""
    who = person.known(desk, "hospital_stay")
    if not desk.viewer.practitioner:
        raise Absent
    taken = desk.form.get("how") == "take_back"
    made = _taken_back(desk, who) if taken else _told(desk, who)
    if isinstance(made, Refusal):
        return _back(who.id, problem=made.code)
    try:
        committed = door.did(desk.site.database, desk.viewer, made, "hospital_stay", [])
    except Conflict:
        return _back(who.id, problem="conflict")
    if committed.refused:
        return _back(who.id, problem="conflict")
    desk.site.settle([who.id])
    return _back(who.id, done="taken_back" if taken else "told", which=json.read(made.puts[0].body)["id"])


def _told(desk: Desk, who: Person) -> Changes | Refusal:
    form, patient = desk.form, desk.reader.row("workspace/patient", person=who.id)
    began, left = _day(form.get("began_on", "")), _day(form.get("left_on", ""))
    misread = began is None or (form.get("left_on") and left is None) or form.get("told_by") not in act_on.TELLERS
    if patient is None or began is None or misread:
        return Refusal("form", "Something is missing.")
    return act_on.told_of_stay(
        person_id=patient.person_id, patient=patient.key, began_on=began, left_on=left, today=desk.viewer.today,
        place=form.get("place", "").strip()[:PLACE_MAX], left_to=form.get("left_to", ""), told_by=form["told_by"],
        by=desk.viewer.practitioner or "", at=desk.viewer.at,
    )  # fmt: skip


def _taken_back(desk: Desk, who: Person) -> Changes | Refusal:
    row = desk.reader.row("workspace/stay_body", id=desk.form.get("which", "")[:64], person=who.id)
    if row is None:
        raise desk.absent("hospital_stay", who.id)
    stored = Stored(row.person_id, row.version, json.read(row.body.encode()))
    return act_on.take_back_stay(stored, by=desk.viewer.practitioner or "")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _back(person_id: int, **said: str) -> Response:
    return RedirectResponse(f"/people/{person_id}/hospital?{urlencode(said)}", 303)
