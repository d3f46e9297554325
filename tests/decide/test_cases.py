"""A case holds when the engine answers as expected; every difference is told in words, at its line."""

from pathlib import Path

import pytest

from throughcare.decide.cases import run_cases
from throughcare.definitions.cases import load_cases
from throughcare.definitions.compiled import Plan, compile_models
from throughcare.definitions.load import load_model, shipped_library
from throughcare.definitions.new import SCAFFOLD, new_model

STORY = "leaves_before_a_holiday"


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    home = tmp_path_factory.mktemp("models")
    new_model("calls", home)
    return compile_models([load_model(home / "calls")], shipped_library())


def differences(tmp_path: Path, plan: Plan, expect: str, story: str = STORY) -> list[str]:
    """What is said when `expect` replaces everything after the first three lines of a scaffold's case."""
    new_model("calls", tmp_path)
    file = tmp_path / "calls/cases" / story / "expect.toml"
    file.write_text("".join(file.read_text().splitlines(keepends=True)[:3]) + expect)
    case = next(c for c in load_cases(tmp_path / "calls") if c.story == story)
    (found,) = run_cases([(case, load_model(tmp_path / "calls"))], plan)
    return [f"{f.line}: {f.what.removeprefix(f'case {story}: ')}" for f in found]


def test_the_cases_of_the_scaffold_hold(tmp_path: Path, plan: Plan) -> None:
    new_model("calls", tmp_path)
    model = load_model(tmp_path / "calls")
    cases = load_cases(tmp_path / "calls")
    assert len(cases) == len(list(SCAFFOLD.glob("cases/*"))) == 4
    assert run_cases([(case, model) for case in cases], plan) == [[], [], [], []]


OWED = '[[owed]]\nperson = "Patient/ana"\nstep = "first_call"\n'
BECAUSE = "because it is due 2 business days after ended_on, and ended_on is 2026-07-02"
BELONGS = '[[belongs]]\nperson = "Patient/ana"\nanswer = '
LATELY = '[[fact]]\non = "person"\nkey = "Patient/ana"\nid = "discharged_lately"\nvalue = '
SAID = [
    (OWED + "due = 2026-07-06", f"first_call: expected due 2026-07-06, got 2026-07-07 {BECAUSE}."),
    (
        OWED + "due = 2026-07-07T12:00:00-04:00",
        f"first_call: expected due 2026-07-07 12:00:00-04:00, got 2026-07-07T23:59-04:00 {BECAUSE}.",
    ),
    (OWED + "opens = 2026-07-01", "first_call: expected opens 2026-07-01, got 2026-07-02."),
    (OWED + 'status = "late"', "first_call: expected status late, got open."),
    (OWED + "resolved_on = 2026-07-03", "first_call: expected resolved 2026-07-03, got none."),
    (OWED + 'resolved_by = "Communication/c"', "first_call: expected resolved_by Communication/c, got none."),
    (
        OWED + 'about = "Encounter/x"',
        "expected Patient/ana to be owed first_call for Encounter/x, got nothing. Owed are: first_call.",
    ),
    (OWED + "occurrence = 3", "expected Patient/ana to be owed first_call, got nothing. Owed are: first_call."),
    (
        OWED.replace("owed", "owed_none"),
        f"expected Patient/ana not to be owed first_call, got one for Encounter/stay-1, open {BECAUSE}.",
    ),
    (OWED.replace("ana", "ben"), "Patient/ben is not in the life."),
    (
        BELONGS + '"not_met"',
        'expected Patient/ana: does not belong, got belongs because "Is an adult" is met '
        'and "Left hospital in the last weeks" is met.',
    ),
    (BELONGS + '"met"\nunmet = ["adult"]', "expected the criterion adult to be not met, got met."),
    (LATELY + "false", "expected discharged_lately of Patient/ana to be False, got True."),
    (LATELY + '"unknown"', "expected discharged_lately of Patient/ana to be unknown, got True."),
    (
        '[[fact]]\non = "discharges"\nkey = "Encounter/x"\nid = "ended_on"\nvalue = 1',
        "discharges has no row Encounter/x. Rows: Encounter/stay-1.",
    ),
    (
        '[[serves]]\nperson = "Patient/ana"\nrole = "nurse"\nmember = "Practitioner/c"',
        "expected Practitioner/c to be nurse, got nobody.",
    ),
    ('[[plan]]\nperson = "Patient/ana"\ngoal = "rest"', "expected the goal rest to be in the plan; it is not in it."),
]


@pytest.mark.parametrize(("expect", "said"), SAID, ids=[s[:60] for _, s in SAID])
def test_a_difference_is_told_in_words_at_its_line(tmp_path: Path, plan: Plan, expect: str, said: str) -> None:
    assert differences(tmp_path, plan, expect) == [f"4: {said}"]


@pytest.mark.parametrize(
    "expect",
    [
        OWED + 'opens = 2026-07-02\ndue = 2026-07-07\nstatus = "open"\nabout = "Encounter/stay-1"\noccurrence = 0',
        '[[fact]]\non = "person"\nkey = "Patient/ana"\nid = "discharged_lately"\nvalue = true',
        '[[fact]]\non = "discharges"\nkey = "Encounter/stay-1"\nid = "ended_on"\nvalue = 2026-07-02',
        '[[serves]]\nperson = "Patient/ana"\nrole = "nurse"\nmissing = true',
        '[[plan]]\nperson = "Patient/ana"\ngoal = "rest"\nabsent = true',
    ],
)
def test_what_is_as_expected_is_not_mentioned(tmp_path: Path, plan: Plan, expect: str) -> None:
    assert differences(tmp_path, plan, expect) == []


def test_an_unknown_says_what_is_missing(tmp_path: Path, plan: Plan) -> None:
    expect = '[[belongs]]\nperson = "Patient/ana"\nanswer = "met"'
    said = differences(tmp_path, plan, expect, "birth_date_is_missing")
    assert said == [
        '4: expected Patient/ana: belongs, got unknown because "Is an adult" is unknown (birth_date missing).'
    ]


def test_lives_of_one_moment_are_looked_at_together_and_kept_apart(tmp_path: Path, plan: Plan) -> None:
    new_model("calls", tmp_path)
    model = load_model(tmp_path / "calls")
    wrong = tmp_path / "calls/cases/is_a_child/expect.toml"
    wrong.write_text(wrong.read_text().replace('"not_met"', '"met"'))
    cases = load_cases(tmp_path / "calls")
    together = run_cases([(case, model) for case in cases], plan)
    alone = [found for case in cases for found in run_cases([(case, model)], plan)]
    assert together == alone
    assert [bool(found) for found in together] == [case.story == "is_a_child" for case in cases]
    assert together[1][0].what.endswith('Patient/ana: belongs, got does not belong because "Is an adult" is not met.')
