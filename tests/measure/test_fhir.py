"""A MeasureReport is valid R4, and says which sources were silent when it was made."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from throughcare.definitions.grammar import Measure
from throughcare.definitions.scores import Added
from throughcare.faults import Malformed
from throughcare.fhir import validate
from throughcare.measure.fhir import SILENT, measure_report
from throughcare.measure.reports import Report

LAST = datetime(2026, 3, 13, 12, 40, tzinfo=UTC)
AT = "2026-03-17T12:40:00+00:00"


def report(stratum: str = "") -> Report:
    seen = Measure(id="seen", says="Seen", numerator="true", cites="A manual")
    added = Added(population=40, denominator=40, numerator=30, score=Decimal("75"))
    return Report("home_visits", "home_visits", seen, date(2026, 1, 1), date(2026, 12, 31), added, stratum)


def valid(body: dict) -> dict:
    validate.check(json.dumps(body, default=float).encode())
    return body


def test_each_silent_source_is_an_extension_with_when_it_was_last_heard() -> None:
    told = valid(measure_report(report(), [report("language=en")], "urn:x", AT, [("st_marys", LAST), ("east", LAST)]))
    assert [e["url"] for e in told["extension"]] == [SILENT, SILENT]
    assert told["extension"][0]["extension"] == [
        {"url": "source", "valueString": "st_marys"},
        {"url": "last-heard", "valueDateTime": "2026-03-13T12:40:00+00:00"},
    ]


def test_with_nobody_silent_there_is_no_extension() -> None:
    assert "extension" not in valid(measure_report(report(), [], "urn:x", AT))


def test_the_judge_of_validity_does_refuse() -> None:
    body = measure_report(report(), [], "urn:x", AT)
    with pytest.raises(Malformed):
        valid(body | {"period": "2026"})
