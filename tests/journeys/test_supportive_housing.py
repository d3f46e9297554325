"""From the shelter to a home of his own: a year outside, three offers, a hospital stay, an unpaid rent, and on to more.

Expected by models-b.md 7: T1 and T2 in 7.3 (364 days are no, 365 are yes), SH-W6 (told of a match in five business
days, an answer in five, two refusals bring a conference and never cost the place, moved in thirty days after the yes),
SH-W8 (weekly for ninety days, home monthly), SH-X1 (hospital and unpaid rent in a business day, an eviction notice the
same day), SH-$3 and T-27 (34 days at 112.00 under a cap of 30 are 3,360.00, four are denied), SH-$4 (not in hospital,
but on the day of leaving), SH-M1 (nights in shelter, and those told from the street), SH-M7 and SH-M8.
"""

from datetime import date, timedelta

from throughcare.community import records
from throughcare.community.shapes import Text, concept, reference, said

from .sources import clock, patient, stay

SH = "supportive_housing"
MANAGER = {"role": "tenancy_case_manager", "by": "Practitioner/wanda"}
NAVIGATOR = {"role": "housing_navigator", "by": "Practitioner/keisha"}
SHELTER, HOMES = ("shelter", 0), ("elm-homes", 3)


def test_someone_without_a_home_finds_one_keeps_it_and_moves_on(life):
    life.whom = "sol"
    life.sends(
        "hmis",
        "2026-03-01",
        patient("sol", "1971-05-20", "male"),
        _stay("s-1", SHELTER, "2026-03-01"),
        records.consent("share", "sol", "hmis_sharing", date(2026, 3, 1), "rejected"),
    )
    assert (life.answer(SH), life.criteria(SH)["chronic_where_beds_are_dedicated"]) == ("not_met", "not_met")
    life.settle("2026-03-02 09:00")
    assert life.answer(SH) == "met", "outside for 365 days; who refuses to share is served as well"
    assert life.episode(SH) == ("planned", "eligible", "2026-03-02", None)
    life.agrees("2026-03-05 10:00", "tenancy_supports")
    assert life.episode(SH) == ("active", "consented", "2026-03-05", None)
    assert life.missing(SH) == ["tenancy_case_manager"]
    team = [("tenancy_case_manager", "Practitioner/wanda"), ("housing_navigator", "Practitioner/keisha")]
    life.sends(
        "hmis",
        "2026-03-11",
        records.team("team", "sol", team, date(2026, 3, 6), "harbor-housing"),
        _event("match", "14", "2026-03-11"),
    )
    assert (life.team(SH), life.missing(SH)) == (dict(team), [])
    assert life.goals(SH)["a_home_of_my_own"] == "proposed"
    told = life.task(SH, "tell_about_match")
    assert told.body["restriction"]["period"]["end"] == "2026-03-18"
    life.calls("2026-03-12 10:00", told, "no_answer", **NAVIGATOR)
    life.calls("2026-03-16 10:00", told, **NAVIGATOR)
    assert life.states(SH, "tell_about_match") == [("completed", "2026-03-18")]

    life.sends("hmis", "2026-03-17", _event("offer-1", "unit_offer", "2026-03-17"))
    assert life.states(SH, "decide_on_offer") == [("requested", "2026-03-24")]
    life.sends(
        "hmis",
        "2026-04-03",
        _event("offer-1", "unit_offer", "2026-03-17", "2", "2026-03-20"),
        _event("offer-2", "unit_offer", "2026-04-01", "2", "2026-04-03"),
    )
    assert life.states(SH, "confer_after_two_refusals") == [("requested", "2026-04-10")]
    assert life.episode(SH).status == "active", "two refusals never cost the place"
    life.calls("2026-04-08 10:00", life.task(SH, "confer_after_two_refusals"), mode="visit", **MANAGER)
    life.sends("hmis", "2026-04-16", _event("offer-3", "unit_offer", "2026-04-13", "1", "2026-04-16"))
    assert life.states(SH, "confer_after_two_refusals") == [("completed", "2026-04-10")]
    assert life.states(SH, "move_in") == [("requested", "2026-05-16")]

    life.sends(
        "hmis",
        "2026-05-11",
        _stay("s-1", SHELTER, "2026-03-01", "2026-05-11", destination=435),
        _stay("s-2", HOMES, "2026-05-11", move_in_on=date(2026, 5, 11)),
    )
    assert life.states(SH, "move_in") == [("completed", "2026-05-16")]
    life.settle("2026-05-12 09:00")
    assert (life.states(SH, "stay_in_touch"), life.states(SH, "visit_at_home")) == (
        [("requested", "2026-05-18")], [("requested", "2026-06-12")],
    )  # fmt: skip
    assert (life.goals(SH)["a_home_of_my_own"], life.goals(SH)["keep_my_home"]) == ("cancelled", "proposed")
    life.calls("2026-05-15 10:00", life.task(SH, "visit_at_home"), mode="visit", **MANAGER)
    assert ("stay_in_touch", "met", "2026-05-18") in life.work(SH, "stay_in_touch"), "one visit is both"

    life.sends("hospital", "2026-06-07 20:00", stay("ward", "sol", "2026-06-07 18:00"))
    assert life.states(SH, "ask_after_hospital") == [("requested", "2026-06-08")]
    life.calls("2026-06-08 10:00", life.task(SH, "ask_after_hospital"), mode="visit", **MANAGER)
    life.sends("hospital", "2026-06-09 12:00", stay("ward", "sol", "2026-06-07 18:00", "2026-06-09 11:00"))
    life.sends("landlord", "2026-06-16", _incident("rent", "missed_rent", "2026-06-11"))
    assert life.states(SH, "answer_alarm") == [("requested", "2026-06-17")], "five days after the rent was due"
    life.calls("2026-06-17 10:00", life.task(SH, "answer_alarm"), **MANAGER)
    life.sends("landlord", "2026-06-22", _incident("notice", "eviction_notice", "2026-06-22"))
    assert life.states(SH, "act_on_eviction_notice") == [("requested", "2026-06-22")]
    life.calls("2026-06-23 10:00", life.task(SH, "act_on_eviction_notice"), **MANAGER)
    assert {(s, status) for s, status, _ in life.work(SH, "ask_after_hospital", "answer_alarm",
                                                      "act_on_eviction_notice")} == {
        ("ask_after_hospital", "met"), ("answer_alarm", "met"), ("act_on_eviction_notice", "late"),
    }  # fmt: skip

    life.sends("elm_homes", "2026-07-01", *(_day(date(2026, 5, 12) + timedelta(days=n)) for n in range(36)))
    lines = life.lines(SH)
    paid = [float(amount) for _, amount, status, _ in lines if status == "payable"]
    assert (len(paid), sum(paid)) == (30, 3360.00)
    assert [(status, why) for _, _, status, why in lines if status != "payable"] == [
        *[("blocked", "in hospital that day")] * 2,
        *[("denied", "limit: thirty days in a hundred and eighty are used up")] * 4,
    ]

    home = {"move_in_on": date(2026, 5, 11), "destination": 410}
    life.sends("hmis", "2026-11-30", _stay("s-2", HOMES, "2026-05-11", "2026-11-30", **home))
    assert life.episode(SH) == ("finished", "moved_on", "2026-03-05", "2026-11-30")
    assert not {status for _, status, _ in life.work(SH)} & {"open", "breached"}
    assert {status for status, _ in life.states(SH, "stay_in_touch")} <= {"completed", "cancelled"}

    life.tells("2026-12-15")
    scores = life.scores(SH)
    assert f"{scores['sheltered_nights_mean'][2]}" == "71.00", "1 March to the night before the move"
    assert f"{scores['told_homeless_nights_mean'][2]}" == "435.00", "and since 2 March of the year before"
    assert scores["exits_to_lasting_homes"][:2] == (1, 1)
    assert scores["homes_that_lasted"][:2] == (1, 1)


def _stay(id: str, project: tuple[str, int], start: str, end: str | None = None, **more) -> dict:
    """A stay as the homeless response writes it: without a home since 2 March 2025, disabled."""
    name, kind = project
    return {
        "resourceType": "EpisodeOfCare", "id": id, "status": "finished" if end else "active",
        "type": [concept("urn:throughcare:episode", "housing_stay")], "patient": reference("Patient", "sol"),
        "managingOrganization": reference("Organization", name),
        "period": {"start": start} | ({"end": end} if end else {}),
        "extension": said(project_type=kind, household_id=Text("hh-sol"), head_relation=1, situation=116, disabling=1,
                          street_on=date(2025, 3, 2), times_3y=3, coc="NY-600", **more),
    }  # fmt: skip


def _event(id: str, kind: str, day: str, result: str = "", result_on: str = "") -> dict:
    """A step of coordinated entry, and what came of it: 1 accepted, 2 refused."""
    outcome = {"outcome": concept("urn:throughcare:referral-result", result)} if result else {}
    answered = said(result_on=date.fromisoformat(result_on)) if result else []
    return outcome | {"resourceType": "Procedure", "id": id, "status": "completed", "performedDateTime": day,
            "code": concept("urn:throughcare:housing-event", kind), "subject": reference("Patient", "sol"),
            "performer": [{"actor": reference("Organization", "elm-homes")}], "extension": answered}  # fmt: skip


def _incident(id: str, kind: str, day: str) -> dict:
    return {"resourceType": "AdverseEvent", "id": id, "actuality": "actual", "date": clock(day),
            "event": concept("urn:throughcare:incident", kind), "subject": reference("Patient", "sol")}  # fmt: skip


def _day(day: date) -> dict:
    """A day of supported housing."""
    return {"resourceType": "ChargeItem", "id": f"day-{day}", "status": "billable",
            "code": concept("http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets", "H0043"),
            "subject": reference("Patient", "sol"), "occurrenceDateTime": f"{day}", "quantity": {"value": 1},
            "performingOrganization": reference("Organization", "elm-homes")}  # fmt: skip
