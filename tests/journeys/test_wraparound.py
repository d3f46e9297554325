"""A boy of thirteen and his family: rated twice, met in ten days, one plan, a crisis, half the needs gone, the way out.

Expected by models-b.md 2: WRAP-E1 to E4, T-9 (a rater whose certificate is older than a year is refused; of needs rated
{3, 3, 2, 2} and then {1, 2, 0, 2} half are resolved), WRAP-C1 (guardian and, from twelve on, the youth), T-8 with the
dates printed in 2.2 (referred 2 March, met 9 March: 5, 12, 9, 29 March, 8 and 13 April; a gap of 36 days fails),
WRAP-X1 and X2 (a day, three days, a week; suicide risk the same day), WRAP-M5, WRAP-W8 to W13, and WRAP-$2 and $3
(1,300.00 a month when the team met and the family was seen; from the 20th of a month of 31 days 503.23).
"""

from datetime import date

from throughcare.community import ratings, records
from throughcare.community.shapes import concept, condition, parts, reference, said

from .sources import clock, patient

WRAP = "wraparound"
CLINICIAN = {"role": "behavioral_health", "by": "Practitioner/maud"}
COORDINATOR = {"role": "care_coordinator", "by": "Practitioner/leila"}
AT_FIRST = {"depression": 3, "school_attendance": 3, "suicide_risk": 2, "family_functioning": 2}
AT_LAST = {"depression": 1, "school_attendance": 2, "suicide_risk": 0, "family_functioning": 2}
TEAM = [("care_coordinator", "Practitioner/leila"), ("behavioral_health", "Practitioner/maud"),
        ("family_support_partner", "Practitioner/tonya"), ("school_member", "Practitioner/bettina"),
        ("natural_support", "RelatedPerson/uncle")]  # fmt: skip
CRISIS = ("warning_signs", "triggers", "what_worked", "steps", "whom_to_call", "roles", "means", "communication")


def test_a_family_gets_one_plan_and_carries_on_with_its_own_people(life):
    life.whom = "max"
    life.sends(
        "clinic",
        "2026-02-20",
        patient("max", "2012-05-01", "male"),
        condition("low", "max", "F32.1", "Depression", date(2025, 9, 1), category="problem-list-item"),
    )
    life.sends(
        "family_roots",
        "2026-02-27",
        _mother(),
        _rating("r-0", "2026-02-27", {"depression": 3}, "2025-02-20"),
        records.asked("ref", "max", "referral", date(2026, 2, 27), service=WRAP),
    )
    assert (life.answer(WRAP), life.episode(WRAP)) == ("unknown", None), "the rater's certificate is over a year old"
    assert life.work(WRAP) == [
        ("rate_again_certified", "open", "2026-03-06"), ("rate_to_find_out", "open", "2026-03-09"),
    ]  # fmt: skip

    systems = [records.decision(name.replace("_", "-"), "max", "child_system", name, date(2026, 3, 2))
               for name in ("special_education", "child_welfare")]  # fmt: skip
    life.sends("county", "2026-03-02", *systems)
    life.sends("family_roots", "2026-03-02 11:00", _rating("r-1", "2026-03-02", AT_FIRST, "2025-11-03"))
    assert life.answer(WRAP) == "met"
    assert life.episode(WRAP) == ("planned", "eligible", "2026-03-02", None)
    assert life.states(WRAP, "first_contact") == [("requested", "2026-03-05")]
    assert life.states(WRAP, "suicide_risk_today") == [("requested", "2026-03-02")]
    life.calls("2026-03-02 16:00", life.task(WRAP, "suicide_risk_today"), mode="visit", **CLINICIAN)
    boss = {"role": "supervisor", "by": "Practitioner/ruben"}
    life.calls("2026-03-03 10:00", life.task(WRAP, "suicide_risk_supervisor"), **boss)
    life.calls("2026-03-04 10:00", life.task(WRAP, "first_contact"), **COORDINATOR)
    assert [(s, status) for s, status, _ in life.work(WRAP, "suicide_risk_today", "suicide_risk_supervisor")] == [
        ("suicide_risk_supervisor", "late"), ("suicide_risk_today", "met"),
    ]  # fmt: skip

    life.sends(
        "family_roots",
        "2026-03-09 18:00",
        _visit("first_family_meeting", "2026-03-09"),
        _visit("crisis_plan", "2026-03-09"),
        records.consent("parent", "max", WRAP, date(2026, 3, 9), signed_by_role="parent"),
    )
    assert life.episode(WRAP).status == "planned", "he is thirteen: his own yes is needed too"
    life.sends(
        "family_roots",
        "2026-03-20",
        records.team("team", "max", TEAM, date(2026, 3, 20), "family-roots"),
        records.consent("own", "max", f"{WRAP}_assent", date(2026, 3, 20), signed_by_role="youth_assent"),
    )
    assert life.episode(WRAP) == ("active", "agreed", "2026-03-20", None)
    assert (life.team(WRAP), life.missing(WRAP)) == (dict(TEAM) | {"family_caregiver": "RelatedPerson/mother"}, [])
    assert life.goals(WRAP)["at_school"] == "proposed"

    life.sends(
        "family_roots",
        "2026-04-13",
        _visit("family_story", "2026-03-27"),
        _meeting("2026-04-08"),
        _plan(),
        records.decision("why", "max", "cft_exception", "family_illness", date(2026, 3, 28)),
    )
    first = ("first_contact", "first_meeting", "crisis_plan", "family_story", "first_team_meeting", "first_plan")
    assert life.work(WRAP, *first) == [
        ("first_contact", "met", "2026-03-05"), ("crisis_plan", "met", "2026-03-09"),
        ("first_meeting", "met", "2026-03-12"), ("family_story", "met", "2026-03-29"),
        ("first_team_meeting", "met", "2026-04-08"), ("first_plan", "met", "2026-04-13"),
    ]  # fmt: skip
    assert life.states(WRAP, "next_team_meeting") == [("requested", "2026-05-13")]
    lacks = life.rows("select id from think.proposal where model = %s and kind = 'missing'", WRAP)
    assert {id for (id,) in lacks} == {"crisis_look_back", "outcome_that_can_be_seen"}
    without_uncle = _meeting("2026-05-14", uncle=False)
    life.sends("family_roots", "2026-05-14 18:00", _visit("home_visit", "2026-04-20"), without_uncle)
    assert ("next_team_meeting", "late", "2026-05-13") in life.work(WRAP, "next_team_meeting"), "36 days"

    life.sends("county", "2026-06-01 20:30", _crisis("2026-06-01 20:00"))
    assert life.states(WRAP, "crisis_contact") == [("requested", "2026-06-03T00:00:00Z")]
    life.calls("2026-06-02 10:00", life.task(WRAP, "crisis_contact"), **COORDINATOR)
    life.sends("family_roots", "2026-06-05 18:00", _meeting("2026-06-05"), _visit("crisis_plan_review", "2026-06-05"))
    crisis = ("crisis_contact", "crisis_plan_review", "crisis_team_meeting")
    assert [(s, status) for s, status, _ in life.work(WRAP, *crisis)] == [
        ("crisis_contact", "met"), ("crisis_plan_review", "late"), ("crisis_team_meeting", "met"),
    ]  # fmt: skip
    life.sends("family_roots", "2026-06-26", _rating("r-2", "2026-06-26", AT_LAST, "2025-11-03"))
    told = life.tells("2026-06-29")
    scores = life.scores(WRAP)
    assert scores["timely_engagement"][:2] == (7, 8)
    assert f"{scores['needs_resolved_share'][2]}" == "50.00"
    assert [scores[f"{who}_at_every_meeting"][:2] for who in ("caregiver", "youth", "natural_support")] == [
        (1, 1), (1, 1), (0, 1),
    ]  # fmt: skip
    (max_now,) = told.answers.rows(WRAP, "person").values()
    assert float(max_now["improved_percent"]) == 75.0

    life.sends("family_roots", "2026-06-30", records.decision("phase", "max", "wraparound_phase", "graduated",
                                                              date(2026, 6, 30)))  # fmt: skip
    assert life.episode(WRAP) == ("finished", "graduated", "2026-03-20", "2026-06-30")
    assert life.states(WRAP, "next_team_meeting")[-1] == ("cancelled", "2026-07-10")
    life.settle("2026-07-01 09:00")
    assert life.lines(WRAP) == [
        ("T2023", "503.23", "payable", ""),
        ("T2023", "1300.00", "payable", ""),
        ("T2023", "1300.00", "blocked", "nobody met the family face to face this month"),
        ("T2023", "1300.00", "payable", ""),
    ]


def _mother() -> dict:
    codes = [("MTH", "v3-RoleCode"), ("CAREGIVER", "v3-RoleClass"), ("GUARD", "v3-RoleClass")]
    coding = [{"system": f"http://terminology.hl7.org/CodeSystem/{system}", "code": code} for code, system in codes]
    return {"resourceType": "RelatedPerson", "id": "mother", "active": True, "patient": reference("Patient", "max"),
            "relationship": [{"coding": coding}]}  # fmt: skip


def _rating(id: str, day: str, rated: dict[str, int], certified: str) -> dict:
    """All fifty items; what is not named is rated 0, strengths 1."""
    return records.form(id, "max", "cans", date.fromisoformat(day), ratings.whole(rated), by="leila",
                        rater_certified_on=date.fromisoformat(certified))  # fmt: skip


def _visit(activity: str, day: str) -> dict:
    name = f"{activity.replace('_', '-')}-{day}"
    return records.contact(name, "max", activity, date.fromisoformat(day), "leila", "care_coordinator", mode="visit",
                           minutes=60)  # fmt: skip


def _meeting(day: str, uncle: bool = True) -> dict:
    """A meeting of the child and family team, and who came."""
    seats = [("person", "Patient/max"), ("family_caregiver", "RelatedPerson/mother"), *TEAM]
    came = [{"actor": {"reference": who}, "type": [concept("urn:throughcare:role", role)], "status": "accepted",
             "extension": said(present=uncle or role != "natural_support", natural=role == "natural_support")}
            for role, who in seats]  # fmt: skip
    return {"resourceType": "Appointment", "id": f"cft-{day}", "status": "fulfilled", "participant": came,
            "appointmentType": concept("urn:throughcare:meeting", "cft"), "start": clock(f"{day} 16:00"),
            "end": clock(f"{day} 17:00")}  # fmt: skip


def _plan() -> dict:
    """The plan of 13 April, signed by all: two needs, each with a strategy of the family's own, and a crisis plan."""
    day, needs = date(2026, 4, 13), ("depression", "school_attendance")
    content = [parts("part", kind=kind, started=day) for kind in ("vision", "mission", "transition")]
    content += [parts("part", kind="strength", item="talents"), *(parts("part", kind="need", item=n) for n in needs)]
    content += [parts("part", kind="strategy", item=need, code="talents", owner="RelatedPerson/uncle", natural=True,
                      started=day, due=date(2026, 6, 1), domain="strengths_based") for need in needs]  # fmt: skip
    content += [parts("part", kind="crisis", domain=domain, started=day) for domain in CRISIS]
    return records.plan(
        "plan", "max", f"{WRAP}_plan", day, content, signed_by=[*TEAM, ("family_caregiver", "RelatedPerson/mother")]
    )


def _crisis(at: str) -> dict:
    return {"resourceType": "Observation", "id": "crisis", "status": "final", "subject": reference("Patient", "max"),
            "code": concept("urn:throughcare:life-event", "mobile_crisis"), "effectiveDateTime": clock(at),
            "valueBoolean": True}  # fmt: skip
