"""Referrals between two parties: which moves are refused and how, what consent does, and what the parts of one say."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from throughcare.act import loops, referrals
from throughcare.act.moves import MOVE
from throughcare.act.shapes import Refusal, Stored, extension
from throughcare.definitions.library import shipped_library
from throughcare.fhir import json, validate
from throughcare.record.changes import Changes

LOOP = shipped_library().loops["referral"]
AT = datetime(2026, 3, 2, 15, tzinfo=UTC)
TODAY = date(2026, 3, 2)
ZOE = {"by": "Practitioner/zoe", "at": AT}
PANTRY, KITCHEN = "Organization/pantry", "Organization/kitchen"
SERVICE = {"coding": [{"system": "http://snomed.info/sct", "code": "467771000124109"}]}


def asked(**said: Any) -> referrals.Asked:
    plain = {"person_id": 1, "patient": "Patient/ana", "domain": "food-insecurity", "service": SERVICE}
    return referrals.Asked(**(plain | {"recipient": PANTRY} | said))


def bodies(changes: Changes | Refusal) -> list[dict[str, Any]]:
    """What was written, each a valid resource."""
    assert isinstance(changes, Changes), changes
    for put in changes.puts:
        validate.check(put.body)
    return [json.read(put.body) for put in changes.puts]


def task_in(state: str, **said: Any) -> Stored:
    _, task = bodies(referrals.open_referral(asked(**said), LOOP, **ZOE))
    return Stored(1, 4, task | {"status": state})


def move(task: Stored, to: str, party: str = "target", **said: Any) -> Changes | Refusal:
    return referrals.move_referral(task, LOOP, to, party=party, today=TODAY, **(ZOE | {"reason": "Because"} | said))


def consent(**said: Any) -> dict[str, Any]:
    given = {
        "resourceType": "Consent",
        "status": "active",
        "category": [{"coding": [{"system": referrals.ACT_CODE, "code": "IDSCL"}]}],
        "organization": [{"reference": PANTRY}],
        "dateTime": "2026-03-01",
    }
    return given | said


def test_a_referral_begins_as_a_draft_that_points_at_what_is_asked():
    request, task = bodies(referrals.open_referral(asked(note="She has no car"), LOOP, **ZOE))
    assert (request["intent"], request["category"][0]["coding"][0]["code"]) == ("order", "food-insecurity")
    assert (task["status"], task["intent"]) == ("draft", "order")
    assert task["code"]["coding"][0]["code"] == "fulfill"
    assert task["focus"] == {"reference": f"ServiceRequest/{request['id']}"}
    assert (task["for"], task["owner"]) == ({"reference": "Patient/ana"}, {"reference": PANTRY})
    assert extension(task, "domain") == "food-insecurity"
    assert task["note"][0]["text"] == "She has no car"


def test_what_cannot_be_asked_is_refused():
    assert referrals.open_referral(asked(service={}), LOOP, **ZOE).code == "no_service"
    assert referrals.open_referral(asked(priority="soon"), LOOP, **ZOE).code == "unknown_priority"


# T-4: the four moves of the oracle, and every other cell of the table of moves.
def test_a_referral_that_was_only_asked_for_cannot_be_completed():
    refused = move(task_in("requested"), "completed")
    assert refused == Refusal(
        "illegal_move",
        "A referral that is requested cannot become completed; it may become accepted, cancelled or rejected.",
    )


def test_an_accepted_referral_may_be_completed():
    (done,) = bodies(move(task_in("accepted"), "completed", result="Procedure/food"))
    assert done["status"] == "completed"
    assert done["output"][0]["valueReference"] == {"reference": "Procedure/food"}
    assert done["executionPeriod"]["end"] == "2026-03-02T15:00:00Z"


def test_a_refused_referral_stays_refused():
    assert move(task_in("rejected"), "accepted") == Refusal(
        "illegal_move", "This referral has ended: rejected. It cannot become accepted."
    )


STATES = ["draft", "requested", "accepted", "rejected", "in-progress", "on-hold", "completed", "failed", "cancelled"]
TARGET = {
    "requested": {"accepted", "rejected", "cancelled"},
    "accepted": {"in-progress", "on-hold", "completed", "failed", "cancelled"},
    "in-progress": {"on-hold", "completed", "failed", "cancelled"},
    "on-hold": {"in-progress", "completed", "failed", "cancelled"},
}
REQUESTER = {"draft": {"requested"}, "requested": {"cancelled"}, "accepted": {"cancelled"}}


@pytest.mark.parametrize("state", STATES)
def test_exactly_the_moves_of_the_guide_are_allowed(state):
    for party, table in (("target", TARGET), ("requester", REQUESTER)):
        allowed = {to for to in STATES if to != state and loops.refused(LOOP, state, to, party) is None}
        assert allowed == table.get(state, set()), party


@pytest.mark.parametrize("state", STATES)
def test_whoever_asked_may_say_that_any_referral_was_a_mistake(state):
    (gone,) = bodies(move(task_in(state), "entered-in-error", party="requester"))
    assert gone["status"] == "entered-in-error"
    assert move(task_in(state), "entered-in-error") == Refusal(
        "not_yours", "Only the requester may say that this referral is entered-in-error."
    )


def test_each_party_makes_its_own_moves():
    assert move(task_in("requested"), "accepted", party="requester").code == "not_yours"
    assert move(task_in("requested"), "accepted", party="neighbor").code == "no_party"


def test_an_end_that_is_not_success_says_why():
    for state, to in (("requested", "rejected"), ("accepted", "on-hold"), ("accepted", "failed")):
        assert move(task_in(state), to, reason=" ") == Refusal("reason_missing", "The other party must be told why.")
    (held,) = bodies(move(task_in("accepted"), "on-hold", reason="No place this week"))
    assert held["statusReason"] == {"text": "No place this week"}
    (on,) = bodies(move(Stored(1, 5, held), "in-progress", reason=""))
    assert "statusReason" not in on


# CBC-C2: nothing leaves draft without consent that covers the recipient.
@pytest.mark.parametrize(
    "given",
    [
        [],
        [consent(status="inactive")],
        [consent(organization=[{"reference": KITCHEN}])],
        [consent(category=[{"coding": [{"code": "coaching"}]}])],
        [consent(provision={"type": "deny"})],
        [consent(provision={"period": {"end": "2026-03-01"}})],
    ],
    ids=["none", "withdrawn", "for another", "of another kind", "refused", "over"],
)
def test_a_referral_is_not_sent_without_consent_that_covers_its_recipient(given):
    refused = move(task_in("draft"), "requested", party="requester", consents=given)
    assert refused == Refusal("consent_missing", "There is no active consent to share with whoever would receive it.")


def test_consent_sends_it():
    (sent,) = bodies(move(task_in("draft"), "requested", party="requester", consents=[consent()]))
    assert sent["status"] == "requested"
    last_day = consent(organization=[], provision={"period": {"end": "2026-03-02"}, "actor": [
        {"role": {"text": "recipient"}, "reference": {"reference": PANTRY}}]})  # fmt: skip
    assert isinstance(move(task_in("draft"), "requested", party="requester", consents=[last_day]), Changes)


def test_nobody_named_is_nobody_consented_to():
    assert move(task_in("draft", recipient=None), "requested", party="requester", consents=[consent()]).code == (
        "consent_missing"
    )


@pytest.mark.parametrize(("priority", "goes"), [("stat", True), ("asap", True), ("urgent", False), ("routine", False)])
def test_what_cannot_wait_may_be_sent_when_the_emergency_is_written_down(priority, goes):
    told = move(task_in("draft", priority=priority, emergency="no-food-today"), "requested", party="requester")
    assert isinstance(told, Changes) is goes
    assert move(task_in("draft", priority=priority), "requested", party="requester").code == "consent_missing"


def test_every_move_names_the_version_it_saw_is_audited_and_stays_with_the_task():
    changes = move(task_in("requested"), "accepted")
    assert changes.puts[0].if_version == 4
    (taken,) = bodies(changes)
    assert [(h.action, h.person_id, h.detail) for h in changes.audit] == [
        ("move_referral:accepted", 1, f"Task/{taken['id']}")
    ]
    assert extension(taken, "accepted-at") == "2026-03-02T15:00:00Z"
    (moved,) = [e for e in taken["extension"] if e["url"] == MOVE]
    assert [next(v for k, v in part.items() if k != "url") for part in moved["extension"]] == [
        "requested",
        "accepted",
        "2026-03-02T15:00:00Z",
        {"reference": "Practitioner/zoe"},
    ]


# T-5: a platform splits one referral to two organizations.
def test_a_referral_split_in_two_gives_two_requests_and_two_tasks_of_their_own():
    request, task = bodies(referrals.open_referral(asked(), LOOP, **ZOE))
    whole = Stored(1, 4, task | {"status": "requested"})
    written = bodies(referrals.split_referral(whole, request, LOOP, [PANTRY, KITCHEN], **ZOE))
    orders = [w for w in written if w["resourceType"] == "ServiceRequest"]
    parts = [w for w in written if w["resourceType"] == "Task" and "partOf" in w]
    assert [o["intent"] for o in orders] == ["filler-order", "filler-order"]
    assert {o["basedOn"][0]["reference"] for o in orders} == {f"ServiceRequest/{request['id']}"}
    assert {p["partOf"][0]["reference"] for p in parts} == {f"Task/{task['id']}"}
    assert [p["owner"]["reference"] for p in parts] == [PANTRY, KITCHEN]
    assert [p["focus"]["reference"] for p in parts] == [f"ServiceRequest/{o['id']}" for o in orders]
    assert {p["status"] for p in parts} == {"draft"}
    assert [w["status"] for w in written if w.get("id") == task["id"]] == ["accepted"]


def test_what_has_ended_or_was_never_sent_is_not_passed_on():
    for state in ("draft", "rejected", "completed"):
        refused = referrals.split_referral(task_in(state), {"id": "r"}, LOOP, [PANTRY, KITCHEN], **ZOE)
        assert refused.code == "not_open"
    once = referrals.split_referral(task_in("requested"), {"id": "r"}, LOOP, [PANTRY, PANTRY], **ZOE)
    assert once.code == "recipients"


def test_the_whole_follows_its_parts_through_every_state_between():
    (done,) = bodies(referrals.follow_parts(task_in("requested"), LOOP, "completed", **ZOE))
    assert done["status"] == "completed"
    moves = [e["extension"][1]["valueCode"] for e in done["extension"] if e["url"] == MOVE]
    assert moves == ["accepted", "completed"]
    assert referrals.follow_parts(task_in("accepted"), LOOP, "accepted", **ZOE) == Changes()
    assert referrals.follow_parts(task_in("rejected"), LOOP, "completed", **ZOE).code == "illegal_move"
