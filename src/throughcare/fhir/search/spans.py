"""Spans: the time a date, a period or a timing stands for, as PostgreSQL timestamps; a day is a whole day."""

from functools import lru_cache
from typing import Any

from throughcare.fhir import dates

Span = tuple[str, str]
OPEN = ("-infinity", "infinity")


def of_date(text: str) -> list[Span]:
    """A date, dateTime or instant. Days without a zone are read in UTC, as are those that are asked for."""
    span = _day(text) if len(text) <= 10 else (text, text)
    return [span] if span else []


@lru_cache(maxsize=50_000)
def _day(text: str) -> Span | None:
    first, last = dates.first_day(text), dates.last_day(text)
    return (f"{first}T00:00:00Z", f"{last}T23:59:59.999999Z") if first and last else None


def of_period(period: dict[str, Any]) -> list[Span]:
    """From the first moment of its start to the last of its end; open where either is missing."""
    start, end = period.get("start"), period.get("end")
    if not start and not end:
        return []
    low = of_date(start)[0][0] if start else OPEN[0]
    high = of_date(end)[0][1] if end else OPEN[1]
    return [(low, high)]


def of_timing(timing: dict[str, Any]) -> list[Span]:
    """Each event, and the bounds of what repeats."""
    found = [span for event in timing.get("event", ()) if event for span in of_date(event)]
    bounds = (timing.get("repeat") or {}).get("boundsPeriod")
    return found + of_period(bounds) if bounds else found
