"""Today: what must I do next, for whom, and why? The front page of everyone who cares for people."""

from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from throughcare.workspace import freshness, panel, program_work, rounds, security, times, trips, worklist
from throughcare.workspace.front import Desk

VIEWS = ("my_day", "new", "waiting", "team", "week")
HORIZON = timedelta(days=8)
TEAM_COUNT_MAX = 1000
MORE_MINUTES = 60
# Nobody does more than this in a day; the title still counts everyone.
ROWS_MAX = 100
NEW_AT_LEAST = timedelta(hours=16)


def show(desk: Desk) -> Response:
    asked = desk.asked
    view = asked["view"] if asked.get("view") in VIEWS else "my_day"
    silent = freshness.now(desk)
    with desk.reader.open():
        counts, tasks = _tasks(desk, view)
        listed = worklist.rows(desk.site, desk.reader, desk.words, tasks)
        programs = sorted({p for row in listed for p in row.programs})
        listed = [row for row in listed if not asked.get("program") or asked["program"] in row.programs]
        people = len({row.person.id for row in listed}) if asked.get("program") else counts[view]
        day = _day(desk, listed, view, people)
        opened = panel.of(desk, asked.get("open", ""), [row.id for row in listed])
        own_work, planned = program_work.owed(desk), trips.planned(desk)
        said = panel.said(desk, asked.get("done", ""), asked.get("how", ""))
        shown = {row.person.id for row in listed}
        said_silent = freshness.of_people(desk, silent, shown, panel=True)
        heard = freshness.heard(desk, silent)
    desk.looked("worklist", detail=f"{view}: {len(shown)} people")
    if opened:
        desk.looked("task", opened.row.person.id, opened.row.kind)
    return desk.page(
        "today.html",
        view=view,
        views=[(name, counts[name]) for name in VIEWS],
        programs=programs,
        program=asked.get("program", ""),
        open_id=opened.row.id if opened else "",
        panel=opened,
        said=said,
        full=len(tasks) >= _limit(desk),
        limit=_limit(desk),
        own_work=own_work,
        trips=planned,
        visits=rounds.due_today(desk, listed) if view == "my_day" else None,
        back=security.local_path(asked["back"]) if asked.get("back") else _here(view, asked.get("program", "")),
        silent=said_silent,
        sources=heard,
        **day,
    )


def _here(view: str, program: str) -> str:
    """The address to come back to once something is done from a row."""
    return f"/today?{urlencode({'view': view, 'program': program} if program else {'view': view})}"


def _given(desk: Desk) -> dict[str, Any]:
    viewer = desk.viewer
    midnight = datetime.combine(viewer.today, time.min, viewer.zone)
    return {
        "me": viewer.practitioner,
        "staff": viewer.staff_id,
        "today": viewer.today,
        "horizon": midnight + HORIZON,
        "since": since(desk),
        "zone": viewer.zone.key,
        "long_ago": viewer.today - times.LONG_LATE,
    }


def since(desk: Desk) -> datetime:
    """When the viewer was last here before today's work, for "new since"; a coffee break is not a leave."""
    before = desk.viewer.seen_before
    return before if before and before < desk.viewer.at - NEW_AT_LEAST else desk.viewer.at - timedelta(days=1)


def _limit(desk: Desk) -> int:
    return min(desk.site.settings.page_rows, ROWS_MAX)


def _tasks(desk: Desk, view: str) -> tuple[dict[str, int], list[Any]]:
    """How many people each view holds, and the tasks of the one asked for."""
    given = {**_given(desk), "limit": _limit(desk)}
    mine = desk.reader.rows("workspace/today_rows", view=view, **given)
    team = desk.reader.rows("workspace/today_team_count", **{**given, "limit": TEAM_COUNT_MAX})[0].people
    counts = {name: getattr(mine[0], name) for name in VIEWS if name != "team"} | {"team": team}
    if view == "team":
        return counts, desk.reader.rows("workspace/today_team", **given)
    return counts, [task for task in mine if task.key]


def _day(desk: Desk, listed: list[worklist.Row], view: str, people: int) -> dict[str, Any]:
    """Groups, the cut line with its arithmetic, the sentence of the title, and how fresh everything is."""
    viewer, words = desk.viewer, desk.words
    done = desk.reader.rows("workspace/done_today", me=viewer.practitioner, today=viewer.today)[0]
    available = _available(desk, int(done.minutes))
    groups = worklist.grouped(listed)
    line = worklist.cut(groups, available) if view == "my_day" else None
    return {
        "groups": groups,
        "line": line,
        "done": done.people,
        "people": people,
        "available": times.worked(words, available),
        "more": available + int(done.minutes) + MORE_MINUTES,
        "planned": times.worked(words, line.planned) if line else "",
        "spare": times.worked(words, line.spare) if line else "",
        "below": times.worked(words, line.below_minutes) if line else "",
        "minutes_of": lambda n: times.worked(words, n),
        "now": f"{times.day_long(words, viewer.today)}, {times.clock(words, viewer.at.astimezone(viewer.zone))}",
        "since": times.moment(words, since(desk), viewer.at, viewer.zone),
        "next_due": _next_due(desk) if not listed and view == "my_day" else "",
    }


def _available(desk: Desk, done_minutes: int) -> int:
    """Minutes left today: what was planned for the day, or what the address says, less what was done."""
    asked = desk.asked.get("minutes", "")
    whole = int(asked) if asked.isdigit() and len(asked) < 5 else desk.viewer.minutes_a_day
    return max(whole - done_minutes, 0)


def _next_due(desk: Desk) -> str:
    """For an empty day: when the next thing is due."""
    soon = desk.reader.rows("workspace/today_rows", view="week", **{**_given(desk), "limit": 1})
    if not soon[0].key:
        return ""
    return times.due(desk.words, soon[0].due_at, soon[0].due_on, desk.viewer.at, desk.viewer.zone).says
