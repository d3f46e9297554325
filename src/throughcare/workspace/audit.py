"""The audit, for an auditor: who did what, about which person, when. Numbers, not names: auditors see no charts."""

from datetime import date, datetime, time, timedelta

from starlette.responses import Response

from throughcare.workspace import times
from throughcare.workspace.front import Desk

ROWS = 200


def show(desk: Desk) -> Response:
    asked, viewer = desk.asked, desk.viewer
    day = _day(asked.get("day", ""))
    start = datetime.combine(day, time.min, viewer.zone) if day else None
    person = asked.get("person", "")
    rows = desk.reader.rows(
        "workspace/audit",
        actor=asked.get("actor", "").strip().lower(),
        limit=ROWS,
        since=start,
        person=int(person) if person.isascii() and person.isdigit() and len(person) < 15 else None,
        until=start + timedelta(days=1) if start else None,
    )
    desk.looked("audit", detail=f"{len(rows)} lines")
    said = [
        (
            f"{row.at.astimezone(viewer.zone):%Y-%m-%d %H:%M:%S}",
            times.moment(desk.words, row.at, viewer.at, viewer.zone),
            row,
        )
        for row in rows
    ]
    return desk.page(
        "audit.html", lines=said, actor=asked.get("actor", ""), person=person, day=asked.get("day", ""), limit=ROWS
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
