"""The timeline: everything that happened to one person, newest first, by lane, fifty at a time, searchable."""

from datetime import date, timedelta
from typing import Any

from throughcare.workspace import times
from throughcare.workspace.front import Desk

PAGE = 50
LANES = ("stay", "visit", "contact", "request", "result", "procedure", "program")
GAP_DAYS = 45
DRAWN_MAX = 400
DRAWN_DAYS = 90


def page(desk: Desk, person_id: int) -> dict[str, Any]:
    """One page of the timeline as the address asks for it."""
    asked = desk.asked
    lane = asked.get("lane", "") if asked.get("lane") in LANES else ""
    text = asked.get("q", "").strip()
    number = int(asked["page"]) if asked.get("page", "").isdigit() and len(asked["page"]) < 5 else 1
    found, total = events(desk, person_id, lane=lane, text=text, limit=PAGE, offset=PAGE * (max(number, 1) - 1))
    pages = max(-(-total // PAGE), 1)
    return {"events": found, "total": total, "lane": lane, "lanes": LANES, "q": text, "number": number, "pages": pages}


def events(
    desk: Desk, person_id: int, *, lane: str = "", text: str = "", limit: int = PAGE, offset: int = 0
) -> tuple[list[dict[str, Any]], int]:
    """Events in words, with a line where long nothing happened, and how many there are in all."""
    rows = desk.reader.rows(
        "workspace/happenings",
        person=person_id,
        lane=lane,
        text=text,
        limit=limit,
        offset=offset,
        since=None,
        today=desk.viewer.today,
    )
    said, later = [], None
    for row in rows:
        if later and not lane and not text and (later - row.on_day).days > GAP_DAYS:
            said.append({"gap": desk.words("timeline.gap", n=(later - row.on_day).days)})
        said.append(_said(desk, row))
        later = row.on_day
    return said, rows[0].total if rows else 0


def span(desk: Desk, person_id: int) -> list[Any]:
    """The last ninety days, for the drawing."""
    since = desk.viewer.today - timedelta(days=DRAWN_DAYS)
    return desk.reader.rows(
        "workspace/happenings",
        person=person_id,
        lane="",
        text="",
        limit=DRAWN_MAX,
        offset=0,
        since=since,
        today=desk.viewer.today,
    )


def _said(desk: Desk, row: Any) -> dict[str, Any]:
    words, viewer = desk.words, desk.viewer
    when = times.moment(words, row.at, viewer.at, viewer.zone) if row.at else times.day(words, row.on_day, viewer.today)
    heard = words(
        "timeline.heard",
        source=row.source.replace("_", " "),
        moment=times.moment(words, row.known_from, viewer.at, viewer.zone),
    )
    return {
        "gap": "",
        "when": when,
        "exact": times.day_long(words, row.on_day),
        "what": _what(desk, row),
        "called": _called(desk, row),
        "place": row.place or "",
        "note": row.note or "",
        "heard": heard,
        "lane": row.lane,
        "until": _until(desk, row.on_day, row.until_day) if row.lane == "stay" else "",
    }


def _what(desk: Desk, row: Any) -> str:
    """The kind of event: a stay, an emergency visit, a call that reached someone or did not."""
    words = desk.words
    if row.lane == "contact":
        outcome = f"outcome.{row.outcome or ('reached' if row.good else 'no_answer')}"
        mode = f"mode.{row.what}"
        how = words(mode) if words.has(mode) else words("mode.contact")
        return f"{how}: {words(outcome)}" if words.has(outcome) else how
    special = f"timeline.what.{row.what}"
    return words(special) if row.what and words.has(special) else words(f"timeline.lane.{row.lane}")


def _called(desk: Desk, row: Any) -> str:
    if row.lane == "program":
        return desk.site.title(desk.words.language, row.what or "")
    return row.called or ""


def _until(desk: Desk, began: date, ended: date | None) -> str:
    if ended is None:
        return desk.words("timeline.still_there")
    return desk.words("timeline.nights", n=(ended - began).days)
