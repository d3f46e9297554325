"""Dates as FHIR gives them: a year, a month, a day or an instant, and the days and moments they stand for."""

import calendar
import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo

_FORM = re.compile(
    r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2})(?:T([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]+))?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?)?)?"
)


def precision(text: str) -> str | None:
    """'year', 'month', 'day' or 'time'; None when the text is no date."""
    found = _FORM.fullmatch(text)
    if found is None or first_day(text) is None:
        return None
    return "time" if found[4] else "day" if found[3] else "month" if found[2] else "year"


def first_day(text: str) -> date | None:
    """The first day a partial date may mean; of an instant, the day as written."""
    return _day(text, last=False)


def last_day(text: str) -> date | None:
    """The last day a partial date may mean."""
    return _day(text, last=True)


def instant(text: str, zone: str) -> datetime | None:
    """The moment; without an offset it is read in `zone`, and a day or less stands for its first local midnight.

    A leap second (23:59:60) is the first moment of the next minute. None when the text is no date.
    """
    found = _FORM.fullmatch(text)
    day = first_day(text) if found else None
    if found is None or day is None:
        return None
    if not found[4]:
        return datetime(day.year, day.month, day.day, tzinfo=_zone(zone))
    return _moment(day, found, zone)


def local_date(text: str, zone: str) -> date | None:
    """The day where `zone` is; of a partial date, its first day."""
    if "T" not in text:
        return first_day(text)
    at = instant(text, zone)
    try:
        return at.astimezone(_zone(zone)).date() if at else None
    except OverflowError:  # the first or last hours of the calendar, seen from another zone
        return None


def _day(text: str, *, last: bool) -> date | None:
    found = _FORM.fullmatch(text)
    if found is None:
        return None
    year, month = int(found[1]), int(found[2] or (12 if last else 1))
    try:
        end = calendar.monthrange(year, month)[1] if year else 0
        return date(year, month, int(found[3] or (end if last else 1)))
    except (ValueError, calendar.IllegalMonthError):
        return None


def _moment(day: date, found: re.Match[str], zone: str) -> datetime | None:
    hour, minute, second = int(found[4]), int(found[5]), int(found[6] or 0)
    micro = int((found[7] or "0")[:6].ljust(6, "0"))
    offset = found[8] or ""
    try:
        at = datetime(
            day.year,
            day.month,
            day.day,
            hour,
            minute,
            min(second, 59),
            0 if second == 60 else micro,
            _offset(offset, zone),
        )
        return at + timedelta(seconds=1) if second == 60 else at
    except (ValueError, OverflowError):
        return None


@cache
def _offset(text: str, zone: str) -> tzinfo:
    if not text:
        return _zone(zone)
    if text == "Z":
        return UTC
    sign = -1 if text[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(text[1:3]), minutes=int(text[4:6])))


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
