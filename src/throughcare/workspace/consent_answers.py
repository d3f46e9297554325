"""Answers of consent: what someone allowed or refused, each in words, and whether it stands."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from throughcare.act import joining
from throughcare.act.shapes import Resource, extension
from throughcare.fhir import json
from throughcare.workspace import times
from throughcare.workspace.front import Desk

OURS = "throughcare"
METHODS = ("verbal", "written", "electronic")
STANDING = ("holds", "later", "asked")
TOLD = ("holds", "later", "refused")  # on the page of the person
RECEIVERS_MAX = 300
LIBRARY = "consent."  # the start of the library's words for kinds of consent


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One consent in words; `stands` is asked, holds, later, over, refused or withdrawn."""

    id: str
    kind: str
    stands: str
    receiver: str
    since: str
    until: str
    how: str
    witness: str
    told_by: str
    told: str
    can_withdraw: bool


def of_person(desk: Desk, person_id: int) -> list[Answer]:
    """Every answer on record about someone, the newest first."""
    rows = desk.reader.rows("workspace/consents", person=person_id)
    bodies = [json.read(row.body.encode()) for row in rows]
    wanted = {r.partition("/")[2] for b in bodies if (r := _receiver(b)).startswith("Organization/")}
    named = organizations(desk, sorted(wanted)) if wanted else {}
    kin = {f.key: f.name for f in desk.reader.rows("workspace/family", person=person_id)} if rows else {}
    return [_answer(desk, row, body, named | kin) for row, body in zip(rows, bodies, strict=True)]


def called(desk: Desk, kind: str) -> str:
    """A kind of consent in the reader's words."""
    language = desk.words.language
    program = next((m.model.id for m in desk.site.models.values() if m.enrollment.consent == kind), "")
    fallback = desk.words("consents.take_part", program=desk.site.title(language, program)) if program else ""
    return desk.site.phrase(language, None, f"{LIBRARY}{kind}", fallback or kind.replace("_", " "))


def _answer(desk: Desk, row: Any, body: Resource, named: dict[str, str]) -> Answer:
    words, viewer = desk.words, desk.viewer
    period, stands = body.get("provision", {}).get("period", {}), _stands(body, viewer.today)
    receiver = _receiver(body)
    method, witness = extension(body, "method"), _extension(body, "consent-Witness")
    withdrawn = extension(body, "withdrawn-at")
    return Answer(
        id=row.resource_id,
        kind=_kind(desk, body),
        stands=stands,
        receiver=named.get(receiver, "") or (words("consents.someone") if receiver else ""),
        since=_date(desk, period.get("start") or body.get("dateTime")),
        until=_date(desk, withdrawn if stands == "withdrawn" and withdrawn else period.get("end")),
        how=words(f"consents.method_{method}") if method in METHODS else "",
        witness=(witness or {}).get("display", ""),
        told_by="" if row.source == OURS else row.source.replace("_", " "),
        told=times.moment(words, row.known_from, viewer.at, viewer.zone),
        can_withdraw=row.source == OURS and body["status"] == "active" and stands in ("holds", "later"),
    )


def _stands(body: Resource, today: date) -> str:
    status, provision = body.get("status"), body.get("provision", {})
    begins, ends = (day(str(provision.get("period", {}).get(name, ""))[:10]) for name in ("start", "end"))
    if status == "rejected" or (status == "active" and provision.get("type") == "deny"):
        return "refused"
    if status == "inactive":
        return "withdrawn"
    if status != "active":
        return "asked"
    return "over" if ends and ends < today else "later" if begins and begins > today else "holds"


def _kind(desk: Desk, body: Resource) -> str:
    codings = [c for one in body.get("category", ()) for c in one.get("coding", ())]
    ours = next((c["code"] for c in codings if c.get("system") == joining.CONSENT and "code" in c), "")
    if ours:
        return called(desk, ours)
    said = [one["text"] for one in body.get("category", ()) if "text" in one]
    said += [c["display"] for c in codings if "display" in c] + [
        called(desk, c["code"]) for c in codings if "code" in c
    ]
    return said[0] if said else "?"


def _receiver(body: Resource) -> str:
    """The one who may be told, as a reference; empty when nobody is named. Of others' consents the organization may
    be whoever keeps the paper, so it is the receiver only where the consent is one to disclose."""
    actors = [a.get("reference", {}).get("reference", "") for a in body.get("provision", {}).get("actor", ())]
    codes = {c.get("code") for one in body.get("category", ()) for c in one.get("coding", ())}
    told = [o.get("reference", "") for o in body.get("organization", ())] if "IDSCL" in codes else []
    return next(filter(None, [*actors, *told]), "")


def _extension(body: Resource, name: str) -> Any:
    return next((e.get("valueReference") for e in body.get("extension", ()) if e["url"].endswith(f"/{name}")), None)


def organizations(desk: Desk, ids: list[str] | None) -> dict[str, str]:
    return {o.key: o.name for o in desk.reader.rows("workspace/organizations", ids=ids, limit=RECEIVERS_MAX)}


def _date(desk: Desk, text: str | None) -> str:
    on = day(str(text or "")[:10])
    return times.birthday(desk.words, on)


def day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
