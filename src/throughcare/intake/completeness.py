"""Completeness: the months in which a source said far less than it used to. Judged against its own earlier months."""

from collections.abc import Mapping
from statistics import median

MONTHS_MIN = 3  # earlier months, below which there is no habit to fall from
FELL_BELOW = 0.5  # of the median of its own earlier months


def fallen(months: Mapping[str, int]) -> tuple[str, ...]:
    """Of "YYYY-MM" to things said, the last month still going on: which months fell far below those before them.

    The first month began somewhere in its middle, or holds what was sent to begin with: it is no habit.
    """
    names = sorted(months)
    before = {name: [months[earlier] for earlier in names[1:at]] for at, name in enumerate(names[:-1])}
    return tuple(n for n in before if len(before[n]) >= MONTHS_MIN and months[n] < FELL_BELOW * median(before[n]))
