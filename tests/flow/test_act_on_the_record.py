"""Act on a real record: answers in, our resources out, and a second look that writes nothing."""

import json
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from throughcare.act import contacts, run, verbs
from throughcare.act.shapes import Stored
from throughcare.definitions.grammar import ContactCap
from throughcare.flow import panels
from throughcare.flow.door import commit
from throughcare.flow.moment import Moment
from throughcare.record.changes import Changes

from ..act.conftest import a_care_model, library
from .conftest import NOW, finding, obligation, patient

ZONE = ZoneInfo("America/New_York")
STAY = "Encounter/stay-1"


class Pass:
    """One look at everyone in the small record: answers given, act's writing kept."""

    def __init__(self, database, answered) -> None:
        self.database, self.answered, self.now = database, answered, NOW
        self.models, self.library = [a_care_model("coaching"), a_care_model("home")], library()

    def person(self, patient_id: str) -> int:
        return Moment(self.database).people([patient_id])[patient_id]

    def look(self, people, **answers) -> Changes:
        self.now += timedelta(minutes=1)
        given = self.answered(people, **answers)
        wakes = given.answers.pop("wake")
        commit(self.database, given, stage="decide", at=self.now)
        changes = run.run(Moment(self.database), self.models, self.library, self.now, people, zone=ZONE, wakes=wakes)
        rest = replace(changes, answers={k: v for k, v in changes.answers.items() if k != "panel"})
        panels.keep(self.database, changes.answers.get("panel"), people)
        commit(self.database, rest, stage="act", at=self.now)
        return changes

    def all(self, kind: str, person: int) -> list[dict]:
        return [json.loads(body) for *_, body in Moment(self.database).current([person], [kind])]


@pytest.fixture
def passes(database, answered, put):
    put(patient("ana"))
    return Pass(database, answered)


def test_someone_eligible_is_enrolled_and_looked_at_again_at_once(passes):
    ana = passes.person("ana")
    changes = passes.look([ana], findings=[finding(ana)], obligations=[obligation(ana, STAY)])
    assert [e["status"] for e in passes.all("EpisodeOfCare", ana)] == ["active"]
    assert passes.all("Task", ana) == [], "work waits for what is decided about someone enrolled"
    assert Moment(passes.database).woken(passes.now) == [ana]
    assert len(changes.puts) == 1


def test_work_is_opened_in_the_next_look_and_then_nothing_more_is_written(passes):
    ana = passes.person("ana")
    said = {"findings": [finding(ana)], "obligations": [obligation(ana, STAY)]}
    passes.look([ana], **said)
    passes.look([ana], **said, wakes=[(ana, NOW + timedelta(days=4))])
    (task,) = passes.all("Task", ana)
    assert (task["status"], task["focus"]["reference"]) == ("requested", STAY)
    assert passes.look([ana], **said, wakes=[(ana, NOW + timedelta(days=4))]).puts == []
    assert Moment(passes.database).woken(NOW + timedelta(days=3)) == []
    assert Moment(passes.database).woken(NOW + timedelta(days=4)) == [ana]
    flat = Moment(passes.database).tables([ana], ["task", "enrollment"])
    assert flat["task"].select(["kind", "status", "role"]).to_pylist() == [
        {"kind": "call", "status": "requested", "role": "coach"}
    ]
    assert str(flat["task"]["due_on"][0].as_py()) == "2026-07-07"
    assert flat["enrollment"]["state"].to_pylist() == ["active"]


def test_a_contact_that_settles_an_obligation_closes_its_task_and_one_taken_back_opens_another(passes):
    ana = passes.person("ana")
    said = {"findings": [finding(ana)]}
    passes.look([ana], **said)
    passes.look([ana], **said, obligations=[obligation(ana, STAY)])
    met = {"status": "met", "resolved_at": NOW, "resolved_by": "Communication/c-1"}
    passes.look([ana], **said, obligations=[obligation(ana, STAY, **met)])
    assert [t["status"] for t in passes.all("Task", ana)] == ["completed"]
    passes.look([ana], **said, obligations=[obligation(ana, STAY)])
    assert sorted(t["status"] for t in passes.all("Task", ana)) == ["completed", "requested"]


def test_a_contact_logged_by_staff_is_one_row_of_the_view_contact(passes):
    ana = passes.person("ana")
    call = contacts.Contact(
        person_id=ana, patient="Patient/ana", activity="call", mode="phone", outcome="reached", happened_at=NOW,
        by="Practitioner/zoe", worker_role="nurse", about=[STAY], minutes=12,
    )  # fmt: skip
    commit(passes.database, contacts.log_contact(call, at=NOW), stage="log_contact", at=NOW)
    (row,) = Moment(passes.database).tables([ana], ["contact"])["contact"].to_pylist()
    assert (row["activity"], row["mode"], row["reached"], row["about"], int(row["minutes"])) == (
        "call", "phone", True, STAY, 12,
    )  # fmt: skip


def test_the_panel_of_a_team_follows_the_record_and_a_worker_named_meanwhile_stays(passes):
    ana = passes.person("ana")
    with passes.database.connection() as connection:
        connection.execute("insert into door.team (name, serves) values ('Everyone', null), ('Nobody', '{}')")
    wanted = passes.look([ana], findings=[]).answers["panel"]
    assert [(p, s) for p, _, s in Moment(passes.database).panel([ana])] == [(ana, None)]
    assert "panel" not in passes.look([ana], findings=[]).answers
    with passes.database.connection() as connection:
        connection.execute("insert into door.staff (sign_in, name, password_hash) values ('zoe', 'Zoe', '')")
        connection.execute("update door.panel set staff_id = (select staff_id from door.staff)")
    panels.keep(passes.database, wanted, [ana])
    assert [s is not None for *_, s in Moment(passes.database).panel([ana])] == [True]
    panels.keep(passes.database, wanted.slice(0, 0), [ana])
    assert Moment(passes.database).panel([ana]) == []


def test_many_people_are_looked_at_in_one_pass(passes, put):
    put(*(patient(f"p{n}") for n in range(150)))
    people = sorted(Moment(passes.database).people([f"p{n}" for n in range(150)]).values())
    said = {"findings": [finding(p) for p in people]}
    assert len(passes.look(people, **said).puts) == 150
    said["obligations"] = [obligation(p, f"Encounter/{p}-{k}") for p in people for k in range(3)]
    assert len(passes.look(people, **said).puts) == 450
    assert passes.look(people, **said).puts == []


def test_of_four_contacts_asked_in_a_week_the_last_waits_and_a_second_look_writes_nothing(passes):
    ana = passes.person("ana")
    passes.library.concurrency.contact_cap.append(ContactCap(id="week", per_week=3, activities=["call"]))
    stays = [obligation(ana, f"Encounter/{n}", due_at=NOW + timedelta(days=10 + n)) for n in range(4)]
    passes.look([ana], findings=[finding(ana)])
    passes.look([ana], findings=[finding(ana)], obligations=stays)
    rows = Moment(passes.database).tables([ana], ["task"])["task"].to_pylist()
    hidden = {r["about"]: (str(r["snoozed_until"]), r["business_status"]) for r in rows if r["snoozed_until"]}
    assert hidden == {"Encounter/3": ("2026-07-06", "contact_cap")}
    assert len(rows) == 4
    assert passes.look([ana], findings=[finding(ana)], obligations=stays).puts == []


def test_every_state_a_task_goes_through_is_a_row_of_the_view_task_move(passes):
    ana, zoe = passes.person("ana"), "Practitioner/zoe"
    passes.look([ana], findings=[finding(ana)])
    stays = [obligation(ana, f"Encounter/{n}") for n in range(2)]
    passes.look([ana], findings=[finding(ana)], obligations=stays)
    task = next(t for t in stored(passes, ana) if t.body["focus"]["reference"] == "Encounter/0")
    begun = verbs.start(task, by=zoe, at=passes.now)
    commit(passes.database, begun, stage="start_task", at=passes.now)
    met = {"status": "met", "resolved_at": NOW, "resolved_by": "Communication/c-1"}
    gone = {"status": "cancelled", "reason": "discharge was withdrawn"}
    left = [obligation(ana, "Encounter/0", **met), obligation(ana, "Encounter/1", **gone)]
    passes.look([ana], findings=[finding(ana)], obligations=left)
    rows = Moment(passes.database).tables([ana], ["task_move"])["task_move"].to_pylist()
    told = sorted((r["about"], r["from_status"], r["to_status"], r["by_party"], r["reason"]) for r in rows)
    assert told == [
        ("Encounter/0", "in-progress", "completed", None, None),
        ("Encounter/0", "requested", "in-progress", zoe, None),
        ("Encounter/1", "requested", "cancelled", None, "rule"),
    ]
    assert {r["kind"] for r in rows} == {"call"} and all(r["moved_at"] for r in rows)


def stored(passes, person):
    found = Moment(passes.database).current([person], ["Task"])
    return [Stored(person, version, json.loads(body)) for person, _, _, version, body in found]
