"""All care from one place: joining on a first, the plan, a request that waits too long, capitation, and leaving.

Expected by models-a.md 6: signed on 18 March begins on 1 April, the plan by 1 May (T-PACE-1), signed on 25 April it is
due again on 22 October (T-PACE-2); a request reaches the team in three days and is decided in three more, or it is an
appeal by itself, decided in 30 days (PACE-C3, C4, C6); (0.9 x 2.40 + 0.1 x 2.00 + 0.10) x $1,200 = $2,952.00 from
Medicare and $4,300 from Medicaid a month (T-PACE-7). Leaving by choice is on the first of the next month.
"""

from datetime import date

from throughcare.act import joining
from throughcare.community import records
from throughcare.community.elders import DISCIPLINES, DOMAINS
from throughcare.community.shapes import OURS, concept, parts, reference

from .sources import clock, patient

PACE = "pace"
HOME = [{"use": "home", "state": "ZZ", "postalCode": "00501", "district": "Example"}]
ELEVEN = ["driver", "personal_clinician", "nurse", "social_worker", "physical_therapist", "occupational_therapist",
          "recreational_therapist", "dietitian", "center_manager", "home_care_coordinator",
          "personal_care_attendant"]  # fmt: skip


def cover(kind):
    return {
        "resourceType": "Coverage", "id": kind, "status": "active", "type": concept(OURS + "plan-kind", kind),
        "beneficiary": reference("Patient", "ada"), "payor": [{"display": kind}], "period": {"start": "2020-01-01"},
    }  # fmt: skip


def center(roles):
    members = [(role, f"Practitioner/{role}") for role in roles]
    return records.team("center", "ada", members, date(2026, 4, 1), "center")


def seen():
    for n, role in enumerate(DISCIPLINES):
        day = date(2026, 4, 3 + n)
        yield records.contact(f"seen-{n}", "ada", "discipline_assessment", day, role, role, mode="visit", minutes=45)


def plan_of_care():
    content = [parts("part", kind="domain", domain=domain, started=date(2026, 4, 25)) for domain in DOMAINS]
    signed = [(role, f"Practitioner/{role}") for role in DISCIPLINES]
    return records.plan("plan", "ada", "plan_of_care", date(2026, 4, 25), content, signed_by=signed)


def more_help(**known):
    """More hours of help at home, asked of the driver on a Monday."""
    return records.asked(
        "more", "ada", "service_determination", date(2026, 5, 4), service="home_care", change_kind="change",
        received_at=clock("2026-05-04 11:00"), received_by_role="driver", asked_by_role="participant", **known,
    )  # fmt: skip


def test_all_care_from_one_place(life):
    life.whom = "ada"
    asked = records.asked("asked", "ada", "pace_intake", date(2026, 2, 9))
    insured = [cover("medicare"), cover("medicaid")]
    life.sends("program", "2026-02-10", patient("ada", "1945-03-01", address=HOME), *insured, asked)
    assert (life.answer(PACE), life.episode(PACE)) == ("unknown", None)
    assert {c for c, answer in life.criteria(PACE).items() if answer == "unknown"} == {
        "nursing_facility_level", "can_live_safely"
    }  # fmt: skip
    steps = ("ask_level_of_care", "explain_program", "judge_safety")
    assert life.work(PACE) == [(step, "open", "2026-03-11") for step in steps]
    life.calls("2026-02-17", life.task(PACE, "explain_program"), mode="visit", role="social_worker", minutes=60)
    safe = records.decision("safe", "ada", "safe_in_community", "yes", date(2026, 2, 18))
    level = records.decision("level", "ada", "nursing_facility_level_of_care", "yes", date(2026, 2, 24))
    life.sends("state", "2026-02-25", safe, level)
    assert life.episode(PACE) == ("planned", "eligible", "2026-02-25", None)
    life.agrees("2026-03-18 10:00", "pace_enrollment")
    assert life.episode(PACE).status == "planned", "not before the first"
    assert life.moves("2026-03-18 11:00", PACE, "active").code == "move_not_allowed"

    life.sends("program", "2026-04-01 08:00", center(ELEVEN[1:]))
    assert life.episode(PACE) == ("active", "begins", "2026-04-01", None)
    assert (len(life.team(PACE)), life.missing(PACE)) == (10, ["driver"])
    assert life.states(PACE, "complete_team") == [("requested", "2026-04-01")]
    assert life.states(PACE, "agree_plan_of_care") == [("requested", "2026-05-01")]
    life.sends("program", "2026-04-27", center(ELEVEN), plan_of_care(), *seen())
    assert (len(life.team(PACE)), life.missing(PACE)) == (11, [])
    assert life.states(PACE, "agree_plan_of_care") == [("completed", "2026-05-01")]
    assert ("reevaluate_plan", "future", "2026-10-22") in life.work(PACE, "reevaluate_plan")
    assert "live_at_home" in life.goals(PACE)

    life.sends("program", "2026-05-04 12:00", more_help())
    assert life.states(PACE, "bring_request_to_team") == [("requested", "2026-05-07")]
    life.sends("program", "2026-05-06 12:00", more_help(at_team_at=clock("2026-05-06 09:00")))
    assert life.work(PACE, "bring_request_to_team", "decide_request") == [
        ("bring_request_to_team", "met", "2026-05-07"),
        ("decide_request", "open", "2026-05-09"),
    ]
    life.settle("2026-05-10")
    late = life.task(PACE, "decide_request").body
    assert {"center_manager", "medical_director"} & {r["coding"][0]["code"] for r in late["performerType"]}
    assert life.states(PACE, "decide_missed_as_appeal") == [("requested", "2026-06-09")]

    scores = {"cms_hcc_2017": 2.4, "cms_hcc_v28": 2.0}
    risks = [records.risk(method[-3:], "ada", method, date(2026, 4, 1), score) for method, score in scores.items()]
    life.sends("medicare", "2026-05-11", *risks)
    lacking = "no frailty score for this month; the price is not known"
    assert life.lines(PACE, "2026-05") == [
        ("medicaid_capitation", "4300.00", "payable", ""),
        ("medicare_capitation", "None", "blocked", lacking),
    ]
    life.sends("medicare", "2026-05-12", records.risk("frail", "ada", "pace_frailty", date(2026, 4, 1), 0.1))
    may = [("medicaid_capitation", "4300.00", "payable", ""), ("medicare_capitation", "2952.00", "payable", "")]
    assert life.lines(PACE, "2026-05") == may

    (agreement,) = life.stored("Consent")
    life.does("2026-05-20", joining.withdraw_consent, agreement)
    assert life.episode(PACE).status == "active"
    life.settle("2026-06-01 08:00")
    assert life.episode(PACE) == ("finished", "voluntary", "2026-04-01", "2026-06-01")
    assert (life.team(PACE), life.lines(PACE, "2026-06")) == ({}, [])
    assert life.states(PACE, "decide_missed_as_appeal") == [("cancelled", "2026-06-09")]
    life.tells("2026-06-02")
    told = life.scores(PACE)
    assert (told["plan_in_time"][:2], told["requests_in_time"][:2]) == ((1, 1), (0, 1))
    assert (told["left_by_choice"][:2], told["appeals_begun_by_silence"][2]) == ((1, 2), 1), "one of two months"
