"""Reports: the score of each measure for a period, whole and by group, from the rows that prove it."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from throughcare.definitions.grammar import CareModel, Library, Measure
from throughcare.definitions.scores import Added, added, place

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Report:
    """One measure, for one care model's people, over one period; `stratum` is empty for everyone together."""

    model: str
    book: str  # the care model or library measure that defines it
    measure: Measure
    start: date
    end: date
    added: Added
    stratum: str = ""
    target: Decimal | None = None

    @property
    def reached(self) -> bool | None:
        """Whether the target is met; None without a target or a score."""
        if self.target is None or self.added.score is None:
            return None
        score, target = self.added.score, self.target
        return score >= target if self.measure.better == "higher" else score <= target


@dataclass(frozen=True, slots=True)
class Reported:
    """A measure as a care model reports it: its own, or one of the library."""

    model: str
    book: str
    measure: Measure
    target: Any
    period: str


def reported(models: Iterable[CareModel], library: Library) -> Iterator[Reported]:
    """Every measure that some care model reports, in the order of their files."""
    for model in models:
        name = model.model.id
        for one in model.measures.measure:
            yield Reported(name, name, one, _target(model, one.target), one.period)
        for use in model.measures.use:
            book = library.measures[use.measure]
            for one in book.measures.measure:
                yield Reported(name, use.measure, one, _target(model, use.target), use.period)


def _target(model: CareModel, target: Any) -> Any:
    """A target may be a parameter's newest value."""
    parameter = model.parameters.get(target) if isinstance(target, str) else None
    return parameter.values[max(parameter.values)] if parameter else target


def reports(
    asked: Iterable[Reported], rows: Iterable[Row], members: Mapping[str, set[int]], start: date, end: date
) -> Iterator[Report]:
    """The reports of these measures, each whole and then by group. `members` says who is in each care model.

    A measure of the library counts the people of the care model that reports it; a care model's own measure counts
    every row of its set, since its set already says whom it means.
    """
    by_measure: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        by_measure[row["model"], row["measure"]].append(row)
    for one in asked:
        mine = by_measure[one.book, one.measure.id]
        if one.book != one.model:
            mine = [r for r in mine if r["person_id"] in members.get(one.model, ())]
        target = None if one.target is None else Decimal(str(one.target))
        yield Report(one.model, one.book, one.measure, start, end, added(one.measure, mine), "", target)
        groups: dict[str, list[Row]] = defaultdict(list)
        for row in mine:
            for name, value in json.loads(row["strata"] or "{}").items():
                groups[f"{name}={'unknown' if value is None else value}"].append(row)
        for stratum in sorted(groups):
            yield Report(
                one.model, one.book, one.measure, start, end, added(one.measure, groups[stratum]), stratum, target
            )


def proof(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Each row with its place and what its author wants shown beside it."""
    return [{"row": r["row_key"], "place": place(r), **json.loads(r["proof"] or "{}")} for r in rows]
