"""Periods: a year, a quarter or a month, as their first and last day."""

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

_PERIOD = re.compile(r"(\d{4})(?:-(?:[Qq]([1-4])|(0[1-9]|1[0-2])))?")


def period_of(text: str) -> tuple[date, date]:
    """ "2026", "2026-Q3" or "2026-07" as first and last day; ValueError for anything else."""
    match = _PERIOD.fullmatch(text.strip())
    if not match:
        raise ValueError(f'"{text}" is not a period')
    year, quarter, month = int(match[1]), match[2], match[3]
    first, months = (3 * int(quarter) - 2, 3) if quarter else (int(month), 1) if month else (1, 12)
    beyond = first + months - 1
    following = date(year + beyond // 12, beyond % 12 + 1, 1)
    return date(year, first, 1), date.fromordinal(following.toordinal() - 1)


def year_of(now: datetime, zone: str) -> tuple[date, date]:
    """The calendar year a moment lies in, by the clock of a zone."""
    return period_of(f"{now.astimezone(ZoneInfo(zone)).year}")
