"""MeasureReport: a score as the standard tells it, with its groups as stratifiers and its subjects when asked."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from throughcare.definitions.scores import Added
from throughcare.measure.reports import Report

POPULATION = "http://terminology.hl7.org/CodeSystem/measure-population"
SILENT = "urn:throughcare:silent-source"  # what it did not send is not counted
IMPROVEMENT = "http://terminology.hl7.org/CodeSystem/measure-improvement-notation"
CODES = {
    "population": "initial-population",
    "denominator": "denominator",
    "exclusion": "denominator-exclusion",
    "exception": "denominator-exception",
    "numerator": "numerator",
}
UNITS = {"share": "%", "count": "1", "sum": "1", "mean": "1", "median": "1", "rate_per": "1", "ratio_of": "1"}


def measure_report(
    whole: Report, groups: Sequence[Report], base: str, at: str, silent: Sequence[tuple[str, datetime]] = ()
) -> dict[str, Any]:
    """A summary MeasureReport (R4) of one measure; `base` is the site's canonical address, `at` the moment, ISO.

    `silent` are the sources that were silent then, each with when it was last heard: an extension for each.
    """
    group = {"population": _populations(whole.added), **_scored(whole)}
    if groups:
        group["stratifier"] = _stratifiers(groups)
    return {
        "resourceType": "MeasureReport",
        **({"extension": [_silent(*one) for one in silent]} if silent else {}),
        "id": f"{whole.model}-{whole.measure.id}-{whole.start:%Y%m%d}-{whole.end:%Y%m%d}".replace("_", "-")[:64],
        "status": "complete",
        "type": "summary",
        "measure": f"{base}/Measure/{whole.book}-{whole.measure.id}".replace("_", "-"),
        "date": at,
        "period": {"start": whole.start.isoformat(), "end": whole.end.isoformat()},
        "improvementNotation": {
            "coding": [{"system": IMPROVEMENT, "code": "increase" if whole.measure.better == "higher" else "decrease"}]
        },
        "group": [group],
    }


def _silent(source: str, last: datetime) -> dict[str, Any]:
    heard = last.isoformat(timespec="seconds")
    return {
        "url": SILENT,
        "extension": [{"url": "source", "valueString": source}, {"url": "last-heard", "valueDateTime": heard}],
    }


def _populations(added: Added) -> list[dict[str, Any]]:
    return [
        {"code": {"coding": [{"system": POPULATION, "code": code}]}, "count": getattr(added, name)}
        for name, code in CODES.items()
    ]


def _scored(report: Report) -> dict[str, Any]:
    if report.added.score is None:
        return {}
    kind = report.measure.score.partition("(")[0]
    unit = UNITS[kind]
    return {
        "measureScore": {
            "value": report.added.score,
            "system": "http://unitsofmeasure.org",
            "code": unit,
            **({"unit": "%"} if unit == "%" else {}),
        }
    }


def _stratifiers(groups: Sequence[Report]) -> list[dict[str, Any]]:
    by_name: dict[str, list[dict[str, Any]]] = {}
    for report in groups:
        name, _, value = report.stratum.partition("=")
        stratum = {"value": {"text": value}, "population": _populations(report.added), **_scored(report)}
        by_name.setdefault(name, []).append(stratum)
    return [{"code": [{"text": name}], "stratum": strata} for name, strata in by_name.items()]
