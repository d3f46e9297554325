"""What people do with tasks and contacts: what is written, what is refused, and that the engine then leaves it be."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from throughcare.act import contacts, verbs
from throughcare.act.shapes import Refusal, Stored, extension
from throughcare.act.tasks import reconcile
from throughcare.fhir import json, validate

ZOE = {"by": "Practitioner/zoe", "at": datetime(2026, 7, 3, 14, tzinfo=UTC)}
TODAY = date(2026, 7, 3)


@pytest.fixture
def task(at, owed, keep):
    return keep([], reconcile([owed()], [], at))[0]


def body(changes):
    (put,) = changes.puts
    validate.check(put.body)
    return json.read(put.body)


def stored(changes, task):
    return Stored(task.person_id, task.version + 1, body(changes))


def test_every_change_by_a_person_names_the_version_it_saw_says_who_and_is_audited(task):
    changes = verbs.start(task, **ZOE)
    assert changes.puts[0].if_version == task.version
    assert extension(body(changes), "set-by-person") is True
    assert extension(body(changes), "set-by") == {"reference": "Practitioner/zoe"}
    assert [(h.action, h.person_id, h.detail) for h in changes.audit] == [("start_task", 1, f"Task/{task.body['id']}")]


def test_someone_who_starts_a_task_owns_it(task):
    started = body(verbs.start(task, **ZOE))
    assert (started["status"], started["owner"]) == ("in-progress", {"reference": "Practitioner/zoe"})


def test_a_task_completed_by_hand_opens_again_while_the_record_does_not_show_it(at, owed, task):
    done = stored(verbs.complete(task, note="Spoke with her son", **ZOE), task)
    (again,) = [w.body for w in reconcile([owed()], [done], at)]
    assert again["note"][0]["text"].startswith("Still asked for")
    met = owed(status="met", resolved_at=at.now)
    assert reconcile([met], [done], at) == []


def test_declining_needs_a_reason_and_is_kept(at, owed, task):
    assert verbs.decline(task, reason=" ", **ZOE) == Refusal("reason_missing", "Say why.")
    declined = stored(verbs.decline(task, reason="She asked not to be called", **ZOE), task)
    assert declined.body["statusReason"] == {"text": "She asked not to be called"}
    assert reconcile([owed()], [declined], at) == []


def test_a_decline_can_be_taken_back(at, owed, task):
    declined = stored(verbs.decline(task, reason="No", **ZOE), task)
    back = stored(verbs.take_back(declined, **ZOE), declined)
    assert back.body["status"] == "requested"
    assert reconcile([owed()], [back], at) == []
    assert verbs.take_back(back, **ZOE).code == "not_declined"


def test_a_snooze_hides_until_a_day_and_ends_early_on_request(at, owed, task):
    said = {"today": TODAY, "reason": "She asked for Monday", "safety": False} | ZOE
    snoozed = stored(verbs.snooze(task, until=date(2026, 7, 20), **said), task)
    assert extension(snoozed.body, "snoozed-until") == "2026-07-20"
    assert reconcile([owed()], [snoozed], at) == []
    awake = body(verbs.wake(snoozed, **ZOE))
    assert extension(awake, "snoozed-until") is None
    assert "businessStatus" not in awake
    assert verbs.snooze(task, until=TODAY, **said).code == "not_later"


def test_safety_cannot_be_snoozed_or_put_off_past_its_date_but_up_to_it(task):
    said = {"today": TODAY, "safety": True} | ZOE
    assert verbs.snooze(task, until=date(2026, 7, 8), reason="Later", **said).code == "safety"
    assert verbs.snooze(task, until=date(2026, 7, 7), reason="Later", **said).puts
    assert verbs.set_due(task, due=date(2026, 7, 8), **said).code == "safety"


def test_a_date_of_ones_own_stays_and_the_rules_stands_beside_it(at, owed, task):
    dated = stored(verbs.set_due(task, due=date(2026, 7, 9), today=TODAY, safety=False, **ZOE), task)
    assert (extension(dated.body, "own-due"), extension(dated.body, "rule-due")) == ("2026-07-09", "2026-07-07")
    assert reconcile([owed()], [dated], at) == []
    assert verbs.set_due(task, due=date(2026, 7, 2), today=TODAY, safety=False, **ZOE).code == "in_the_past"


def test_a_task_given_to_someone_or_to_a_role_stays_with_them(at, owed, task):
    team = replace(at, owners={(1, "coaching", "coach"): "Practitioner/cora"})
    given = stored(verbs.assign(task, owner="Practitioner/ada", **ZOE), task)
    assert reconcile([owed()], [given], team) == []
    over = stored(verbs.hand_over(task, role="pharmacist", note="About the pills", **ZOE), task)
    assert [p["coding"][0]["code"] for p in over.body["performerType"]] == ["pharmacist"]
    assert reconcile([owed()], [over], team) == []


def test_a_closed_task_refuses_every_verb_in_words(task):
    closed = Stored(1, 2, task.body | {"status": "completed"})
    said = {"today": TODAY, "safety": False} | ZOE
    answers = [
        verbs.start(closed, **ZOE),
        verbs.complete(closed, **ZOE),
        verbs.decline(closed, reason="No", **ZOE),
        verbs.assign(closed, owner="Practitioner/ada", **ZOE),
        verbs.hand_over(closed, role="nurse", **ZOE),
        verbs.snooze(closed, until=date(2026, 7, 9), reason="Later", **said),
        verbs.set_due(closed, due=date(2026, 7, 9), **said),
    ]
    assert {a.code for a in answers} == {"already_closed"}


def test_a_task_someone_adds_is_valid_and_is_adopted_by_a_rule_that_asks_for_the_same(at, owed):
    said = {"person_id": 1, "patient": "Patient/ana", "activity": "call", "about": "Encounter/stay-1"}
    changes = verbs.add_task(**said, description="Call about the pills", due=date(2026, 7, 6), role="nurse", **ZOE)
    mine = Stored(1, 1, body(changes))
    (adopted,) = [w.body for w in reconcile([owed()], [mine], at)]
    assert adopted["id"] == mine.body["id"]
    assert adopted["restriction"]["period"]["end"] == "2026-07-06"
    assert verbs.add_task(**said, description=" ", **ZOE).code == "empty"


def test_a_note_changes_nothing_but_the_notes(task):
    noted = body(verbs.note(task, text="Prefers mornings", **ZOE))
    assert noted.pop("note")[-1]["text"] == "Prefers mornings"
    assert noted == task.body
    assert verbs.note(task, text="", **ZOE).code == "empty"


def call(**said):
    plain = {
        "person_id": 1,
        "patient": "Patient/ana",
        "activity": "call",
        "mode": "phone",
        "outcome": "reached",
        "happened_at": ZOE["at"],
        "by": ZOE["by"],
        "worker_role": "nurse",
        "about": ["Encounter/stay-1"],
        "task": "Task/t-1",
        "minutes": 12,
    }
    return contacts.Contact(**(plain | said))


def test_a_contact_is_written_as_it_happened(task):
    logged = body(contacts.log_contact(call(note="Doing well"), at=ZOE["at"]))
    assert logged["received"] == logged["sent"] == "2026-07-03T14:00:00Z"
    assert (logged["about"], logged["reasonReference"]) == (
        [{"reference": "Encounter/stay-1"}],
        [{"reference": "Task/t-1"}],
    )
    assert extension(logged, "minutes") == 12


def test_a_try_that_reached_nobody_is_no_receipt(task):
    logged = body(contacts.log_contact(call(outcome="no_answer"), at=ZOE["at"]))
    assert "received" not in logged
    assert logged["statusReason"]["coding"][0]["code"] == "no_answer"


def test_the_same_button_pressed_twice_is_one_contact(task):
    first, second = (contacts.log_contact(call(), at=ZOE["at"]) for _ in range(2))
    assert first.puts == second.puts


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"outcome": "eaten"}, "unknown_outcome"),
        ({"mode": "pigeon"}, "unknown_mode"),
        ({"happened_at": ZOE["at"] + timedelta(hours=1)}, "in_the_future"),
        ({"minutes": 601}, "minutes"),
        ({"minutes": -1}, "minutes"),
    ],
)
def test_a_contact_that_cannot_be_so_is_refused(said, code):
    assert contacts.log_contact(call(**said), at=ZOE["at"]).code == code


def test_a_contact_logged_by_mistake_is_taken_back_once_and_with_a_reason(task):
    logged = Stored(1, 1, body(contacts.log_contact(call(), at=ZOE["at"])))
    assert contacts.retract_contact(logged, why="", **ZOE).code == "reason_missing"
    gone = Stored(1, 2, body(contacts.retract_contact(logged, why="Wrong person", **ZOE)))
    assert gone.body["status"] == "entered-in-error"
    assert contacts.retract_contact(gone, why="Again", **ZOE).code == "already_retracted"
