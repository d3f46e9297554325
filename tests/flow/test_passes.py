"""Settling: news in, everything that follows out, once; what was written in between wins; time alone moves work."""

import json
import time
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from throughcare.decide import evaluate
from throughcare.definitions.compiled import compile_models
from throughcare.definitions.load import shipped_library
from throughcare.faults import Conflict
from throughcare.flow import passes
from throughcare.flow.moment import Moment
from throughcare.flow.published import Published
from throughcare.flow.worker import Worker

from ..act.conftest import a_care_model, library
from ..shipped import care_models
from .conftest import NOW, finding, obligation, patient

STAY = "Encounter/stay-1"


class Decided:
    """Decide in small, by hand: everyone is eligible; whoever is enrolled is owed a call about each stay."""

    def __init__(self, answered) -> None:
        self.answered, self.looks = answered, []

    def run(self, view, plan, now, people):
        self.looks.append(sorted(people))
        rows = view.tables(people, ["enrollment", "encounter", "contact"])
        enrolled = {r["person_id"] for r in rows["enrollment"].to_pylist() if r["state"] == "active"}
        reached = {r["about"] for r in rows["contact"].to_pylist() if r["reached"]}
        stays = [r for r in rows["encounter"].to_pylist() if r["person_id"] in enrolled]
        owed = [self.owed(r["person_id"], r["key"], r["key"] in reached, now) for r in stays]
        due = sorted((o["due_at"], o["person_id"]) for o in owed if o["status"] == "open")
        wakes = {person: at for at, person in reversed(due)}.items()
        found = [finding(p) for p in people if view.numbers([p])]
        return self.answered(people, findings=found, obligations=owed, wakes=wakes)

    def owed(self, person, stay, met, now):
        one = obligation(person, stay, status="met" if met else "open", resolved_at=now if met else None)
        return one | {"status": "breached"} if one["due_at"] < now and not met else one


@pytest.fixture
def decided(answered, monkeypatch):
    fake = Decided(answered)
    monkeypatch.setattr(passes, "decide", fake)
    return fake


@pytest.fixture
def settle(database, decided):
    models = [a_care_model("coaching"), a_care_model("home")]
    published = Published(
        models, library(), SimpleNamespace(reaches=False), ZoneInfo("America/New_York"), frozenset({"EpisodeOfCare"})
    )

    def run(now=NOW, **more):
        return passes.settle(database, published, now, **more)

    run.published = published
    return run


@pytest.fixture
def tasks(database):
    def rows():
        found = Moment(database).tables(None, ["task"])["task"].to_pylist()
        return sorted((r["status"], r["about"], r["due_on"].isoformat()) for r in found)

    return rows


def stay(ident="stay-1", who="ana", status="finished", **more):
    return {
        "resourceType": "Encounter",
        "id": ident,
        "status": status,
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "IMP"},
        "subject": {"reference": f"Patient/{who}"},
        "period": {"start": "2026-06-28", "end": "2026-07-01"},
    } | more


def contact(ident="c-1", status="completed"):
    return {
        "resourceType": "Communication",
        "id": ident,
        "status": status,
        "category": [{"coding": [{"system": "urn:throughcare:activity", "code": "call"}]}],
        "subject": {"reference": "Patient/ana"},
        "about": [{"reference": STAY}],
        "sent": "2026-07-02T15:00:00Z",
        "received": "2026-07-02T15:00:00Z",
    }


def test_one_settle_enrolls_and_opens_the_work_that_follows(put, settle, tasks, decided):
    put(patient("ana"), stay())
    done = settle()
    assert tasks() == [("requested", STAY, "2026-07-07")]
    assert (done.people, done.resources) == (1, 2)
    assert len(decided.looks) == 2


def test_a_second_settle_with_no_news_writes_nothing_at_all(database, put, settle):
    put(patient("ana"), stay())
    settle()
    head = Moment(database).commit_no
    done = settle(NOW + timedelta(hours=1))
    assert (done.people, done.resources, Moment(database).commit_no) == (0, 0, head)


def test_only_whoever_has_news_is_looked_at(put, settle, decided):
    put(patient("ana"), stay(), patient("ben"))
    settle()
    decided.looks.clear()
    put(contact())
    settle()
    assert [len(look) for look in decided.looks] == [1]


def test_a_contact_closes_the_task_and_its_retraction_opens_another(put, settle, tasks):
    put(patient("ana"), stay())
    settle()
    put(contact())
    settle()
    assert [status for status, *_ in tasks()] == ["completed"]
    put(contact(status="entered-in-error"))
    settle()
    assert [status for status, *_ in tasks()] == ["completed", "requested"]


def test_time_alone_wakes_someone_whose_work_is_due(database, put, settle):
    put(patient("ana"), stay())
    settle()
    (ana,) = Moment(database).people(["ana"]).values()
    settle(NOW + timedelta(days=6))
    (task,) = Moment(database).current([ana], ["Task"])
    assert b'"asap"' in task[4]


def test_two_numbers_that_are_linked_leave_one_enrollment_and_one_task(put, settle, tasks, database):
    ssn = {"system": "http://hl7.org/fhir/sid/us-ssn", "value": "531-20-1234"}
    put(patient("ana", identifier=[ssn]), stay())
    put(patient("old-ana"), stay("stay-2", "old-ana"))
    settle()
    assert [status for status, *_ in tasks()] == ["requested", "requested"]
    put(patient("old-ana", identifier=[ssn]))
    settle(NOW + timedelta(hours=1))
    states = [r["state"] for r in Moment(database).tables(None, ["enrollment"])["enrollment"].to_pylist()]
    assert sorted(states) == ["active", "cancelled"]
    assert [status for status, *_ in tasks()] == ["requested", "requested"], "two stays, two calls"
    assert settle(NOW + timedelta(hours=2)).resources == 0


def test_someone_named_is_looked_at_at_once(put, settle, tasks, database):
    put(patient("ana"), stay(), patient("ben"), stay("stay-2", "ben"))
    ana = Moment(database).people(["ana"])["ana"]
    settle(people=[ana])
    assert [about for _, about, _ in tasks()] == [STAY]


def test_everyone_is_looked_at_in_portions_each_of_them_once(put, settle, database, decided):
    put(*(patient(f"p{n}") for n in range(7)))
    settle()
    decided.looks.clear()
    small = replace(database.settings, pass_people_max=3)
    database.settings = small
    assert settle(everyone=True).people == 7
    assert [len(look) for look in decided.looks] == [3, 3, 1]


def test_a_task_someone_changes_in_between_is_read_again_and_their_change_stands(put, settle, database, monkeypatch):
    put(patient("ana"), stay())
    settle()
    put(contact())
    (ana,) = Moment(database).people(["ana"]).values()
    run, looks = passes.act.run, []

    def slow(view, *given, **more):
        changes = run(view, *given, **more)
        looks.append(len(changes.puts))
        if len(looks) == 1:
            (task,) = view.current([ana], ["Task"])
            put(
                json.loads(task[4]) | {"owner": {"reference": "Practitioner/zoe"}}, source="throughcare", stage="assign"
            )
        return changes

    monkeypatch.setattr(passes.act, "run", slow)
    settle()
    (task,) = Moment(database).current([ana], ["Task"])
    assert b"Practitioner/zoe" in task[4]
    assert b'"completed"' in task[4]
    assert looks[:2] == [1, 1]


def test_a_crash_between_the_two_commits_repeats_both(put, settle, tasks, decided, monkeypatch):
    put(patient("ana"), stay())

    def crash(*_, **__):
        raise RuntimeError("the power went")

    with monkeypatch.context() as broken:
        broken.setattr(passes.act, "run", crash)
        with pytest.raises(RuntimeError):
            settle()
    assert tasks() == []
    settle()
    assert tasks() == [("requested", STAY, "2026-07-07")]


def test_someone_who_keeps_writing_is_not_waited_for_for_ever(put, settle, monkeypatch):
    put(patient("ana"), stay())

    def always(*_, **__):
        raise Conflict("Someone else wrote in between.")

    monkeypatch.setattr(passes.act, "run", always)
    with pytest.raises(Conflict):
        settle()


def test_the_worker_settles_news_rests_when_there_is_none_and_sees_everyone_at_night(database, put, settle, decided):
    moments = [NOW]
    worker = Worker(database, settle.published, clock=lambda: moments[-1])
    worker._night = worker._last_night(NOW)
    put(patient("ana"), stay())
    assert worker.turn()
    worker.turn()
    decided.looks.clear()
    assert not worker.turn()
    assert decided.looks == []
    moments.append(NOW + timedelta(hours=18))
    assert worker.turn()
    assert len(decided.looks) == 1


def test_the_worker_plans_its_statements_before_anything_changes(database, settle):
    [model] = [m for m in care_models() if m.model.id == "care_transitions_intervention"]
    plan = compile_models([model], shipped_library(), everyone=False, whole_sets=False)
    Worker(database, replace(settle.published, plan=plan), clock=lambda: NOW).make_ready()
    runner = evaluate._engine(evaluate._Same(plan)).runner
    assert len(runner.readings) == len(plan.statements) > 50
    planned = {name for hand in runner.hands.thinkers for name in hand._prepared}
    assert planned == {s.name for s in plan.statements if not s.parts}


def test_the_worker_runs_beside_other_work_and_stops_when_told(database, put, settle, tasks):
    worker = Worker(database, settle.published, clock=lambda: NOW)
    worker.start()
    put(patient("ana"), stay())
    for _ in range(100):
        if tasks():
            break
        time.sleep(0.05)
    assert tasks() == [("requested", STAY, "2026-07-07")]
    assert worker.stop()
