"""Stretches as days, stretches joined, and orders: nights, spells, caps and lists with answers worked out by hand."""

from datetime import date, timedelta
from typing import Any

import pytest

from throughcare.definitions.compiled import compile_models
from throughcare.faults import WrongDefinition

from .tiny import BELONGS, LIBRARY, model, think


def on(month: int, day: int, year: int = 2026) -> date:
    return date(year, month, day)


def stay(entry: date, leave: date | None, kind: int = 0, **more: Any) -> dict[str, Any]:
    return {"project_type": kind, "entry_on": entry, "exit_on": leave, **more}


NIGHTS = """
[[set]]
id = "nights"
from = "stay where project_type in (0, 8)"
each = { unit = "day", from = "entry_on", to = "days_before(first_known(exit_on, today), 1)", as = "night_on" }
[[set]]
id = "night"
from = "nights"
group = { by = ["night_on"] }
sum = [ { id = "beds", count = "rows" } ]
[[set]]
id = "runs"
from = "night"
also = { first_on = "night_on", last_on = "night_on" }
merge = { start = "first_on", end = "last_on" }
[[fact]]
on = "runs"
id = "nights_in_run"
value = "days_between(first_on, last_on) + 1"
[[set]]
id = "spells"
from = "stay where project_type in (0, 1, 4, 8)"
also = { until = "first_known(exit_on, today)" }
merge = { start = "entry_on", end = "until", gap_days = 6 }
[[fact]]
id = "spells_3y"
count = "spells where until > months_before(today, months)"
if_none = 0
"""
THREE = [stay(on(1, 1), on(1, 11)), stay(on(1, 11), on(2, 1), 8), stay(on(3, 1), on(3, 11))]


def test_unbroken_nights_run_over_two_stays_and_end_with_a_gap() -> None:
    """Nights of 1 to 10 January, then of the 11th to the 31st: 31 in one run. 1 to 10 March: ten more."""
    answers = think(model(NIGHTS, months=36), stay=THREE)
    assert len(answers.rows("tiny", "nights")) == 10 + 21 + 10
    runs = sorted(answers.rows("tiny", "runs").values(), key=lambda r: r["first_on"])
    assert [r["nights_in_run"] for r in runs] == [31, 10]
    assert [(r["first_on"], r["last_on"], r["pieces"]) for r in runs] == [
        (on(1, 1), on(1, 31), 31),
        (on(3, 1), on(3, 10), 10),
    ]


def test_two_beds_in_one_night_are_one_night() -> None:
    answers = think(model(NIGHTS, months=36), stay=[stay(on(1, 1), on(1, 3)), stay(on(1, 2), on(1, 4), 8)])
    assert sorted(r["beds"] for r in answers.rows("tiny", "night").values()) == [1, 1, 2]
    (run,) = answers.rows("tiny", "runs").values()
    assert run["nights_in_run"] == 3


def test_spells_within_seven_days_are_one() -> None:
    """Out on 1 February, in again on 1 March: two spells. Out on the 11th, in on the 18th: six days lie between."""
    answers = think(model(NIGHTS, months=36), stay=THREE)
    assert answers.rows("tiny", "person")["Patient/1"]["spells_3y"] == 2
    near = [stay(on(1, 1), on(1, 11)), stay(on(1, 18), on(1, 20))]
    far = [stay(on(1, 1), on(1, 11)), stay(on(1, 19), on(1, 20))]
    for given, spells in ((near, 1), (far, 2)):
        assert len(think(model(NIGHTS, months=36), stay=given).rows("tiny", "spells")) == spells


JOINED = """
[[set]]
id = "joined"
from = "stay"
also = { came_by = "household" }
merge = { start = "entry_on", end = "exit_on", per = ["project_type"] }
"""


def test_a_joined_row_is_its_first_piece_with_the_whole_stretch() -> None:
    rows = [
        stay(on(2, 1), on(2, 10), key="b", household="second"),
        stay(on(1, 1), on(1, 31), key="a", household="first"),
        stay(on(1, 15), on(2, 5), key="c", household="inside"),
        stay(on(2, 11), on(2, 12), 3, key="d"),
    ]
    found = think(model(JOINED), stay=rows).rows("tiny", "joined")
    told = {k: (r["entry_on"], r["exit_on"], r["pieces"], r["came_by"]) for k, r in found.items()}
    assert told == {"a": (on(1, 1), on(2, 10), 3, "first"), "d": (on(2, 11), on(2, 12), 1, None)}


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        # an open stretch reaches to today, 9 July: what begins by the 10th belongs to it, and the whole has no end
        ([stay(on(6, 1), None, key="a"), stay(on(7, 10), on(7, 20), key="b")], {"a": (None, 2)}),
        ([stay(on(6, 1), None, key="a"), stay(on(7, 11), on(7, 20), key="b")], {"a": (None, 1), "b": (on(7, 20), 1)}),
        # of a start that nobody knows nothing can be said: the row stays alone
        ([stay(on(6, 1), on(6, 9), key="a"), {"key": "b", "project_type": 0, "exit_on": on(6, 5)}],
         {"a": (on(6, 9), 1), "b": (on(6, 5), 1)}),
        # equal days: the key decides which piece is first
        ([stay(on(6, 1), on(6, 2), key="b"), stay(on(6, 1), on(6, 9), key="a")], {"a": (on(6, 9), 2)}),
        # another person's stay is not a piece
        ([stay(on(6, 1), on(6, 2), key="a"), stay(on(6, 2), on(6, 3), key="b", person_id=2)],
         {"a": (on(6, 2), 1), "b": (on(6, 3), 1)}),
    ],
)  # fmt: skip
def test_what_an_unknown_day_does_to_joined_stretches(rows: list[dict[str, Any]], told: dict[str, Any]) -> None:
    people = [{"key": f"Patient/{n}", "person_id": n} for n in (1, 2)]
    found = think(model(JOINED), person=people, stay=rows).rows("tiny", "joined")
    assert {key: (row["exit_on"], row["pieces"]) for key, row in found.items()} == told


MONTHS = """
[[set]]
id = "months"
from = "enrollment where model = this_model"
each = { unit = "month", from = "started_on", to = "first_known(ended_on, today)", as = "month" }
[[fact]]
on = "months"
id = "is_now"
value = "month = first_of_month(today)"
[[fact]]
on = "months"
id = "contacts"
count = "contact"
window = "same month as month"
if_none = 0
"""


def test_months_have_first_days_and_both_ends_count() -> None:
    joined = [{"key": "e", "model": "tiny", "state": "active", "started_on": on(4, 30)}]
    calls = [{"on_date": on(5, 1)}, {"on_date": on(5, 31)}, {"on_date": on(7, 9)}]
    rows = think(model(MONTHS), enrollment=joined, contact=calls).rows("tiny", "months")
    assert [(k, r["month"], r["contacts"], r["is_now"]) for k, r in sorted(rows.items())] == [
        ("e/2026-04-01", on(4, 1), 0, False),
        ("e/2026-05-01", on(5, 1), 2, False),
        ("e/2026-06-01", on(6, 1), 0, False),
        ("e/2026-07-01", on(7, 1), 1, True),
    ]


def test_a_stretch_without_an_end_or_turned_round_has_no_days() -> None:
    sets = '[[set]]\nid = "d"\nfrom = "stay"\neach = { unit = "day", from = "entry_on", to = "exit_on", as = "day_on" }'
    rows = [stay(on(1, 1), None), stay(on(1, 2), on(1, 1)), stay(on(1, 5), on(1, 5), key="one")]
    assert list(think(model(sets), stay=rows).rows("tiny", "d")) == ["one/2026-01-05"]


def test_a_stretch_gives_ten_years_of_days_at_the_most() -> None:
    sets = '[[set]]\nid = "d"\nfrom = "stay"\neach = { unit = "day", from = "entry_on", to = "exit_on", as = "day_on" }'
    assert len(think(model(sets), stay=[stay(on(1, 1, 1900), on(1, 1))]).rows("tiny", "d")) == 3661


CAP = """
[[set]]
id = "service_days"
from = "contact where activity = 'tenancy'"
at_most = { rows = 30, in_days = 180, per = ["person_id"], at = "on_date" }
"""


def test_thirty_days_of_service_in_180_are_kept() -> None:
    """T-27: of 34 days in a row, 30 count; the 31st counts again when the first has left the 180 days."""
    days = [{"activity": "tenancy", "on_date": on(1, 1) + timedelta(n)} for n in range(34)]
    kept = [r["kept"] for r in think(model(CAP), contact=days).rows("tiny", "service_days").values()]
    assert kept.count(True) == 30
    later = [*days, {"key": "late", "activity": "tenancy", "on_date": on(1, 1) + timedelta(180)}]
    assert think(model(CAP), contact=later).rows("tiny", "service_days")["late"]["kept"] is True


def test_an_episode_that_begins_while_a_kept_one_runs_is_not_kept() -> None:
    sets = '[[set]]\nid = "once"\nfrom = "stay"\n' \
           'at_most = { rows = 1, per = ["person_id"], at = "entry_on", until = "exit_on" }'  # fmt: skip
    rows = [
        stay(on(1, 1), on(1, 31), key="a"), stay(on(1, 31), on(2, 28), key="b"), stay(on(2, 1), on(2, 2), key="c"),
        stay(on(2, 2), None, key="d"), stay(on(2, 3), None, key="e"), stay(on(7, 1), on(7, 2), key="f"),
    ]  # fmt: skip
    found = think(model(sets), stay=rows).rows("tiny", "once")
    assert {key: row["kept"] for key, row in found.items()} == {
        "a": True, "b": False, "c": True, "d": False, "e": True, "f": False
    }  # fmt: skip


WAITING = """
[[set]]
id = "waiting"
from = "stay where not known(exit_on)"
pick = { per = [], order = ["project_type high", "entry_on"], first = 0, place = "place", across = true }
[[set]]
id = "own_first"
from = "stay"
pick = { per = ["person_id"], order = ["entry_on high"], first = 2, place = "nth" }
"""


def test_everyone_on_a_list_has_a_place() -> None:
    people = [{"key": f"Patient/{n}", "person_id": n} for n in (1, 2)]
    rows = [stay(on(2, 1), None, 5, key="a"), stay(on(1, 1), None, 9, key="b", person_id=2),
            stay(on(1, 1), None, 5, key="c", person_id=2), stay(on(1, 1), on(1, 2), 9, key="d")]  # fmt: skip
    answers = think(model(WAITING), person=people, stay=rows)
    assert {k: r["place"] for k, r in answers.rows("tiny", "waiting").items()} == {"b": 1, "c": 2, "a": 3}
    assert {k: r["nth"] for k, r in answers.rows("tiny", "own_first").items()} == {"a": 1, "d": 2, "b": 1, "c": 2}
    counted = '[[fact]]\nid = "n_own_first"\ncount = "own_first"\nif_none = 0\n'
    knows = BELONGS.replace('"known(birth_date)"', '"n_own_first > 0"')
    some = compile_models([model(WAITING + counted, eligibility=knows)], LIBRARY, everyone=False)
    assert {on for _, on in some.relations} == {"person", "own_first"}
    with pytest.raises(WrongDefinition, match="only the rows of everyone together can tell"):
        compile_models([model(WAITING + counted.replace("own_first", "waiting"))], LIBRARY)


LIST = """
[[set]]
id = "months"
from = "list_month"
[[fact]]
on = "months"
id = "expected"
value = "previous(active) + inflow - outflow"
per = ["site"]
[[fact]]
on = "months"
id = "off_by_pct"
value = "ratio(absolute(expected - active) * percent, active, 2)"
"""


def test_a_list_is_compared_with_what_the_month_before_lets_expect() -> None:
    """200 + 40 - 35 = 205 beside 230 is 10.87 % off; 100 + 30 - 20 = 110 beside 95 is 15.79 %."""
    rows = [
        {"key": "a1", "site": "a", "month": on(1, 1), "active": 200},
        {"key": "a2", "site": "a", "month": on(2, 1), "active": 230, "inflow": 40, "outflow": 35},
        {"key": "b1", "site": "b", "month": on(1, 1), "active": 100},
        {"key": "b2", "site": "b", "month": on(2, 1), "active": 95, "inflow": 30, "outflow": 20},
    ]
    found = think(model(LIST, percent=100), list_month=rows).rows("tiny", "months")
    assert [str(found[k]["off_by_pct"]) for k in sorted(found)] == ["None", "10.870000", "None", "15.790000"]
    undated = [*rows, {"key": "b3", "site": "b", "active": 3}]
    found = think(model(LIST, percent=100), list_month=undated).rows("tiny", "months")
    assert [found[k]["expected"] for k in sorted(found)] == [None, 205, None, None, None]


def test_the_row_before_is_the_same_persons() -> None:
    sets = '[[fact]]\non = "o"\nid = "before"\nvalue = "previous(value)"\n[[set]]\nid = "o"\nfrom = "observation"'
    people = [{"key": f"Patient/{n}", "person_id": n} for n in (1, 2)]
    rows = [{"key": "a", "effective_on": on(1, 2), "value": 7}, {"key": "b", "effective_on": on(1, 1), "value": 5},
            {"key": "c", "effective_on": on(1, 3), "value": 9, "person_id": 2}]  # fmt: skip
    found = think(model(sets), person=people, observation=rows).rows("tiny", "o")
    assert {key: row["before"] for key, row in found.items()} == {"a": 5, "b": None, "c": None}


WRONG = [
    ('[[set]]\nid = "x"\nfrom = "stay"\nmerge = { start = "entry_on", end = "household" }',
     '"household" is not a date'),
    ('[[set]]\nid = "x"\nfrom = "stay"\neach = { unit = "day", from = "entry_on", to = "exit_on", as = "exit_on" }',
     '"exit_on" is a column already'),
    ('[[set]]\nid = "x"\nfrom = "stay"\ngroup = { by = [] }\nmerge = { start = "entry_on", end = "exit_on" }',
     "a set is grouped or merged, not both"),
    ('[[set]]\nid = "x"\nfrom = "stay"\nat_most = { rows = 1, per = [], at = "entry_on" }', "needs in_days, or until"),
    ('[[set]]\nid = "x"\nfrom = "stay"\npick = { per = [], order = ["entry_on"], place = "household" }',
     '"household" is a column already'),
    ('[[set]]\nid = "x"\nfrom = "list_month"\n[[fact]]\non = "x"\nid = "y"\nvalue = "previous(active)"',
     "previous() needs per"),
    ('[[set]]\nid = "x"\nfrom = "stay where previous(project_type) = 1"', "previous() has no meaning here"),
    ('[[fact]]\nid = "y"\nvalue = "previous(died)"', "previous() has no meaning here"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "says"), WRONG, ids=[says[:40] for _, says in WRONG])
def test_a_mistake_in_a_stretch_or_an_order_teaches(text: str, says: str) -> None:
    with pytest.raises(WrongDefinition) as caught:
        compile_models([model(text)], LIBRARY)
    assert says in str(caught.value)
