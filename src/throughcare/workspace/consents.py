"""Consent: what someone allows, whom it may be told, from when to when and before whom; written down and taken back."""

from typing import Any
from urllib.parse import urlencode

from starlette.responses import RedirectResponse, Response

from throughcare.access import door
from throughcare.act import joining
from throughcare.act.shapes import Refusal, Resource, Stored
from throughcare.faults import Conflict
from throughcare.fhir import json
from throughcare.flow.moment import Moment
from throughcare.identity import directory
from throughcare.record.changes import Changes
from throughcare.workspace import consent_answers as answers
from throughcare.workspace import person
from throughcare.workspace.front import Absent, Desk
from throughcare.workspace.names import Person

SIGNERS = ("self", "parent", "guardian")
WITNESS_MAX = 120
DONE = ("recorded", "withdrawn", "kept", "retracted")


def show(desk: Desk) -> Response:
    """What stands, what stood, and a form to write an answer down."""
    with desk.reader.open():
        who = person.known(desk, "consents")
        found = answers.of_person(desk, who.id)
        data = person.strip(desk, who) | {"kinds": kinds(desk), **_receivers(desk, who)}
    desk.looked("consents", who.id)
    problem, done = desk.asked.get("problem", ""), desk.asked.get("done", "")
    return desk.page(
        "consents.html", tab="consents", methods=answers.METHODS, signers=SIGNERS, today=desk.viewer.today.isoformat(),
        now=[a for a in found if a.stands in answers.STANDING],
        before=[a for a in found if a.stands not in answers.STANDING],
        problem=desk.words(f"consents.problem_{problem}") if desk.words.has(f"consents.problem_{problem}") else "",
        done=done if done in DONE else "", which=desk.asked.get("which", ""), **data,
    )  # fmt: skip


def act(desk: Desk) -> Response:
    """Write an answer down, withdraw one, or take either back; the engine looks at the person at once."""
    who = person.known(desk, "consent")
    me = desk.viewer.practitioner
    if not me:
        raise Absent
    how = desk.form.get("how", "record")
    if how == "record":
        made, done = _record(desk, who, me), "recorded"
    else:
        made, done = _taken_back(desk, how, _stored(desk, who.id), me)
    if isinstance(made, Refusal):
        return _back(who.id, problem=made.code)
    try:
        committed = door.did(desk.site.database, desk.viewer, made, "consent", [])
    except Conflict:
        return _back(who.id, problem="conflict")
    if committed.refused:
        return _back(who.id, problem="conflict")
    desk.site.settle([who.id])
    return _back(who.id, done=done, which=json.read(made.puts[0].body)["id"])


def kinds(desk: Desk) -> list[tuple[str, str]]:
    """(kind, in words) of everything that can be asked: taking part in each program, and what the library names."""
    found = {
        key.removeprefix(answers.LIBRARY): ""
        for key in desk.site.library.words["en"]
        if key.startswith(answers.LIBRARY)
    }
    found |= {m.enrollment.consent: "" for m in desk.site.models.values() if m.enrollment.consent}
    return sorted(((kind, answers.called(desk, kind)) for kind in found), key=lambda one: one[1].lower())


def _record(desk: Desk, who: Person, me: str) -> Changes | Refusal:
    form, patient = desk.form, desk.reader.row("workspace/patient", person=who.id)
    begins, ends = answers.day(form.get("from", "")), answers.day(form.get("to", ""))
    if patient is None or begins is None or (form.get("to") and ends is None) or not _known(desk, who):
        return Refusal("form", "Something is missing.")
    return joining.record_consent(
        person_id=patient.person_id, patient=patient.key, kind=form["kind"], from_on=begins, to_on=ends, by=me,
        at=desk.viewer.at, refused=form["answer"] == "no", recipient=form.get("receiver") or None,
        method=form["method"], signed_by=form["signer"], witness=_witness(desk, me),
    )  # fmt: skip


def _known(desk: Desk, who: Person) -> bool:
    """Whether every choice of the form is one that it offers."""
    receivers = {"", *(key for _, some in _receivers(desk, who)["receivers"] for key, _ in some)}
    offered = {"kind": set(dict(kinds(desk))), "answer": {"yes", "no"}, "method": set(answers.METHODS),
               "signer": set(SIGNERS), "receiver": receivers}  # fmt: skip
    return all(desk.form.get(name, "") in some for name, some in offered.items())


def _taken_back(desk: Desk, how: str, stored: Stored, me: str) -> tuple[Changes | Refusal, str]:
    """A withdrawal, or one of the two ways to undo; with the word for what was done."""
    if how == "withdraw":
        return joining.withdraw_consent(stored, by=me, at=desk.viewer.at), "withdrawn"
    if how == "keep":
        return joining.keep_consent(stored, by=me), "kept"
    if how == "retract":
        return joining.retract_consent(stored, by=me), "retracted"
    raise Absent


def _witness(desk: Desk, me: str) -> Resource | None:
    """Whoever was there: oneself by one's own record, anyone else by name."""
    name = desk.form.get("witness", "").strip()[:WITNESS_MAX]
    if not name:
        return None
    return {"display": name} | ({"reference": me} if name == desk.viewer.name else {})


def _stored(desk: Desk, person_id: int) -> Stored:
    """The consent of the form, when we wrote it: what another source told is that source's to take back."""
    row = desk.reader.row("workspace/consent_body", id=desk.form.get("consent", "")[:64], person=person_id)
    if row is None or row.source != answers.OURS:
        raise desk.absent("consent", person_id)
    return Stored(row.person_id, row.version, json.read(row.body.encode()))


def _receivers(desk: Desk, who: Person) -> dict[str, Any]:
    """Whom someone may allow to be told: family by name, and organizations, each once."""
    family = [
        (f.key, f.name)
        for f in desk.reader.rows("workspace/family", person=who.id)
        if f.name and f.key.startswith("RelatedPerson/")
    ]
    doubles = directory.doubles(Moment(desk.site.database))
    found = [one for one in answers.organizations(desk, None).items() if one[0] not in doubles]
    return {"receivers": [(name, some) for name, some in (("family", family), ("organizations", found)) if some]}


def _back(person_id: int, **said: str) -> Response:
    return RedirectResponse(f"/people/{person_id}/consents?{urlencode(said)}", 303)
