"""Times as people say them: "Late 3 h", "By 10 am", "Wed noon"; the exact value is one focus away."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from throughcare.workspace.words import Words

SOON = timedelta(hours=3)
# What is late for longer than this has waited already: it comes after what can still be caught today.
LONG_LATE = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Due:
    """A due time in words, its exact form, and the state it puts a row in: late, due (soon), or nothing."""

    says: str
    exact: str
    state: str
    group: str  # late | today | long_late | tomorrow | week | later | none


def due(words: Words, at: datetime | None, on: date | None, now: datetime, zone: ZoneInfo) -> Due:
    """A deadline. With only a day it lasts until the day ends; no deadline at all is said plainly."""
    if on is None and at is None:
        return Due(words("time.no_date"), words("time.no_date"), "", "none")
    end = _end(at, on, zone)
    local, today = end.astimezone(zone), now.astimezone(zone).date()
    whole_day = _whole_day(local)
    exact = day_long(words, local.date()) + ("" if whole_day else f", {clock(words, local)}")
    if end < now:
        return Due(
            words("time.late", span=span(words, now - end)),
            exact,
            "late",
            "long_late" if today - local.date() > LONG_LATE else "late",
        )
    if local.date() == today:
        says = words("time.today") if whole_day else words("time.by", clock=clock(words, local))
        return Due(says, exact, "due" if not whole_day and end - now <= SOON else "", "today")
    group = "tomorrow" if local.date() == today + timedelta(days=1) else "week"
    group = group if local.date() <= today + timedelta(days=7) else "later"
    later: str = day(words, local.date(), today) + ("" if whole_day else f" {clock(words, local)}")
    return Due(later, exact, "", group)


def _end(at: datetime | None, on: date | None, zone: ZoneInfo) -> datetime:
    if at is not None and (local := at.astimezone(zone)).strftime("%H:%M:%S") != "00:00:00":
        return local
    day = on or local.date()  # a day is stored as its first moment, and lasts until its last
    return datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=zone)


def _whole_day(local: datetime) -> bool:
    """Due at the end of a day means the day itself."""
    return (local.hour, local.minute) == (23, 59)


def span(words: Words, length: timedelta) -> str:
    """A length of time in one unit: "40 min", "3 h", "2 days", "5 months"."""
    minutes = int(length.total_seconds() // 60)
    if minutes < 60:
        return words("time.minutes_short", n=max(minutes, 1))
    if minutes < 48 * 60:
        return words("time.hours_short", n=minutes // 60)
    days = minutes // (24 * 60)
    return words("time.days", n=days) if days < 60 else words("time.months", n=days // 30)


def worked(words: Words, minutes: int) -> str:
    """Minutes of work: "4 h 20 min"."""
    hours, rest = divmod(max(int(minutes), 0), 60)
    parts = [words("time.hours_short", n=hours)] if hours else []
    parts += [words("time.minutes_short", n=rest)] if rest or not hours else []
    return " ".join(parts)


def clock(words: Words, local: datetime) -> str:
    """ "10 am", "noon", "4:30 pm"."""
    if (local.hour, local.minute) == (12, 0):
        return words("time.noon")
    half = words("time.am") if local.hour < 12 else words("time.pm")
    hour = local.hour % 12 or 12
    return f"{hour} {half}" if local.minute == 0 else f"{hour}:{local.minute:02} {half}"


def day(words: Words, on: date, today: date) -> str:
    """A day inside a phrase: today, a weekday when it is near, else the date, with the year unless it is this one."""
    if on == today:
        return words("time.today_inside")
    if timedelta(days=-6) < on - today < timedelta(days=7):
        return words(f"time.weekday.{on.weekday()}")
    form = "time.day" if on.year == today.year else "time.day_year"
    return words(form, day=on.day, month=words(f"time.month.{on.month}"), year=on.year)


def day_long(words: Words, on: date) -> str:
    return words(
        "time.day_long",
        weekday=words(f"time.weekday.{on.weekday()}"),
        day=on.day,
        month=words(f"time.month.{on.month}"),
        year=on.year,
    )


def month(words: Words, on: date) -> str:
    return words("time.month_year", month=words(f"time.month.{on.month}"), year=on.year)


def birthday(words: Words, born: date | None) -> str:
    """A birth date, whole; nothing when it is not known."""
    if born is None:
        return ""
    return words("time.day_year", day=born.day, month=words(f"time.month.{born.month}"), year=born.year)


def moment(words: Words, at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """A past moment: "8:05 am" today, "Fri 2:10 pm" this week, else the day."""
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    if local.date() == today:
        return clock(words, local)
    said = day(words, local.date(), today)
    return f"{said} {clock(words, local)}" if today - local.date() < timedelta(days=6) and _real_time(local) else said


def _real_time(local: datetime) -> bool:
    return (local.hour, local.minute, local.second) != (0, 0, 0)


def ago(words: Words, at: datetime, now: datetime) -> str:
    return words("time.ago", span=span(words, now - at))


def age(born: date | None, on: date) -> int | None:
    """Whole years; someone born on February 29 has their birthday on March 1 of a common year."""
    if born is None:
        return None
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
