"""Looks: whoever has news is looked at again alone, and what comes out is what a look at everyone says."""

from datetime import UTC, date, datetime, timedelta

import pyarrow as pa

from throughcare.decide.evaluate import Engine
from throughcare.decide.looks import Looks
from throughcare.definitions.compiled import compile_models

from ..definitions.test_own_answers import SETS, WORK, asked
from ..definitions.tiny import LIBRARY, NOW, model
from .test_replay import tables

ZONE = "America/New_York"
PERIOD = (date(2026, 1, 1), date(2026, 12, 31))
PEOPLE = {1: date(2026, 6, 5), 2: date(2026, 7, 8), 3: date(2026, 7, 5)}  # the day of each one's request
ALL = tables(
    person=[{"key": f"Patient/{p}", "person_id": p, "birth_date": date(1950, 1, 1)} for p in PEOPLE],
    encounter=[asked(day) | {"key": f"Encounter/{p}", "person_id": p} for p, day in PEOPLE.items()],
)


def owed(parts: list[pa.Table]) -> dict[tuple[int, str], str]:
    rows = [row for part in parts for row in part.to_pylist()]
    found = {(row["person_id"], row["step"]): row["status"] for row in rows}
    assert len(found) == len(rows), "a person's work is told once, by the last look"
    return found


def test_what_follows_from_the_answers_is_the_same_for_some_as_for_all() -> None:
    plan = compile_models([model(SETS, WORK)], LIBRARY, everyone=False)
    looks, engine = Looks(plan, ZONE), Engine(plan)
    looks.at(ALL, NOW, PERIOD)
    expected = {
        (1, "decide"): "breached", (1, "appeal"): "breached", (1, "outside_review"): "open",
        (2, "decide"): "open", (3, "decide"): "breached", (3, "appeal"): "open",
    }  # fmt: skip
    assert owed(looks.obligations()) == expected
    assert owed([engine.run(ALL, NOW, ZONE, PERIOD).obligation]) == expected


def test_the_next_moment_goes_on_from_what_was_found() -> None:
    looks = Looks(compile_models([model(SETS, WORK)], LIBRARY, everyone=False), ZONE)
    looks.at(ALL, datetime(2026, 7, 6, 16, tzinfo=UTC), PERIOD)
    looks.at(ALL, NOW + timedelta(days=14), PERIOD)
    statuses = owed(looks.obligations())
    assert [statuses[p, "outside_review"] for p in (1, 2, 3)] == ["breached", "open", "open"]


def test_people_whose_rows_are_others_now_are_looked_at_alone() -> None:
    looks = Looks(compile_models([model(SETS, WORK)], LIBRARY, everyone=False), ZONE)
    looks.at(ALL, NOW, PERIOD)
    decided = tables(contact=[{"person_id": 2, "activity": "decided", "on_date": date(2026, 7, 9)}])["contact"]
    looks.again({2}, ALL | {"contact": decided}, NOW, PERIOD)
    statuses = owed(looks.obligations())
    assert (statuses[2, "decide"], statuses[3, "appeal"]) == ("met", "open")
    assert looks.of_people("tiny", "eligible") == {1: True, 2: True, 3: True}


def test_rows_of_someone_whose_own_record_is_not_there_are_left_out() -> None:
    strange = ALL["encounter"].to_pylist()[0] | {"key": "Encounter/9", "person_id": 9}
    both = pa.concat_tables([ALL["encounter"], pa.Table.from_pylist([strange], schema=ALL["encounter"].schema)])
    engine = Engine(compile_models([model(SETS, WORK)], LIBRARY, everyone=False))
    found = owed([engine.run(ALL | {"encounter": both}, NOW, ZONE, PERIOD).obligation])
    assert {person for person, _ in found} == set(PEOPLE)
