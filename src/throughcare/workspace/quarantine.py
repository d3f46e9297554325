"""Quarantine: what could not be stored: counted by reason, seen whole, corrected and taken in, or dropped with undo."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from starlette.responses import RedirectResponse, Response

from throughcare.access import door
from throughcare.intake import quarantine
from throughcare.record.changes import Changes, Committed
from throughcare.workspace import texts, times
from throughcare.workspace.front import Absent, Desk

REASONS = 100
ENTRIES = 200
AT_ONCE = 200  # entries of one reason that are taken in together; the rest is asked for again
WORDS = ("fixed", "same", "drop", "wait")
TOGETHER = ("same", "drop", "wait")


def show(desk: Desk) -> Response:
    """Reasons with their counts; or, when the address names one, its entries."""
    asked = desk.asked
    state = asked["state"] if asked.get("state") in quarantine.STATES else "waiting"
    alike = asked.get("alike", "")
    with desk.reader.open():
        reasons = desk.reader.rows("workspace/quarantine_reasons", state=state, limit=REASONS)
        given = {"state": state, "alike": alike, "limit": ENTRIES}
        entries = desk.reader.rows("workspace/quarantine_alike", **given) if alike else []
    total, came = (int(reasons[0].total), int(reasons[0].came)) if reasons else (0, 0)
    desk.looked("quarantine list", detail=f"{total} {state}")
    return desk.page(
        "quarantine.html", state=state, states=quarantine.STATES, total=total, came=came, alike=alike,
        reasons=[_line(desk, one) for one in reasons], entries=[_line(desk, one) for one in entries],
        count=entries[0].total if entries else 0, said=_said(asked), at_once=AT_ONCE,
    )  # fmt: skip


def _line(desk: Desk, row: Any) -> dict[str, Any]:
    when = times.moment(desk.words, row.at, desk.viewer.at, desk.viewer.zone)
    return {"row": row, "source": row.source.replace("_", " "), "when": when}


def _said(asked: dict[str, str]) -> dict[str, Any]:
    """What was just done, as the address tells it."""
    numbers = {n: int(asked[n]) if _is_number(asked.get(n, "")) else 0 for n in ("entry", "done", "left")}
    return {"word": asked.get("said", "") if asked.get("said") in WORDS else "", **numbers}


def show_entry(desk: Desk) -> Response:
    """One entry whole: where it came from, why it could not be stored, and its text."""
    row = _row(desk)
    return _entry_page(desk, row, _text(row))


def _entry_page(desk: Desk, row: Any, text: texts.Text, problem: str = "", reasons: Sequence[str] = ()) -> Response:
    desk.looked("quarantine entry", detail=f"entry {row.entry_no}")
    moment = times.moment(desk.words, row.at, desk.viewer.at, desk.viewer.zone)
    page = desk.page("quarantine_entry.html", row=row, text=text, when=moment, problem=problem, reasons=reasons)
    page.status_code = 422 if problem else 200
    return page


def act(desk: Desk) -> Response:
    """Take one entry in, corrected or as it came; or drop it; or let a dropped one wait again."""
    row, word = _row(desk), desk.form.get("word", "")
    if word not in WORDS:
        raise Absent
    if word in ("drop", "wait"):
        done = _move(desk, row.entry_no, word)
        return _on(said=word, entry=row.entry_no) if done else _entry_page(desk, row, _text(row), "conflict")
    if row.state != "waiting":
        return _entry_page(desk, row, _text(row), "conflict")
    return _take_in(desk, row, desk.form.get("text", "") if word == "fixed" else None)


def _take_in(desk: Desk, row: Any, given: str | None) -> Response:
    """With the text a form gave, or as it came. What is refused again stands in the form as it was given."""
    found, text = quarantine.entry(desk.site.database, row.entry_no), _text(row)
    fixed = None
    if given is not None and text.encoding:
        text = replace(text, shown=given)
        fixed = texts.written(given, found.body)
        if fixed is None or len(fixed) > texts.TEXT_BYTES_MAX:
            return _entry_page(desk, row, text, "letters" if fixed is None else "long")
    if reasons := _replay(desk, found, fixed):
        return _entry_page(desk, row, text, "again", reasons)
    return _on(said="same" if fixed is None else "fixed", entry=row.entry_no)


def act_together(desk: Desk) -> Response:
    """The same for all entries of one source and reason, as they came."""
    word, alike = desk.form.get("word", ""), desk.form.get("alike", "")[:64]
    if word not in TOGETHER:
        raise Absent
    state = "dropped" if word == "wait" else "waiting"
    rows = desk.reader.rows("workspace/quarantine_alike", state=state, alike=alike, limit=AT_ONCE)
    if not rows:
        raise Absent
    numbers = [row.entry_no for row in rows]
    if word == "same":
        done = sum(not _replay(desk, quarantine.entry(desk.site.database, number), None) for number in numbers)
    else:
        done = sum(_move(desk, number, word) for number in numbers)
    return _on(said=word, done=done, left=rows[0].total - done)


def _replay(desk: Desk, found: quarantine.Entry, fixed: bytes | None) -> list[str]:
    site, viewer = desk.site, desk.viewer

    def commit(changes: Changes) -> Committed:
        return door.did(site.database, viewer, changes, "intake", [])

    reasons = quarantine.replay(site.database, found, settings=site.settings, commit=commit, fixed=fixed)
    how = "as it came" if fixed is None else "corrected"
    desk.looked("quarantine replay", detail=f"entry {found.entry_no} {how}: {'refused' if reasons else 'stored'}")
    return reasons


def _move(desk: Desk, entry_no: int, word: str) -> bool:
    """Written down first: a drop that nobody is known to have made cannot happen."""
    desk.looked("quarantine drop" if word == "drop" else "quarantine restore", detail=f"entry {entry_no}")
    return (quarantine.drop if word == "drop" else quarantine.restore)(desk.site.database, entry_no)


def _row(desk: Desk) -> Any:
    number = desk.path("entry_no")
    given = {"entry_no": int(number), "most": texts.TEXT_BYTES_MAX} if _is_number(number) else None
    row = desk.reader.row("workspace/quarantine_entry", **given) if given else None
    if row is None:
        raise desk.absent("quarantine entry", None)
    return row


def _text(row: Any) -> texts.Text:
    return texts.read(bytes(row.body), row.size)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 15


def _on(**said: Any) -> Response:
    return RedirectResponse(f"/quarantine?{urlencode(said)}", status_code=303)
