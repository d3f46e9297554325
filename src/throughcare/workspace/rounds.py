"""Rounds: one's own visits at home, day by day, in the order that drives least: when, where, why, and whom to call."""

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from typing import Any

from starlette.responses import Response

from throughcare.workspace import panel, times, worklist
from throughcare.workspace.front import Desk
from throughcare.workspace.names import people
from throughcare.workspace.round_order import DAY_BEGINS, STOPS_MAX, Home, Ordered, ordered

DAYS = 7
VISIT_MINUTES = 60  # of a visit that is booked and says no more
VISITORS = frozenset({"community_health_worker", "nurse"})


def show(desk: Desk) -> Response:
    """The round of one day, today unless the address says another."""
    with desk.reader.open():
        days = _days(desk)
        on = _asked(desk, days)
        stops = _stops(desk, days.get(on, {}))
        base = desk.reader.row("workspace/round_base", me=desk.viewer.practitioner)
        said = panel.said(desk, desk.asked.get("done", ""), desk.asked.get("how", ""))
    desk.looked("round", detail=f"{on.isoformat()}: {len(stops)} people")
    return desk.page(
        "round.html",
        day=on,
        says=times.day_long(desk.words, on),
        days=[(one, _tab(desk, one), len(days.get(one, {}))) for one in sorted({desk.viewer.today, *days})],
        said=said,
        back=f"/round?day={on.isoformat()}",
        **_round(desk, on, stops, base),
    )


def due_today(desk: Desk, listed: list[worklist.Row]) -> int | None:
    """How many homes of a day's list are to be visited; None for who visits nobody."""
    kinds = _at_home(desk)
    homes = len({row.person.id for row in listed if row.kind in kinds})
    return homes if homes or desk.viewer.roles & VISITORS else None


def _at_home(desk: Desk) -> list[str]:
    return [activity.id for activity in desk.site.library.activities.values() if activity.at_home]


def _days(desk: Desk) -> dict[date, dict[int, dict[str, Any]]]:
    """day -> person -> the work to do there and the hour agreed on; a person stands on the first day that needs it."""
    viewer, kinds = desk.viewer, _at_home(desk)
    midnight = datetime.combine(viewer.today, time.min, viewer.zone)
    span = {"midnight": midnight, "horizon": midnight + timedelta(days=DAYS)}
    booked: dict[int, Any] = {}
    for row in desk.reader.rows("workspace/round_booked", me=viewer.practitioner, at_home=kinds, **span):
        booked.setdefault(row.person_id, row)
    tasks = desk.reader.rows(
        "workspace/round_work", me=viewer.practitioner, staff=viewer.staff_id, at_home=kinds, booked=list(booked),
        today=viewer.today, long_ago=viewer.today - times.LONG_LATE, zone=viewer.zone.key, horizon=span["horizon"],
    )  # fmt: skip
    work: dict[int, list[Any]] = defaultdict(list)
    for task in tasks:
        work[task.person_id].append(task)
    found: dict[date, dict[int, dict[str, Any]]] = defaultdict(dict)
    for person in [*work, *(one for one in booked if one not in work)]:
        mine, agreed = work.get(person, []), booked.get(person)
        hour = agreed.happened_at.astimezone(viewer.zone) if agreed else None
        day = hour.date() if hour else min(_day(desk, t) for t in mine if t.kind in kinds)
        there = [t for t in mine if t.kind in kinds or _day(desk, t) <= day]
        found[day][person] = {"tasks": there, "hour": hour, "minutes": agreed.minutes if agreed else None}
    return found


def _day(desk: Desk, task: Any) -> date:
    """The day a piece of work belongs to: due then, and not while it sleeps; what is late or undated, today."""
    return max(desk.viewer.today, *filter(None, (task.due_on, task.snoozed_until)))


def _asked(desk: Desk, days: dict[date, Any]) -> date:
    try:
        on = date.fromisoformat(desk.asked.get("day", ""))
    except ValueError:
        return desk.viewer.today
    return on if on in days else desk.viewer.today


def _tab(desk: Desk, day: date) -> str:
    today = desk.viewer.today
    return desk.words("time.today") if day == today else times.day(desk.words, day, today)


def _stops(desk: Desk, day: dict[int, dict[str, Any]]) -> list[dict[str, Any]]:
    """Each person of a day with their work in words, their address and the minutes the visit takes; urgent first."""
    words, viewer, kinds = desk.words, desk.viewer, _at_home(desk)
    listed = worklist.rows(desk.site, desk.reader, words, [task for one in day.values() for task in one["tasks"]])
    known = people(desk.reader, words, day)
    homes = {h.person_id: h for h in desk.reader.rows("workspace/homes", people=list(known), at=viewer.at)}
    stops = []
    for person, one in day.items():
        rows = [row for row in listed if row.person.id == person]
        visits = [row for row in rows if row.kind in kinds]
        home = homes.get(person)
        minutes = one["minutes"] or sum(row.minutes for row in visits) or VISIT_MINUTES
        if person in known:
            stops.append(
                {"person": known[person], "visits": visits, "also": [row for row in rows if row not in visits],
                 "hour": one["hour"], "minutes": int(minutes), "home": home, "address": _address(home),
                 "map": _map(home)}
            )  # fmt: skip
    return stops


def _address(home: Any) -> str:
    place = " ".join(filter(None, (home.city, home.zip))) if home else ""
    return ", ".join(filter(None, (home.line if home else "", place)))


def _map(home: Any) -> str:
    """The place as a link that a phone opens in its own map."""
    if home is None or home.lat is None or home.lon is None:
        return ""
    return f"geo:{home.lat.normalize():f},{home.lon.normalize():f}"


def _round(desk: Desk, on: date, stops: list[dict[str, Any]], base: Any) -> dict[str, Any]:
    """The stops in order with their times; those beyond a day, out of reach or off the map are told apart."""
    placed = [s for s in stops if s["map"]]
    placed.sort(key=lambda s: s["hour"] is None)
    chosen = {s["person"].id: s for s in placed[:STOPS_MAX]}
    start = (float(base.lon), float(base.lat)) if base else None
    found = ordered([_home(s) for s in chosen.values()], start, _start(desk, on))
    order = [
        chosen[i] | {"at": _hour(desk, chosen[i]) or _clock(desk, on, minute)}
        for i, minute in zip(found.order, found.begins, strict=True)
    ]
    rest = [s for s in stops if s["person"].id not in found.order]
    rest.sort(key=lambda s: (s["hour"] is None, s["hour"]))
    return {
        "order": order,
        "rest": [s | {"why_not": _why_not(s, found, chosen), "at": _hour(desk, s)} for s in rest],
        "base": base.name if base and order else "",
        "travel": times.worked(desk.words, round(found.travel)),
        "finish": _clock(desk, on, found.finish) if order else "",
        "homes": len(stops),
    }


def _home(stop: dict[str, Any]) -> Home:
    hour = stop["hour"]
    booked = hour.hour * 60.0 + hour.minute if hour else None
    return Home(stop["person"].id, float(stop["home"].lon), float(stop["home"].lat), float(stop["minutes"]), booked)


def _start(desk: Desk, on: date) -> float:
    """The minute at which the round may begin: in the morning; of today not before now, in whole five minutes."""
    now = desk.viewer.at.astimezone(desk.viewer.zone)
    passed = -(-(now.hour * 60 + now.minute) // 5) * 5.0 if on == now.date() else 0.0
    return max(DAY_BEGINS, passed)


def _why_not(stop: dict[str, Any], found: Ordered, chosen: dict[int, Any]) -> str:
    """Why a visit stands outside the order: a key of words."""
    if stop["person"].id in found.left_out:
        return "hours"
    return "full" if stop["map"] and stop["person"].id not in chosen else "no_place"


def _clock(desk: Desk, on: date, minute: float) -> str:
    return times.clock(desk.words, datetime.combine(on, time()) + timedelta(minutes=5 * round(minute / 5)))


def _hour(desk: Desk, stop: dict[str, Any]) -> str:
    return times.clock(desk.words, stop["hour"]) if stop["hour"] else ""
