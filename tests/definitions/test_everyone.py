"""Sets that are no person's, and what only the rows of everyone together can tell."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from throughcare.definitions.compiled import compile_models
from throughcare.faults import WrongDefinition

from .tiny import BELONGS, LIBRARY, model, think


def on(month: int, day: int) -> date:
    return date(2026, month, day)


def person(number: int, **more: Any) -> dict[str, Any]:
    return {"key": f"Patient/{number}", "person_id": number, **more}


def visit(number: int, who: str, day: date) -> dict[str, Any]:
    return {"person_id": number, "class": "office", "clinician_id": who, "started_on": day}


TWO = [person(1), person(2)]
PANELS = """
[[set]]
id = "visits"
from = "encounter where class = 'office'"
[[set]]
id = "panels"
from = "visits"
group = { by = ["clinician_id"], across = true }
[[set.sum]]
id = "visits"
count = "rows"
[[set.sum]]
id = "people"
count_of = "person_id"
[[set.sum]]
id = "last_on"
highest = "started_on"
"""
OFFICE = [visit(1, "A", on(3, 1)), visit(1, "A", on(4, 1)), visit(2, "A", on(5, 1)), visit(2, "B", on(2, 1))]


def test_a_group_across_people_has_one_row_for_all_of_them() -> None:
    rows = think(model(PANELS), person=TWO, encounter=OFFICE).rows("tiny", "panels")
    assert {key: (r["visits"], r["people"], r["last_on"]) for key, r in rows.items()} == {
        "A": (3, 2, on(5, 1)),
        "B": (1, 1, on(2, 1)),
    }
    assert "person_id" not in rows["A"]


def test_everything_added_up_is_one_row_even_of_nothing() -> None:
    sets = PANELS.replace('by = ["clinician_id"]', "by = []")
    assert think(model(sets), person=TWO, encounter=OFFICE).rows("tiny", "panels")["all"]["visits"] == 4
    assert think(model(sets), person=TWO, encounter=[]).rows("tiny", "panels")["all"]["visits"] == 0


ORGANIZATIONS = [{"key": "Organization/a", "kind": "clinic", "state": "NY", "asked_on": on(7, 1)},
                 {"key": "Organization/b", "kind": "clinic", "state": "MI", "asked_on": on(7, 8)},
                 {"key": "Organization/c", "kind": "agency", "asked_on": on(7, 8)}]  # fmt: skip
CLINICS = """
[[set]]
id = "clinics"
from = "organization where kind = 'clinic'"
also = { days_open = "days_between(asked_on, today)", end_of_year = "period.end" }
[[fact]]
on = "clinics"
id = "seen"
count_of = "encounter"
take = "person_id"
link = "key = clinician_id"
window = "during period"
if_none = 0
[[fact]]
on = "clinics"
id = "sessions"
count = "session where held"
link = "key = organization_key"
if_none = 0
[[fact]]
on = "clinics"
id = "open_long"
value = "days_open > sessions"
"""


def test_rows_without_a_person_have_the_sites_today_and_find_others_by_a_link() -> None:
    seen = [visit(1, "Organization/a", on(3, 1)), visit(2, "Organization/a", on(3, 2)),
            visit(2, "Organization/a", date(2025, 12, 31))]  # fmt: skip
    held = [{"organization_key": "Organization/b", "held": True}, {"organization_key": "Organization/b", "held": False}]
    rows = think(model(CLINICS), person=TWO, organization=ORGANIZATIONS, encounter=seen, session=held)
    clinics = rows.rows("tiny", "clinics")
    assert set(clinics) == {"Organization/a", "Organization/b"}
    assert [clinics[k]["days_open"] for k in sorted(clinics)] == [8, 1]
    assert [clinics[k]["seen"] for k in sorted(clinics)] == [2, 0]
    assert [clinics[k]["sessions"] for k in sorted(clinics)] == [0, 1]
    assert [clinics[k]["open_long"] for k in sorted(clinics)] == [True, False]
    assert clinics["Organization/a"]["end_of_year"] == on(12, 31)


def test_the_sites_day_is_local() -> None:
    """At three in the morning in London it is still yesterday in New York."""
    late = datetime(2026, 7, 9, 2, 0, tzinfo=UTC)
    rows = think(model(CLINICS), late, organization=ORGANIZATIONS).rows("tiny", "clinics")
    assert rows["Organization/b"]["days_open"] == 0


def test_a_period_may_be_given() -> None:
    seen = [visit(1, "Organization/a", on(3, 31)), visit(1, "Organization/a", on(4, 1))]
    answers = think(
        model(CLINICS), period=(on(4, 1), on(6, 30)), organization=ORGANIZATIONS, encounter=seen
    )  # fmt: skip
    assert answers.rows("tiny", "clinics")["Organization/a"]["seen"] == 1
    assert answers.rows("tiny", "clinics")["Organization/a"]["end_of_year"] == on(6, 30)


def test_a_person_finds_rows_without_a_person_by_a_link() -> None:
    sets = """
[[fact]]
id = "state_of_clinic"
latest = "organization"
link = "chosen_clinician = key"
take = "state"
if_none = "unknown"
[[fact]]
id = "this_year"
value = "period.start <= today and today <= period.end"
"""
    people = [person(1, chosen_clinician="Organization/b"), person(2)]
    answers = think(model(sets), person=people, organization=ORGANIZATIONS).rows("tiny", "person")
    assert [answers[k]["state_of_clinic"] for k in sorted(answers)] == ["MI", None]
    assert [answers[k]["this_year"] for k in sorted(answers)] == [True, True]


STEP = """
[[step]]
id = "report"
on = "clinics"
opens = "asked_on"
due = "2 business days after asked_on"
resolved_on = "done_on"
while = "always"
activity = "report"
role = ["nurse"]
"""


def test_an_organization_owes_and_nobody_is_named() -> None:
    done = [ORGANIZATIONS[0] | {"done_on": on(7, 9)}, ORGANIZATIONS[1]]
    found = think(model(CLINICS, STEP), organization=done).obligation.to_pylist()
    told = {o["anchor_key"]: (o["person_id"], o["status"], o["obligation_key"]) for o in found}
    assert told == {
        "Organization/a": (None, "late", "tiny|report|Organization/a|0|0"),
        "Organization/b": (None, "open", "tiny|report|Organization/b|0|0"),
    }
    assert think(model(CLINICS, STEP), organization=done).wake.to_pylist() == [
        {"person_id": 1, "looks_again_at": datetime(2026, 7, 10, 4, tzinfo=UTC)}
    ]


def test_what_resolves_an_organizations_work_is_found_by_its_link() -> None:
    held = 'resolved_by = "session where held"\nlink = "key = organization_key"'
    work = STEP.replace('resolved_on = "done_on"', held)
    held = [
        {"key": "s1", "organization_key": "Organization/b", "starts_on": on(7, 9), "held": True},
        {"key": "s2", "organization_key": "Organization/a", "starts_on": on(7, 9), "held": False},
        {"key": "s3", "organization_key": None, "starts_on": on(7, 9), "held": True},
    ]
    found = think(model(CLINICS, work), organization=ORGANIZATIONS, session=held).obligation.to_pylist()
    assert {o["anchor_key"]: (o["status"], o["resolved_by"]) for o in found} == {
        "Organization/a": ("breached", None),
        "Organization/b": ("met", "s1"),
    }


WEEKLY = """
[[rhythm]]
id = "weekly"
on = "clinics"
kind = "from_last"
starts = "asked_on"
every = "7 days"
last = "held_on"
[[step]]
id = "review"
on = "clinics"
rhythm = "weekly"
resolved_by = "session where held"
link = "key = organization_key"
while = "always"
activity = "report"
role = ["nurse"]
"""
HELD_ON = """
[[fact]]
on = "clinics"
id = "held_on"
highest = "session where held"
link = "key = organization_key"
"""


def test_an_organizations_repeating_work_counts_from_its_own_last_time() -> None:
    def held(nth: int, letter: str, day: date) -> dict[str, Any]:
        return {"key": f"s{nth}", "organization_key": f"Organization/{letter}", "starts_on": day, "held": True}

    sessions = [held(1, "a", on(6, 28)), held(2, "a", on(7, 5)), held(3, "b", on(7, 1))]
    made = model(CLINICS + HELD_ON, WEEKLY)
    found = think(made, organization=ORGANIZATIONS, session=sessions).obligation.to_pylist()
    zone = ZoneInfo("America/New_York")
    told = sorted((o["anchor_key"][-1], o["due_at"].astimezone(zone).date(), o["status"]) for o in found)
    assert [t for t in told if t[0] == "a"] == [("a", on(7, 5), "met"), ("a", on(7, 12), "future")]
    assert ("b", on(7, 8), "breached") in told


def test_a_persons_step_may_find_its_events_by_a_link() -> None:
    """A visit answers the stay it is about, not just any stay of the person."""
    sets = '[[set]]\nid = "stays"\nfrom = "encounter where class = \'inpatient\'"\n'
    work = """
[[step]]
id = "call"
on = "stays"
opens = "started_on"
due = "9 days after started_on"
resolved_by = "contact where activity = 'call'"
link = "key = about"
activity = "call"
role = ["nurse"]
while = "always"
"""
    stays = [{"key": f"Encounter/{n}", "class": "inpatient", "started_on": on(7, 1)} for n in (1, 2)]
    calls = [{"activity": "call", "on_date": on(7, 2), "about": "Encounter/2"}]
    found = think(model(sets, work), encounter=stays, contact=calls).obligation.to_pylist()
    assert {o["anchor_key"]: o["status"] for o in found} == {"Encounter/1": "open", "Encounter/2": "met"}


def test_a_plan_for_some_people_leaves_out_what_needs_everyone() -> None:
    sets = PANELS + CLINICS + """
[[fact]]
on = "visits"
id = "panel_size"
latest = "panels"
link = "clinician_id = clinician_id"
take = "visits"
if_none = "unknown"
[[fact]]
on = "visits"
id = "first_ever"
lowest = "encounter"
[[set]]
id = "busy"
from = "visits where panel_size > 1"
[[fact]]
id = "state_of_clinic"
latest = "clinics"
link = "chosen_clinician = key"
take = "state"
if_none = "unknown"
"""  # fmt: skip
    calls = STEP.replace("report", "call").replace("clinics", "visits").replace("asked_on", "started_on")
    calls = calls.replace('"done_on"', '"first_ever"')
    knows = BELONGS.replace('"known(birth_date)"', "\"state_of_clinic = 'MI'\"")
    made = model(sets, STEP + calls, knows)
    whole, some = (compile_models([made], LIBRARY, everyone=everyone) for everyone in (True, False))
    assert {on for _, on in whole.relations} == {"person", "visits", "panels", "clinics", "busy"}
    assert {on for _, on in some.relations} == {"person", "visits", "clinics"}
    left = {(on, name) for _, on, name in whole.columns.keys() - some.columns.keys()}
    assert {("visits", "panel_size"), ("clinics", "seen")} <= left
    assert ("visits", "first_ever") not in left
    assert "session" in whole.views and "session" not in some.views
    answers = think(made, everyone=False, person=[person(1, chosen_clinician="Organization/b")],
                    organization=ORGANIZATIONS, encounter=OFFICE)  # fmt: skip
    assert answers.rows("tiny", "person")["Patient/1"]["state_of_clinic"] == "MI"
    assert {(o["step"], o["person_id"]) for o in answers.obligation.to_pylist()} == {("call", 1)}


WRONG = [
    ('[[fact]]\non = "panels"\nid = "x"\nvalue = "person.birth_date"', '"person.birth_date" means nothing here'),
    ('[[fact]]\non = "panels"\nid = "x"\ncount = "encounter"\nif_none = 0',
     "nothing says which rows of encounter belong to a row of panels"),
    ('[[fact]]\nid = "x"\ncount = "organization"\nif_none = 0',
     "nothing says which rows of organization belong to a row of person"),
    ('[[fact]]\nid = "x"\nlatest = "panels"\nlink = "chosen_clinician = clinician_id"\ntake = "visits"',
     "only the rows of everyone together can tell"),
    ('[[fact]]\nid = "x"\nlatest = "organization"\nlink = "birth_date = key"', "compares a date with a text"),
    ('[[set]]\nid = "x"\nfrom = "panels"\ngroup = { by = ["visits"], across = true }', "about nobody in particular"),
    ('[[set]]\nid = "x"\nfrom = "visits"\ngroup = { by = ["person_id"], across = true }', "cannot be by person_id"),
    ('[[fact]]\nid = "x"\nvalue = "period.middle = today"', '"period.middle" is not allowed'),
]  # fmt: skip


def test_what_a_clinic_counts_over_its_people_is_not_for_one_of_them() -> None:
    sets = CLINICS + '[[fact]]\nid = "x"\nlatest = "clinics"\nlink = "chosen_clinician = key"\ntake = "sessions"'
    compile_models([model(sets)], LIBRARY)
    with pytest.raises(WrongDefinition, match="only the rows of everyone together can tell"):
        compile_models([model(sets.replace('take = "sessions"', 'take = "seen"'))], LIBRARY)


@pytest.mark.parametrize(("text", "says"), WRONG, ids=[says[:40] for _, says in WRONG])
def test_a_mistake_about_whose_rows_these_are_teaches(text: str, says: str) -> None:
    with pytest.raises(WrongDefinition) as caught:
        compile_models([model(PANELS + text)], LIBRARY)
    assert says in str(caught.value)
    assert "tiny/sets.toml:1" in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('while = "always"\n', "", "no state of enrollment holds for them"),
        ('resolved_on = "done_on"', 'resolved_by = "session where held"', "nothing says which rows of session"),
        ('role = ["nurse"]', 'role = ["nurse"]\n[step.clock]\npauses = "pause"', "only people's work is paused"),
    ],
)
def test_work_of_nobody_says_how_it_is_found(old: str, new: str, says: str) -> None:
    with pytest.raises(WrongDefinition) as caught:
        compile_models([model(CLINICS, STEP.replace(old, new))], LIBRARY)
    assert says in str(caught.value)


def test_a_persons_work_may_not_hang_on_everyone() -> None:
    sets = PANELS + """
[[fact]]
on = "visits"
id = "panel_size"
latest = "panels"
link = "clinician_id = clinician_id"
take = "visits"
if_none = "unknown"
"""  # fmt: skip
    work = STEP.replace("clinics", "visits").replace("asked_on", "started_on").replace('"done_on"', '"started_on"')
    compile_models([model(sets, work)], LIBRARY)
    with pytest.raises(WrongDefinition) as caught:
        compile_models([model(sets, work + 'when = "panel_size > 1"')], LIBRARY)
    assert '"panel_size" needs the rows of everyone' in str(caught.value)
