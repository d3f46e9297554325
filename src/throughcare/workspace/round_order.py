"""The order of a round: homes on the map one after another so that the least is driven, hours agreed on kept."""

from collections.abc import Sequence
from dataclasses import dataclass

from throughcare.decide.routes import Route, Stop, air_minutes, begun, route

STOPS_MAX = 8  # homes in a day; eight visits of three quarters of an hour fill it, and every order of them is weighed
KM_PER_HOUR = 30.0  # in town, door to door
LEG_MIN = 5.0  # minutes from one door to the next, however near
DAY_BEGINS = 8 * 60.0  # minute of the day
WAITED = 15.0  # minutes after an agreed hour at which a visit may still begin


@dataclass(frozen=True, slots=True)
class Home:
    """A home to go to; `booked` is the minute of the day agreed on."""

    person_id: int
    lon: float
    lat: float
    minutes: float
    booked: float | None = None


@dataclass(frozen=True, slots=True)
class Ordered:
    """People in order with the minutes of the day at which each visit begins; `left_out` is reached in no order."""

    order: tuple[int, ...]
    begins: tuple[float, ...]
    travel: float
    finish: float
    left_out: tuple[int, ...]


def ordered(homes: Sequence[Home], base: tuple[float, float] | None, start: float) -> Ordered:
    """The round from `base` (longitude, latitude) and back; without a base, from the first home to the last."""
    depot = Stop("", *(base or (0.0, 0.0)))
    stops = [_stop(home) for home in homes]

    def travel(a: Stop, b: Stop) -> float:
        if base is None and depot in (a, b):
            return 0.0
        return max(LEG_MIN, air_minutes(a, b, KM_PER_HOUR))

    found: Route = route(depot, stops, start, travel)
    begins = begun(depot, stops, found.order, start, travel)
    order, left = (tuple(int(key) for key in keys) for keys in (found.order, found.left_out))
    return Ordered(order, begins, found.travel, found.finish, left)


def _stop(home: Home) -> Stop:
    opens, closes = (0.0, 1440.0) if home.booked is None else (home.booked, home.booked + WAITED)
    return Stop(str(home.person_id), home.lon, home.lat, opens, closes, home.minutes)
