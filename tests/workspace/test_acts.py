"""What people do from a row: one form, one commit, the engine judges at once, and it can be undone."""

import json

import pytest

from throughcare.record import audit

from .conftest import signed_in


@pytest.fixture
def settled(town):
    """Whom the engine was asked to judge, in order."""
    people = []
    town.site.settle = lambda ids: people.append(ids)
    return people


@pytest.fixture
def noor(town, settled):
    browser = signed_in(town)("noor")
    browser.get("/today?open=t-p7")
    return browser


def task(town, ident):
    with town.site.database.connection() as connection:
        row = connection.execute(
            "select body from record.resource where resource_type = 'Task' and resource_id = %s and known_to is null",
            [ident],
        ).fetchone()
    return json.loads(row[0])


def contacts(town):
    with town.site.database.connection() as connection:
        return connection.execute(
            "select activity, mode, reached, minutes, person_id from flat.contact"
            " where worker_id = 'Practitioner/noor' and known_to is null"
        ).fetchall()


def test_logging_a_contact_writes_it_judges_at_once_and_says_so(noor, town, settled):
    form = {
        "outcome": "reached",
        "minutes": "12",
        "mode": "phone",
        "note": "Weight is down.",
        "next": "t-p8",
        "back": "/today?view=my_day",
    }
    answer = noor.post("/tasks/t-p7/contact", form)
    assert contacts(town) == [("post_discharge_contact", "phone", True, 12, town.people["p7"])]
    assert settled == [[town.people["p7"]]]
    page = noor.get(answer.header("location"))
    assert "Saved: Reached." in page.text and 'data-task="t-p8"' in page.text, "the next person is open"


def test_a_contact_can_be_taken_back_by_whoever_logged_it(noor, town, settled):
    page = noor.get(noor.post("/tasks/t-p7/contact", {"outcome": "no_answer"}).header("location"))
    undo = {"how": "contact", "contact": page.field("contact")}
    other = signed_in(town)("cory")
    other.get("/today")
    assert other.post("/tasks/t-p7/undo", undo).status == 404
    assert noor.post("/tasks/t-p7/undo", undo).status == 303
    assert contacts(town) == [] and settled == [[town.people["p7"]]] * 2


def test_call_back_needs_a_time_and_puts_the_work_to_sleep_until_that_day(noor, town):
    answer = noor.post("/tasks/t-p7/contact", {"outcome": "asked_to_call_at"})
    assert "problem=call_at" in answer.header("location") and contacts(town) == []
    noor.post("/tasks/t-p7/contact", {"outcome": "asked_to_call_at", "call_at": "2026-03-19T15:00"})
    assert len(contacts(town)) == 1
    assert {"url": "urn:throughcare:snoozed-until", "valueDate": "2026-03-19"} in task(town, "t-p7")["extension"]
    assert "t-p7" not in noor.get("/today").text
    assert "Sleeps until Thu" in noor.get("/today?view=waiting").text


@pytest.mark.parametrize(
    ("verb", "form", "after"),
    [
        ("done", {"note": "Sent."}, "completed"),
        ("decline", {"reason": "refused", "note": "She said no."}, "rejected"),
        ("snooze", {"reason": "asked", "until": "2026-03-20"}, "requested"),
        ("hand-over", {"owner": "Practitioner/cory"}, "requested"),
    ],
)
def test_done_decline_snooze_and_hand_over_each_write_one_version(noor, town, settled, verb, form, after):
    assert "done=t-p9" in noor.post(f"/tasks/t-p9/{verb}", form).header("location")
    body = task(town, "t-p9")
    assert body["status"] == after
    assert {"url": "urn:throughcare:set-by-person", "valueBoolean": True} in body["extension"]
    assert settled == [[town.people["p9"]]]
    assert "t-p9" not in noor.get("/today").text


@pytest.mark.parametrize(
    ("verb", "form", "how"),
    [
        ("decline", {"reason": "refused"}, "decline"),
        ("snooze", {"reason": "asked", "until": "2026-03-20"}, "snooze"),
        ("hand-over", {"owner": "Practitioner/cory"}, "hand_over"),
    ],
)
def test_what_was_done_can_be_undone(noor, verb, form, how):
    page = noor.get(noor.post(f"/tasks/t-p9/{verb}", form).header("location"))
    assert 'id="undo"' in page.text
    noor.post("/tasks/t-p9/undo", {"how": how})
    assert 't-p9"' in noor.get("/today").text


@pytest.mark.parametrize(
    ("verb", "form", "problem"),
    [
        ("contact", {"outcome": "made up"}, "form"),
        ("contact", {"outcome": "reached", "minutes": "-4"}, "form"),
        ("contact", {"outcome": "reached", "minutes": "9999"}, "minutes"),
        ("contact", {"outcome": "reached", "mode": "telepathy"}, "unknown_mode"),
        ("snooze", {"reason": "asked", "until": "2026-03-17"}, "not_later"),
        ("snooze", {"reason": "", "until": "2026-03-20"}, "reason_missing"),
        ("decline", {"reason": ""}, "reason_missing"),
        ("hand-over", {"owner": "Practitioner/ben"}, "owner"),
        ("hand-over", {"owner": "Practitioner/ada"}, "owner"),
    ],
)
def test_a_form_that_makes_no_sense_changes_nothing_and_says_what_is_wrong(noor, town, settled, verb, form, problem):
    answer = noor.post(f"/tasks/t-p9/{verb}", form)
    assert f"problem={problem}" in answer.header("location")
    assert 'role="alert"' in noor.get(answer.header("location")).text
    assert settled == [] and task(town, "t-p9")["status"] == "requested" and contacts(town) == []


def test_a_task_closed_by_someone_else_meanwhile_is_not_closed_twice(noor, town):
    other = signed_in(town)("cory")
    other.get("/today?open=t-p9")
    assert "done=" in other.post("/tasks/t-p9/done", {"note": "first"}).header("location")
    assert "problem=already_closed" in noor.post("/tasks/t-p9/done", {"note": "second"}).header("location")
    assert [n["text"] for n in task(town, "t-p9")["note"]] == ["first"]


def test_a_task_of_ones_own_is_added_for_a_person_one_may_see(noor, town, settled):
    form = {"person": str(town.people["p7"]), "activity": "home_visit", "says": "Bring the scale", "due": "2026-03-18"}
    assert noor.post("/tasks", form).header("location") == f"/people/{town.people['p7']}"
    assert "Visit at home" in noor.get(f"/people/{town.people['p7']}").text
    assert noor.post("/tasks", {**form, "person": str(town.people["other"])}).status == 404


def test_every_act_leaves_its_line_in_an_unbroken_audit(noor, town):
    noor.post("/tasks/t-p7/contact", {"outcome": "reached"})
    noor.post("/tasks/t-p9/decline", {"reason": "refused"})
    with town.site.database.connection() as connection:
        lines = connection.execute("select action, person_id from door.audit where actor = 'noor'").fetchall()
    assert ("log_contact", town.people["p7"]) in lines and ("decline_task", town.people["p9"]) in lines
    assert audit.verify(town.site.database) is None
