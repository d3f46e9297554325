"""A discharge that arrives late, a contact that is taken back, a stay that is cancelled: what changes, end to end.

All shipped care models run on a real record. Maria is 76, has heart failure, and said yes to coaching.
"""

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from throughcare.act import contacts, verbs
from throughcare.act.shapes import Stored, extension
from throughcare.flow.door import commit
from throughcare.flow.moment import Moment
from throughcare.flow.passes import settle
from throughcare.record.changes import Changes, Put

NOW = datetime(2026, 7, 3, 13, 0, tzinfo=UTC)  # a Friday morning in New York, and a federal holiday
STAY = "Encounter/stay-1"
ZOE = "Practitioner/zoe"
CALL = "post_discharge_contact"
ICD = "http://hl7.org/fhir/sid/icd-10-cm"
CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"


def about(ident: str, kind: str, **more) -> dict:
    return {"resourceType": kind, "id": ident, "subject": {"reference": "Patient/maria"}} | more


MARIA = [
    {
        "resourceType": "Patient",
        "id": "maria",
        "birthDate": "1950-02-03",
        "gender": "female",
        "telecom": [{"system": "phone", "value": "555-0100"}],
        "address": [{"use": "home", "line": ["3 Elm Street"], "city": "Bayview", "state": "NY", "postalCode": "00501"}],
        "communication": [{"language": {"coding": [{"code": "en"}]}, "preferred": True}],
    },
    about(
        "heart",
        "Condition",
        clinicalStatus={"coding": [{"system": CLINICAL, "code": "active"}]},
        code={"coding": [{"system": ICD, "code": "I50.9"}]},
        recordedDate="2024-05-01",
    ),
    {
        "resourceType": "Consent",
        "id": "yes",
        "status": "active",
        "scope": {"coding": [{"code": "treatment"}]},
        "category": [{"coding": [{"system": "urn:throughcare:consent", "code": "coaching"}]}],
        "patient": {"reference": "Patient/maria"},
        "dateTime": "2026-07-01",
        "policyRule": {"text": "Said yes by telephone"},
        "provision": {"type": "permit", "period": {"start": "2026-07-01"}},
    },
]


def stay(status: str = "finished", end: str | None = "2026-07-02T11:00:00-04:00", **more) -> dict:
    return about(
        "stay-1",
        "Encounter",
        status=status,
        **{"class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "IMP"}},
        period={"start": "2026-06-27T08:00:00-04:00"} | ({"end": end} if end else {}),
        hospitalization={"dischargeDisposition": {"coding": [{"code": "home"}]}} if end else {},
        **more,
    )


@pytest.fixture
def life(database, published):
    class Life:
        now = NOW

        def says(self, *resources: dict, source: str = "hospital") -> None:
            puts = [Put(json.dumps(_plain(r)).encode(), source=source) for r in resources]
            self.commit(Changes(puts=puts), "intake")

        def commit(self, changes: Changes, stage: str) -> None:
            commit(database, changes, stage=stage, at=self.now)

        def settle(self, **later):
            self.now += timedelta(**later) if later else timedelta(minutes=1)
            return settle(database, published, self.now)

        def stored(self, kind: str) -> list[Stored]:
            people = list(Moment(database).people(["maria"]).values())
            return [Stored(p, v, json.loads(b)) for p, _, _, v, b in Moment(database).current(people, [kind])]

        def tasks(self, activity: str | None = None) -> list[Stored]:
            """The tasks about the stay."""
            found = [t for t in self.stored("Task") if t.body.get("focus", {}).get("reference") == STAY]
            found = [t for t in found if activity in (None, t.body["code"]["coding"][0]["code"])]
            return sorted(found, key=lambda t: (t.body["authoredOn"], t.body["id"]))

        def states(self, activity: str | None = None) -> list[str]:
            return [t.body["status"] for t in self.tasks(activity)]

        def calls(self, outcome: str = "reached") -> None:
            (person,) = Moment(database).people(["maria"]).values()
            call = contacts.Contact(
                person_id=person,
                patient="Patient/maria",
                activity=CALL,
                mode="phone",
                outcome=outcome,
                happened_at=self.now,
                by=ZOE,
                worker_role="nurse",
                about=[STAY],
                minutes=11,
            )
            self.commit(contacts.log_contact(call, at=self.now), "log_contact")

    return Life()


def _plain(resource: dict) -> dict:
    return {k: v for k, v in resource.items() if v != {}}


def test_a_discharge_that_arrives_a_day_late_opens_its_work_at_once_and_due_as_if_it_had_come_in_time(life):
    life.says(*MARIA)
    life.settle()
    assert life.tasks() == []
    life.says(stay())
    life.settle()
    (call,) = life.tasks(CALL)
    assert call.body["status"] == "requested"
    assert call.body["restriction"]["period"]["end"] == "2026-07-07", "two business days, over a holiday and a weekend"
    assert call.body["for"] == {"reference": "Patient/maria"}
    assert call.body["reasonCode"]["text"]


def test_a_settle_without_news_writes_nothing(life):
    life.says(*MARIA, stay())
    life.settle()
    done = life.settle()
    assert (done.people, done.resources) == (0, 0)


def test_facts_in_any_order_and_repeated_leave_the_same_open_work(life, database):
    for one in (stay("in-progress", end=None), MARIA[2], stay(), MARIA[1], MARIA[0], stay(), MARIA[2]):
        life.says(one)
        life.settle()
    in_pieces = _open(life)
    assert in_pieces
    assert in_pieces == sorted(set(in_pieces)), "never two open tasks for the same work"
    assert (CALL, "2026-07-07") in in_pieces


def _open(life) -> list[tuple[str, str]]:
    return sorted(
        (t.body["code"]["coding"][0]["code"], t.body.get("restriction", {}).get("period", {}).get("end", ""))
        for t in life.tasks()
        if t.body["status"] in ("requested", "in-progress", "on-hold")
    )


def test_one_call_settles_what_it_satisfies_and_taking_it_back_opens_a_new_task_that_refers_to_the_old(life):
    life.says(*MARIA, stay())
    life.settle()
    life.calls("no_answer")
    life.settle()
    assert life.states(CALL) == ["requested"], "a try that reached nobody settles nothing"
    life.calls()
    life.settle()
    (done,) = life.tasks(CALL)
    assert done.body["status"] == "completed"
    reached = next(c for c in life.stored("Communication") if "received" in c.body)
    assert {"reference": f"Communication/{reached.body['id']}"} in [o["valueReference"] for o in done.body["output"]]

    life.commit(contacts.retract_contact(reached, by=ZOE, at=life.now, why="Wrong person"), "retract_contact")
    life.settle()
    assert life.states(CALL) == ["completed", "requested"]
    assert extension(life.tasks(CALL)[1].body, "reopens") == {"reference": f"Task/{done.body['id']}"}


@pytest.mark.parametrize("how", ["cancelled", "entered-in-error"])
def test_a_stay_that_is_withdrawn_cancels_its_open_work_in_words_and_leaves_what_was_done(life, how):
    life.says(*MARIA, stay())
    life.settle()
    life.calls()
    life.settle()
    life.says(stay(how))
    life.settle()
    assert _open(life) == []
    states = life.states()
    assert states.count("completed") == 1
    assert set(states) == {"completed", "cancelled"}
    cancelled = [t.body for t in life.tasks() if t.body["status"] == "cancelled"]
    assert {t["statusReason"]["text"] for t in cancelled} == {"What this was for was withdrawn from the record."}
    assert life.settle().resources == 0


def test_a_stay_withdrawn_by_mistake_brings_its_work_back(life):
    life.says(*MARIA, stay())
    life.settle()
    before = _open(life)
    life.says(stay("entered-in-error"))
    life.settle()
    life.says(stay())
    life.settle()
    assert (CALL, "2026-07-07") in _open(life)
    assert set(_open(life)) <= set(before)


def test_what_staff_decided_stands_while_the_record_moves_on(life):
    life.says(*MARIA, stay())
    life.settle()
    (call,) = life.tasks(CALL)
    life.commit(verbs.assign(call, owner=ZOE, by=ZOE, at=life.now), "assign")
    (call,) = life.tasks(CALL)
    own = verbs.set_due(call, due=date(2026, 7, 6), by=ZOE, at=life.now, today=date(2026, 7, 3), safety=False)
    life.commit(own, "set_due")
    life.says(stay(end="2026-07-02T16:30:00-04:00"))
    life.settle()
    (call,) = life.tasks(CALL)
    assert call.body["owner"] == {"reference": ZOE}
    assert call.body["restriction"]["period"]["end"] == "2026-07-06"
    life.commit(verbs.decline(call, reason="Her daughter calls us", by=ZOE, at=life.now), "decline")
    life.settle()
    assert life.states(CALL) == ["rejected"]


def test_time_alone_makes_a_call_late_and_shows_it_to_who_stands_above(life):
    life.says(*MARIA, stay())
    life.settle()
    life.settle(days=5)
    (call,) = life.tasks(CALL)
    assert call.body["priority"] == "asap"
    roles = [p["coding"][0]["code"] for p in call.body["performerType"]]
    assert "supervisor" in roles


def test_death_closes_everything_and_opens_nothing(life):
    life.says(*MARIA, stay())
    life.settle()
    life.says(MARIA[0] | {"deceasedDateTime": "2026-07-03"})
    life.settle()
    assert _open(life) == []
    assert all(e.body["status"] in ("finished", "cancelled") for e in life.stored("EpisodeOfCare"))
    assert life.settle().resources == 0
