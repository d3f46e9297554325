"""Values an expression works on: parts of a record, days and times as precise as given, amounts with units."""

import re
from decimal import Decimal
from functools import cached_property
from typing import Any, Self

from . import units

CALENDAR_UNITS = {
    plural: unit
    for unit in ("year", "month", "week", "day", "hour", "minute", "second", "millisecond")
    for plural in (unit, unit + "s")
}
_DAYS_OF_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", re.ASCII)
_TIME = re.compile(r"(\d\d)(?::(\d\d)(?::(\d\d(?:\.\d+)?))?)?", re.ASCII)
_DATE_TIME = re.compile(rf"{_DATE.pattern}(?:T(?:{_TIME.pattern}(Z|[+-]\d\d:\d\d)?)?)?", re.ASCII)


class Node:
    """A value in a record together with its FHIR type; a simple value also has the id and extensions beside it.

    `value` is None for an element that has only extensions. `kind` is empty where no definition says the type.
    """

    __slots__ = ("extra", "kind", "value")

    def __init__(self, value: Any, kind: str, extra: dict | None = None) -> None:
        self.value, self.kind, self.extra = value, kind, extra

    def __repr__(self) -> str:
        return f"Node({self.kind})"


class Long(int):
    """A whole number of 64 bits, written 5L."""


class Moment:
    """A day or a time with the precision it was given: `parts` stop where knowledge stops."""

    __slots__ = ("parts", "text", "zone")
    kind = ""

    def __init__(self, parts: tuple, zone: int | None = None, text: str = "") -> None:
        self.parts, self.zone, self.text = parts, zone, text or self._write(parts, zone)

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """The moment written in FHIR's form, or None when there is no such day or time."""
        raise NotImplementedError

    @staticmethod
    def _write(parts: tuple, zone: int | None) -> str:
        raise NotImplementedError

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"{self.kind}({self.text})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Moment) and self.kind == other.kind and self.text == other.text

    def __hash__(self) -> int:
        return hash((self.kind, self.text))


class Date(Moment):
    """A year, a month or a day."""

    __slots__ = ()
    kind = "Date"

    @classmethod
    def parse(cls, text: str) -> Self | None:
        match = _DATE.fullmatch(text)
        parts = _day_parts(match.groups()) if match else None
        return cls(parts, None, text) if parts else None

    @staticmethod
    def _write(parts: tuple, zone: int | None) -> str:
        return _write_day(parts)


class DateTime(Moment):
    """A day that may go on with a time of day and an offset from UTC, in minutes."""

    __slots__ = ()
    kind = "DateTime"

    @classmethod
    def parse(cls, text: str) -> Self | None:
        match = _DATE_TIME.fullmatch(text)
        if match is None:
            return None
        groups = match.groups()
        day = _day_parts(groups[:3])
        if groups[3] is None:
            return cls(day, None, text.removesuffix("T")) if day else None
        time, zone = _time_parts(groups[3:6]), _zone(groups[6])
        if not day or len(day) < 3 or time is None or zone is False:
            return None
        return cls(day + time, zone, text)

    @staticmethod
    def _write(parts: tuple, zone: int | None) -> str:
        if len(parts) <= 3:
            return _write_day(parts)
        return f"{_write_day(parts[:3])}T{_write_time(parts[3:])}{_write_zone(zone)}"


class Time(Moment):
    """A time of day."""

    __slots__ = ()
    kind = "Time"

    @classmethod
    def parse(cls, text: str) -> Self | None:
        match = _TIME.fullmatch(text)
        parts = _time_parts(match.groups()) if match else None
        return cls(parts, None, text) if parts else None

    @staticmethod
    def _write(parts: tuple, zone: int | None) -> str:
        return _write_time(parts)


def _day_parts(texts: tuple) -> tuple | None:
    parts = tuple(int(t) for t in texts if t is not None)
    if parts[0] == 0 or (len(parts) > 1 and not 1 <= parts[1] <= 12):
        return None
    if len(parts) == 3 and not 1 <= parts[2] <= days_in_month(parts[0], parts[1]):
        return None
    return parts


def _time_parts(texts: tuple) -> tuple | None:
    parts: tuple = tuple(int(t) for t in texts[:2] if t is not None)
    if texts[2] is not None:
        parts += (Decimal(texts[2]),)
    if parts[0] > 23 or (len(parts) > 1 and parts[1] > 59) or (len(parts) > 2 and parts[2] >= 61):
        return None  # 60 is a leap second
    return parts


def _zone(text: str | None) -> Any:
    """Minutes east of UTC, None when not given, False when there is no such zone."""
    if text is None or text == "Z":
        return None if text is None else 0
    minutes = int(text[1:3]) * 60 + int(text[4:6])
    if int(text[4:6]) > 59 or minutes > 14 * 60:
        return False
    return -minutes if text[0] == "-" else minutes


def days_in_month(year: int, month: int) -> int:
    if month == 2 and (year % 4 or (year % 100 == 0 and year % 400)):
        return 28
    return _DAYS_OF_MONTH[month - 1]


def _write_day(parts: tuple) -> str:
    return "-".join(f"{part:04d}" if i == 0 else f"{part:02d}" for i, part in enumerate(parts))


def _write_time(parts: tuple) -> str:
    words = [f"{part:02d}" for part in parts[:2]]
    if len(parts) > 2:
        second = Decimal(parts[2])
        places = -int(second.as_tuple().exponent)
        words.append(f"{second:0{3 + places}.{places}f}" if places > 0 else f"{int(second):02d}")
    return ":".join(words)


def _write_zone(zone: int | None) -> str:
    if not zone:
        return "" if zone is None else "Z"
    sign, minutes = ("-" if zone < 0 else "+"), abs(zone)
    return f"{sign}{minutes // 60:02d}:{minutes % 60:02d}"


class Quantity:
    """An amount and its unit. `calendar` marks a calendar word (1 month), else the unit is a UCUM code ('mo').

    An amount that came from a record as UCUM time may serve as either; `both` says so.
    """

    __slots__ = ("__dict__", "both", "calendar", "unit", "value")

    def __init__(self, value: Decimal, unit: str = "1", *, calendar: bool = False, both: bool = False) -> None:
        self.value, self.unit, self.calendar, self.both = value, unit or "1", calendar, both

    @cached_property
    def measure(self) -> "units.Measure | None":
        """The unit in base units; None for a unit we do not know."""
        return units.measure(units.CALENDAR_CODES.get(self.unit, self.unit) if self.calendar else self.unit)

    def __str__(self) -> str:
        if not self.calendar:
            return f"{self.value} '{self.unit}'"
        return f"{self.value} {self.unit}" if abs(self.value) == 1 else f"{self.value} {self.unit}s"

    def __repr__(self) -> str:
        return f"Quantity({self})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Quantity) and (self.value, self.unit, self.calendar) == (
            other.value,
            other.unit,
            other.calendar,
        )

    def __hash__(self) -> int:
        return hash((self.value, self.unit, self.calendar))
