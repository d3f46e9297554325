"""Scores: the rows of a measure added up, by the words of quality measurement, exactly."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from statistics import median
from typing import Any

from throughcare.definitions.compiled.measuring import Score, score
from throughcare.definitions.grammar import Measure

PLACES = Decimal("0.01")
PERCENT = Decimal(100)
Row = Mapping[str, Any]


@dataclass(slots=True)
class Added:
    """What came out: how many rows stand in each place, and the score in the measure's own unit (a share in percent).

    `cannot_tell` are rows of which it is not known whether, or where, they count; they stand in no other place but
    the population, when that much is known.
    """

    population: int = 0
    denominator: int = 0
    exclusion: int = 0
    exception: int = 0
    numerator: int = 0
    cannot_tell: int = 0
    score: Decimal | None = None
    _values: list[Decimal] = field(default_factory=list)
    _exposures: list[Decimal] = field(default_factory=list)


def place(row: Row) -> str:
    """Where a row stands: outside, exclusion, numerator, exception, denominator (and nothing more), or cannot_tell.

    Exclusions are taken before the numerator is looked at, exceptions only of those who did not reach it (CMS).
    """
    for column, settles, where in (("population", False, "outside"), ("denominator", False, "population"),
                                   ("exclusion", True, "exclusion"), ("numerator", True, "numerator"),
                                   ("exception", True, "exception")):  # fmt: skip
        if row[column] is None:
            return "cannot_tell"
        if row[column] is settles:
            return where
    return "denominator"


def added(measure: Measure, rows: Iterable[Row]) -> Added:
    """All rows of one measure together."""
    how, found = score(measure.score), Added()
    for row in rows:
        where = place(row)
        found.population += row["population"] is True
        if where in ("outside", "population"):
            continue
        if where == "cannot_tell":
            found.cannot_tell += 1
            continue
        found.denominator += 1
        if where in ("exclusion", "exception", "numerator"):
            setattr(found, where, getattr(found, where) + 1)
        if where not in ("exclusion", "exception"):
            _amounts(found, how, row, counts=where == "numerator")
    found.score = _score(found, how)
    return found


def _amounts(found: Added, how: Score, row: Row, *, counts: bool) -> None:
    """The numbers a row adds: to the sum above the line only when it is in the numerator."""
    if how.exposure:
        found._exposures.append(_exact(row["exposure"]))
        found._values.append(_exact(row["value"]) if how.value else Decimal(int(counts)))
    elif how.value and counts and row["value"] is not None:
        found._values.append(_exact(row["value"]))


def _exact(value: Any) -> Decimal:
    return Decimal(value) if value is not None else Decimal(0)


def _score(found: Added, how: Score) -> Decimal | None:
    values = found._values
    if how.kind == "share":
        return _ratio(PERCENT * found.numerator, found.denominator - found.exclusion - found.exception)
    if how.kind == "count":
        return Decimal(found.numerator)
    if how.kind == "sum":
        return _rounded(sum(values, Decimal(0)))
    if how.kind in ("rate_per", "ratio_of"):
        return _ratio(how.per * sum(values, Decimal(0)), sum(found._exposures, Decimal(0)))
    if not values:
        return None
    return _rounded(Decimal(median(values))) if how.kind == "median" else _ratio(sum(values, Decimal(0)), len(values))


def _ratio(above: Decimal, below: Decimal | int) -> Decimal | None:
    return _rounded(above / below) if below else None


def _rounded(x: Decimal) -> Decimal:
    return x.quantize(PLACES, ROUND_HALF_UP)
