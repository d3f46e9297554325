"""Each kind of mistake in a care model is found where it stands, and said in words an author can act on."""

from collections.abc import Callable
from pathlib import Path

import pytest

from throughcare.definitions.check import check, turns
from throughcare.definitions.check.reading import Reading
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
    assert finding.what == "rhythm yearly: no step and no set uses it."


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


EXPRESSIONS = [
    ("age_in_year(person.birth_date, today) >= age_min", "age_in_year() is not a function. Did you mean age_in_years("),
    (
        "age_in_years(person.birth_day, today) >= age_min",
        '"birth_day" is not known on person. Did you mean birth_date?',
    ),
    ("age_in_years(birth_date, today) >= age_minimum", '"age_minimum" is not known on person. Did you mean age_min?'),
    ("age_in_years(birth_date, today) >= 18", "18 stands in the expression itself."),
    ("birth_date <= date '2000-01-01'", "2000-01-01 stands in the expression itself."),
    ("stays_ever / 1 >= 1", "The / sign is not allowed."),
    ("birth_date::text = 'x'", "Casts are not allowed."),
    ("exists (select 1 from pg_enum)", "is not allowed"),
    ("stays_ever in (select 1)", "is not allowed"),
    ("count(sex) > 1", "count() is not a function."),
    ("sum(stays_ever) over () > 1", "Windows (`over`) are not allowed."),
    ("case when died then true end", "`case` is not allowed."),
    ("died and (sex = 'female'", "cannot be read"),
    ("birth_date", '"birth_date" is a date, but true or false is wanted.'),
    ("birth_date = sex", "compares a date with a text."),
    ("today - birth_date > 1", "adds or subtracts dates."),
    ("call_by >= today", 'uses "call_by", which is defined on stays, not on person.'),
    ("in_value_set(sex, diabetis)", 'there is no value set "diabetis". Did you mean diabetes?'),
    ("lookup(points, stays_ever) > 0", 'there is no table "points".'),
    ("other.sex = 'female'", '"other." means nothing here.'),
    ("sex in sexes", 'there is no list "sexes".'),
]


@pytest.mark.parametrize(("text", "what"), EXPRESSIONS, ids=[e[0] for e in EXPRESSIONS])
def test_an_expression_that_cannot_stand_is_refused_in_words(
    spoilt: Callable[..., Finding], text: str, what: str
) -> None:
    finding = spoilt("eligibility.toml", "age_in_years(person.birth_date, today) >= age_min", text)
    assert (finding.file.endswith("eligibility.toml"), finding.line) == (True, 4)
    assert finding.what.startswith("criterion adult: ")
    assert what in finding.what


PLACES = [
    ("work.toml", 'opens = "ended_on"', 'opens = "ended"', 5, '"ended" is not known on stays. Did you mean ended_on?'),
    ("work.toml", 'opens = "ended_on"', 'opens = "class"', 5, '"class" is not a deadline.'),
    ("work.toml", "and reached", "and reach", 8, '"reach" is not known on contact. Did you mean reached?'),
    ("work.toml", "and reached", "and reached and on_date >= this.ended_on", 8, '"this." means nothing here.'),
    ("work.toml", "and reached", "and ended_on = today", 8, '"ended_on" is a name of stays, not of contact.'),
    ("work.toml", "contact where", "contacts where", 8, 'no view or set "contacts". Did you mean contact?'),
    ("work.toml", "contact where activity", "contact; activity", 8, "is not a phrase"),
    ("sets.toml", 'count = "stays"', 'count = "stays"\nwindow = "6 moons before today"', 11, "is not a window."),
    ("sets.toml", 'count = "stays"', 'latest = "stays"\ntake = "disposal"', 11, '"disposal" is not known on stays.'),
    ("sets.toml", 'count = "stays"', 'latest = "stays"\ntake = "class"\nties = "class"', 12, "does not settle a tie"),
    (
        "sets.toml",
        "class = 'inpatient'",
        "class = 'inpatient' and stays_ever > 0",
        4,
        'uses "stays_ever", which is defined on',
    ),
    ("eligibility.toml", 'who = "adult and', 'who = "adult and not died and', 14, 'there is no criterion "died".'),
    ("eligibility.toml", 'who = "adult and', 'who = "adlt and', 14, 'no criterion "adlt". Did you mean adult?'),
    ("sets.toml", 'id = "call_by"', 'id = "ended_on"', 15, '"ended_on" is also a column of stays.'),
    ("sets.toml", 'id = "call_by"', 'id = "call_days"', 15, '"call_days" is also a parameter.'),
    ("sets.toml", 'id = "call_by"', 'id = "today"', 15, '"today" is also a word of the grammar.'),
    ("eligibility.toml", 'id = "adult"', 'id = "stays_ever"', 2, "a fact on person has the same name."),
]


@pytest.mark.parametrize(("file", "old", "new", "line", "what"), PLACES, ids=[p[4] for p in PLACES])
def test_an_expression_is_read_where_it_stands(
    tiny: Callable[..., Path], tiny_library: Path, file: str, old: str, new: str, line: int, what: str
) -> None:
    findings = check(load_model(tiny(file, old, new)), load_library(tiny_library))
    assert any(f.file.endswith(file) and f.line == line and what in f.what for f in findings), findings


def test_a_fact_of_another_set_says_where_it_lives_and_what_to_write(spoilt: Callable[..., Finding]) -> None:
    finding = spoilt("eligibility.toml", "stays_ever >= 1", "call_by >= today")
    assert finding.do == 'Write on = "stays".'


def test_a_circle_of_facts_is_drawn(spoilt: Callable[..., Finding]) -> None:
    circle = "\n".join(
        f'[[fact]]\non = "stays"\nid = "{a}"\nsays = "A fact"\nvalue = "days_after({b}, call_days)"\n'
        for a, b in (("first_day", "second_day"), ("second_day", "first_day"))
    )
    finding = spoilt("sets.toml", new=circle)
    assert finding.what == (
        "fact first_day: leads back to itself: fact first_day needs fact second_day needs fact first_day."
    )


def test_a_circle_through_a_set_is_drawn(tiny: Callable[..., Path], tiny_library: Path) -> None:
    folder = tiny("sets.toml", "class = 'inpatient'", "class = 'inpatient' and person.stays_ever > 0")
    findings = check(load_model(folder), load_library(tiny_library))
    assert [f.what for f in findings] == [
        "set stays: leads back to itself: set stays needs fact stays_ever needs set stays."
    ]


@pytest.mark.parametrize("condition", ["class = 'inpatient' and false", "class = 'inpatient' and class = 'home'"])
def test_a_step_on_a_set_that_can_never_be_is_refused(spoilt: Callable[..., Finding], condition: str) -> None:
    finding = spoilt("sets.toml", "class = 'inpatient'", condition)
    assert finding.file.endswith("work.toml")
    assert finding.what.startswith("step call: no row can ever be in stays: ")


def test_a_step_for_a_state_that_no_enrollment_has_is_refused(tiny: Callable[..., Path], tiny_library: Path) -> None:
    folder = tiny("work.toml", 'on = "stays"', 'on = "stays"\nwhile = "planned"')
    (folder / "enrollment.toml").write_text('states = ["active", "finished"]\nenters = "active"\n')
    findings = check(load_model(folder), load_library(tiny_library))
    assert [f.what for f in findings] == [
        "step call: is for people who are planned, which is no state of this enrollment."
    ]


PICKED = """
[[set]]
id = "stay_to_call"
says = "The stay to call about"
from = "stays"
pick = { per = ["person_id"], order = [ORDER] }
"""


@pytest.mark.parametrize(
    ("order", "what"),
    [
        ("", "set stay_to_call: picks a row without an order."),
        ('"class", "class high"', 'set stay_to_call: orders by "class" twice.'),
        ('"class upwards"', 'set stay_to_call: "class upwards" is not an order.'),
        ('"clas high"', 'set stay_to_call: "clas" is not known on stay_to_call. Did you mean class?'),
    ],
)
def test_a_pick_says_which_row(spoilt: Callable[..., Finding], order: str, what: str) -> None:
    assert spoilt("sets.toml", new=PICKED.replace("ORDER", order)).what == what


def test_a_duty_does_not_hang_on_the_newest_row(tiny: Callable[..., Path], tiny_library: Path) -> None:
    folder = tiny("sets.toml", new=PICKED.replace("ORDER", '"ended_on high"'))
    work = folder / "work.toml"
    work.write_text(work.read_text().replace('on = "stays"', 'on = "stay_to_call"'))
    findings = check(load_model(folder), load_library(tiny_library))
    assert [f.what for f in findings] == ["step call: hangs on stay_to_call, which keeps only the newest row."]


@pytest.mark.parametrize(
    "where", ["not (stays_ever >= 1) and stays_ever = 0", "stays_ever < age_min", "stays_ever = 0"]
)
def test_absence_must_be_meant(spoilt: Callable[..., Finding], where: str) -> None:
    assert spoilt("eligibility.toml", "stays_ever >= 1", where).what == (
        "criterion was_in_hospital: is met when there is no record."
    )


def test_absence_that_is_meant_may_stand(tiny: Callable[..., Path], tiny_library: Path) -> None:
    folder = tiny("eligibility.toml", '"stays_ever >= 1"', '"stays_ever = 0"\nclosed = "no record means no"')
    assert check(load_model(folder), load_library(tiny_library)) == []


def test_every_turn_of_unknown_into_yes_or_no_is_listed(tiny: Callable[..., Path], tiny_library: Path) -> None:
    model = load_model(tiny("eligibility.toml", "stays_ever >= 1", "is_true(stays_ever >= 1)"))
    listed = turns(Reading(model, load_library(tiny_library)))
    assert listed == [
        "sets.toml:4  set stays: encounter where class = 'inpatient' and known(ended_on)",
        "eligibility.toml:10  criterion was_in_hospital: is_true(stays_ever >= 1)",
    ]


def test_what_only_the_compiler_can_see_is_found_too(spoilt: Callable[..., Finding]) -> None:
    finding = spoilt("sets.toml", 'value = "days_after(ended_on, call_days)"', 'choose = [ { if = "true", then = 1 } ]')
    assert (finding.line, "choose has no last row" in finding.what) == (13, True)


MEASURE = """
[[measure]]
id = "called"
says = "Called after hospital"
on = "stays"
numerator = "stays_ever >= 1"
score = "share"
better = "higher"
cites = "Our own"
target = TARGET
"""


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("0.8", "the target of a share is a percentage"),
        ('"calls_target"', 'there is no parameter "calls_target"'),
        ("80", ""),
        ("0", ""),
    ],
)
def test_the_target_of_a_share_is_a_percentage(
    tiny: Callable[..., Path], tiny_library: Path, target: str, said: str
) -> None:
    folder = tiny()
    (folder / "measures.toml").write_text(MEASURE.replace("TARGET", target))
    every = map(str, check(load_model(folder), load_library(tiny_library)))
    found = [f for f in every if "measures.toml:10" in f]
    assert len(found) == bool(said)
    assert all(said in f for f in found), found


LINE = """
[[line]]
id = "fee"
says = "A fee"
on = "stays"
service = "coaching_program"
code = "FEE"
price = "1.0"
at = "ended_on"
cites = "Contract"
"""


def _lasting(folder: Path, library: Path, line: str = LINE) -> list[str]:
    (folder / "payment.toml").write_text(line)
    found = check(load_model(folder), load_library(library))
    return [f"{f.file.rsplit('/', 1)[-1]}:{f.line} {f.what}" for f in found if "period" in f.what]


def test_a_payment_line_whose_rows_end_with_the_period_is_refused(
    tiny: Callable[..., Path], tiny_library: Path
) -> None:
    """Lines are found anew at every look, over the calendar year of today: December's would be gone on 1 January."""
    assert _lasting(tiny(), tiny_library) == []
    bounded = tiny("sets.toml", "class = 'inpatient'", "class = 'inpatient' and ended_on >= period.start")
    assert _lasting(bounded, tiny_library) == ["payment.toml:5 line fee: the rows of stays end with the period."]
    reaching = "class = 'inpatient' and ended_on >= earlier(period.start, days_before(today, 60))"
    assert _lasting(tiny("sets.toml", "class = 'inpatient'", reaching), tiny_library) == []


def test_a_payment_line_may_not_end_with_the_period_by_its_own_condition(
    tiny: Callable[..., Path], tiny_library: Path
) -> None:
    found = _lasting(tiny(), tiny_library, LINE + 'when = "ended_on >= period.start"\n')
    assert found == ["payment.toml:11 line fee: when ends with the period."]
