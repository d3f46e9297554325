"""Only people whose answers are no longer as stored are written again, and a finding keeps the day it began."""

from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from throughcare.decide import news
from throughcare.decide.findings import SCHEMA

EARLIER, NOW = datetime(2026, 7, 1, tzinfo=UTC), datetime(2026, 7, 9, tzinfo=UTC)


def findings(*rows: tuple[int, str, str], since: datetime = NOW) -> pa.Table:
    said: list[dict[str, Any]] = [
        {
            "person_id": p,
            "model": "m",
            "version": "1",
            "rule": "eligible",
            "answer": a,
            "criteria": c,
            "deciding": [],
            "since": since,
        }
        for p, a, c in rows
    ]
    return pa.Table.from_pylist(said, schema=SCHEMA)


def test_equal_answers_are_no_news_however_the_database_spaces_them() -> None:
    fresh = findings((1, "met", '[{"id":"a","answer":"met"}]'))
    stored = findings((1, "met", '[{"id": "a", "answer": "met"}]'), since=EARLIER)
    assert news.people("finding", fresh, stored) == set()


def test_a_changed_a_new_and_a_gone_row_are_news() -> None:
    fresh = findings((1, "met", "[]"), (2, "met", "[]"), (3, "met", "[]"))
    stored = findings((1, "met", "[]"), (2, "unknown", "[]"), (4, "met", "[]"))
    assert news.people("finding", fresh, stored) == {2, 3, 4}


def test_a_value_that_became_unknown_is_news() -> None:
    role = {
        "person_id": 1,
        "model": "m",
        "role": "nurse",
        "member": "P/1",
        "found_in": "x",
        "required": True,
        "is_lead": False,
    }
    before, after = (pa.Table.from_pylist([{**role, "member": member}]) for member in ("P/1", None))
    after = after.cast(before.schema)
    assert news.people("role", after, before) == {1}
    assert news.people("role", after, after) == set()


def test_a_finding_keeps_the_day_since_when_it_holds() -> None:
    fresh = findings((1, "met", "[]"), (2, "met", "[]"), (3, "met", "[]"))
    stored = findings((1, "met", "[]"), (2, "unknown", "[]"), since=EARLIER)
    assert news.dated(fresh, stored).column("since").to_pylist() == [EARLIER, NOW, NOW]
