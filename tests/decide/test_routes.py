"""Routes: worked example X8.4 of the reference, hours that cannot be kept, and a long day against every order."""

from itertools import permutations

import pyarrow as pa
import pytest

from throughcare.decide import routes
from throughcare.decide.routes import Stop, air_minutes, flat, route
from throughcare.definitions.compiled.plan import Assigning
from throughcare.definitions.grammar import Routing

DEPOT = Stop("depot", 0, 0)
STOPS = [
    Stop("A", 0, 10, 540, 600, 30),
    Stop("B", 10, 10, minutes=30),
    Stop("C", 10, 0, minutes=30),
    Stop("E", 0, -5, 510, 545, 30),
]


def test_hours_decide_the_order() -> None:
    found = route(DEPOT, STOPS, 510)
    assert (found.order, found.travel, found.finish, found.gap) == (("E", "A", "B", "C"), 50.0, 680.0, 0.0)


def test_without_hours_the_shortest_round_is_another() -> None:
    found = route(DEPOT, [Stop(s.key, s.x, s.y, minutes=s.minutes) for s in STOPS], 510)
    assert round(found.travel, 2) == 46.18
    assert found.order in (("A", "B", "C", "E"), ("E", "C", "B", "A"))


def test_a_stop_that_no_order_reaches_in_time_is_named() -> None:
    found = route(DEPOT, [*STOPS, Stop("F", 100, 0, 510, 520)], 510)
    assert found.left_out == ("F",)
    assert found.order == ("E", "A", "B", "C")


def test_no_stops_is_no_drive() -> None:
    assert route(DEPOT, [], 510).travel == 0.0


@pytest.mark.parametrize("seed", range(6))
def test_every_order_of_six_stops_is_no_better(seed: int) -> None:
    stops = [Stop(str(n), (n * 37 + seed * 11) % 23, (n * 53 + seed * 7) % 19, 0, 500 + n * 9, 5) for n in range(6)]
    found = route(DEPOT, stops, 480)

    def travel(order: tuple[Stop, ...]) -> float | None:
        here, ends, far = DEPOT, 480.0, 0.0
        for stop in order:
            begins = max(ends + flat(here, stop), stop.opens)
            if begins > stop.closes:
                return None
            far, ends, here = far + flat(here, stop), begins + stop.minutes, stop
        return far + flat(here, DEPOT)

    all_of_them = [t for order in permutations(stops) if (t := travel(order)) is not None]
    if all_of_them:
        assert found.travel == pytest.approx(min(all_of_them))
    else:
        assert found.left_out


def test_a_long_day_is_searched_and_says_how_far_from_the_best_it_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "SECONDS_MAX", 1)
    ring = [Stop(f"{n:02}", 10 * (n % 6), 10 * (n // 6), minutes=5) for n in range(12)]
    found = route(Stop("depot", 0, -10), ring, 480)
    assert len(found.order) == 12
    assert 0 <= found.gap < 0.5
    assert found.travel <= 160  # along one street and back along the other, from the depot and back


def test_minutes_by_air_line_and_a_factor_for_roads() -> None:
    """One degree of latitude is 111.19 km; at 60 km an hour with roads 1.3 times as long, 144.5 minutes."""
    assert air_minutes(Stop("a", 0, 0), Stop("b", 0, 1), 60) == pytest.approx(144.55, abs=0.02)


def test_a_trip_says_when_each_stop_begins_and_what_is_shown_of_it() -> None:
    """X8.4 again: E at 8:35, A at 9:20, B at 10:00, C at 10:40; a stop without a place is named and has no hour."""
    told = [(s.key, s.x, s.y, s.opens, s.closes, s.minutes) for s in STOPS] + [("lost", None, 0.0, 0.0, 1440.0, 5.0)]
    columns = dict(zip(("stop", "x", "y", "opens", "closes", "minutes"), zip(*told, strict=True), strict=True))
    columns |= {"trip": ["van"] * 5, "starts_x": [0.0] * 5, "starts_y": [0.0] * 5, "starts_at": [510.0] * 5}
    columns |= {"km_per_hour": [None] * 5, "person_id": [0] * 5, "shows:places": ["3", None, "7", "0", "1"]}
    given = Routing(id="out", says="", stops="s", trip="t", x="x", y="y", starts_x="0", starts_y="0", starts_at="510",
                    shows=["places"])  # fmt: skip
    relation = {"stops": {name: pa.chunked_array([list(column)]) for name, column in columns.items()}}
    (trip,) = routes.routed(relation, Assigning("some_model", given, "stops"))
    assert (trip.route.order, trip.route.begins) == (("E", "A", "B", "C"), (515.0, 560.0, 600.0, 640.0))
    assert (trip.route.left_out, trip.about_people) == (("lost",), False)
    assert {stop: shown["places"] for stop, shown in trip.shows.items()} == {
        "A": "3", "B": None, "C": "7", "E": "0", "lost": "1",
    }  # fmt: skip
