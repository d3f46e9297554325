"""The published eCQM test decks: small lives with the populations their authors expect, run through our measures."""

import gzip
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from throughcare.decide.evaluate import Engine
from throughcare.decide.lives import lives
from throughcare.decide.together import marked
from throughcare.definitions.compiled import compile_models
from throughcare.definitions.grammar import CareModel, Library
from throughcare.definitions.library import load_library

ZONE = "UTC"  # the decks write their times without regard to where the person lives
CODES = {
    "initial-population": "population",
    "denominator": "denominator",
    "denominator-exclusion": "exclusion",
    "denominator-exception": "exception",
    "numerator": "numerator",
}
Counts = dict[str, int]


@dataclass(frozen=True, slots=True)
class Deck:
    """One case of a deck: its resources, its period, and the counts expected of each group."""

    case: str
    resources: list[dict[str, Any]]
    period: tuple[date, date]
    expected: list[Counts]
    says: str


def deck(folder: Path, measure: str) -> list[Deck]:
    """The cases of one measure."""
    truth = _truth(folder)
    return [_case(bundle, truth[measure]) for bundle in _lines(folder / "cases" / f"{measure}.ndjson.gz")]


@lru_cache(maxsize=1)
def _truth(folder: Path) -> dict[str, dict[str, dict[str, Any]]]:
    found: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    for row in _lines(folder / "expected_populations.ndjson.gz"):
        found[row["measure"]][row["patient"]] = row
    return found


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt") as file:
        yield from (json.loads(line, parse_float=Decimal) for line in file)


def _case(bundle: dict[str, Any], truth: dict[str, dict[str, Any]]) -> Deck:
    resources = [e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] != "MeasureReport"]
    patient = next(r["id"] for r in resources if r["resourceType"] == "Patient")
    row = truth[patient]
    start, end = (date.fromisoformat(row["period"][side][:10]) for side in ("start", "end"))
    expected = [_counts(group) for group in row["expected"]]
    return Deck(row["case"], _his(resources, f"Patient/{patient}"), (start, end), expected, row["description"])


def _his(node: Any, patient: str) -> Any:
    """A bundle is one person's; a few resources name a patient who is not in it, a slip of the deck's authors."""
    if isinstance(node, list):
        return [_his(item, patient) for item in node]
    if not isinstance(node, dict):
        return node
    own = {key: _his(value, patient) for key, value in node.items()}
    return own | {"reference": patient} if "Patient/" in str(own.get("reference", "")) else own


def _counts(group: dict[str, Any]) -> Counts:
    """ "group|initial-population" -> count, by our names."""
    named = {key.rpartition("|")[2]: count for key, count in group["population"].items()}
    return {CODES[code]: count for code, count in named.items() if code in CODES}


def library(folder: Path) -> Library:
    """The care library with the decks' own value sets imported, as a site would import its own."""
    return load_library(value_sets_dir=folder)


def computed(book: CareModel, cases: list[Deck], with_values: Library) -> list[list[Counts]]:
    """For each case, the counts of each measure of the book, in the order of its file. Cases are run together."""
    found: list[list[Counts]] = [[] for _ in cases]
    engine = Engine(compile_models([book], with_values))
    try:
        periods = defaultdict(list)
        for nth, case in enumerate(cases):
            periods[case.period].append(nth)
        for period, numbers in periods.items():
            for nth, counts in zip(numbers, _run(engine, book, [cases[n] for n in numbers], period), strict=True):
                found[nth] = counts
    finally:
        engine.close()
    return found


def _run(engine: Engine, book: CareModel, cases: list[Deck], period: tuple[date, date]) -> list[list[Counts]]:
    now = datetime.fromisoformat(f"{period[1].isoformat()}T23:59:59+00:00")
    marks = [f"case{nth}---" for nth in range(len(cases))]
    known = lives((r for mark, case in zip(marks, cases, strict=True) for r in marked(case.resources, mark)), now, ZONE)
    rows = engine.run(known.tables, now, ZONE, period).measure_row.to_pylist()
    people = [{number for key, number in known.people.items() if mark in key} for mark in marks]
    return [
        [_counted([r for r in rows if r["person_id"] in mine], m.id) for m in book.measures.measure] for mine in people
    ]


def _counted(rows: list[dict[str, Any]], measure: str) -> Counts:
    """How many rows stand in each population, as a measure report counts them: exclusions before the numerator."""
    counts = dict.fromkeys(CODES.values(), 0)
    for row in (r for r in rows if r["measure"] == measure):
        inside = row["population"] is True
        counts["population"] += inside
        denominator = inside and row["denominator"] is True
        counts["denominator"] += denominator
        excluded = denominator and row["exclusion"] is True
        counts["exclusion"] += excluded
        reached = denominator and not excluded and row["numerator"] is True
        counts["numerator"] += reached
        counts["exception"] += denominator and not excluded and not reached and row["exception"] is True
    return counts
