"""Where a visit of ours stands for what several told, readers see it in their place, and what names them names it."""

import pyarrow as pa

from throughcare.record.one_stay import asked, one_row_each

TELLINGS = pa.table({
    "row_key": ["Encounter/stay-1"] * 3,
    "stay_key": ["Encounter/a"] * 3,
    "told_key": ["Encounter/a", "Encounter/b", "ExplanationOfBenefit/bill"],
})  # fmt: skip


def table(**columns: list) -> pa.Table:
    return pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})


def test_tellings_are_left_out_and_ours_has_the_key_of_the_stay():
    visits = table(key=["Encounter/a", "Encounter/b", "Encounter/stay-1", "Encounter/other"], part_of=[None] * 4)
    codes = table(key=["Encounter/b#1", "Encounter/stay-1#1"], encounter_key=["Encounter/b", "Encounter/stay-1"])
    found = one_row_each({"encounter": visits, "encounter_code": codes}, TELLINGS)
    assert found["encounter"]["key"].to_pylist() == ["Encounter/a", "Encounter/other"]
    assert found["encounter_code"]["encounter_key"].to_pylist() == ["Encounter/a"]


def test_what_names_a_telling_names_the_stay_and_a_claim_stays_a_claim():
    about = ["Encounter/b", "Encounter/stay-1", "ExplanationOfBenefit/bill", None, "Task/t"]
    found = one_row_each({"contact": table(key=list("vwxyz"), about=about)}, TELLINGS)["contact"]
    assert found["about"].to_pylist() == ["Encounter/a", "Encounter/a", "ExplanationOfBenefit/bill", None, "Task/t"]
    assert found["key"].to_pylist() == list("vwxyz")


def test_only_tables_with_visits_in_them_ask_for_tellings():
    assert asked({"encounter": {"key": "text"}}) and asked({"diagnosis": {"encounter_key": "text"}})
    assert not asked({"person": {"key": "text", "birth_date": "date"}})
