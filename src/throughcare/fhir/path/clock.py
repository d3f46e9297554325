"""The moment of asking, and the parts of days and times."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from .context import Context
from .registry import function
from .subsets import single
from .system import system
from .values import Date, DateTime, Moment, Time


def _now(context: Context) -> DateTime:
    moment = context.moment()
    return DateTime.parse(moment.isoformat(timespec="milliseconds"))  # type: ignore[return-value]


@function("now")
def _now_function(context: Context, items: list) -> list:
    return [_now(context)]


@function("today")
def _today(context: Context, items: list) -> list:
    return [Date(_now(context).parts[:3])]


@function("timeOfDay")
def _time_of_day(context: Context, items: list) -> list:
    return [Time(_now(context).parts[3:])]


def _part(names: tuple[str, ...], read: Callable[[Moment], Any]) -> None:
    def applied(context: Context, items: list) -> list:
        value = system(single(items))
        if isinstance(value, str):
            value = DateTime.parse(value)
        result = read(value) if isinstance(value, Moment) else None
        return [] if result is None else [result]

    for name in names:
        function(name)(applied)


def _nth(day: int | None, time: int | None) -> Callable[[Moment], Any]:
    def read(value: Moment) -> Any:
        at = time if isinstance(value, Time) else day
        return int(value.parts[at]) if at is not None and len(value.parts) > at else None

    return read


def _milliseconds(value: Moment) -> int | None:
    second = value.parts[-1]
    if not isinstance(second, Decimal) or second.as_tuple().exponent == 0:
        return None
    return int(second % 1 * 1000)


def _offset(value: Moment) -> Decimal | None:
    return (
        None
        if value.zone is None
        else (Decimal(value.zone) / 60).quantize(Decimal("0.01")).normalize() + Decimal("0.0")
    )


def _date_of(value: Moment) -> Date | None:
    return None if isinstance(value, Time) else Date(value.parts[:3])


def _time_of(value: Moment) -> Time | None:
    return Time(value.parts[3:]) if isinstance(value, DateTime) and len(value.parts) > 3 else None


_part(("yearOf",), _nth(0, None))
_part(("monthOf",), _nth(1, None))
_part(("dayOf",), _nth(2, None))
_part(("hourOf",), _nth(3, 0))
_part(("minuteOf",), _nth(4, 1))
_part(("secondOf",), _nth(5, 2))
_part(("millisecondOf",), _milliseconds)
_part(("timezoneOffsetOf",), _offset)
_part(("dateOf",), _date_of)
_part(("timeOf",), _time_of)
