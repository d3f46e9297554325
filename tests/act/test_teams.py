"""One care team per person: members of every care model, one lead, and people's own choices untouched."""

from datetime import UTC, datetime

from throughcare.act.seats import given
from throughcare.act.shapes import Stored, extension
from throughcare.act.teams import claims, owners, seats, staff_teams
from throughcare.definitions.grammar import OneLead

from .conftest import a_care_model

NOW = datetime(2026, 7, 3, 13, 0, tzinfo=UTC)
PATIENTS = {1: "Patient/ana"}
ENROLLED = {(1, "coaching"): "2026-07-02", (1, "home"): "2025-01-01"}


def seat(model, role, member, lead=False, person=1):
    return {"person_id": person, "model": model, "role": role, "member": member, "is_lead": lead}


def staffed(rows, teams=(), enrolled=ENROLLED, claim=None):
    return [w.body for w in staff_teams(seats(rows, enrolled), list(teams), PATIENTS, NOW, claim)]


def test_members_of_two_models_stand_in_one_team_with_the_lead_of_the_model_joined_first():
    rows = [seat("coaching", "coach", "Practitioner/c", True), seat("home", "doctor", "Practitioner/d", True)]
    (team,) = staffed(rows)
    leads = [p["member"]["reference"] for p in team["participant"] if extension(p, "lead")]
    assert (len(team["participant"]), leads) == (2, ["Practitioner/d"])
    assert staffed(rows, [Stored(1, 1, team)]) == []


def test_an_empty_role_and_a_model_the_person_is_not_in_give_no_member():
    assert staffed([seat("coaching", "coach", None), seat("elsewhere", "coach", "Practitioner/c")]) == []


def test_a_member_who_left_goes_and_one_a_person_named_stays_and_leads():
    named = {
        "member": {"reference": "RelatedPerson/son"},
        "extension": [{"url": "urn:throughcare:lead", "valueBoolean": True}],
    }
    (team,) = staffed([seat("home", "doctor", "Practitioner/d", True)])
    team = team | {"participant": [named, *team["participant"]]}
    (after,) = staffed([seat("home", "doctor", "Practitioner/e", True)], [Stored(1, 1, team)])
    assert [p["member"]["reference"] for p in after["participant"]] == ["RelatedPerson/son", "Practitioner/e"]
    assert [bool(extension(p, "lead")) for p in after["participant"]] == [True, False]


def test_someone_who_left_every_model_has_an_inactive_team():
    (team,) = staffed([seat("home", "doctor", "Practitioner/d")])
    (after,) = staffed([], [Stored(1, 1, team)], {})
    assert (after["status"], "participant" in after) == ("inactive", False)
    assert staffed([], [Stored(1, 1, after)], {}) == []


def test_two_numbers_that_become_one_person_leave_one_team():
    (team,) = staffed([seat("home", "doctor", "Practitioner/d")])
    other = Stored(1, 1, team | {"id": "ct-other"})
    closed = staffed([seat("home", "doctor", "Practitioner/d")], [Stored(1, 1, team), other])
    assert [(t["id"], t["status"]) for t in closed] == [("ct-other", "inactive")]


def test_a_role_held_by_one_practitioner_owns_work_and_a_shared_one_does_not():
    rows = [seat("home", "doctor", "Practitioner/d"), seat("home", "nurse", "Practitioner/n")]
    rows += [seat("home", "nurse", "Practitioner/m"), seat("home", "son", "RelatedPerson/s")]
    assert owners(rows) == {(1, "home", "doctor"): "Practitioner/d"}


LEGAL_FIRST = [OneLead(id="one_lead", services=["coaching", "home"])]


def test_of_several_programs_the_one_with_the_first_claim_leads_though_joined_later():
    rows = [seat("coaching", "coach", "Practitioner/c", True), seat("home", "doctor", "Practitioner/d", True)]
    models = [a_care_model("home"), a_care_model("coaching"), a_care_model("elsewhere")]
    (team,) = staffed(rows, claim=claims(models, LEGAL_FIRST))
    assert [p["member"]["reference"] for p in team["participant"] if extension(p, "lead")] == ["Practitioner/c"]


def given_to(worker, because="least_used", model="home", role="nurse"):
    return {"person_id": 1, "model": model, "role": role, "worker": worker, "because": because, "since": NOW}


def after(rows, chosen, team=None):
    """The team once seats are given, and who sits where with which mark."""
    standing = [Stored(1, 1, team)] if team else []
    written = staffed(given(rows, chosen, standing), standing)
    team = written[0] if written else team
    told = [(p["member"]["reference"], extension(p, "assigned")) for p in team.get("participant", ())]
    return team, told


def test_an_open_seat_is_filled_by_assignment_and_says_so():
    empty = [seat("home", "nurse", None, True)]
    team, told = after(empty, [given_to("Practitioner/n")])
    assert told == [("Practitioner/n", "least_used")]
    found = [seat("home", "nurse", "Practitioner/n", True)]
    same, told = after(found, [given_to("Practitioner/n")], team)
    assert (same is team, told) == (True, [("Practitioner/n", "least_used")])


def test_what_a_source_says_outranks_an_assignment():
    _, told = after([seat("home", "nurse", "Practitioner/own", True)], [given_to("Practitioner/n")])
    assert told == [("Practitioner/own", None)]


def test_a_seat_follows_its_assignment_and_is_open_again_when_nobody_fits():
    team, _ = after([seat("home", "nurse", None)], [given_to("Practitioner/n")])
    found = [seat("home", "nurse", "Practitioner/n"), seat("coaching", "nurse", "Practitioner/n")]
    assert after(found, [given_to("Practitioner/m")], team)[1] == [("Practitioner/m", "least_used")] * 2
    assert after(found, [given_to(None, "nobody_fits")], team)[1] == []
    assert after(found, [], team)[1] == [("Practitioner/n", "least_used")] * 2, "no assignment speaks of it any more"


def test_whoever_a_person_named_for_a_role_keeps_it_from_assignment():
    named = {
        "member": {"reference": "Practitioner/chosen"},
        "role": [{"coding": [{"system": "urn:throughcare:role", "code": "nurse"}]}],
    }
    team, _ = after([seat("home", "nurse", None)], [given_to("Practitioner/n")])
    team = team | {"participant": [named, *team["participant"]]}
    _, told = after([seat("home", "nurse", "Practitioner/n")], [given_to("Practitioner/n")], team)
    assert told == [("Practitioner/chosen", None)] * 2
