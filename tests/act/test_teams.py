"""One care team per person: members of every care model, one lead, and people's own choices untouched."""

from datetime import UTC, datetime

from throughcare.act.shapes import Stored, extension
from throughcare.act.teams import owners, seats, staff_teams

NOW = datetime(2026, 7, 3, 13, 0, tzinfo=UTC)
PATIENTS = {1: "Patient/ana"}
ENROLLED = {(1, "coaching"): "2026-07-02", (1, "home"): "2025-01-01"}


def seat(model, role, member, lead=False, person=1):
    return {"person_id": person, "model": model, "role": role, "member": member, "is_lead": lead}


def staffed(rows, teams=(), enrolled=ENROLLED):
    return [w.body for w in staff_teams(seats(rows, enrolled), list(teams), PATIENTS, NOW)]


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
