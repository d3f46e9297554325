"""Trips: a vehicle's next day out, stop by stop: when it begins, who is booked, and how many more can come."""

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any

from starlette.responses import Response

from throughcare.workspace import times
from throughcare.workspace.front import Desk
from throughcare.workspace.names import people


def show(desk: Desk) -> Response:
    """Every trip that is planned, with the people booked whom the viewer may see."""
    with desk.reader.open():
        rows = desk.reader.rows("workspace/trips")
        booked = desk.reader.rows("workspace/trip_people", stops=[row.stop for row in rows])
        known = people(desk.reader, desk.words, sorted({one.person_id for one in booked}))
    coming: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in booked:
        if one.person_id in known:
            coming[one.session_key].append(_guest(desk, one, known[one.person_id]))
    desk.looked("trips", detail=f"{len(rows)} stops, {len(known)} people")
    desk.audited = True
    listed = [_trip(desk, list(stops), coming) for _, stops in groupby(rows, lambda r: (r.model, r.routing, r.trip))]
    return desk.page("trips.html", trips=listed)


def planned(desk: Desk) -> int:
    """How many trips are planned; where there are none nothing speaks of them."""
    return len({(row.model, row.routing, row.trip) for row in desk.reader.rows("workspace/trips")})


def _trip(desk: Desk, rows: list[Any], coming: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    first, words, language = rows[0], desk.words, desk.words.language
    model = desk.site.models.get(first.model)
    given = next((r for r in model.team.routing if r.id == first.routing), None) if model else None
    says = given.says if given else first.routing.replace("_", " ")
    day = next((row.starts_at.astimezone(desk.viewer.zone).date() for row in rows if row.starts_at), None)
    return {
        "program": desk.site.title(language, first.model),
        "model": first.model,
        "says": desk.site.phrase(language, first.model, f"routing.{first.routing}", says),
        "vehicle": first.vehicle or first.trip,
        "day": times.day_long(words, day) if day else "",
        "travel": times.worked(words, round(first.travel)),
        "back": _clock(desk, day, first.finish),
        "told": times.moment(words, first.at, desk.viewer.at, desk.viewer.zone),
        "stops": [_stop(desk, row, day, coming[row.stop]) for row in rows],
    }


def _stop(desk: Desk, row: Any, day: date | None, coming: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "nth": "" if row.left_out else row.nth,
        "left_out": row.left_out,
        "place": row.place or row.stop,
        "begins": _clock(desk, day, row.begins),
        "hours": _hours(desk, row),
        "state": row.state or "",
        "booked": row.booked if row.booked is not None else len(coming),
        "shows": [(_called(desk, row, name), value) for name, value in (row.shows or {}).items() if value is not None],
        "coming": coming,
    }


def _hours(desk: Desk, row: Any) -> str:
    ends = [at.astimezone(desk.viewer.zone) for at in (row.starts_at, row.ends_at) if at]
    return " – ".join(times.clock(desk.words, at) for at in ends)


def _called(desk: Desk, row: Any, name: str) -> str:
    """What the care model's author says of a fact, in the reader's language."""
    model = desk.site.models.get(row.model)
    facts = [f for f in model.sets.fact if f.id == name and f.says] if model else []
    return desk.site.phrase(
        desk.words.language, row.model, f"fact.{name}", facts[0].says if facts else name.replace("_", " ")
    )


def _clock(desk: Desk, day: date | None, minute: float | None) -> str:
    """A minute of the day as a time on the clock."""
    if minute is None:
        return ""
    midnight = datetime.combine(day or desk.viewer.today, time())
    return times.clock(desk.words, midnight + timedelta(minutes=round(minute)))


def _guest(desk: Desk, one: Any, person: Any) -> dict[str, Any]:
    local = one.happened_at.astimezone(desk.viewer.zone) if one.happened_at else None
    return {"person": person, "at": times.clock(desk.words, local) if local else "", "walk_up": one.walk_up}
