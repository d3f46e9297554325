"""People: find someone by name, or see the people behind a number."""

import threading
import time
from collections import defaultdict, deque
from typing import Any

from starlette.responses import Response

from throughcare.workspace import names
from throughcare.workspace.front import Desk

PAGE = 50
CHOICES = ("model", "answer", "state", "owed", "step")
FOUND_MAX = 12
LETTERS_MIN = 3
# A person types a name in a few seconds; more questions than these a minute is a machine asking.
ASKED_A_MINUTE = 60


def show(desk: Desk) -> Response:
    """A list: everyone, or the people behind a number, as the address says; with a search on top."""
    asked = desk.asked
    if asked.get("q"):
        return _search_page(desk, asked["q"])
    given = _filter(desk)
    number = int(asked["page"]) if asked.get("page", "").isdigit() and len(asked["page"]) < 6 else 1
    with desk.reader.open():
        rows = desk.reader.rows("workspace/people", **given, limit=PAGE, offset=PAGE * (max(number, 1) - 1))
        listed = _listed(desk, [row.person_id for row in rows])
    total = rows[0].total if rows else 0
    desk.looked(
        "people list",
        detail=" ".join(filter(None, (*(str(given[k]) for k in CHOICES), f"{total} people"))),
    )
    return desk.page(
        "people.html",
        people=listed,
        total=total,
        number=max(number, 1),
        pages=max(-(-total // PAGE), 1),
        title=_title(desk, given),
        q="",
        short=False,
        given=given,
    )


def _filter(desk: Desk) -> dict[str, Any]:
    asked, known = desk.asked, desk.site.models
    model = asked.get("model", "") if asked.get("model") in known else ""
    chosen = {name: asked.get(name, "") if model else "" for name in ("answer", "state", "owed", "step")}
    return {"model": model, **chosen, "now": desk.viewer.at}


def _title(desk: Desk, given: dict[str, Any]) -> str:
    """What the number was, in words."""
    if not given["model"]:
        return desk.words("people.everyone")
    title = desk.site.title(desk.words.language, given["model"])
    for kind in ("answer", "state", "owed"):
        if given[kind]:
            key = f"people.{kind}.{given[kind]}"
            says = desk.words(key) if desk.words.has(key) else given[kind]
            step = desk.site.steps.get((given["model"], given["step"]))
            return f"{title}: {says}" + (
                f", {desk.site.phrase(desk.words.language, given['model'], f'step.{step.id}', step.says)}"
                if step
                else ""
            )
    return title


def _listed(desk: Desk, ids: list[int]) -> list[dict[str, Any]]:
    known = names.people(desk.reader, desk.words, ids)
    programs = defaultdict(list)
    for row in desk.reader.rows("workspace/people_programs", people=ids):
        programs[row.person_id].append(desk.site.title(desk.words.language, row.model))
    return [{"person": known[i], "programs": list(dict.fromkeys(programs[i]))} for i in ids if i in known]


def _search_page(desk: Desk, q: str) -> Response:
    found = _found(desk, q, PAGE)
    return desk.page(
        "people.html",
        people=_listed(desk, found),
        total=len(found),
        number=1,
        pages=1,
        title=desk.words("people.found", q=q),
        q=q,
        short=len(q.strip()) < LETTERS_MIN,
        given={"model": ""},
    )


def find(desk: Desk) -> Response:
    """The palette: people whose name begins like this, and pages of ours."""
    q = desk.asked.get("q", "")
    found = _found(desk, q, FOUND_MAX) if q else []
    known = names.people(desk.reader, desk.words, found)
    desk.audited = desk.audited or not found
    return desk.page(
        "find.html", q=q, short=0 < len(q.strip()) < LETTERS_MIN, people=[known[i] for i in found if i in known]
    )


def _found(desk: Desk, q: str, limit: int) -> list[int]:
    """Ids of people found; three letters at least, so that nobody can leaf through everyone letter by letter."""
    q = " ".join(q.split())[:80]
    if len(q) < LETTERS_MIN or not _turns.free(desk.viewer.staff_id):
        desk.looked("search refused", detail=f"{len(q)} letters")
        return []
    number = int(q) if q.isascii() and q.isdigit() and len(q) < 15 else None
    rows = desk.reader.rows("workspace/find", start=_literal(q.lower()) + "%", number=number, limit=limit)
    desk.looked("search", detail=f"{len(rows)} people found")
    return [row.person_id for row in rows]


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


class _Turns:
    """How often each member of staff asked in the last minute."""

    def __init__(self) -> None:
        self._asked: dict[int, deque[float]] = defaultdict(deque)
        self._lock = threading.Lock()

    def free(self, staff_id: int) -> bool:
        now = time.monotonic()
        with self._lock:
            asked = self._asked[staff_id]
            while asked and now - asked[0] > 60:
                asked.popleft()
            if len(asked) >= ASKED_A_MINUTE:
                return False
            asked.append(now)
            return True


_turns = _Turns()
