"""Found: rows laid out by what an imported table holds of them, and tables a site may do without."""

from decimal import Decimal as D
from pathlib import Path
from typing import Any

import msgspec
import pytest

from throughcare.definitions import grammar as g
from throughcare.definitions.compiled import Plan, compile_models
from throughcare.faults import WrongDefinition

from .test_tables import run
from .tiny import LIBRARY, model

VIEWS = {**LIBRARY.views, "observation": {"effective_on": "date", "code": "text", "place": "text", "age": "integer"}}
FILE = "code,kind,age_from,weight\nA,heart,0,2\nA,lung,65,3\nB,heart,0,1\n"
SETS = """
[[set]]
id = "kinds"
from = "observation"
found = { in = "kinds_of_code", by = ["code"], take = ["kind", "weight"] }
[[set]]
id = "fitting"
from = "observation"
found = { in = "kinds_of_code where age >= age_from", by = ["code"], take = ["kind"] }
group = { by = ["kind"] }
sum = [{ id = "n", count = "rows" }]
[[fact]]
id = "weight"
sum = "kinds"
take = "weight"
if_none = 0
[[fact]]
on = "kinds"
id = "price"
value = "lookup(price_of_kind, kind)"
"""
COLUMNS = {"code": "text", "kind": "text", "age_from": "decimal", "weight": "decimal"}


def compiled(folder: Path, text: str | None, old: str = "", new: str = "", **more: Any) -> Plan:
    if text is not None:
        (folder / "kinds.csv").write_text(text)
    given = {"kind": "exact", "import_": "kinds", "columns": COLUMNS, **more}
    tables = [
        g.Table(id="kinds_of_code", keys=["code"], **given),
        g.Table(id="price_of_kind", keys=["kind"], value="weight", closed=True, kind="exact",
                import_="prices", columns={"kind": "text", "weight": "decimal"}),
    ]  # fmt: skip
    made = msgspec.structs.replace(model(SETS.replace(old, new)), tables=tables)
    library = msgspec.structs.replace(LIBRARY, views=VIEWS, tables_dir=str(folder))
    return compile_models([made], library)


def seen(*codes: str, age: int = 70) -> list[dict[str, Any]]:
    return [{"code": code, "age": age} for code in codes]


def test_a_row_stands_once_for_each_row_of_the_table_and_is_left_out_without_one(tmp_path: Path) -> None:
    rows = run(compiled(tmp_path, FILE), observation=seen("A", "B", "C")).rows("tiny", "kinds")
    assert sorted((r["code"], r["kind"], r["weight"]) for r in rows.values()) == [
        ("A", "heart", D(2)), ("A", "lung", D(3)), ("B", "heart", D(1)),
    ]  # fmt: skip
    assert len(rows) == 3


def test_the_condition_speaks_of_both_rows(tmp_path: Path) -> None:
    for age, expected in ((64, {"heart": 2}), (65, {"heart": 2, "lung": 1})):
        rows = run(compiled(tmp_path, FILE), observation=seen("A", "B", age=age)).rows("tiny", "fitting")
        assert {r["kind"]: r["n"] for r in rows.values()} == expected


def test_without_a_table_that_may_be_missing_everything_found_in_it_is_unknown(tmp_path: Path) -> None:
    answers = run(compiled(tmp_path, None), observation=seen("A", "C"))
    rows = answers.rows("tiny", "kinds")
    assert [(r["kind"], r["weight"], r["price"]) for r in rows.values()] == [(None, None, None)] * 2
    (person,) = answers.rows("tiny", "person").values()
    assert person["weight"] is None


def test_a_closed_table_that_is_missing_is_unknown_and_one_that_is_there_is_nothing(tmp_path: Path) -> None:
    rows = run(compiled(tmp_path, FILE), observation=seen("B")).rows("tiny", "kinds")
    assert [r["price"] for r in rows.values()] == [None]
    (tmp_path / "prices.csv").write_text("kind,weight\nlung,1\n")
    rows = run(compiled(tmp_path, FILE), observation=seen("B")).rows("tiny", "kinds")
    assert [r["price"] for r in rows.values()] == [D(0)]


@pytest.mark.parametrize(
    ("old", "new", "text", "says"),
    [
        ('in = "kinds_of_code", by', 'in = "kinds_of_cod", by', FILE, 'Did you mean kinds_of_code?'),
        ('by = ["code"], take = ["kind", "weight"]', 'by = ["cod"], take = ["kind"]', FILE, '"cod" is not a column'),
        ('by = ["code"], take = ["kind", "weight"]', 'by = [], take = ["kind"]', FILE, "looked up by 1 value"),
        ('take = ["kind", "weight"]', 'take = ["kinds"]', FILE, 'kinds.csv has no column "kinds"'),
        ('take = ["kind", "weight"]', 'take = ["code"]', FILE, '"code" is a column already'),
        ("where age >= age_from", "where person.died", FILE, "may not speak of the person"),
        ("", "", FILE + "A,heart,9,2\n", "two rows with the same code, kind, weight"),
        ("", "", FILE.replace("65,3", "65,many"), "which is no number"),
    ],
)  # fmt: skip
def test_what_cannot_be_found_says_why(tmp_path: Path, old: str, new: str, text: str, says: str) -> None:
    with pytest.raises(WrongDefinition) as caught:
        compiled(tmp_path, text, old, new)
    assert says in str(caught.value)
