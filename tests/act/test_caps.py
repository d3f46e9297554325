"""Contact caps: what can wait waits for a week with room; what cannot is asked and marked; people's decisions stay."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from throughcare.act.caps import capped
from throughcare.act.shapes import Stored, code_of, extension
from throughcare.act.tasks import reconcile
from throughcare.act.verbs import snooze, wake
from throughcare.definitions.grammar import ContactCap, Library
from throughcare.definitions.load import shipped_library
from throughcare.fhir import json

CAP = [ContactCap(id="week", per_week=2, activities=["call", "danger"])]
MONDAY = "2026-07-06"  # of the next week: the tests begin on Friday 3 July


@pytest.fixture
def ask(at, owed, keep):
    """Calls about stays due on these days of July, reconciled and capped on top of what stands."""

    def asked(days, standing=(), now=None, activity="call", rules=CAP):
        place = replace(at, now=now or at.now)
        calls = [
            owed(
                about=f"Encounter/{activity}-{day}",
                activity=activity,
                due_at=datetime(2026, 7, day + 1, 3, 59, 59, tzinfo=UTC),
            )
            for day in days
        ]
        writes = capped(reconcile(calls, standing, place), list(standing), rules, place)
        return keep(list(standing), writes)

    return asked


def told(tasks):
    """By due day: until when it is hidden, and the cap's mark."""
    found = {}
    for task in sorted(tasks, key=lambda t: t.body["restriction"]["period"]["end"]):
        mark = code_of(task.body.get("businessStatus"), "urn:throughcare:why")
        found[int(task.body["restriction"]["period"]["end"][8:])] = (extension(task.body, "snoozed-until"), mark)
    return found


def test_contacts_beyond_the_cap_wait_for_the_next_week_with_room_and_say_why(ask):
    tasks = ask([30, 20, 4, 21, 28])
    assert told(tasks) == {
        4: (None, None),
        20: (None, None),
        21: (MONDAY, "contact_cap"),
        28: (MONDAY, "contact_cap"),
        30: ("2026-07-13", "contact_cap"),
    }
    says = {t.body["businessStatus"]["text"] for t in tasks if extension(t.body, "snoozed-until") == MONDAY}
    assert says == {
        "Not before 6 July 2026: no more than 2 contacts a week are asked of a person by all programs together."
    }
    assert all(t.version == 1 for t in ask([30, 20, 4, 21, 28], tasks)), "a second look writes nothing"


def test_a_contact_due_before_there_is_room_is_asked_and_the_conflict_is_marked(ask):
    assert told(ask([3, 4, 5, 20])) == {
        3: (None, None), 4: (None, None), 5: (None, "over_cap"), 20: (MONDAY, "contact_cap"),
    }  # fmt: skip


def test_safety_is_exempt(ask):
    tasks = ask([4, 20], ask([5, 6, 7], activity="danger"))
    assert told(tasks) == dict.fromkeys((4, 5, 6, 7, 20), (None, None))


def test_a_contact_done_this_week_has_taken_its_place(ask):
    second, first = ask([4, 20])
    done = first.body | {"status": "completed", "executionPeriod": {"end": "2026-07-03T12:00:00Z"}}
    assert told(ask([20, 21], [replace(first, body=done), second]))[21] == (MONDAY, "contact_cap")
    last_week = first.body | {"status": "completed", "executionPeriod": {"end": "2026-06-28T12:00:00Z"}}
    assert told(ask([20, 21], [replace(first, body=last_week), second]))[21] == (None, None)


def test_what_waited_is_asked_when_its_week_has_come(ask):
    waiting = ask([4, 20, 21])
    later = ask([20, 21], [t for t in waiting if t.body["restriction"]["period"]["end"][8:] != "04"],
                now=datetime(2026, 7, 6, 13, tzinfo=UTC))  # fmt: skip
    assert told(later) == {20: (None, None), 21: (None, None)}


def test_a_person_who_wakes_a_waiting_contact_is_obeyed_and_it_counts(ask, at):
    waiting = ask([4, 20, 21])
    (held,) = (t for t in waiting if extension(t.body, "snoozed-until"))
    put = wake(held, by="Practitioner/zoe", at=at.now).puts[0]
    woken = [*(t for t in waiting if t is not held), Stored(1, 2, json.read(put.body))]
    assert told(ask([4, 20, 21], woken)) == {4: (None, None), 20: (MONDAY, "contact_cap"), 21: (None, None)}


def test_a_person_who_snoozes_is_obeyed(ask, at):
    waiting = ask([4, 20, 21])
    (held,) = (t for t in waiting if extension(t.body, "snoozed-until"))
    until = date(2026, 7, 15)
    put = snooze(
        held, until=until, by="Practitioner/zoe", at=at.now, today=date(2026, 7, 3), reason="away", safety=False
    ).puts[0]
    asked = [*(t for t in waiting if t is not held), Stored(1, 2, json.read(put.body))]
    assert told(ask([4, 20, 21], asked))[21] == ("2026-07-15", None)


def test_the_shipped_cap_names_activities_of_the_library():
    shipped: Library = shipped_library()
    for rule in shipped.concurrency.contact_cap:
        assert rule.activities and set(rule.activities) <= shipped.activities.keys()
        assert not [a for a in rule.activities if shipped.activities[a].safety]
