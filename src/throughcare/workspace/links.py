"""Records: what sources say of one person, and why each record was taken for this person's."""

from typing import Any

from starlette.responses import Response

from throughcare.workspace import identity, person, times
from throughcare.workspace.front import Desk

_FIXED = {
    "first heard of": "first",
    "a person said these are one person": "said",
    "merged by the registrar": "registrar",
    "no longer the same as anyone else": "parted",
}


def show(desk: Desk) -> Response:
    """Every record with its source and its reason, and a way to say that it is someone else's."""
    with desk.reader.open():
        who = person.known(desk, "records")
        links = desk.reader.rows("workspace/person_links", person=who.id)
        bodies = identity.said(desk, [link.patient_id for link in links])
        data = person.strip(desk, who)
    desk.looked("records", who.id)
    records = [_record(desk, link, bodies[link.patient_id]) for link in links if link.patient_id in bodies]
    return desk.page("links.html", tab="links", records=records, done=desk.asked.get("done", ""), **data)


def _record(desk: Desk, link: Any, row: Any) -> dict[str, Any]:
    viewer = desk.viewer
    return {
        "id": link.patient_id,
        "source": row.source,
        "since": times.moment(desk.words, row.known_from, viewer.at, viewer.zone),
        "why": _why(desk, link.reason),
        "facts": [value for name, value in identity.facts(row).items() if value and name != "sex"],
    }


def _why(desk: Desk, reason: str) -> str:
    """The reason the record keeps, in the reader's words: level by level where a score linked them."""
    if reason in _FIXED:
        return str(desk.words(f"link.why.{_FIXED[reason]}"))
    if reason.startswith("likeness "):
        levels = (identity.level(desk, part) for part in reason.partition(": ")[2].split())
        return str(desk.words("link.why.likeness", levels=", ".join(levels)))
    if reason.startswith("same ") and reason.endswith(", same birth date"):
        return str(desk.words("link.why.number"))
    return reason
