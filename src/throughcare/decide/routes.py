"""Routes: the order of a day's visits or stops that drives least, inside everyone's hours; safety visits never late."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import combinations
from math import asin, cos, hypot, radians, sin, sqrt
from typing import Any

from throughcare.definitions.compiled.assigning import SHOWS
from throughcare.definitions.compiled.plan import Assigning, Plan
from throughcare.definitions.grammar import Routing
from throughcare.faults import Fault

EXACT_MAX = 9  # stops; beyond it a search, with the gap it cannot close
SECONDS_MAX = 10
EARTH_KM = 6371.0
ROADS = 1.3  # roads are longer than the air line; a stated guess until a site brings a matrix of its own
SCALE = 1000  # the search counts whole thousandths


@dataclass(frozen=True, slots=True)
class Stop:
    """A visit: where, from when until when it may begin (minutes of the day), and how long it takes."""

    key: str
    x: float
    y: float
    opens: float = 0.0
    closes: float = 1440.0
    minutes: float = 0.0


@dataclass(frozen=True, slots=True)
class Route:
    """The stops in order, the travel in all, and the minute the depot is reached again.

    `gap` is how far, as a share, the travel may be from the least there can be: 0 for an order proved best.
    `begins` are the minutes of the day at which the stops begin, in the same order.
    """

    order: tuple[str, ...]
    travel: float
    finish: float
    gap: float = 0.0
    left_out: tuple[str, ...] = ()
    begins: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Trip:
    """One trip of a routing, planned; `shows` is what stands beside each stop, by the names its author gave."""

    model: str
    routing: str
    trip: str
    route: Route
    about_people: bool = False
    shows: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)


def trips(relations: Mapping[str, Mapping[str, Any]], plan: Plan) -> list[Trip]:
    """Every trip of every routing of a plan about everyone."""
    return [t for one in plan.assigning if isinstance(one.given, Routing) for t in routed(relations, one)]


def routed(relations: Mapping[str, Mapping[str, Any]], one: Assigning) -> list[Trip]:
    """The trips of one routing, from the stops that a look at everyone has found.

    A stop whose place is not known is left out of its route and named; raises a Fault when a day needs the search and
    it is not installed.
    """
    by_trip: dict[str, list[dict[str, Any]]] = defaultdict(list)
    columns = {name: column.to_pylist() for name, column in relations[one.relation].items()}
    for values in zip(*columns.values(), strict=True):
        row = dict(zip(columns, values, strict=True))
        by_trip[row["trip"]].append(row)
    return [
        Trip(
            one.model, one.given.id, trip, _planned(rows), any(row["person_id"] != 0 for row in rows),
            {row["stop"]: {name: row[SHOWS + name] for name in getattr(one.given, "shows", ())} for row in rows},
        )
        for trip, rows in sorted(by_trip.items())
    ]  # fmt: skip


def _planned(rows: list[dict[str, Any]]) -> Route:
    first, known = rows[0], [r for r in rows if None not in (r["x"], r["y"], r["opens"], r["closes"])]
    stops = [Stop(r["stop"], r["x"], r["y"], r["opens"], r["closes"], r["minutes"] or 0.0) for r in known]
    speed = first["km_per_hour"]
    travel = partial(air_minutes, km_per_hour=speed) if speed else flat
    base = Stop("", first["starts_x"], first["starts_y"])
    made = route(base, stops, first["starts_at"], travel)
    unknown = tuple(r["stop"] for r in rows if r not in known)
    begins = begun(base, stops, made.order, first["starts_at"], travel)
    return replace(made, left_out=(*made.left_out, *unknown), begins=begins)


def begun(base: Stop, stops: Sequence[Stop], order: Sequence[str], start: float, travel: Any) -> tuple[float, ...]:
    """When each stop of an order begins: on arrival, or when it opens."""
    by_key, here, ends, found = {s.key: s for s in stops}, base, start, []
    for stop in (by_key[key] for key in order):
        found.append(max(ends + travel(here, stop), stop.opens))
        here, ends = stop, found[-1] + stop.minutes
    return tuple(found)


def air_minutes(a: Stop, b: Stop, km_per_hour: float) -> float:
    """Minutes between two places given as longitude (x) and latitude (y), by the air line and a factor for roads."""
    lat_a, lat_b = radians(a.y), radians(b.y)
    half = sin((lat_b - lat_a) / 2) ** 2 + cos(lat_a) * cos(lat_b) * sin(radians(b.x - a.x) / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(half)) * ROADS / km_per_hour * 60


def flat(a: Stop, b: Stop) -> float:
    """Straight-line distance on a plain, one a minute."""
    return hypot(a.x - b.x, a.y - b.y)


def route(depot: Stop, stops: Sequence[Stop], start: float, travel: Any = flat) -> Route:
    """The best order from the depot and back, beginning no earlier than `start`; stops that no order reaches are named.

    Up to nine stops every order is weighed; beyond that a search runs for a few seconds and the answer is not proved.
    """
    if len(stops) > EXACT_MAX:
        return _searched(depot, stops, start, travel)
    for size in range(len(stops), 0, -1):
        found = [r for some in combinations(stops, size) if (r := _exact(depot, some, start, travel))]
        if found:
            best = min(found, key=lambda r: (r.travel, r.order))
            left = tuple(s.key for s in stops if s.key not in best.order)
            return Route(best.order, best.travel, best.finish, 0.0, left)
    return Route((), 0.0, start, 0.0, tuple(s.key for s in stops))


def _exact(depot: Stop, stops: Sequence[Stop], start: float, travel: Any) -> Route | None:
    """All orders by their sets: of routes through the same stops to the same last one, those that no other betters.

    A state is (travel so far, minute the last visit ends); one is bettered only by less travel and no later end.
    """
    states: dict[tuple[frozenset[str], str], list[tuple[float, float, tuple[str, ...]]]] = {}
    by_key = {s.key: s for s in stops}
    for stop in stops:
        if (told := _after(depot, stop, 0.0, start, travel)) is not None:
            states[frozenset({stop.key}), stop.key] = [(*told, (stop.key,))]
    for _ in range(len(stops) - 1):
        grown: dict[tuple[frozenset[str], str], list[tuple[float, float, tuple[str, ...]]]] = {}
        for (seen, last), known in states.items():
            for stop in stops:
                if stop.key not in seen:
                    for so_far, ends, order in known:
                        if (told := _after(by_key[last], stop, so_far, ends, travel)) is not None:
                            place = grown.setdefault((seen | {stop.key}, stop.key), [])
                            _keep(place, (*told, (*order, stop.key)))
        states = grown
    ended = [
        (so_far + travel(by_key[last], depot), order, ends + travel(by_key[last], depot))
        for (_, last), known in states.items()
        for so_far, ends, order in known
    ]
    if not ended:
        return None
    best = min(ended)
    return Route(best[1], best[0], best[2])


def _after(a: Stop, b: Stop, so_far: float, ends: float, travel: Any) -> tuple[float, float] | None:
    """Travel and end once b is visited after a; None when b would begin too late."""
    leg = travel(a, b)
    begins = max(ends + leg, b.opens)
    return None if begins > b.closes else (so_far + leg, begins + b.minutes)


def _keep(place: list[tuple[float, float, tuple[str, ...]]], new: tuple[float, float, tuple[str, ...]]) -> None:
    if not any(s[0] <= new[0] and s[1] <= new[1] and s[2] <= new[2] for s in place):
        place[:] = [s for s in place if not (new[0] <= s[0] and new[1] <= s[1] and new[2] <= s[2])]
        place.append(new)


def _searched(depot: Stop, stops: Sequence[Stop], start: float, travel: Any) -> Route:
    """A search over whole thousandths of a minute; what it leaves out is named."""
    try:
        from pyvrp import Model
        from pyvrp.stop import MaxRuntime
    except ImportError as missing:
        what, why = "The search for long routes is not installed.", f"There are more than {EXACT_MAX} stops in one day."
        raise Fault(what, why=why, do="Install throughcare[optimise], or plan the day in two parts.") from missing
    model, places = Model(), [depot, *stops]
    found = [model.add_location(round(place.x * SCALE), round(place.y * SCALE)) for place in places]
    home = model.add_depot(found[0])
    model.add_vehicle_type(1, start_depot=home, end_depot=home, tw_early=round(start * SCALE), tw_late=1440 * SCALE)
    for stop, place in zip(stops, found[1:], strict=True):
        model.add_client(place, service_duration=round(stop.minutes * SCALE), tw_early=round(stop.opens * SCALE),
                         tw_late=round(stop.closes * SCALE), prize=10**9, required=False)  # fmt: skip
    for a, here in zip(places, found, strict=True):
        for b, there in zip(places, found, strict=True):
            if a is not b:
                leg = round(travel(a, b) * SCALE)
                model.add_edge(here, there, distance=leg, duration=leg)
    best = model.solve(stop=MaxRuntime(SECONDS_MAX), seed=1, display=False).best
    order = [stops[one.idx] for trip in best.routes() for one in trip.schedule() if one.is_client()]
    return _told(depot, order, stops, start, travel)


def _told(depot: Stop, order: Sequence[Stop], stops: Sequence[Stop], start: float, travel: Any) -> Route:
    """An order as a route, its hours worked out anew."""
    so_far, ends, here = 0.0, start, depot
    for stop in order:
        told = _after(here, stop, so_far, ends, travel)
        assert told is not None
        (so_far, ends), here = told, stop
    back = travel(here, depot)
    whole, least = so_far + back, _least([depot, *order], travel)
    left = tuple(s.key for s in stops if s not in order)
    return Route(tuple(s.key for s in order), whole, ends + back, (whole - least) / whole if whole else 0.0, left)


def _least(places: Sequence[Stop], travel: Any) -> float:
    """No round trip through these places is shorter: each is entered and left by its two nearest legs at best."""
    near = [sorted(travel(a, b) for b in places if b is not a)[:2] for a in places]
    return sum(sum(legs) for legs in near) / 2
