"""Each kind of mistake in a care model is found where it stands, and said in words an author can act on."""

from collections.abc import Callable
from pathlib import Path

import pytest

from throughcare.definitions.check import check
from throughcare.definitions.load import load_library, load_model
from throughcare.faults import Finding


@pytest.fixture
def spoilt(tiny: Callable[..., Path], tiny_library: Path) -> Callable[..., Finding]:
    """spoilt("work.toml", old, new) gives the one mistake that the change makes."""

    def look(file: str = "", old: str = "", new: str = "") -> Finding:
        findings = check(load_model(tiny(file, old, new)), load_library(tiny_library))
        assert len(findings) == 1, "\n".join(map(str, findings))
        return findings[0]

    return look


def test_a_good_model_has_no_findings(tiny: Callable[..., Path], tiny_library: Path) -> None:
    assert check(load_model(tiny()), load_library(tiny_library)) == []


WORDS = [
    ("work.toml", 'on = "stays"', 'on = "stay"', 4, 'step call: there is no set "stay". Did you mean stays?'),
    (
        "work.toml",
        'activity = "call"',
        'activity = "cal"',
        7,
        'no activity in the care library "cal". Did you mean call?',
    ),
    (
        "work.toml",
        'role = ["nurse"]',
        'role = ["nurce"]',
        9,
        'no role in the care library "nurce". Did you mean nurse?',
    ),
    ("work.toml", 'cites = "Our', 'escalates_to = "boss"\ncites = "Our', 10, 'no role in the care library "boss".'),
    (
        "sets.toml",
        'from = "encounter',
        'from = "encountr',
        4,
        'there is no view or set "encountr". Did you mean encounter?',
    ),
    ("sets.toml", 'id = "stays"\n', 'id = "contact"\n', 2, "set contact: a view has this name already."),
    ("sets.toml", "if_none = 0\n", "", 10, "fact stays_ever: count does not say what no record means."),
    ("sets.toml", 'count = "stays"\nif_none = 0', "", 6, "fact stays_ever: has no verb."),
    ("sets.toml", "if_none = 0", 'if_none = 0\nvalue = "0"', 6, "fact stays_ever: has value and count."),
    (
        "sets.toml",
        'count = "stays"',
        'sum = "encounter"',
        10,
        "fact stays_ever: sum does not say which column to take.",
    ),
    ("work.toml", 'opens = "ended_on"\n', "", 1, "step call: does not say when it opens."),
    ("work.toml", 'due = "2 business days after ended_on"\n', "", 1, "step call: does not say when it is due."),
    ("model.toml", 'service = "calls"', 'service = "calls"\ncalendar = "Moon"', 9, 'there is no calendar "Moon".'),
    (
        "eligibility.toml",
        'who = "adult',
        'on = "stay"\nwho = "adult',
        14,
        'rule: there is no set "stay". Did you mean stays?',
    ),
    (
        "eligibility.toml",
        'says = "Is an',
        'if_missing_ask = "cal"\nsays = "Is an',
        3,
        'there is no step "cal". Did you mean call?',
    ),
    ("parameters.toml", "{ 2000-01-01 = 18 }", '{ "soon" = 18 }', 5, "parameter age_min: its values are not dated."),
    (
        "parameters.toml",
        "= 18 }",
        '= 18, 2001-01-01 = "x" }',
        5,
        "parameter age_min: its values are of different kinds.",
    ),
    ("words/es.toml", 'adult = "Es una persona adulta"\n', "", 6, "criterion.adult is missing."),
    ("words/es.toml", '[step]\ncall = "Llamar a la persona"', "", 1, "step.call is missing."),
    (
        "words/es.toml",
        'call = "Llamar',
        'cal = "Otra"\ncall = "Llamar',
        11,
        "step.cal translates nothing in this folder.",
    ),
]


@pytest.mark.parametrize(("file", "old", "new", "line", "what"), WORDS, ids=[w[4][:50] for w in WORDS])
def test_a_mistake_is_found_where_it_stands(
    tiny: Callable[..., Path], tiny_library: Path, file: str, old: str, new: str, line: int, what: str
) -> None:
    findings = check(load_model(tiny(file, old, new)), load_library(tiny_library))
    assert any(f.file.endswith(file) and f.line == line and what in f.what for f in findings), findings


TABLE = """
[[table]]
id = "points"
says = "Points for days"
kind = "band"
rows = ROWS
cites = "Our own"
"""


@pytest.mark.parametrize(
    ("rows", "what"), [("[[0, 0], [1]]", "not all of one length"), ("[[2, 1], [1, 2]]", "its bands do not rise")]
)
def test_a_table_that_cannot_be_looked_up_is_refused(spoilt: Callable[..., Finding], rows: str, what: str) -> None:
    assert what in spoilt("parameters.toml", new=TABLE.replace("ROWS", rows)).what


RHYTHM = """
[[rhythm]]
id = "yearly"
says = "Once a year"
on = "stays"
kind = "KIND"
REST
cites = "Our own"
"""


def test_a_rhythm_that_no_step_uses_is_refused(spoilt: Callable[..., Finding]) -> None:
    rest = 'segment = [ { id = "first", from = "ended_on", every = "7 days" } ]'
    finding = spoilt("work.toml", new=RHYTHM.replace("KIND", "grid").replace("REST", rest))
    assert finding.what == "rhythm yearly: no step uses it."


@pytest.mark.parametrize(("kind", "needs"), [("grid", ["segment"]), ("from_last", ["every", "last", "starts"])])
def test_a_rhythm_says_what_its_kind_needs(
    tiny: Callable[..., Path], tiny_library: Path, kind: str, needs: list[str]
) -> None:
    folder = tiny("work.toml", new=RHYTHM.replace("KIND", kind).replace("REST", ""))
    whats = [f.what for f in check(load_model(folder), load_library(tiny_library))]
    assert {f'rhythm yearly: a "{kind}" rhythm needs {need}.' for need in needs} < set(whats)


ENROLLMENT = """states = ["planned", "active"]
enters = "planned"
again_after = "stay"
moves = { planned = ["active", "onhold"] }

[[move]]
id = "leave"
says = "Leaves"
from = ["active"]
to = "finished"
when = "adult"
cites = "Our own"
"""


def test_enrollment_names_its_own_states_and_sets(tiny: Callable[..., Path], tiny_library: Path) -> None:
    findings = check(load_model(tiny("enrollment.toml", new=ENROLLMENT)), load_library(tiny_library))
    whats = [f.what for f in findings if f.file.endswith("enrollment.toml")]
    assert 'again_after: there is no set "stay". Did you mean stays?' in whats
    assert 'there is no state "onhold" in this enrollment.' in whats
    assert 'move leave: there is no state of this enrollment "finished".' in whats


def test_all_four_kinds_of_case_are_needed(tiny: Callable[..., Path], tiny_library: Path) -> None:
    folder = tiny()
    for story in folder.glob("cases/*/expect.toml"):
        story.write_text('says = "Nothing"\nnow = 2026-07-03T09:00:00-04:00\n')
    whats = [f.what for f in check(load_model(folder), load_library(tiny_library))]
    assert whats == [f"no case shows {kind}." for kind in ("yes", "no", "edge", "unknown")]


def test_a_case_that_expects_an_unknown_step_is_refused_at_its_line(spoilt: Callable[..., Finding]) -> None:
    owed = '\n[[owed]]\nperson = "Patient/ana"\nstep = "cal"\n'
    finding = spoilt("cases/left_hospital/expect.toml", new=owed)
    assert (finding.line, finding.what) == (10, 'case left_hospital: there is no step "cal". Did you mean call?')


def test_a_life_that_is_no_bundle_is_refused(spoilt: Callable[..., Finding]) -> None:
    assert "not a FHIR Bundle" in spoilt("cases/left_hospital/life.json", '{"resourceType"', "").what


def test_a_life_with_one_resource_twice_is_refused(spoilt: Callable[..., Finding]) -> None:
    twice = ", ".join(['{"resource": {"resourceType": "Patient", "id": "ana"}}'] * 2)
    finding = spoilt("cases/left_hospital/life.json", '"entry": []', f'"entry": [{twice}]')
    assert finding.what == "Patient/ana stands in the life twice."


def test_a_moment_without_an_offset_is_refused(spoilt: Callable[..., Finding]) -> None:
    finding = spoilt("cases/left_hospital/expect.toml", "09:00:00-04:00", "09:00:00")
    assert finding.what == '"now" is a date, but must be a moment such as 2026-01-31T09:00:00-05:00.'
