"""What payment means: candidates with their price or the reasons why not, and rules between services."""

from datetime import date
from decimal import Decimal as D
from typing import Any

import pytest

from throughcare.definitions.compiled.concurrency import check
from throughcare.definitions.expressions import Mistake
from throughcare.definitions.grammar import ConcurrencyFile, Exclusive

from .tiny import model, think

CALLS = """[[set]]
id = "calls"
says = "Calls"
from = "contact where activity = 'call'"
"""
JOINED = [{"model": "tiny", "state": "active", "started_on": date(2026, 1, 1)}]


def line(id: str = "paid", **keys: str) -> str:
    given = {"on": "calls", "service": "calling", "code": "C1", "price": "price"} | keys
    return f'[[line]]\nid = "{id}"\n' + "\n".join(f'{key} = "{text}"' for key, text in given.items())


def lines(payment: str, rules: str = "", **rows: Any) -> list[dict[str, Any]]:
    rows.setdefault("enrollment", JOINED)
    answers = think(model(CALLS, payment=payment, price=D("10.125"), most=2), rules=rules, **rows)
    return sorted(answers.line.to_pylist(), key=lambda r: (r["on_date"], r["line"], r["row_key"]))


def call(day: date, reached: bool | None = True) -> dict[str, Any]:
    return {"activity": "call", "on_date": day, "reached": reached}


def test_a_line_is_units_times_price_rounded_half_up_to_the_cent() -> None:
    (found,) = lines(line(units="most"), contact=[call(date(2026, 6, 5))])
    assert (found["units"], found["price"], found["amount"]) == (D(2), D("10.125"), D("20.25"))
    assert (found["status"], found["month"], found["person_id"]) == ("payable", date(2026, 6, 1), 1)
    (found,) = lines(line(), contact=[call(date(2026, 6, 5))])
    assert found["amount"] == D("10.13")


def test_a_need_that_is_not_met_blocks_and_says_why_and_so_does_one_that_is_not_known() -> None:
    paid = line() + '\nneeds = [{ if = "reached", because = "nobody was reached" }]'
    days = [date(2026, 6, 1), date(2026, 6, 2), date(2026, 6, 3)]
    found = lines(paid, contact=[call(day, said) for day, said in zip(days, (True, False, None), strict=True)])
    assert [f["status"] for f in found] == ["payable", "blocked", "blocked"]
    assert [f["why_not"] for f in found] == ["", "nobody was reached", "nobody was reached"]
    assert found[1]["why"] == ["need.paid_1"]


def test_no_units_is_no_line_and_unknown_units_is_a_line_without_an_amount() -> None:
    assert lines(line(units="0"), contact=[call(date(2026, 6, 5))]) == []
    one_day = "days_between(on_date, person.died_on)"
    (found,) = lines(line(units=one_day), contact=[call(date(2026, 6, 5))])
    assert (found["amount"], found["status"], found["why_not"]) == (None, "blocked", "the number of units is not known")


def test_only_rows_inside_the_enrollment_are_lines_unless_the_line_says_always() -> None:
    contacts = [call(date(2025, 12, 31)), call(date(2026, 1, 1)), call(date(2026, 2, 1)), call(date(2026, 2, 2))]
    left = [{"model": "tiny", "state": "finished", "started_on": date(2026, 1, 1), "ended_on": date(2026, 2, 1)}]
    assert [f["on_date"].isoformat() for f in lines(line(), contact=contacts, enrollment=left)] == [
        "2026-01-01",
        "2026-02-01",
    ]
    assert lines(line(), contact=contacts, enrollment=[]) == []
    assert len(lines(line(**{"while": "always"}), contact=contacts, enrollment=[])) == 4


EXCLUSIVE = """[[exclusive]]
id = "once_a_month"
among = "service in ('calling', 'visiting')"
per = ["person_id", "month"]
order = ["priority low", "on_date low"]
losers = "suppressed"
because = "one a month is paid"
"""


def test_of_exclusive_lines_one_wins_and_the_others_say_to_which() -> None:
    two = line("a", code="C1") + "\npriority = 2\n" + line("b", code="C2", service="visiting") + "\npriority = 1\n"
    found = lines(two, EXCLUSIVE, contact=[call(date(2026, 6, 5)), call(date(2026, 7, 1))])
    assert [(f["line"], f["month"].month, f["status"]) for f in found] == [
        ("a", 6, "suppressed"),
        ("b", 6, "payable"),
        ("a", 7, "suppressed"),
        ("b", 7, "payable"),
    ]
    assert found[0]["why_not"] == "one a month is paid (C2)"
    assert found[0]["why"] == ["rule.once_a_month"]


def test_a_blocked_line_takes_nobodys_place() -> None:
    never = '\npriority = 1\nneeds = [{ if = "known(person.died_on)", because = "alive" }]\n'
    two = line("a") + "\npriority = 2\n" + line("b", service="visiting") + never
    found = lines(two, EXCLUSIVE, contact=[call(date(2026, 6, 5))])
    assert [f["status"] for f in found] == ["payable", "blocked"]


def test_lines_that_share_what_wins_stay_together() -> None:
    rule = EXCLUSIVE + 'between = "service"\n'
    three = line("a") + line("b", code="C1+") + line("c", service="visiting") + "\npriority = 2\n"
    found = lines(three.replace("[[line]]", "\n[[line]]"), rule, contact=[call(date(2026, 6, 5))])
    assert [f["status"] for f in found] == ["payable", "payable", "suppressed"]


def test_thirty_days_of_thirty_four_are_paid_in_a_rolling_half_year() -> None:
    rule = """[[limit]]
id = "cap"
among = "service = 'calling'"
per = ["person_id"]
units = 30
in_days = 180
because = "30 in 180 days"
"""
    found = lines(
        line(), rule, contact=[call(date(2026, 1, 5 + n) if n < 26 else date(2026, 2, n - 25)) for n in range(34)]
    )
    assert [f["status"] for f in found] == ["payable"] * 30 + ["denied"] * 4
    assert sum(f["amount"] for f in found if f["status"] == "payable") == D("303.90")


def test_a_unit_outside_the_window_makes_room_again() -> None:
    rule = '[[limit]]\nid = "cap"\namong = "true"\nper = ["person_id"]\nunits = 1\nin_days = 30\nbecause = "full"\n'
    days = [date(2026, 3, 1), date(2026, 3, 30), date(2026, 3, 31)]
    assert [f["status"] for f in lines(line(), rule, contact=[call(d) for d in days])] == [
        "payable",
        "denied",
        "payable",
    ]


def test_a_limit_may_count_by_another_day_than_the_date_of_service() -> None:
    """Two days apart, in two months: by the day one is too many, by the month it stands for both are paid."""
    rule = '[[limit]]\nid = "cap"\namong = "true"\nper = ["person_id"]\nunits = 1\nin_days = 5\nbecause = "full"\n'
    days = [call(date(2026, 2, 28)), call(date(2026, 3, 2))]
    assert [f["status"] for f in lines(line(), rule, contact=days)] == ["payable", "denied"]
    found = lines(line(limited_by="first_of_month(on_date)"), rule, contact=days)
    assert [(f["on_date"], f["status"]) for f in found] == [
        (date(2026, 2, 28), "payable"),
        (date(2026, 3, 2), "payable"),
    ]
    assert "limited_on" not in found[0]


def test_rules_between_services_name_no_care_model() -> None:
    rule = Exclusive(id="x", among="model = 'tiny'", per=["month"], order=[], losers="denied", because="")
    with pytest.raises(Mistake, match="names no care model"):
        check(ConcurrencyFile(exclusive=[rule]))


def test_a_settlement_is_steps_that_use_each_other_and_round_where_they_say() -> None:
    calc = """[[calc]]
on = "calls"
id = "half"
unit = "USD"
value = "ratio(price, most, 6)"
[[calc]]
on = "calls"
id = "paid"
unit = "USD"
value = "half + half + half"
round = 2
"""
    answers = think(model(CALLS, payment=calc, price=D("10.125"), most=2), contact=[call(date(2026, 6, 5))])
    row = answers.rows("tiny", "calls")["contact/1"]
    assert (row["half"], row["paid"]) == (D("5.0625"), D("15.19"))


BLOCKS = """[[blocks]]
id = "all_inside"
while_enrolled = ["x"]
blocks = ["*"]
because = "all care comes from one program"
"""


def test_an_enrollment_does_not_close_its_own_program() -> None:
    (found,) = lines(line(), BLOCKS, contact=[call(date(2026, 6, 5))])
    assert found["status"] == "payable"


def test_money_of_a_whole_organization_is_exact() -> None:
    """A product of two amounts needs more room than either of them."""
    calc = """[[calc]]
on = "calls"
id = "cap"
unit = "USD"
value = "price * most"
[[calc]]
on = "calls"
id = "share"
unit = "share"
value = "ratio(price * most, price, 6)"
"""
    paid = line(units="most") + "\n\n" + calc
    given = model(CALLS, payment=paid, price=D("212000000.25"), most=100)
    answers = think(given, contact=[call(date(2026, 6, 5))], enrollment=JOINED)
    row = answers.rows("tiny", "calls")["contact/1"]
    assert (row["cap"], row["share"]) == (D("21200000025"), D(100))
    assert [r["amount"] for r in answers.line.to_pylist()] == [D("21200000025.00")]
