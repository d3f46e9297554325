"""What people decide about joining: enrolling, moving on, leaving, and consent."""

from datetime import UTC, date, datetime

import pytest

from throughcare.act import joining, referrals
from throughcare.act.enrollment import Lives
from throughcare.act.shapes import Stored, extension
from throughcare.definitions import grammar as g
from throughcare.fhir import json, validate

ZOE = {"by": "Practitioner/zoe", "at": datetime(2026, 7, 3, 14, tzinfo=UTC)}


@pytest.fixture
def world(at, care_model):
    class World:
        model = care_model(
            "coaching",
            consent="coaching",
            moves={"planned": ["active", "cancelled"], "active": ["finished"]},
            reason=[g.Reason(id="declined", says="Declined")],
        )
        lives = Lives(at.patients, at.zones, frozenset(), frozenset({(2, "coaching")}), {}, {})
        zone = at.zones[1]

        def enroll(self, person=2, status="active", episodes=()):
            return joining.enroll(person, self.model, episodes, self.lives, status=status, **ZOE)

        def move(self, stored, to, reason=""):
            return joining.move(stored, self.model, self.lives, to=to, reason=reason, zone=self.zone, **ZOE)

    return World()


def stored(changes, version=1):
    (put,) = changes.puts
    validate.check(put.body)
    body = json.read(put.body)
    return Stored(2 if body.get("patient", {}).get("reference") == "Patient/ben" else 1, version, body)


def test_someone_is_enrolled_by_hand_and_marked_so(world):
    episode = stored(world.enroll())
    assert episode.body["status"] == "active"
    assert extension(episode.body, "set-by-person") is True
    assert world.enroll(episodes=[episode]).code == "already_enrolled"


def test_consent_comes_before_service_but_not_before_an_offer(world):
    assert world.enroll(person=1).code == "consent_missing"
    offered = stored(world.enroll(person=1, status="planned"))
    assert world.move(offered, "active").code == "consent_missing"
    assert world.enroll(status="finished").code == "no_such_state"


def test_only_moves_the_care_model_allows_and_leaving_needs_one_of_its_reasons(world):
    episode = stored(world.enroll())
    assert world.move(episode, "planned").code == "move_not_allowed"
    assert world.move(episode, "finished", "bored").code == "reason_missing"
    left = stored(world.move(episode, "finished", "declined"), 2)
    assert (left.body["status"], extension(left.body, "reason")) == ("finished", "declined")
    assert left.body["period"]["end"] == "2026-07-03"


def test_leaving_ends_service_or_withdraws_an_offer(world):
    said = {"reason": "declined", "zone": world.zone} | ZOE
    active, offered = stored(world.enroll()), stored(world.enroll(person=1, status="planned"))
    assert stored(joining.leave(active, world.model, world.lives, **said)).body["status"] == "finished"
    assert stored(joining.leave(offered, world.model, world.lives, **said)).body["status"] == "cancelled"


def test_consent_is_written_with_its_days_and_can_be_withdrawn_once(world):
    said = {"person_id": 1, "patient": "Patient/ana", "kind": "coaching", "from_on": date(2026, 7, 3)}
    given = stored(joining.record_consent(**said, **ZOE))
    assert given.body["category"][0]["coding"][0]["code"] == "coaching"
    assert joining.record_consent(**said, to_on=date(2026, 7, 2), **ZOE).code == "ends_before_it_begins"
    no = stored(joining.record_consent(**said, refused=True, **ZOE))
    assert (no.body["status"], no.body["provision"]["type"]) == ("rejected", "deny")
    back = stored(joining.withdraw_consent(given, **ZOE), 2)
    assert (back.body["status"], extension(back.body, "withdrawn-at")) == ("inactive", "2026-07-03T14:00:00Z")
    assert joining.withdraw_consent(back, **ZOE).code == "not_active"


def test_consent_to_tell_one_agency_covers_that_agency_alone_while_it_holds(world):
    said = {"person_id": 1, "patient": "Patient/ana", "kind": "share_information", "from_on": date(2026, 7, 3)}
    told = {"recipient": "Organization/pantry", "to_on": date(2026, 12, 31)}
    given = stored(joining.record_consent(**said, **told, **ZOE))

    def covered(consent: Stored, recipient: str, on: date = date(2026, 7, 3)) -> bool:
        return referrals.covers(consent.body, recipient, on)

    assert covered(given, "Organization/pantry")
    assert not covered(given, "Organization/kitchen")
    assert not covered(given, "Organization/pantry", date(2027, 1, 1))
    assert not covered(stored(joining.record_consent(**said, **ZOE)), "Organization/pantry"), "it names nobody"
    assert not covered(stored(joining.record_consent(**said, **told, refused=True, **ZOE)), "Organization/pantry")
    assert not covered(stored(joining.withdraw_consent(given, **ZOE), 2), "Organization/pantry")
    validate.check(json.write(given.body))
