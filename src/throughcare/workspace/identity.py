"""Same person?: pairs that the machine leaves to a person, side by side, with what speaks for and against."""

from typing import Any
from urllib.parse import urlencode

from starlette.responses import RedirectResponse, Response

from throughcare.access import door
from throughcare.fhir import json
from throughcare.flow.moment import Moment
from throughcare.identity import run, words
from throughcare.workspace import security
from throughcare.workspace.front import Absent, Desk

PAGE = 20  # pairs; deciding needs care, and the next ones come up as these are decided
COMPARED = ("name", "born", "sex", "phone", "email", "address", "number")
WORDS = {"same": words.SAME, "two": words.APART, "undo": None}


def show(desk: Desk) -> Response:
    """The pairs, the likest first, and what was just decided, to be taken back."""
    with desk.reader.open():
        rows = desk.reader.rows("workspace/doubts", limit=PAGE)
        bodies = said(desk, [i for row in rows for i in (row.patient_id, row.other_patient)])
    pairs = [_pair(desk, row, bodies) for row in rows if row.patient_id in bodies and row.other_patient in bodies]
    desk.looked("same person", detail=f"{len(pairs)} pairs")
    asked = desk.asked
    done = asked.get("done", "")
    return desk.page(
        "same_person.html", pairs=pairs, total=rows[0].total if rows else 0, one=asked.get("one", ""),
        other=asked.get("other", ""), done=done if done in WORDS else "",
    )  # fmt: skip


def decide(desk: Desk) -> Response:
    """Same person, two people, or back to not decided; everything that depended on it is worked out anew."""
    one, other, word = (desk.form.get(name, "")[:64] for name in ("one", "other", "word"))
    if word not in WORDS:
        raise Absent
    bodies = said(desk, [one, other])
    if not {one, other} <= bodies.keys():
        raise desk.absent("same person", None)
    changes = run.say(Moment(desk.site.database), one, other, WORDS[word])
    if changes is None:
        raise desk.absent("same person", None)
    door.did(desk.site.database, desk.viewer, changes, "identity", [])
    desk.site.settle(sorted({row.person_id for row in bodies.values()}))
    back = security.local_path(desk.form.get("back", "/same-person"))
    told = urlencode({"done": word, "one": one, "other": other})
    return RedirectResponse(f"{back}{'&' if '?' in back else '?'}{told}", status_code=303)


def said(desk: Desk, patients: list[str]) -> dict[str, Any]:
    """What sources say of patients whom the viewer may see, by patient id."""
    return {row.resource_id: row for row in desk.reader.rows("workspace/patients_said", patients=patients)}


def facts(row: Any) -> dict[str, str]:
    """The parts of a Patient that tell people apart, as its source writes them. The number itself is not shown."""
    body = json.read(row.body.encode())
    name: dict[str, Any] = next(iter(body.get("name", ())), {})
    home: dict[str, Any] = next(iter(body.get("address", ())), {})
    means = {t.get("system"): t.get("value", "") for t in reversed(body.get("telecom", ()))}
    return {
        "name": " ".join([*name.get("given", ()), name.get("family", ""), *name.get("suffix", ())]).strip(),
        "born": body.get("birthDate", ""),
        "sex": body.get("gender", ""),
        "phone": means.get("phone", ""),
        "email": means.get("email", ""),
        "address": ", ".join(filter(None, (*home.get("line", ()), home.get("city"), home.get("postalCode")))),
        "number": "",
    }


def level(desk: Desk, part: str) -> str:
    """A level such as "name.exchanged" in words."""
    return str(desk.words(f"link.{part}")) if desk.words.has(f"link.{part}") else part.replace("_", " ")


def _pair(desk: Desk, row: Any, bodies: dict[str, Any]) -> dict[str, Any]:
    levels = dict(part.split(".", 1) for part in row.levels)
    left, right = (bodies[i] for i in (row.patient_id, row.other_patient))
    mine, theirs = facts(left), facts(right)
    lines = [
        (name, _value(desk, name, mine), _value(desk, name, theirs), levels.get(name, ""),
         level(desk, f"{name}.{levels[name]}") if name in levels else "")
        for name in COMPARED if mine[name] or theirs[name] or name in levels
    ]  # fmt: skip
    return {"row": row, "left": left, "right": right, "lines": lines, "rule": row.rule or "too_little"}


def _value(desk: Desk, name: str, of: dict[str, str]) -> str:
    key = f"sex.{of[name]}"
    return str(desk.words(key)) if name == "sex" and desk.words.has(key) else of[name]
