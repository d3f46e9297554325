"""What the care library shares: a care model takes what it names, own names come first, and mistakes stand at home."""

from collections.abc import Callable
from pathlib import Path

import pytest

from throughcare.definitions.check import check
from throughcare.definitions.compiled import compile_models
from throughcare.definitions.load import load_library, load_model
from throughcare.faults import WrongDefinition

SETS = """[[set]]
id = "long_stays"
says = "Stays of many days"
from = "encounter where class = 'inpatient' and days_between(started_on, ended_on) >= long_stay_days"

[[fact]]
on = "long_stays"
id = "nights"
says = "Nights of the stay"
value = "days_between(started_on, ended_on)"

[[fact]]
id = "never_named"
says = "Nobody asks for this"
count = "contact"
if_none = 0
"""
NUMBERS = """[long_stay_days]
says = "Days from which a stay is long"
unit = "days"
cites = "Our own"
values = { 2000-01-01 = 7 }

[[table]]
id = "days_to_points"
says = "Points for days"
cites = "Our own"
kind = "band"
rows = [[0, 0], [7, 5]]
"""
TAKES = """
[[fact]]
on = "person"
id = "longest"
says = "The longest of the long stays"
highest = "long_stays"
take = "nights"

[[fact]]
on = "long_stays"
id = "points"
says = "Points of a long stay"
value = "lookup(days_to_points, nights)"
"""


@pytest.fixture
def shared_library(tiny_library: Path) -> Path:
    """The tiny library with a set, two facts, a number and a table that models may share."""
    (tiny_library / "sets").mkdir()
    (tiny_library / "parameters").mkdir()
    (tiny_library / "sets/stays.toml").write_text(SETS)
    (tiny_library / "parameters/stays.toml").write_text(NUMBERS)
    return tiny_library


def test_a_care_model_takes_what_it_names_and_no_more(tiny: Callable[..., Path], shared_library: Path) -> None:
    library = load_library(shared_library)
    plain = load_model(tiny(), library)
    assert [s.id for s in plain.sets.set] == ["stays"] and "long_stay_days" not in plain.parameters
    takes = load_model(tiny("sets.toml", "", TAKES), library)
    assert check(takes, library) == []
    assert [s.id for s in takes.sets.set] == ["stays", "long_stays"]
    assert {f.id for f in takes.sets.fact} == {"stays_ever", "call_by", "longest", "points", "nights"}
    assert takes.parameters["long_stay_days"].values == {"2000-01-01": 7}
    plan = compile_models([takes], library)
    assert ("tiny", "long_stays") in plan.relations
    assert ("tiny", "long_stays", "points") in plan.columns


def test_two_care_models_that_take_one_set_share_it(tiny: Callable[..., Path], shared_library: Path) -> None:
    library = load_library(shared_library)
    one = load_model(tiny("sets.toml", "", TAKES), library)
    other = load_model(tiny("sets.toml", "", TAKES), library)
    other.model.id = "other"
    plan = compile_models([one, other], library)
    assert plan.relations["tiny", "long_stays"] == plan.relations["other", "long_stays"]


@pytest.mark.parametrize(
    ("file", "new", "line", "says"),
    [
        ("sets.toml", '\n[[set]]\nid = "long_stays"\nsays = "Ours"\nfrom = "encounter"\n', 20,
         "set long_stays: the care library has a set of this name"),
        ("sets.toml", TAKES + '\n[[fact]]\non = "long_stays"\nid = "nights"\nsays = "Ours"\nvalue = "1"\n', 34,
         "fact nights: the care library has a fact of this name"),
        ("parameters.toml", '\n[long_stay_days]\nsays = "Ours"\nunit = "d"\ncites = "x"\nvalues = { 2000-01-01 = 9 }',
         13, "parameter long_stay_days: the care library has a parameter of this name"),
    ],
)  # fmt: skip
def test_a_name_of_the_library_may_not_be_taken_for_something_else(
    tiny: Callable[..., Path], shared_library: Path, file: str, new: str, line: int, says: str
) -> None:
    library = load_library(shared_library)
    findings = check(load_model(tiny(file, "", new), library), library)
    assert any(says in f.what and f.line == line and f.file.endswith(file) for f in findings), findings


def test_a_mistake_in_the_library_is_told_where_it_stands(tiny: Callable[..., Path], shared_library: Path) -> None:
    (shared_library / "sets/stays.toml").write_text(SETS.replace('days_between(started_on, ended_on)"', 'lenght"'))
    library = load_library(shared_library)
    with pytest.raises(WrongDefinition) as caught:
        compile_models([load_model(tiny("sets.toml", "", TAKES), library)], library)
    (finding,) = caught.value.findings
    assert finding.file == str(shared_library / "sets/stays.toml")
    assert finding.line == 6
    assert 'fact nights: "lenght" is not known' in finding.what


@pytest.mark.parametrize(
    ("file", "text", "says"),
    [
        ("sets/other.toml", SETS, "set long_stays: sets/other.toml has one of this name already"),
        ("sets/other.toml", '[[set]]\nid = "x"\nfrom = "encounter"\n', "set x: says nothing"),
        ("parameters/other.toml", NUMBERS, "parameter long_stay_days: parameters/other.toml has one of this name"),
        ("parameters/other.toml", "[x]\nunit = 'days'\nvalues = { 2000-01-01 = 1 }", "cites no source"),
        ("sets/other.txt", "", "not one that this folder may hold"),
    ],
)
def test_the_librarys_files_are_read_strictly(shared_library: Path, file: str, text: str, says: str) -> None:
    (shared_library / file).write_text(text)
    with pytest.raises(WrongDefinition) as caught:
        load_library(shared_library)
    assert says in str(caught.value)
