"""What comes again: on a grid, from the last time, by an interval that changes; and when time alone wakes someone."""

from datetime import UTC, datetime

from .stays_and_calls import REACHED, STAYS, TWO, call, lab, on, stay
from .tiny import model, owed, think

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
