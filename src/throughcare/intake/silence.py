"""Silence: has a source been quiet for longer than it ever is? Judged against its own habit, not a fixed number."""

from datetime import datetime, timedelta

GAPS_MIN = 20  # fewer gaps between its hours than this are no habit
SHORTEST = timedelta(hours=2)  # hours are counted whole: quiet for less says nothing


def is_silent(last: datetime | None, gaps: int, usual_hours: float | None, *, at: datetime) -> bool:
    """`usual_hours` is the 99th percentile of the source's own gaps between hours in which it said something."""
    if last is None or usual_hours is None or gaps < GAPS_MIN:
        return False
    return at - last > max(timedelta(hours=usual_hours), SHORTEST)
