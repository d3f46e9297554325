"""What is owed and the tasks that stand: every row of the grammar's table of reconciliation, and one touch for all."""

from dataclasses import replace
from datetime import timedelta

import pytest

from throughcare.act.shapes import Stored, extension, with_extension
from throughcare.act.task import due_of, keys_of, names_of
from throughcare.act.tasks import in_doubt, reconcile


def bodies(writes):
    return [w.body for w in writes]


@pytest.fixture
def opened(at, owed, keep):
    return keep([], reconcile([owed()], [], at))


def after(tasks, **said):
    """The one task as a person left it."""
    (task,) = tasks
    body = task.body | said
    return [Stored(task.person_id, task.version + 1, body)]


def test_what_is_owed_and_has_no_task_gets_one(at, owed):
    (task,) = bodies(reconcile([owed()], [], at))
    assert task["status"] == "requested"
    assert task["description"] == "First call after hospital"
    assert task["focus"] == {"reference": "Encounter/stay-1"}
    assert task["for"] == {"reference": "Patient/ana"}
    assert task["restriction"]["period"]["end"] == "2026-07-07"
    assert keys_of(task) == [owed().key]
    assert task["reasonCode"]["text"] == "Coaching: Reach the person after hospital"
    assert [p["coding"][0]["code"] for p in task["performerType"]] == ["coach", "nurse"]


def test_a_second_pass_over_the_same_answers_writes_nothing(at, owed, opened):
    later = replace(at, now=at.now + timedelta(hours=5))
    assert reconcile([owed()], opened, later) == []


def test_obligations_that_are_future_met_or_cancelled_open_nothing(at, owed):
    states = ["future", "met", "late", "cancelled", "paused"]
    assert reconcile([owed(status=s, occurrence=n) for n, s in enumerate(states)], [], at) == []


def test_a_duty_without_a_known_date_is_shown_once_it_has_opened(at, owed):
    (task,) = bodies(reconcile([owed(status="unknown", due_at=None)], [], at))
    assert "restriction" not in task
    assert reconcile([owed(status="unknown", due_at=None, opens_at=None)], [], at) == []


def test_another_due_date_moves_the_task_and_says_why(at, owed, opened):
    sooner = owed(due_at=owed().due_at - timedelta(days=1))
    (task,) = bodies(reconcile([sooner], opened, at))
    assert due_of(task) == "2026-07-06"
    assert task["note"][-1]["text"] == ("Due 6 July 2026 instead of 7 July 2026: the event it counts from has changed.")


def test_a_met_obligation_completes_its_task_and_points_at_the_event(at, owed, opened):
    met = owed(status="late", resolved_at=at.now, resolved_by="Communication/c1#2")
    (task,) = bodies(reconcile([met], opened, at))
    assert task["status"] == "completed"
    assert task["executionPeriod"]["end"] == "2026-07-03T13:00:00Z"
    assert task["output"] == [{"type": {"text": met.key}, "valueReference": {"reference": "Communication/c1"}}]


def test_a_cancelled_obligation_cancels_its_task_in_its_own_words(at, owed, opened):
    (task,) = bodies(reconcile([owed(status="cancelled", reason="discharge was withdrawn")], opened, at))
    assert task["status"] == "cancelled"
    assert task["statusReason"]["text"] == "discharge was withdrawn"


def test_an_obligation_that_is_gone_cancels_its_task_and_says_whether_its_event_was_withdrawn(at, owed, opened):
    (task,) = bodies(reconcile([], opened, at))
    assert task["status"] == "cancelled"
    assert task["statusReason"]["text"] == "Nothing in the record asks for this any longer."
    assert in_doubt([], opened) == {"Encounter/stay-1"}
    gone = replace(at, withdrawn=frozenset({"Encounter/stay-1"}))
    (task,) = bodies(reconcile([], opened, gone))
    assert task["statusReason"]["text"] == "What this was for was withdrawn from the record."
    assert in_doubt([owed(status="met")], opened) == set()


def test_a_declined_duty_is_not_asked_for_again(at, owed, opened):
    declined = after(opened, status="rejected", statusReason={"text": "The daughter calls"})
    assert reconcile([owed()], declined, at) == []
    assert reconcile([owed(status="met", resolved_at=at.now)], declined, at) == []


def test_a_duty_someone_cancelled_by_hand_is_not_asked_for_again(at, owed, opened):
    by_hand = with_extension(opened[0].body | {"status": "cancelled"}, "set-by-person", True)
    assert reconcile([owed()], [replace(opened[0], body=by_hand)], at) == []


def test_a_reason_no_one_declined_still_opens_its_own_task(at, owed, opened):
    declined = after(opened, status="rejected")
    (task,) = bodies(reconcile([owed(), owed(model="home")], declined, at))
    assert keys_of(task) == [owed(model="home").key]
    assert task["id"] != declined[0].body["id"]


def test_a_touch_that_is_taken_back_opens_a_new_task_that_refers_to_the_old(at, owed, opened, keep):
    met = owed(status="met", resolved_at=at.now, resolved_by="Communication/c1")
    done = keep(opened, reconcile([met], opened, at))
    (task,) = bodies(reconcile([owed()], done, at))
    assert task["id"] != done[0].body["id"]
    assert extension(task, "reopens") == {"reference": f"Task/{done[0].body['id']}"}
    assert "Opened again" in task["note"][0]["text"]


def test_an_owner_a_person_chose_stays_and_one_the_team_gives_follows_the_team(at, owed, opened):
    team = replace(at, owners={(1, "coaching", "coach"): "Practitioner/cora"})
    (task,) = bodies(reconcile([owed()], opened, team))
    assert task["owner"] == {"reference": "Practitioner/cora"}
    chosen = with_extension(opened[0].body | {"owner": {"reference": "Practitioner/zoe"}}, "set-by-person", True)
    assert reconcile([owed()], [replace(opened[0], body=chosen)], team) == []


def test_a_date_a_person_chose_stays_and_the_rules_date_stands_beside_it(at, owed, opened):
    body = with_extension(with_extension(opened[0].body, "own-due", "2026-07-09"), "rule-due", "2026-07-07")
    mine = [replace(opened[0], body=body | {"restriction": {"period": {"end": "2026-07-09"}}})]
    assert reconcile([owed()], mine, at) == []
    (task,) = bodies(reconcile([owed(due_at=owed().due_at - timedelta(days=1))], mine, at))
    assert due_of(task) == "2026-07-09"
    assert extension(task, "rule-due") == "2026-07-06"
    assert task["note"][-1]["text"] == "By rule it is now due 6 July 2026; the date someone chose stays."


def test_safety_waits_neither_for_a_chosen_date_nor_for_a_snooze(at, owed, keep):
    danger = owed(activity="danger")
    tasks = keep([], reconcile([danger], [], at))
    body = with_extension(with_extension(tasks[0].body, "own-due", "2026-07-20"), "snoozed-until", "2026-07-19")
    mine = [replace(tasks[0], body=body | {"restriction": {"period": {"end": "2026-07-20"}}})]
    (task,) = bodies(reconcile([danger], mine, at))
    assert due_of(task) == "2026-07-07"
    assert extension(task, "snoozed-until") == "2026-07-07"
    assert len(task["note"]) == 2


def test_a_snooze_on_ordinary_work_is_left_alone(at, owed, opened):
    body = with_extension(opened[0].body, "snoozed-until", "2026-07-19")
    assert reconcile([owed()], [replace(opened[0], body=body)], at) == []


def by_hand(**said):
    task = {
        "resourceType": "Task",
        "id": "mine",
        "status": "requested",
        "code": {"coding": [{"system": "urn:throughcare:activity", "code": "call"}]},
        "focus": {"reference": "Encounter/stay-1"},
        "requester": {"reference": "Practitioner/zoe"},
        "owner": {"reference": "Practitioner/zoe"},
    }
    return Stored(1, 1, task | said)


def test_a_task_a_person_made_for_the_same_event_is_adopted_not_doubled(at, owed, keep):
    (task,) = bodies(reconcile([owed()], [by_hand()], at))
    assert task["id"] == "mine"
    assert task["owner"] == {"reference": "Practitioner/zoe"}
    assert due_of(task) == "2026-07-07"
    assert keys_of(task) == [owed().key]


def test_the_date_of_an_adopted_task_is_its_makers(at, owed):
    (task,) = bodies(reconcile([owed()], [by_hand(restriction={"period": {"end": "2026-07-05"}})], at))
    assert due_of(task) == "2026-07-05"
    assert extension(task, "rule-due") == "2026-07-07"


def test_a_task_a_person_made_goes_on_when_the_rule_that_joined_it_falls_away(at, owed, keep):
    adopted = keep([by_hand()], reconcile([owed()], [by_hand()], at))
    (task,) = bodies(reconcile([owed(status="cancelled", reason="left the program")], adopted, at))
    assert task["status"] == "requested"
    assert keys_of(task) == []
    assert task["note"][-1]["text"] == "No rule asks for this any longer: left the program"
    assert reconcile([], keep(adopted, reconcile([], adopted, at)), at) == []


def test_a_task_a_person_made_about_another_event_is_left_alone(at, owed):
    other = by_hand(focus={"reference": "Encounter/stay-2"})
    (task,) = bodies(reconcile([owed()], [other], at))
    assert task["id"] != "mine"


def test_three_models_that_ask_for_one_call_make_one_task_with_three_reasons_and_the_earliest_date(at, owed):
    call = [
        owed(model="coaching"),
        owed(model="home", due_at=owed().due_at - timedelta(days=2), roles=("nurse",)),
        owed(model="third", due_at=owed().due_at + timedelta(days=2), roles=("doctor", "nurse")),
    ]
    (task,) = bodies(reconcile(call, [], at))
    assert due_of(task) == "2026-07-05"
    assert len(keys_of(task)) == 3
    assert task["reasonCode"]["text"].count(" · ") == 2
    assert [p["coding"][0]["code"] for p in task["performerType"]] == ["nurse"]


def test_each_reason_closes_by_its_own_rule_and_the_task_closes_with_the_last(at, owed, keep):
    home = owed(model="home", due_at=owed().due_at + timedelta(days=2))
    tasks = keep([], reconcile([owed(), home], [], at))
    met = owed(status="met", resolved_at=at.now, resolved_by="Communication/c1")
    tasks = keep(tasks, reconcile([met, home], tasks, at))
    (task,) = [t.body for t in tasks]
    assert task["status"] == "requested"
    assert task["reasonCode"]["text"] == "Home: Reach the person after hospital"
    assert due_of(task) == "2026-07-09"
    assert task["note"][-1]["text"].endswith("the reason that was due earlier is settled.")
    done = replace(home, status="met", resolved_at=at.now, resolved_by="Communication/c2")
    (task,) = bodies(reconcile([met, done], tasks, at))
    assert task["status"] == "completed"
    assert [o["valueReference"]["reference"] for o in task["output"]] == ["Communication/c1", "Communication/c2"]


def test_roles_that_have_nobody_in_common_make_two_tasks(at, owed):
    tasks = bodies(reconcile([owed(), owed(model="home", roles=("doctor",))], [], at))
    assert len(tasks) == 2
    assert len({t["id"] for t in tasks}) == 2


def test_another_event_makes_another_task(at, owed):
    assert len(reconcile([owed(), owed(about="Encounter/stay-2")], [], at)) == 2


def test_work_about_the_person_is_one_piece_of_work_under_any_of_her_numbers(at, owed):
    (task,) = bodies(reconcile([owed(about="Patient/ana"), owed(model="home", about="Patient/old-ana")], [], at))
    assert "focus" not in task


def test_a_paused_duty_holds_its_task_and_comes_back(at, owed, opened, keep):
    paused = owed(status="paused", reason="in hospital")
    held = keep(opened, reconcile([paused], opened, at))
    assert held[0].body["status"] == "on-hold"
    assert held[0].body["businessStatus"]["text"] == "Paused: in hospital"
    (task,) = bodies(reconcile([owed()], held, at))
    assert task["status"] == "requested"
    assert "businessStatus" not in task


def test_time_alone_makes_work_urgent_then_late_and_shows_it_to_who_stands_above(at, owed, opened, keep):
    warned = owed(warn_at=at.now, escalates_to="supervisor")
    tasks = keep(opened, reconcile([warned], opened, at))
    assert tasks[0].body["priority"] == "urgent"
    late = replace(warned, status="breached")
    tasks = keep(tasks, reconcile([late], tasks, replace(at, now=at.now + timedelta(days=6))))
    assert tasks[0].body["priority"] == "asap"
    assert [p["coding"][0]["code"] for p in tasks[0].body["performerType"]] == ["coach", "nurse", "supervisor"]
    assert tasks[0].body["note"][-1]["text"] == "Past due: now also shown to supervisor."
    assert reconcile([late], tasks, replace(at, now=at.now + timedelta(days=7))) == []


def test_two_numbers_that_become_one_person_leave_one_task(at, owed, keep):
    mine = keep([], reconcile([owed()], [], at))
    hers = keep([], reconcile([owed(person_id=2)], [], at))
    one_person = [*mine, replace(hers[0], person_id=1)]
    (task,) = bodies(reconcile([owed()], one_person, at))
    assert task["status"] == "cancelled"
    assert task["statusReason"]["text"] == "The same work stands in another task."


def test_the_next_occurrence_of_the_same_work_is_a_new_task_not_a_reopened_one(at, owed, opened, keep):
    met = owed(status="met", resolved_at=at.now)
    done = keep(opened, reconcile([met], opened, at))
    (task,) = bodies(reconcile([met, owed(occurrence=1)], done, at))
    assert task["id"] != done[0].body["id"]
    assert extension(task, "reopens") is None
    assert names_of(task) == {owed(occurrence=1).name}


def test_many_people_are_reconciled_in_one_call(at, owed, keep):
    patients = {n: f"Patient/{n}" for n in range(1, 501)}
    many = replace(at, patients=patients, zones=dict.fromkeys(patients, at.zones[1]))
    pairs = [(n, k) for n in patients for k in range(10)]
    asked = [owed(person_id=n, about=f"Encounter/{n}-{k // 2}", model=("coaching", "home")[k % 2]) for n, k in pairs]
    tasks = keep([], reconcile(asked, [], many))
    assert (len(tasks), reconcile(asked, tasks, many)) == (2500, [])
