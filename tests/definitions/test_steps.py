"""What a step makes owed: due over holidays and pauses, resolved by rows, open until it is done or cancelled."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from throughcare.definitions.compiled import compile_models
from throughcare.faults import WrongDefinition

from .stays_and_calls import REACHED, STAYS, STEP, TWO, call, on, stay
from .tiny import LIBRARY, NOW, model, owed, think


@pytest.mark.parametrize(
    ("calls", "now", "status"),
    [
        ([], datetime(2026, 7, 7, 22, tzinfo=UTC), "open"),
        ([], datetime(2026, 7, 8, 3, 59, tzinfo=UTC), "open"),  # the day ends at midnight in New York
        ([], datetime(2026, 7, 8, 4, 0, tzinfo=UTC), "breached"),
        ([call(on(7, 7))], NOW, "met"),
        ([call(on(7, 8))], NOW, "late"),
        ([call(on(7, 1))], datetime(2026, 7, 6, 12, tzinfo=UTC), "open"),  # before it opened
        ([call(on(7, 7), False)], NOW, "breached"),
        ([call(on(7, 20))], NOW, "breached"),  # has not happened yet
    ],
)
def test_a_step_over_a_holiday(calls: list[dict[str, Any]], now: datetime, status: str) -> None:
    """T-TCM-1: discharged on Thursday 2 July 2026; Friday is the observed holiday; due on Tuesday the 7th."""
    (one,) = owed(TWO, STAYS, now, encounter=[stay("Encounter/a", on(7, 2))], contact=calls)
    assert one["status"] == status
    assert one["due_at"] == datetime(2026, 7, 8, 3, 59, 59, tzinfo=UTC)
    assert one["obligation_key"] == "tiny|call|Encounter/a|0|1"


def test_three_calls_on_two_days() -> None:
    work = STEP + f'due = "14 days after ended_on"\nresolved_by = "{REACHED}"\nneeds = 3\nneeds_days = 2\n'
    calls = [call(on(7, 3), key="c1"), call(on(7, 3), key="c2"), call(on(7, 3), key="c3")]
    (one,) = owed(work, STAYS, encounter=[stay("a", on(7, 2))], contact=calls)
    assert (one["status"], one["done_count"]) == ("open", 3)
    (one,) = owed(work, STAYS, encounter=[stay("a", on(7, 2))], contact=[*calls, call(on(7, 5), key="c4")])
    assert (one["status"], one["resolved_by"]) == ("met", "c4")


def test_hours_are_kept_to_the_minute() -> None:
    work = STEP.replace('"ended_on"', '"ended_at"') + f'due = "72 hours after ended_at"\nresolved_by = "{REACHED}"\n'
    left = datetime(2026, 7, 2, 18, tzinfo=UTC)
    came = call(on(7, 5), happened_at=left + timedelta(hours=72, minutes=1))
    (one,) = owed(work, STAYS, encounter=[stay("a", on(7, 2), ended_at=left)], contact=[came])
    assert (one["due_at"], one["due_precision"], one["status"]) == (left + timedelta(hours=72), "minute", "late")


def test_the_dead_owe_and_are_owed_nothing() -> None:
    (one,) = owed(TWO, STAYS, person=[{"died_on": on(7, 8)}], encounter=[stay("a", on(7, 2))])
    assert (one["status"], one["reason"]) == ("cancelled", "the person has died")


def test_leaving_cancels_what_is_open_with_its_reason() -> None:
    left = [{"model": "tiny", "state": "finished", "started_on": on(1, 1), "ended_on": on(7, 8), "reason": "moved"}]
    (one,) = owed(TWO, STAYS, enrollment=left, encounter=[stay("a", on(7, 2)), stay("b", on(7, 9))])
    assert (one["anchor_key"], one["status"], one["reason"]) == ("a", "cancelled", "left the program: moved")


def test_nothing_is_owed_before_enrollment_unless_said() -> None:
    assert owed(TWO, STAYS, enrollment=[], encounter=[stay("a", on(7, 2))]) == []
    assert len(owed(TWO + 'while = "always"\n', STAYS, enrollment=[], encounter=[stay("a", on(7, 2))])) == 1
    assert len(owed(TWO + 'while = "eligible"\n', STAYS, enrollment=[], encounter=[stay("a", on(7, 2))])) == 1


def test_an_unknown_date_is_shown_with_what_is_missing() -> None:
    (one,) = owed(TWO, STAYS, encounter=[{"key": "a", "class": "inpatient"}])
    assert (one["status"], one["reason"]) == ("unknown", "ended_on not known")


def test_a_pause_moves_the_deadline_by_its_days() -> None:
    work = STEP + f'due = "5 days after ended_on"\nresolved_by = "{REACHED}"\n'
    work += "[step.clock]\npauses = \"pause where reason = 'hospital'\"\n"
    over = [{"reason": "hospital", "from_on": on(7, 4), "to_on": on(7, 6)}]
    (one,) = owed(work, STAYS, encounter=[stay("a", on(7, 2))], pause=over)
    assert (one["status"], one["due_at"]) == ("open", datetime(2026, 7, 11, 3, 59, 59, tzinfo=UTC))
    still = [{"reason": "hospital", "from_on": on(7, 4)}]
    (one,) = owed(work, STAYS, encounter=[stay("a", on(7, 2))], pause=still)
    assert (one["status"], one["due_at"], one["reason"]) == ("paused", None, "paused, 6 days so far")


PAUSED = STEP + f'due = "5 days after ended_on"\nresolved_by = "{REACHED}"\n[step.clock]\npauses = "pause"\n'


@pytest.mark.parametrize(
    ("pause", "status", "due"),
    [
        # due on 7 July: what begins later touches nothing, open or not
        ({"from_on": on(7, 8)}, "breached", on(7, 7)),
        ({"from_on": on(7, 8), "to_on": on(7, 8)}, "breached", on(7, 7)),
        ({"from_on": on(7, 7)}, "paused", None),
        ({"from_on": on(7, 7), "to_on": on(7, 8)}, "open", on(7, 9)),
        ({"from_on": on(6, 1), "to_on": on(7, 1)}, "breached", on(7, 7)),
    ],
)
def test_a_pause_that_begins_after_the_deadline_touches_nothing(pause: Any, status: str, due: Any) -> None:
    (one,) = owed(PAUSED, STAYS, encounter=[stay("a", on(7, 2))], pause=[pause])
    local = one["due_at"] and (one["due_at"] - timedelta(hours=4)).date()
    assert (one["status"], local) == (status, due)


def test_work_that_was_done_late_stays_late_whatever_pauses_follow() -> None:
    later = [{"from_on": on(7, 8)}]
    (one,) = owed(PAUSED, STAYS, encounter=[stay("a", on(7, 1))], contact=[call(on(7, 7))], pause=later)
    assert one["status"] == "late"


def test_a_deadline_to_the_hour_is_moved_by_whole_days() -> None:
    left = datetime(2026, 7, 6, 18, tzinfo=UTC)
    work = STEP.replace('"ended_on"', '"ended_at"') + f'due = "72 hours after ended_at"\nresolved_by = "{REACHED}"\n'
    work += '[step.clock]\npauses = "pause"\n'
    over = [{"from_on": on(7, 7), "to_on": on(7, 7)}, {"from_on": on(7, 20), "to_on": on(7, 21)}]
    (one,) = owed(work, STAYS, encounter=[stay("a", on(7, 6), ended_at=left)], pause=over)
    assert one["due_at"] == left + timedelta(hours=72 + 24)


@pytest.mark.parametrize(("hours", "status"), [(24, "met"), (24.5, "late")])
def test_a_moment_of_the_row_settles_a_clock_of_hours(hours: float, status: str) -> None:
    """PACE: a medicine within 24 hours. 26 hours later, on the same day by the calendar of days, is late."""
    began = datetime(2026, 7, 6, 13, tzinfo=UTC)
    work = STEP.replace('"ended_on"', '"ended_at"') + 'due = "24 hours after ended_at"\nresolved_on = "came_at"\n'
    made = model(STAYS + '[[fact]]\non = "stays"\nid = "came_at"\nlatest = "contact"\ntake = "happened_at"\n', work)
    came = call(on(7, 7), happened_at=began + timedelta(hours=hours))
    joined = [{"model": "tiny", "state": "active", "started_on": on(1, 1)}]
    (one,) = think(
        made, encounter=[stay("a", on(7, 6), ended_at=began)], contact=[came], enrollment=joined
    ).obligation.to_pylist()
    assert (one["status"], one["resolved_at"]) == (status, began + timedelta(hours=hours))


ASKS = """[[criterion]]
id = "a"
where = "died"
if_missing_ask = "ask"
[[criterion]]
id = "b"
where = "known(birth_date) and birth_date < first_known(died_on, today) and died"
if_missing_ask = "ask"
[[criterion]]
id = "c"
where = "chosen_clinician = 'x'"
if_missing_ask = "ask"
[rule]
who = "a and c"
"""
ASK = '[[step]]\nid = "ask"\nopens = "birth_date"\ndue = "1 day after birth_date"\nactivity = "x"\nrole = ["nurse"]\n' \
    'while = "always"\nresolved_by = "contact"\n'  # fmt: skip


@pytest.mark.parametrize(
    ("person", "asked"),
    [
        ({"died": False, "chosen_clinician": "x"}, 0),
        ({"died": False}, 1),  # one of the answers is missing
        ({"chosen_clinician": "x"}, 1),
        ({}, 1),
    ],
)
def test_a_question_is_asked_while_any_of_its_answers_is_missing(person: dict[str, Any], asked: int) -> None:
    made = model(work=ASK, eligibility=ASKS)
    assert think(made, person=[person]).obligation.num_rows == asked


NUMBERED = STEP + 'due = "9 days after ended_on"\nresolved_by = "contact where WHERE"\n'


@pytest.mark.parametrize(
    ("where", "resolved"),
    [
        ("activity in call_codes", "late_enough"),
        ("activity = 'call' and on_date >= days_after(person.birth_date, many_days)", "late_enough"),
        ("activity = 'call' and on_date < today", "late_enough"),
        ("activity in call_codes and on_date >= days_after(today, 0)", None),
    ],
)
def test_what_resolves_a_step_may_name_numbers_lists_and_the_person(where: str, resolved: str | None) -> None:
    made = model(STAYS, NUMBERED.replace("WHERE", where), call_codes=["call", "visit"], many_days=27_000)
    joined = [{"model": "tiny", "state": "active", "started_on": on(1, 1)}]
    calls = [call(on(7, 3), key="late_enough")]
    answers = think(made, encounter=[stay("a", on(7, 2))], contact=calls, enrollment=joined)
    assert [o["resolved_by"] for o in answers.obligation.to_pylist()] == [resolved]


def test_what_resolves_a_step_knows_no_row() -> None:
    with pytest.raises(WrongDefinition) as caught:
        compile_models([model(STAYS, NUMBERED.replace("WHERE", "on_date > this.ended_on"))], LIBRARY)
    assert '"this.ended_on" speaks of a row, but what resolves or pauses a step is looked for once' in str(caught.value)
