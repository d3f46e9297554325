"""Tables and numbers that differ by day, by state and by payer; lines between points; and files a site brings along."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal as D
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pytest

from throughcare.decide.evaluate import Engine, fitted
from throughcare.definitions import grammar as g
from throughcare.definitions.compiled import Plan, compile_models
from throughcare.definitions.expressions import Mistake
from throughcare.faults import WrongDefinition

from .tiny import LIBRARY, NOW, model
from .worth import Worth


@pytest.fixture(scope="module")
def worth() -> Iterator[Worth]:
    made = Worth()
    yield made
    made.thinker.close()


def table(kind: str, rows: list[list[Any]], **more: Any) -> list[g.Table]:
    return [g.Table(id="t", kind=kind, rows=rows, **more)]  # type: ignore[arg-type]


SHARES = [[500, 999, D("12.2"), D("8.7")], [3000, 4999, D("5.0"), D("3.9")], [8000, 8999, D("3.2"), D("3.1")],
          [9000, 9999, D("3.1"), D("3.0")], [10000, 14999, D("3.0"), D("2.7")], [60000, 60000, 2, 2]]  # fmt: skip


@pytest.mark.parametrize(
    ("persons", "percent"),
    [
        (D(12000), D("2.88")),  # T-ACO-1: 3.0 less 0.3 * 2000 / 4999
        (D(8500), D("3.15")),  # T-ACO-2: 3.2 less 0.1 * 500 / 999
        (D(10000), D("3.00")),
        (D(14999), D("2.70")),
        (D(500), D("12.20")),
        (D(60000), D("2.00")),
        (D("9999.5"), None),  # between two lines
        (D(499), None),
        (D(60001), None),
    ],
)
def test_a_minimum_savings_rate_lies_on_the_line_of_its_row(worth: Worth, persons: D, percent: D | None) -> None:
    rows = table("slope", SHARES)
    assert worth("round_half_up(interpolate(t, x), 2)", {"x": persons}, tables=rows) == percent


def test_outside_a_closed_line_there_is_surely_nothing(worth: Worth) -> None:
    rows = table("slope", SHARES, closed=True)
    assert worth("interpolate(t, x)", {"x": D("9999.5")}, tables=rows) == 0
    assert worth("interpolate(t, x)", blank={"x": "decimal"}, tables=rows) is None


FEES = [["99490", date(2026, 1, 1), D("60.52")], ["99490", date(2025, 1, 1), D("59.00")],
        ["99439", date(2026, 1, 1), D("45.93")]]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "day", "price", "if_closed"),
    [
        ("99490", date(2026, 3, 1), D("60.52"), D("60.52")),
        ("99490", date(2026, 1, 1), D("60.52"), D("60.52")),
        ("99490", date(2025, 12, 31), D("59.00"), D("59.00")),
        ("99490", date(2024, 12, 31), None, D(0)),
        ("99439", date(2025, 12, 31), None, D(0)),
        ("12345", date(2026, 3, 1), None, D(0)),
    ],
)
def test_a_fee_is_the_last_that_took_effect(worth: Worth, code: str, day: date, price: D, if_closed: D) -> None:
    row = {"code": code, "on_date": day}
    assert worth("lookup(t, code, on_date)", row, tables=table("exact", FEES, band_last=True)) == price
    closed = table("exact", FEES, band_last=True, closed=True)
    assert worth("lookup(t, code, on_date)", row, tables=closed) == if_closed
    assert worth("lookup(t, code, on_date)", {"code": code}, blank={"on_date": "date"}, tables=closed) is None


@pytest.mark.parametrize(("value", "nothing"), [("x", "none"), (True, False), (7, 0), (D("1.5"), D(0))])
def test_what_nothing_is_depends_on_the_kind(worth: Worth, value: Any, nothing: Any) -> None:
    found = worth("lookup(t, c)", {"c": "b"}, tables=table("exact", [["a", value]], closed=True))
    assert found == nothing and type(found) is type(nothing)


WRONG = [
    ("interpolate(t, x)", table("band", [[0, 1]]), "has no lines"),
    ("lookup(t, x)", table("slope", SHARES), "is a line"),
    ("interpolate(t, x)", table("slope", [[5, 1, 2, 3]]), "is not a line"),
    ("lookup(t, x)", table("exact", [[1, date(2026, 1, 1)]], closed=True), "there is no date that means nothing"),
    ("lookup(t, x)", table("exact", []), "is looked up by 0 value"),
    ("lookup(t, x)", table("exact", [[1, "a"], [2, 3]]), "of different kinds"),
]


@pytest.mark.parametrize(("text", "tables", "says"), WRONG, ids=[says for _, _, says in WRONG])
def test_a_table_that_cannot_be_read_so_says_why(worth: Worth, text: str, tables: list[g.Table], says: str) -> None:
    with pytest.raises(Mistake, match=says):
        worth(text, {"x": 1}, tables=tables)


# ---- parameters by state and payer

RATE = g.Parameter(
    unit="USD",
    values={"2026-01-01": 1, "2026-07-01": 2},
    scoped=[
        g.Scoped(state="NY", values={"2026-01-01": 10}),
        g.Scoped(payer="Organization/x", values={"2026-01-01": 100}),
        g.Scoped(state="NY", payer="Organization/x", values={"2026-07-01": 1000}),
    ],
)
ROWS = """
[[set]]
id = "rows"
from = "observation"
also = { state = "unit_state", payer_id = "unit_payer" }
[[fact]]
on = "rows"
id = "rate_then"
value = "rate + 0"
"""
VIEWS = {**LIBRARY.views, "observation": {"effective_on": "date", "unit_state": "text", "unit_payer": "text"},
         "person": {**LIBRARY.views["person"], "state": "text"}}  # fmt: skip


def with_rate(sets: str, parameter: g.Parameter = RATE) -> g.CareModel:
    return msgspec.structs.replace(model(sets), parameters={"rate": parameter})


def run(plan: Plan, **rows: list[dict[str, Any]]) -> Any:
    """The answers over these rows."""
    rows.setdefault("person", [{"key": "Patient/1", "birth_date": date(1950, 1, 1)}])
    tables = {}
    for view, listed in rows.items():
        names = {name for row in listed for name in row} | {"key", "person_id"}
        full = [{"key": f"{view}/{n}", "person_id": 1, **row} for n, row in enumerate(listed, 1)]
        tables[view] = fitted(pa.Table.from_pylist([{n: r.get(n) for n in names} for r in full]), plan.views[view])
    engine = Engine(plan)
    try:
        return engine.run(tables, NOW, "America/New_York")
    finally:
        engine.close()


@pytest.mark.parametrize(
    ("day", "state", "payer", "expected"),
    [
        (date(2026, 1, 1), "MI", "Organization/y", 1),
        (date(2026, 7, 1), "MI", "Organization/y", 2),
        (date(2026, 7, 1), "NY", "Organization/y", 10),
        (date(2026, 1, 1), "MI", "Organization/x", 100),
        (date(2026, 6, 30), "NY", "Organization/x", 100),  # both have no value yet; the payer goes before the state
        (date(2026, 7, 1), "NY", "Organization/x", 1000),
        (date(2025, 12, 31), "NY", "Organization/y", None),
        (date(2026, 7, 1), None, "Organization/y", None),  # it might be New York
        (date(2026, 7, 1), "NY", None, None),
    ],
)
def test_the_most_specific_scope_that_has_a_value_wins(day: date, state: Any, payer: Any, expected: int) -> None:
    library = msgspec.structs.replace(LIBRARY, views=VIEWS)
    rows = [{"effective_on": day, "unit_state": state, "unit_payer": payer}]
    (row,) = run(compile_models([with_rate(ROWS)], library), observation=rows).rows("tiny", "rows").values()
    assert row["rate_then"] == expected


def test_the_persons_own_state_tells_where_the_row_has_none() -> None:
    by_state = msgspec.structs.replace(RATE, scoped=RATE.scoped[:1])
    sets = ROWS.replace('also = { state = "unit_state", payer_id = "unit_payer" }\n', "")
    library = msgspec.structs.replace(LIBRARY, views=VIEWS)
    people = [{"key": "Patient/1", "state": "NY"}]
    answers = run(compile_models([with_rate(sets, by_state)], library), person=people,
                  observation=[{"effective_on": date(2026, 7, 1)}])  # fmt: skip
    assert [r["rate_then"] for r in answers.rows("tiny", "rows").values()] == [10]
    with pytest.raises(WrongDefinition, match="values by payer"):
        compile_models([with_rate(sets)], library)


def test_the_state_of_an_enrollment_is_not_where_someone_lives() -> None:
    by_state = msgspec.structs.replace(
        RATE, scoped=[g.Scoped(state="active", values={"2020-01-01": -1}), RATE.scoped[0]]
    )
    sets = '[[set]]\nid = "rows"\nfrom = "enrollment"\n[[fact]]\non = "rows"\nid = "rate_then"\nvalue = "rate + 0"'
    library = msgspec.structs.replace(LIBRARY, views=VIEWS)
    joined = [{"model": "tiny", "state": "active", "started_on": date(2026, 7, 1)}]
    answers = run(compile_models([with_rate(sets, by_state)], library), enrollment=joined,
                  person=[{"key": "Patient/1", "state": "NY"}])  # fmt: skip
    assert [r["rate_then"] for r in answers.rows("tiny", "rows").values()] == [10]


def test_a_list_may_differ_by_state() -> None:
    listed = g.Parameter(unit="codes", values={"2020-01-01": ["a"]},
                         scoped=[g.Scoped(state="NY", values={"2020-01-01": ["b"]})])  # fmt: skip
    sets = ROWS.replace('"rate + 0"', "\"'b' in rate\"")
    library = msgspec.structs.replace(LIBRARY, views=VIEWS)
    rows = [{"effective_on": date(2026, 7, 1), "unit_state": s} for s in ("NY", "MI", None)]
    found = run(compile_models([with_rate(sets, listed)], library), observation=rows).rows("tiny", "rows")
    assert [found[k]["rate_then"] for k in sorted(found)] == [True, False, None]


# ---- imported tables

FILE = (
    "code,locality,from_on,price\n99490,01,2026-01-01,60.52\n99490,01,2025-01-01,59\n99490,02,2026-01-01,64.1234567\n"
)
LOOKS = """
[[set]]
id = "rows"
from = "observation"
[[fact]]
on = "rows"
id = "price"
value = "lookup(fees, code, place, effective_on)"
"""
BILLED = {**LIBRARY.views, "observation": {"effective_on": "date", "code": "text", "place": "text"}}


def looking(folder: Path, text: str = FILE, **more: Any) -> Plan:
    (folder / "site_fees.csv").write_text(text)
    given = {"import_": "site_fees", "keys": ["code", "locality", "from_on"], "value": "price", "band_last": True}
    made = msgspec.structs.replace(model(LOOKS), tables=[g.Table(id="fees", kind="exact", **{**given, **more})])
    library = msgspec.structs.replace(LIBRARY, views=BILLED, tables_dir=str(folder))
    return compile_models([made], library)


@pytest.mark.parametrize(
    ("code", "place", "day", "price"),
    [
        ("99490", "01", date(2026, 7, 1), D("60.52")),
        ("99490", "01", date(2025, 12, 31), D("59")),
        ("99490", "01", date(2024, 12, 31), None),
        ("99490", "02", date(2026, 7, 1), D("64.123457")),
        ("99490", "1", date(2026, 7, 1), None),  # codes keep the noughts in front
        (None, "01", date(2026, 7, 1), None),
    ],
)
def test_a_price_is_found_in_the_file_the_site_brought(
    tmp_path: Path, code: str, place: str, day: date, price: D
) -> None:
    rows = [{"effective_on": day, "code": code, "place": place}]
    (row,) = run(looking(tmp_path), observation=rows).rows("tiny", "rows").values()
    assert row["price"] == price
    (row,) = run(looking(tmp_path, closed=True), observation=rows).rows("tiny", "rows").values()
    assert row["price"] == (price if price or code is None else 0)


def test_everything_is_looked_up_in_one_reading(tmp_path: Path) -> None:
    rows = [{"effective_on": date(2026, 7, 1), "code": "99490", "place": p} for p in ("01", "02", "03")]
    found = run(looking(tmp_path), observation=rows).rows("tiny", "rows")
    assert [found[k]["price"] for k in sorted(found)] == [D("60.52"), D("64.123457"), None]


@pytest.mark.parametrize(
    ("text", "more", "says"),
    [
        (FILE, {"import_": "other_fees"}, "imported from other_fees.csv, which is not there"),
        (FILE, {"import_": "other_fees"}, "the setting care_tables_dir names"),
        (FILE, {"value": "prize"}, 'site_fees.csv has no column "prize". Did you mean price?'),
        (FILE, {"keys": ["code", "locality"]}, "looked up by 2 value"),
        (FILE.replace("2025-01-01", "soon"), {}, 'line 3: from_on is "soon", which is no day'),
        (FILE.replace("01,2025-01-01", "01,2026-01-01"), {}, "two rows with the same code, locality, from_on"),
        (FILE + "\n1,2", {}, "is not a table with commas"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(tmp_path: Path, text: str, more: Any, says: str) -> None:
    with pytest.raises(WrongDefinition) as caught:
        looking(tmp_path, text, **more)
    assert says in str(caught.value)


def test_a_value_that_is_no_number_is_text(tmp_path: Path) -> None:
    plan = looking(tmp_path, FILE.replace("60.52", "by report"))
    rows = [{"effective_on": date(2026, 7, 1), "code": "99490", "place": p} for p in ("01", "02")]
    found = run(plan, observation=rows).rows("tiny", "rows")
    assert [found[k]["price"] for k in sorted(found)] == ["by report", "64.1234567"]
