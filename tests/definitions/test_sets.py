"""What a set holds: rows picked, cut and spaced, sets of sets, and mistakes told where they stand."""

import pytest

from throughcare.definitions.compiled import compile_models
from throughcare.faults import WrongDefinition

from .stays_and_calls import REACHED, STAYS, call, on, stay
from .tiny import BELONGS, LIBRARY, model, think


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
