"""What sets, facts and steps mean: small lives with answers worked out by hand."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D
from typing import Any

import pytest

from throughcare.definitions.compiled import compile_models
from throughcare.faults import WrongDefinition

from .tiny import BELONGS, LIBRARY, NOW, fact, model, owed, think


def on(month: int, day: int) -> date:
    return date(2026, month, day)


def call(day: date, reached: bool | None = True, **more: Any) -> dict[str, Any]:
    return {"activity": "call", "on_date": day, "reached": reached, **more}


REACHED = "contact where activity = 'call' and reached"


@pytest.mark.parametrize(
    ("text", "contacts", "expected"),
    [
        (f'exists = "{REACHED}"', [call(on(7, 1))], True),
        (f'exists = "{REACHED}"\nif_none = false', [], False),
        (f'exists = "{REACHED}"\nif_none = "unknown"', [], None),
        (f'exists = "{REACHED}"\nif_none = false', [call(on(7, 1), False), call(on(7, 2), None)], None),
        (f'exists = "{REACHED}"\nif_none = false', [call(on(7, 1), True), call(on(7, 2), None)], True),
        (f'count = "{REACHED}"\nif_none = 0', [call(on(7, 1)), call(on(7, 1)), call(on(7, 2), False)], 2),
        (f'count = "{REACHED}"\nif_none = 0', [call(on(7, 1)), call(on(7, 2), None)], None),
        (f'count = "{REACHED}"\nif_none = 0\nskip_unknown = true', [call(on(7, 1)), call(on(7, 2), None)], 1),
        (f'count_of = "{REACHED}"\ntake = "on_date"', [call(on(7, 1)), call(on(7, 1)), call(on(7, 2))], 2),
        (f'latest = "{REACHED}"', [call(on(7, 1)), call(on(7, 5)), call(on(7, 3))], on(7, 5)),
        (f'first = "{REACHED}"', [call(on(7, 3)), call(on(7, 1)), call(on(7, 5))], on(7, 1)),
        (f'latest = "{REACHED}"', [call(on(7, 1)), call(on(7, 5), None)], None),
        (f'latest = "{REACHED}"', [call(on(7, 6)), call(on(7, 5), None)], on(7, 6)),
        (f'latest = "{REACHED}"', [call(on(7, 1)), {"activity": "call", "reached": True}], None),  # which came last?
        (f'lowest = "{REACHED}"', [call(on(7, 3)), call(on(7, 1))], on(7, 1)),
        (f'highest = "{REACHED}"', [call(on(7, 3)), call(on(7, 1))], on(7, 3)),
    ],
)  # fmt: skip
def test_a_fact_of_a_persons_rows(text: str, contacts: list[dict[str, Any]], expected: Any) -> None:
    assert fact(text, contact=contacts) == expected


def lab(day: date, value: str | None) -> dict[str, Any]:
    return {"code": "a1c", "effective_on": day, "value": D(value) if value else None}


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([lab(on(3, 1), "8.1"), lab(on(6, 1), "9.4")], D("9.4")),
        ([lab(on(3, 1), "8.1"), lab(on(6, 1), None)], None),  # a newer blank is unknown, not the older value
        ([lab(on(6, 1), "9.4"), lab(on(6, 1), "7.0")], D("7.0")),  # same day: the measure says the lowest
    ],
)
def test_the_latest_row_is_picked_before_its_value_is_read(rows: list[dict[str, Any]], expected: Any) -> None:
    text = 'latest = "observation where code = \'a1c\'"\ntake = "value"\nties = "lowest value"'
    assert fact(text, observation=rows) == expected


def test_a_sum_with_an_unknown_amount_is_unknown() -> None:
    text = 'sum = "observation where code = \'a1c\'"\ntake = "value"\nif_none = 0'
    assert fact(text, observation=[lab(on(3, 1), "1.5"), lab(on(3, 2), "2")]) == D("3.5")
    assert fact(text, observation=[lab(on(3, 1), "1.5"), lab(on(3, 2), None)]) is None
    assert fact(text, observation=[]) == 0


@pytest.mark.parametrize(
    ("day", "expected"), [(on(1, 8), False), (on(1, 9), True), (on(7, 8), True), (on(7, 9), False)]
)
def test_a_window_bounds_a_fact(day: date, expected: bool) -> None:
    assert fact(f'exists = "{REACHED}"\nwindow = "6 months before today"', contact=[call(day)]) is expected


def test_an_earlier_unknown_row_makes_a_choice_unknown() -> None:
    text = 'choose = [{ if = "died", then = "gone" }, { if = "known(birth_date)", then = "here" }, { else = "none" }]'
    assert fact(text, person=[{"died": False}]) == "here"
    assert fact(text, person=[{"died": True}]) == "gone"
    assert fact(text, person=[{"died": None}]) is None


def stay(key: str, end: date, **more: Any) -> dict[str, Any]:
    return {"key": key, "class": "inpatient", "started_on": end - timedelta(days=3), "ended_on": end, **more}


STAYS = '[[set]]\nid = "stays"\nfrom = "encounter where class = \'inpatient\'"\nrule_on = "ended_on"\n'


def test_at_most_once_in_thirty_days_is_decided_from_left_to_right() -> None:
    sets = (
        STAYS + '[[set]]\nid = "once"\nfrom = "stays"\n'
        'at_most = { rows = 1, in_days = 30, per = ["person_id"], at = "ended_on" }'
    )
    stays = [stay("a", on(6, 1)), stay("b", on(6, 14)), stay("c", on(6, 30)), stay("d", on(7, 1)), stay("e", on(7, 8))]
    rows = think(model(sets), encounter=stays).rows("tiny", "once")
    assert {key: row["kept"] for key, row in rows.items()} == {"a": True, "b": False, "c": False, "d": True, "e": False}


def test_the_four_cuts_pick_the_most_visits_then_the_newest() -> None:
    sets = """
[[set]]
id = "by_clinician"
from = "encounter where class = 'office'"
group = { by = ["clinician_id"] }
sum = [ { id = "visits", count = "rows" }, { id = "last_on", highest = "started_on" } ]
[[set]]
id = "own"
from = "by_clinician"
pick = { per = ["person_id"], order = ["visits high", "last_on high, blank last", "clinician_id"] }
"""
    visits = [("A", on(1, 1)), ("A", on(5, 1)), ("B", on(2, 1)), ("B", on(6, 1)), ("C", on(7, 1))]
    rows = [{"class": "office", "clinician_id": who, "started_on": day} for who, day in visits]
    (own,) = think(model(sets), encounter=rows).rows("tiny", "own").values()
    assert (own["clinician_id"], own["visits"]) == ("B", 2)


def test_a_set_of_a_set_sees_its_facts() -> None:
    sets = (
        STAYS
        + f"""[[fact]]
on = "stays"
id = "called"
exists = "{REACHED}"
window = "day 0 to day 2 after ended_on"
[[set]]
id = "silent"
from = "stays where not called"
"""
    )
    answers = think(model(sets), encounter=[stay("a", on(6, 1)), stay("b", on(6, 20))], contact=[call(on(6, 3))])
    assert list(answers.rows("tiny", "silent")) == ["b"]


STEP = '[[step]]\nid = "call"\non = "stays"\nopens = "ended_on"\nactivity = "call"\nrole = ["nurse"]\n'
TWO = STEP + f'due = "2 business days after ended_on"\nresolved_by = "{REACHED}"\n'


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


GRID = """[[rhythm]]
id = "weekly"
kind = "grid"
on = "stays"
segment = [ { id = "w", from = "ended_on", every = "7 days", times = 3, done_within = "2 days" } ]
[[step]]
id = "week"
rhythm = "weekly"
activity = "call"
role = ["nurse"]
"""


def test_a_grid_stays_where_it_is_when_a_visit_comes_late() -> None:
    work = GRID + f'resolved_by = "{REACHED}"\n'
    found = owed(work, STAYS, encounter=[stay("a", on(6, 25))], contact=[call(on(6, 30))])
    assert [(o["occurrence"], o["status"]) for o in found] == [(1, "late"), (2, "breached"), (3, "open")]
    assert [o["opens_at"].date() for o in found] == [on(6, 25), on(7, 2), on(7, 9)]


def test_from_last_counts_from_the_day_it_was_done() -> None:
    sets = '[[fact]]\nid = "last"\nlatest = "observation where code = \'a1c\'"\nif_none = "unknown"\n'
    work = """[[rhythm]]
id = "half_yearly"
kind = "from_last"
starts = "date '2026-02-01'"
every = "180 days"
last = "last"
lead = "30 days"
[[step]]
id = "a1c"
rhythm = "half_yearly"
activity = "a1c"
role = ["nurse"]
resolved_by = "observation where code = 'a1c'"
"""
    (never,) = owed(work, sets)
    assert (never["occurrence"], never["status"]) == (0, "breached")
    before, after = owed(work, sets, observation=[lab(on(3, 1), "7")])
    assert (before["occurrence"], before["status"]) == (0, "late")
    assert (after["status"], after["due_at"].date()) == ("future", on(8, 29))


def test_a_result_that_changes_the_interval_leaves_the_date_of_the_closed_one() -> None:
    """Every 90 days until the value is below 7, then every 180: the result that is at goal came in on day 100."""
    sets = """[[fact]]
id = "last"
highest = "observation where code = 'a1c'"
[[fact]]
id = "result"
latest = "observation where code = 'a1c'"
take = "value"
[[fact]]
id = "days_between"
choose = [{ if = "result < 7", then = 180 }, { else = 90 }]
"""
    work = """[[rhythm]]
id = "again"
kind = "from_last"
starts = "date '2026-02-01'"
every = "days_between days"
last = "last"
lead = "30 days"
[[step]]
id = "a1c"
rhythm = "again"
activity = "a1c"
role = ["nurse"]
resolved_by = "observation where code = 'a1c'"
"""
    first, second = lab(on(3, 1), "8.1"), lab(on(6, 9), "6.6")
    before, after = owed(work, sets, observation=[first, second])
    assert (before["due_at"].date(), before["opens_at"].date(), before["status"]) == (on(5, 31), on(4, 30), "late")
    assert (after["due_at"].date(), after["status"]) == (on(12, 7), "future")


def test_an_interval_by_a_persons_fact_is_kept_too_where_the_rhythm_runs_for_each_row() -> None:
    sets = """[[fact]]
id = "result"
latest = "observation where code = 'a1c'"
take = "value"
[[set]]
id = "homes"
from = "encounter"
[[fact]]
on = "homes"
id = "last"
highest = "contact where activity = 'call' and on_date >= this.ended_on"
[[fact]]
on = "homes"
id = "days_between"
choose = [{ if = "person.result < 7", then = 60 }, { else = 10 }]
"""
    work = """[[rhythm]]
id = "again"
on = "homes"
kind = "from_last"
starts = "ended_on"
every = "days_between days"
last = "last"
[[step]]
id = "calls"
on = "homes"
rhythm = "again"
activity = "call"
role = ["nurse"]
resolved_by = "contact where activity = 'call'"
"""
    rows = {"encounter": [stay("e", on(6, 1))], "contact": [call(on(6, 2)), call(on(6, 20))]}
    results = [lab(on(5, 1), "8.1"), lab(on(6, 20), "6.6")]
    before, after = owed(work, sets, observation=results, **rows)
    assert (before["due_at"].date(), before["status"]) == (on(6, 13), "late")
    assert after["due_at"].date() == on(8, 20)


def test_time_alone_wakes_a_person() -> None:
    answers = think(
        model(STAYS, TWO), datetime(2026, 7, 7, 15, tzinfo=UTC), encounter=[stay("a", on(7, 2))],
        enrollment=[{"model": "tiny", "state": "active"}],
    )  # fmt: skip
    assert answers.wake.to_pylist() == [{"person_id": 1, "looks_again_at": datetime(2026, 7, 8, 4, tzinfo=UTC)}]


def test_the_first_source_that_has_someone_fills_a_role() -> None:
    team = '[[role]]\nid = "nurse"\nfound_in = ["care_team_member where role = \'nurse\'", "person.chosen_clinician"]'
    made = model(team=team)
    joined = [{"model": "tiny", "state": "active"}]
    members = [{"role": "nurse", "member_key": "Practitioner/n"}]
    (role,) = think(
        made, enrollment=joined, care_team_member=members, person=[{"chosen_clinician": "P/c"}]
    ).role.to_pylist()
    assert role["member"] == "Practitioner/n"
    (role,) = think(made, enrollment=joined, person=[{"chosen_clinician": "P/c"}]).role.to_pylist()
    assert role["member"] == "P/c"
    (role,) = think(made, enrollment=joined).role.to_pylist()
    assert (role["member"], role["required"]) == (None, True)


DECIDING = """[[criterion]]
id = "a"
where = "died"
[[criterion]]
id = "b"
where = "active_one"
[[criterion]]
id = "d"
where = "birth_date > today"
[rule]
who = "a and (b or d)"
"""


def test_the_missing_criteria_that_decide_are_named_with_what_is_missing() -> None:
    facts = '[[fact]]\nid = "active_one"\nexists = "encounter where class = \'office\'"\nif_none = "unknown"'
    (finding,) = think(model(facts, eligibility=DECIDING)).finding.to_pylist()
    assert (finding["answer"], finding["deciding"]) == ("unknown", ["a", "b"])
    assert '"id":"b","answer":"unknown","missing":["active_one"]' in finding["criteria"]
    office = [{"key": "Encounter/o", "class": "office"}]
    (finding,) = think(
        model(facts, eligibility=DECIDING), person=[{"died": False}], encounter=office
    ).finding.to_pylist()
    assert (finding["answer"], finding["deciding"]) == ("not_met", ["a"])
    assert '"id":"b","answer":"met","missing":[],"evidence":["Encounter/o"]' in finding["criteria"]


def test_an_unknown_that_changes_nothing_does_not_decide() -> None:
    facts = '[[fact]]\nid = "active_one"\nexists = "encounter where class = \'office\'"\nif_none = "unknown"'
    either = DECIDING.replace("birth_date > today", "birth_date < today")
    (finding,) = think(model(facts, eligibility=either)).finding.to_pylist()
    assert (finding["answer"], finding["deciding"]) == ("unknown", ["a"])


@pytest.mark.parametrize(
    ("sets", "says"),
    [
        (
            '[[fact]]\nid = "x"\nexists = "kontact"',
            '"kontact" is neither a view nor a set of this care model. Did you mean contact?',
        ),
        (
            '[[fact]]\nid = "x"\nexists = "contact where reachd"',
            '"reachd" is not a column of contact. Did you mean reached?',
        ),
        ('[[fact]]\nid = "x"\nvalue = "y"\n[[fact]]\nid = "y"\nvalue = "x"', "is a circle"),
        ('[[fact]]\nid = "x"\nsum = "contact"', "sum needs take"),
        ('[[fact]]\nid = "x"\nexists = "contact"\nwindow = "lately"', '"lately" is not a window'),
        ('[[fact]]\nid = "x"', "exactly one verb"),
    ],
)
def test_mistakes_are_told_with_the_entry_they_stand_in(sets: str, says: str) -> None:
    with pytest.raises(WrongDefinition) as caught:
        compile_models([model(sets, eligibility=BELONGS)], LIBRARY)
    assert "tiny/sets.toml:1" in str(caught.value)
    assert "fact x" in str(caught.value)
    assert says in str(caught.value)


def test_a_mothers_program_reads_her_childs_record() -> None:
    """The child's visit of 3 July is a row of the child; the mother's program counts it by the link."""
    sets = """[[set]]
id = "children"
from = "related where kind = 'CHILD'"
also = { child_id = "person_of(other_patient)" }
[[fact]]
on = "children"
id = "seen"
exists = "encounter where class = 'office'"
link = "child_id = person_id"
if_none = false
"""
    answers = think(
        model(sets),
        person=[{}, {"key": "Patient/2", "person_id": 2}],
        related=[{"kind": "CHILD", "other_patient": "Patient/2"}, {"kind": "CHILD", "other_patient": "Patient/9"}],
        encounter=[{"person_id": 2, "class": "office", "started_on": on(7, 3)}],
    )
    seen = {key: row["seen"] for key, row in answers.rows("tiny", "children").items()}
    assert seen == {"related/1": True, "related/2": False}
    assert answers.plan.reaches


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


def test_a_set_that_would_have_to_know_itself_first_is_named() -> None:
    """Bookings count the visits made from them, and the visits carry that count along."""
    sets = STAYS + """
[[set]]
id = "visits"
from = "stays where known(started_on)"
[[fact]]
on = "stays"
id = "visits_so_far"
count = "visits"
if_none = 0
[[set]]
id = "frequent"
from = "visits where visits_so_far > many"
"""  # fmt: skip
    with pytest.raises(WrongDefinition) as caught:
        compile_models([model(sets, many=3)], LIBRARY)
    said = '"visits_so_far" is told of stays from the rows of visits, which would have to know it first'
    assert said in str(caught.value)
