"""Control charts: which months of a measure differ from the others by more than chance, and since when.

Limits stand three sigma from the centre, both worked out from the first twelve months and kept for those that follow.
A share has a p-chart: of x in n each month, the centre is p = sum(x) / sum(n) and sigma is sqrt(p (1 - p) / n), so that
a month of few people has wide limits (NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.3.2). A rate of events per
so many rows of equal time has a u-chart: of x events in n units the centre is u = sum(x) / sum(n) and sigma is sqrt(u
/ n) (the same, 6.3.3.1). Everything else has a chart of individuals: sigma is the mean difference between one month
and the next, divided by 1.128 (the same, 6.3.2.2).
Two signals are looked for: a month beyond a limit (Shewhart, 1931), and eight in a row on one side of the centre
(Western Electric, Statistical Quality Control Handbook, 1956). A month exactly on the centre neither adds nor ends.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from math import sqrt
from statistics import mean

BASELINE = 12  # months from which centre and limits come
LEAST = 8  # months; with fewer a chart tells nothing yet
RUN = 8  # months in a row on one side of the centre
SIGMAS = 3.0
D2 = 1.128  # mean range of two values drawn from a normal distribution with sigma 1


@dataclass(frozen=True, slots=True)
class Month:
    """One month as told: the score, and for a share or a rate of how many (`counted`) it is; a share is from 0 to 1."""

    first: date
    score: float
    counted: int = 0


@dataclass(frozen=True, slots=True)
class Point:
    """A month beside what was to be expected of it. `signal` is "", "beyond" or "run"; `high` is above the centre."""

    month: Month
    low: float
    high_limit: float
    signal: str = ""
    high: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """The centre, and every month against its limits, oldest first."""

    centre: float
    points: tuple[Point, ...]
    baseline: int  # months
    since: Point | None  # the first month of a row on one side that goes on until now

    @property
    def beyond(self) -> list[Point]:
        """The months outside their limits."""
        return [p for p in self.points if p.signal == "beyond"]


def shares(months: Sequence[Month]) -> Chart | None:
    """The p-chart of a share; None with too few months. Months in which nobody counted say nothing."""
    told = [m for m in months if m.counted]
    if len(told) < LEAST:
        return None
    base = told[:BASELINE]
    centre = sum(m.score * m.counted for m in base) / sum(m.counted for m in base)
    sigmas = [sqrt(centre * (1 - centre) / m.counted) for m in told]
    bounds = [(max(centre - SIGMAS * s, 0.0), min(centre + SIGMAS * s, 1.0)) for s in sigmas]
    return _chart(centre, told, bounds, len(base))


def rates(months: Sequence[Month], per: int) -> Chart | None:
    """The u-chart of events per `per` of what is counted; None with too few months. No month lies below nought."""
    told = [m for m in months if m.counted]
    if len(told) < LEAST:
        return None
    base = told[:BASELINE]
    centre = sum(m.score * m.counted for m in base) / sum(m.counted for m in base)
    sigmas = [sqrt(centre * per / m.counted) for m in told]
    bounds = [(max(centre - SIGMAS * s, 0.0), centre + SIGMAS * s) for s in sigmas]
    return _chart(centre, told, bounds, len(base))


def individuals(months: Sequence[Month]) -> Chart | None:
    """The chart of single values, for what is no share; None with too few months."""
    if len(months) < LEAST:
        return None
    base = months[:BASELINE]
    centre = mean(m.score for m in base)
    sigma = mean(abs(b.score - a.score) for a, b in pairwise(base)) / D2
    return _chart(centre, months, [(centre - SIGMAS * sigma, centre + SIGMAS * sigma)] * len(months), len(base))


def _chart(centre: float, months: Sequence[Month], bounds: Sequence[tuple[float, float]], baseline: int) -> Chart:
    runs, going = _runs(centre, months)
    points = []
    for nth, (month, (low, high)) in enumerate(zip(months, bounds, strict=True)):
        signal = "run" if nth in runs else ""
        if not low <= month.score <= high:
            signal = "beyond"
        points.append(Point(month, low, high, signal, month.score > centre))
    return Chart(centre, tuple(points), baseline, points[going] if going is not None else None)


def _runs(centre: float, months: Sequence[Month]) -> tuple[set[int], int | None]:
    """The places of months in a row of eight or more on one side, and where the row begins that goes on until now."""
    found: set[int] = set()
    row: list[int] = []
    side = 0
    for nth, month in enumerate(months):
        here = (month.score > centre) - (month.score < centre)
        if here == 0:
            continue
        row = [*row, nth] if here == side else [nth]
        side = here
        if len(row) >= RUN:
            found |= set(row)
    return found, row[0] if len(row) >= RUN else None
