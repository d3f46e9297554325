"""Pathways and loops: outcomes by hand-worked days, what is owed next, one open per kind, parts and their whole."""

from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import pytest

from throughcare.decide.evaluate import Answers, Engine
from throughcare.decide.lives import lives
from throughcare.definitions.compiled import Plan, compile_models
from throughcare.definitions.desugar import complete_model
from throughcare.definitions.library import shipped_library

from .tiny import model

COLUMNS = ("state", "completed_on", "another_open", "pays", "last_step_on", "stopped_on")
OURS = "urn:throughcare:"
Row = dict[str, Any]


@cache
def pathways(generation: str, *only: str) -> Plan:
    """A care model that works with some pathways of a generation, for everyone."""
    names = ", ".join(f'"{name}"' for name in only)
    use = f'[[use]]\npathways = "{generation}"\nonly = [{names}]\n'
    spoken = " and ".join(f"known({c})" for c in COLUMNS)
    sets = f'[[fact]]\nid = "spoken"\ncount = "opened_pathways where {spoken}"\nif_none = 0\n'
    return compile_models([complete_model(model(sets, use), shipped_library())], shipped_library())


def think(plan: Plan, *resources: Row, now: str = "2026-07-09") -> Answers:
    at = datetime.fromisoformat(f"{now}T13:00:00+00:00").astimezone(UTC)
    joined = {
        "resourceType": "EpisodeOfCare", "id": "tiny", "status": "active", "patient": {"reference": "Patient/ana"},
        "type": [{"coding": [{"system": OURS + "care-model", "code": "tiny"}]}], "period": {"start": "2026-01-01"},
    }  # fmt: skip
    known = lives([{"resourceType": "Patient", "id": "ana", "birthDate": "1990-02-03"}, joined, *resources], at, "UTC")
    engine = Engine(plan)
    try:
        return engine.run(known.tables, at, "UTC")
    finally:
        engine.close()


def opened(name: str, pathway: str, on: str, *, status: str = "in-progress", until: str = "", subtype: str = "") -> Row:
    return {
        "resourceType": "Task",
        "id": name,
        "status": status,
        "intent": "order",
        "for": {"reference": "Patient/ana"},
        "code": {"coding": [{"system": OURS + "pathway", "code": pathway}]},
        "authoredOn": on,
        "executionPeriod": {"start": on} | ({"end": until} if until else {}),
        "extension": [{"url": OURS + "subtype", "valueCode": subtype}] if subtype else [],
    }


def did(of: Row, step: str, on: str, *, qa: str = "", status: str = "completed") -> Row:
    marks = {"businessStatus": {"coding": [{"code": qa}]}} if qa else {}
    return (
        of
        | marks
        | {
            "id": f"{of['id']}-{step}-{on}",
            "status": status,
            "partOf": [{"reference": f"Task/{of['id']}"}],
            "executionPeriod": {"start": on, "end": on},
            "extension": [{"url": OURS + "step", "valueCode": step}],
        }
    )


def row(answers: Answers, name: str) -> Row:
    return answers.rows("tiny", "opened_pathways")[f"Task/{name}"]


def owed(answers: Answers) -> dict[str, tuple[str, Any, Any]]:
    found = answers.obligation.to_pylist()
    return {o["step"]: (o["status"], o["opens_at"].date(), o["due_at"].date()) for o in found}


WORK = opened("w", "employment", "2026-04-01")
HIRED = [WORK, did(WORK, "job_plan", "2026-04-10"), did(WORK, "hired", "2026-05-01")]


# T-12: hired on 1 May, asked on 30 May it is 29 days, on 31 May it is 30.
@pytest.mark.parametrize(
    ("asked", "state", "completed_on"),
    [("2026-05-30", "open", None), ("2026-05-31", "completed", date(2026, 5, 31))],
)
def test_a_job_counts_when_it_was_kept_for_thirty_days(asked, state, completed_on):
    found = row(think(pathways("pchi_current", "employment"), *HIRED, did(WORK, "still_employed", asked)), "w")
    assert (found["state"], found["completed_on"]) == (state, completed_on)


def test_a_check_that_came_too_early_is_made_good_by_a_later_one():
    life = [*HIRED, did(WORK, "still_employed", "2026-05-30"), did(WORK, "still_employed", "2026-06-02")]
    assert row(think(pathways("pchi_current", "employment"), *life), "w")["completed_on"] == date(2026, 6, 2)


# T-13: 2,499 grams is not a normal weight, 2,500 is.
@pytest.mark.parametrize(
    ("grams", "state"), [([2499], "open"), ([2500], "completed"), ([2600, 2499], "open"), ([], "open"), ([None], None)]
)
def test_a_pregnancy_is_completed_by_a_child_of_normal_weight(grams, state):
    births = [
        {"url": OURS + "birth", "extension": [{"url": "on", "valueDate": "2026-06-20"},
         {"url": "outcome", "valueCode": "live"}, *([{"url": "grams", "valueDecimal": g}] if g else [])]}
        for g in grams
    ]  # fmt: skip
    pregnancy = {
        "resourceType": "EpisodeOfCare", "id": "pregnancy", "status": "active", "extension": births,
        "type": [{"coding": [{"system": OURS + "episode", "code": "pregnancy"}]}],
        "patient": {"reference": "Patient/ana"},
    }  # fmt: skip
    life = [opened("p", "pregnancy", "2026-02-01"), pregnancy]
    assert row(think(pathways("pchi_current", "pregnancy"), *life), "p")["state"] == state


def test_each_step_is_owed_from_the_step_it_follows():
    plan = pathways("pchi_current", "employment")
    first = owed(think(plan, WORK, now="2026-04-05"))
    assert first == {"employment_job_plan": ("open", date(2026, 4, 1), date(2026, 5, 1))}
    second = owed(think(plan, *HIRED[:2], now="2026-04-12"))
    assert second["employment_job_plan"][0] == "met"
    assert second["employment_hired"] == ("open", date(2026, 4, 10), date(2026, 7, 9))
    assert "employment_still_employed" not in second


def test_a_pathway_that_was_ended_owes_nothing_more_and_is_kept():
    ended = opened("w", "employment", "2026-04-01", status="failed", until="2026-05-15")
    answers = think(pathways("pchi_current", "employment"), ended)
    found = row(answers, "w")
    assert (found["state"], found["stopped_on"]) == ("finished_incomplete", date(2026, 5, 15))
    assert owed(answers)["employment_job_plan"][0] == "cancelled"
    assert answers.obligation.to_pylist()[0]["reason"] == "It was ended without the outcome"


def test_what_was_only_planned_or_was_rejected_is_not_done():
    visit = opened("v", "medical_home", "2026-05-01")
    plan = pathways("pchi_current", "medical_home")
    planned = did(visit, "first_appointment_kept", "2026-06-01", status="requested")
    assert row(think(plan, visit, planned), "v")["state"] == "open"
    refused = did(visit, "first_appointment_kept", "2026-06-01", qa="rejected")
    assert row(think(plan, visit, refused), "v")["state"] == "open"
    kept = did(visit, "first_appointment_kept", "2026-06-01", qa="accepted")
    assert row(think(plan, visit, kept), "v")["completed_on"] == date(2026, 6, 1)


# HUB-W6: one open per kind; learning and referrals repeat by subtype.
def test_one_is_open_per_kind_and_a_second_is_seen():
    plan = pathways("pchi_current", "employment", "learning", "transportation")
    twice = think(plan, WORK, opened("x", "employment", "2026-05-01"), opened("t", "transportation", "2026-05-01"))
    assert [row(twice, name)["another_open"] for name in "wxt"] == [True, True, False]
    after = think(plan, *HIRED, did(WORK, "still_employed", "2026-06-01"), opened("x", "employment", "2026-06-02"))
    assert row(after, "x")["another_open"] is False


def test_lessons_are_open_side_by_side_when_they_are_not_the_same():
    plan = pathways("pchi_current", "employment", "learning", "transportation")
    asthma = opened("a", "learning", "2026-05-01", subtype="asthma")
    others = [opened("b", "learning", "2026-05-02", subtype="safe_sleep"), opened("c", "learning", "2026-05-03")]
    assert [row(think(plan, asthma, *others), n)["another_open"] for n in "abc"] == [False, False, False]
    again = opened("d", "learning", "2026-05-04", subtype="asthma")
    assert [row(think(plan, asthma, *others, again), n)["another_open"] for n in "abcd"] == [True, False, False, True]


def test_two_visits_are_two_events_of_one_step():
    care = opened("m", "mental_health", "2026-05-01")
    plan = pathways("pchi_current", "mental_health")
    once = did(care, "visits_attended", "2026-05-10")
    assert row(think(plan, care, once), "m")["state"] == "open"
    assert row(think(plan, care, once, did(care, "visits_attended", "2026-06-10")), "m")["completed_on"] == (
        date(2026, 6, 10)
    )


def test_a_food_need_is_gone_when_the_questions_say_so_and_stay_so():
    food = opened("f", "food_security", "2026-05-01")
    plan = pathways("pchi_current", "food_security")

    def asked(on: str, answer: str) -> Row:
        item = [{"linkId": "/88122-7", "answer": [{"valueCoding": {"code": answer}}]}]
        return {"resourceType": "QuestionnaireResponse", "id": on, "status": "completed", "authored": on,
                "subject": {"reference": "Patient/ana"}, "item": item}  # fmt: skip

    connected = did(food, "resource_connected", "2026-05-10")
    assert row(think(plan, food, asked("2026-05-20", "LA28398-8")), "f")["state"] == "open"
    gone = [food, connected, asked("2026-05-20", "LA28398-8")]
    assert row(think(plan, *gone), "f")["completed_on"] == date(2026, 5, 20)
    for often_or_sometimes in ("LA28397-0", "LA6729-3"):
        assert row(think(plan, *gone, asked("2026-06-20", often_or_sometimes)), "f")["state"] == "open"


@pytest.mark.parametrize(
    ("subtype", "confirmed", "state"),
    [("long_acting", "2026-05-10", "completed"), ("", "2026-06-08", "open"), ("", "2026-06-09", "completed")],
)
def test_a_long_acting_method_counts_at_once_another_after_thirty_days(subtype, confirmed, state):
    plan_ahead = opened("k", "family_planning", "2026-05-01", subtype=subtype)
    steps = [did(plan_ahead, "method_started", "2026-05-10"), did(plan_ahead, "method_confirmed", confirmed)]
    found = row(think(pathways("pchi_current", "family_planning"), plan_ahead, *steps), "k")
    assert found["state"] == state


def test_a_generation_has_the_pathways_it_is_known_by():
    found = {name: [p.id for p in file.pathway] for name, file in shipped_library().pathways.items()}
    assert (len(found["pchi_current"]), len(found["ahrq_2016"])) == (21, 20)
    assert "oral_health" in found["pchi_current"] and "smoking_cessation" in found["ahrq_2016"]


@pytest.mark.parametrize("generation", ["pchi_current", "ahrq_2016"])
def test_every_pathway_compiles_and_has_its_words(generation):
    file = shipped_library().pathways[generation]
    plan = pathways(generation, *[p.id for p in file.pathway])
    first = think(plan, *[opened(p.id, p.id, "2026-05-01") for p in file.pathway])
    assert {row(first, p.id)["state"] for p in file.pathway} <= {"open", None}
    for language in ("en", "es"):
        words = shipped_library().words[language]
        assert [p.id for p in file.pathway if f"pathway.{p.id}" not in words] == []
        steps = [f"{p.id}_{s.id}" for p in file.pathway for s in p.step]
        assert [s for s in steps if f"pathway_step.{s}" not in words] == []


# Loops.
@cache
def loop(name: str) -> Plan:
    facts = [f.id for f in shipped_library().stands_for[f"loop_{name}"].facts]
    seen = "".join(f'[[fact]]\non = "loop_{name}"\nid = "seen_{f}"\nvalue = "{f}"\n' for f in facts)
    return compile_models([complete_model(model(seen), shipped_library())], shipped_library())


def task(name: str, status: str, *, part_of: str = "", **said: Any) -> Row:
    return {
        "resourceType": "Task",
        "id": name,
        "status": status,
        "intent": "order",
        "for": {"reference": "Patient/ana"},
        "code": {"coding": [{"system": "http://hl7.org/fhir/CodeSystem/task-code", "code": "fulfill"}]},
        "focus": {"reference": f"ServiceRequest/{name}"},
        "authoredOn": "2026-03-02",
        **({"partOf": [{"reference": f"Task/{part_of}"}]} if part_of else {}),
        **said,
    }


# CBC-W7, T-5.
@pytest.mark.parametrize(
    ("whole", "parts", "state"),
    [
        ("accepted", ["completed", "rejected"], "completed"),
        ("requested", ["rejected", "rejected"], "rejected"),
        ("accepted", ["rejected", "rejected"], "failed"),
        ("accepted", ["in-progress", "completed"], "in-progress"),
        ("accepted", ["accepted", "completed"], "accepted"),
        ("accepted", ["cancelled", "cancelled"], "cancelled"),
        ("accepted", ["cancelled", "rejected"], "failed"),
        ("accepted", ["entered-in-error", "completed"], "completed"),
        ("in-progress", [], "in-progress"),
    ],
)
def test_the_parts_of_a_referral_say_how_the_whole_stands(whole, parts, state):
    split = [task(f"p{n}", status, part_of="w") for n, status in enumerate(parts)]
    found = think(loop("referral"), task("w", whole), *split).rows("tiny", "loop_referral")
    assert found["Task/w"]["rolled_up"] == state


# CBC-W8: closed is that what was done is known; helped is that it did help.
@pytest.mark.parametrize(
    ("status", "output", "outcome", "closed", "helped"),
    [
        ("completed", False, "", False, False),
        ("completed", True, "", True, None),
        ("completed", True, "385669000", True, True),
        ("completed", True, "385671000", True, False),
        ("rejected", False, "", False, False),
    ],
)
def test_a_loop_is_closed_and_the_person_helped_apart(status, output, outcome, closed, helped):
    result = {"output": [{"type": {"text": "result"}, "valueReference": {"reference": "Procedure/food"}}]}
    done = {
        "resourceType": "Procedure", "id": "food", "status": "completed", "subject": {"reference": "Patient/ana"},
        "basedOn": [{"reference": "ServiceRequest/r"}], "performedDateTime": "2026-03-10",
        "code": {"coding": [{"system": "http://snomed.info/sct", "code": "710925007"}]},
        **({"outcome": {"coding": [{"code": outcome}]}} if outcome else {}),
    }  # fmt: skip
    life = [task("r", status, **(result if output else {})), *([done] if output else [])]
    found = think(loop("referral"), *life).rows("tiny", "loop_referral")["Task/r"]
    assert (found["closed"], found["helped"], found["ended"]) == (closed, helped, True)


def test_a_request_is_as_far_as_its_dates_say():
    def request(name: str, **dates: str) -> Row:
        marks = [
            {"url": OURS + key.replace("_", "-"), ("valueCode" if key == "outcome" else "valueDateTime"): value}
            for key, value in {"received_at": "2026-03-02T10:00:00Z", **dates}.items()
        ]
        return {"resourceType": "ServiceRequest", "id": name, "status": "active", "intent": "order",
                "subject": {"reference": "Patient/ana"}, "extension": marks}  # fmt: skip

    at_team = {"at_team_at": "2026-03-04T10:00:00Z"}
    decided = at_team | {"decided_at": "2026-03-06T10:00:00Z", "outcome": "denied"}
    life = [
        request("a"),
        request("b", **at_team),
        request("c", **at_team, extended_at="2026-03-05T10:00:00Z"),
        request("d", **decided),
        request("e", **decided, notified_at="2026-03-07T10:00:00Z"),
    ]
    found = think(loop("request"), *life).rows("tiny", "loop_request")
    states = {key.split("/")[1]: (x["state"], x["ended"], x["closed"]) for key, x in found.items()}
    assert states == {
        "a": ("received", False, False),
        "b": ("at_team", False, False),
        "c": ("extended", False, False),
        "d": ("denied", True, False),
        "e": ("denied", True, True),
    }
