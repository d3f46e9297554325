"""What a fact of someone's rows is: unknown where a blank could change it. Answers worked out by hand."""

from datetime import date
from decimal import Decimal as D
from typing import Any

import pytest

from .stays_and_calls import REACHED, call, lab, on
from .tiny import fact, model, think


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
