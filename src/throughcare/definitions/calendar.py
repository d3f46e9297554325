"""Business days: Monday to Friday without the observed holidays of a calendar such as "US" or "US-MI"."""

from datetime import date, timedelta
from functools import cache

import holidays

FIRST, LAST = date(1990, 1, 1), date(2062, 12, 31)


@cache
def closed_days(calendar: str) -> frozenset[date]:
    """Holidays as observed. "US" is the federal calendar (K5); a state's own days come with "US-<state>"."""
    country, _, state = calendar.partition("-")
    years = range(FIRST.year, LAST.year + 2)
    return frozenset(holidays.country_holidays(country, subdiv=state or None, years=years, observed=True))


@cache
def business_bits(calendar: str) -> str:
    """One character for each day from 1990: 1 on business days, 0 on weekends and holidays."""
    closed = closed_days(calendar)
    days = (FIRST + timedelta(n) for n in range((LAST - FIRST).days + 1))
    return "".join("1" if day.weekday() < 5 and day not in closed else "0" for day in days)


def is_business_day(day: date, calendar: str) -> bool:
    return business_bits(calendar)[(day - FIRST).days] == "1"


def engine_name(calendar: str) -> str:
    """The name under which the engine holds this calendar's days."""
    return "business_days_" + calendar.lower().replace("-", "_")


def macro(calendar: str) -> str:
    """The days as a function without arguments; a statement that reads a variable would be planned at every run."""
    return f"{engine_name(calendar)}() as '{business_bits(calendar)}'::bit"


def known(calendar: str) -> bool:
    try:
        return bool(business_bits(calendar))
    except (NotImplementedError, KeyError):
        return False
