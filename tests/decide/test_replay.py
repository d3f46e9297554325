"""Replays: small lives under rules and changed rules, the people, work and weeks worked out by hand."""

from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa

from throughcare.decide import past
from throughcare.decide.evaluate import TYPES
from throughcare.decide.replay import Compared, Replayed, plans, replay, weekly
from throughcare.definitions.compiled.frames import COMMON
from throughcare.definitions.grammar import CareModel, EnrollmentFile

from ..definitions.tiny import LIBRARY, VIEWS, model

RULES = """[[criterion]]
id = "stayed"
where = "long_stays >= 1"
[rule]
who = "stayed"
"""
SETS = """[[set]]
id = "stays"
from = "encounter where class = 'inpatient' and known(ended_on)"
[[fact]]
id = "long_stays"
count = "stays where days_between(started_on, ended_on) >= long_days"
if_none = 0
"""
WORK = """[[step]]
id = "call"
on = "stays"
opens = "ended_on"
due = "2 days after ended_on"
activity = "call"
resolved_by = "contact where activity = 'call' and reached"
role = ["nurse"]
minutes = 30
"""


def rules(long_days: int) -> CareModel:
    made = model(SETS, WORK, RULES, long_days=long_days)
    made.enrollment = EnrollmentFile(enters="active", again_after="stays")
    return made


def tables(**rows: list[dict[str, Any]]) -> dict[str, pa.Table]:
    made = {}
    for view, columns in VIEWS.items():
        shape = {**COMMON, "known_from": "timestamp", "known_to": "timestamp", **columns}
        full = [{"key": f"{view}/{n}", **row} for n, row in enumerate(rows.get(view, []), 1)]
        made[view] = pa.table({c: pa.array([r.get(c) for r in full], TYPES[k]) for c, k in shape.items()})
    return made


def stay(person: int, start: date, end: date) -> dict[str, Any]:
    return {"person_id": person, "class": "inpatient", "started_on": start, "ended_on": end}


ALL = tables(
    person=[{"key": f"Patient/{p}", "person_id": p, "birth_date": date(1950, 1, 1)} for p in (1, 2, 3)],
    encounter=[
        stay(1, date(2026, 3, 1), date(2026, 3, 6)),  # five days, ends on a Friday
        stay(2, date(2026, 3, 10), date(2026, 3, 12)),  # two days, ends on a Thursday
        stay(3, date(2026, 5, 1), date(2026, 5, 9)),  # after the period
    ],
)
DAYS = weekly(date(2026, 3, 2), date(2026, 3, 23))


def played(long_days: int) -> Replayed:
    made = rules(long_days)
    return replay(
        made, plans(made, LIBRARY), lambda now: past.happened(ALL, now, "America/New_York"), DAYS, "America/New_York"
    )


def test_people_join_when_they_first_belong_and_nothing_later_is_seen() -> None:
    found = played(3)
    assert [(s.person_id, s.started_on) for s in found.stays] == [(1, date(2026, 3, 9))]
    assert found.tasks == {(date(2026, 3, 2), "nurse"): 1}
    assert found.minutes == {(date(2026, 3, 2), "nurse"): 30}


def test_changed_rules_stand_beside_todays() -> None:
    both = Compared(played(3), played(1))
    assert (both.enter, both.leave) == ({2}, set())
    assert list(both.workload()) == [(date(2026, 3, 2), "nurse", 30, 30), (date(2026, 3, 9), "nurse", 0, 30)]
    assert both.by_group({1: "en", 2: "es"}) == {"en": [1, 1, 0, 0], "es": [0, 1, 1, 0]}


def test_the_weeks_end_on_the_last_day() -> None:
    assert weekly(date(2026, 3, 2), date(2026, 3, 10)) == [date(2026, 3, 2), date(2026, 3, 9), date(2026, 3, 10)]


def test_what_ended_later_had_not_ended() -> None:
    now = datetime(2026, 3, 3, 12, tzinfo=UTC)
    seen = past.happened(ALL, now, "America/New_York")["encounter"].to_pylist()
    assert [(r["person_id"], r["ended_on"]) for r in seen] == [(1, None)]


def test_by_when_it_was_known_only_what_the_record_held_is_seen() -> None:
    heard = datetime(2026, 3, 20, tzinfo=UTC)
    rows = [stay(1, date(2026, 3, 1), date(2026, 3, 6)) | {"known_from": heard}]
    late = tables(encounter=rows)
    assert past.known(late, datetime(2026, 3, 19, tzinfo=UTC))["encounter"].num_rows == 0
    assert past.known(late, datetime(2026, 3, 21, tzinfo=UTC))["encounter"].num_rows == 1


def test_who_dies_later_is_alive() -> None:
    one = tables(person=[{"person_id": 1, "died": True, "died_on": date(2026, 4, 1)}])
    (row,) = past.happened(one, datetime(2026, 3, 1, tzinfo=UTC), "UTC")["person"].to_pylist()
    assert (row["died"], row["died_on"]) == (False, None)
