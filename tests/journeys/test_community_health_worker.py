"""Someone with a health worker from her streets: goals in two weeks, weekly contact, a danger sign, and a hand-over.

Expected by models-b.md 4: CHW-E1 (poor area, two conditions, and a need or a wish of the clinic), CHW-C1 (home visits
are agreed apart), CHW-W1 (goals first, then contact every week, then a hand-over), CHW-X1 (supervisor the same day,
written down in 24 hours), CHW-X2 (no check-out by the planned end and half an hour: the worker is looked for),
CHW-$1 and T-7 (135 minutes are G0019 once and G0022 twice, 178.12), and 4.4 (reached in 14 days, goals, weeks).
"""

from datetime import date

from throughcare.community import records
from throughcare.community.shapes import concept, condition, reference

from .sources import clock, patient, visit

CHW = "community_health_worker"
CHI = {"minutes_family": "community_health_integration", "bills_for": "Practitioner/amara"}
BOSS = {"role": "supervisor", "by": "Practitioner/corinne"}


def test_a_neighbor_walks_with_her_until_the_support_that_stays_takes_over(life):
    life.whom = "dora"
    start = visit(
        "start", "dora", "2026-03-02 10:00", "amara", type=[concept("http://www.ama-assn.org/go/cpt", "99214")]
    )
    life.sends(
        "practice",
        "2026-03-02",
        patient("dora", "1961-07-09"),
        start,
        *(
            condition(code, "dora", code, "Condition", date(2024, 1, 5), category="problem-list-item")
            for code in ("E11.9", "I10")
        ),
        records.decision("limits", "dora", "need_limits_care", "yes", date(2026, 3, 2)),
    )
    assert (life.answer(CHW), life.episode(CHW)) == ("unknown", None)
    assert life.criteria(CHW)["need_or_referral"] == "unknown", "nobody asked about needs"
    assert life.work(CHW) == [("ask_about_needs", "open", "2026-03-16")]

    life.sends("practice", "2026-03-05", records.asked("wish", "dora", CHW, date(2026, 3, 5), requester="amara"))
    assert life.answer(CHW) == "met"
    assert life.episode(CHW) == ("planned", "eligible", "2026-03-05", None)
    life.agrees("2026-03-09 10:00", "chw_support")
    assert life.episode(CHW) == ("active", "consented", "2026-03-09", None)
    assert life.missing(CHW) == ["community_health_worker"]
    assert life.states(CHW, "name_worker") == [("requested", "2026-03-12")]
    team = [("community_health_worker", "Practitioner/ximena"), ("supervisor", "Practitioner/corinne")]
    life.sends("open_door", "2026-03-10", records.team("team", "dora", team, date(2026, 3, 10), "open-door"))
    known = {"personal_clinician": "Practitioner/amara"}  # her practice has found out who she sees
    assert (life.team(CHW), life.missing(CHW)) == (dict(team) | known, [])
    assert life.states(CHW, "name_worker") == [("cancelled", "2026-03-12")], "nobody is missing any longer"
    assert life.states(CHW, "set_goals") == [("requested", "2026-03-23")]

    life.sends("open_door", "2026-03-12 15:00", _contact("story", "meet_the_person", "2026-03-12", 45, home=True))
    assert life.states(CHW, "hear_the_story") == [("completed", "2026-03-16")]
    assert life.states(CHW, "home_without_consent") == [("requested", "2026-03-16")], "to come home is asked apart"
    life.agrees("2026-03-13 10:00", "home_visit")
    life.sends("open_door", "2026-03-20 15:00", _contact("w-2", "support_contact", "2026-03-20", 45), _goal("active"))
    assert life.states(CHW, "home_without_consent") == [("completed", "2026-03-16")]
    assert life.states(CHW, "set_goals") == [("completed", "2026-03-23")]
    assert ("weekly_support", "late", "2026-03-19") in life.work(CHW, "weekly_support"), "on the eighth day"
    assert life.goals(CHW)["own_goal"] == "proposed"

    life.agrees("2026-03-31 10:00", "community_health_integration")
    life.sends(
        "open_door",
        "2026-04-14 11:00",
        _contact("v-1", "support_contact", "2026-04-03", 35, mode="visit"),
        *(_contact(f"c-{day}", "support_contact", f"2026-04-{day}", 20) for day in ("07", "10", "14")),
        _chest_pain(),
    )
    assert life.states(CHW, "call_the_supervisor") == [("requested", "2026-04-14")]
    assert life.states(CHW, "write_down_danger") == [("requested", "2026-04-15T14:00:00Z")]
    life.calls("2026-04-14 11:30", life.task(CHW, "call_the_supervisor"), **BOSS)
    life.calls("2026-04-15 12:00", life.task(CHW, "write_down_danger"), **BOSS)
    assert [(s, status) for s, status, _ in life.work(CHW, "call_the_supervisor", "write_down_danger")] == [
        ("call_the_supervisor", "met"), ("write_down_danger", "late"),
    ]  # fmt: skip
    last = _contact("v-2", "home_visit", "2026-04-17", 40, mode="visit", home=True, end="2026-04-17 11:00")
    life.sends("open_door", "2026-04-17 10:10", last)
    assert life.states(CHW, "check_out") == [("requested", "2026-04-17T15:30:00Z")]
    life.settle("2026-04-17 11:31")
    assert [status for _, status, _ in life.work(CHW, "check_out", "find_the_worker")] == ["breached", "open"]
    life.calls("2026-04-17 11:50", life.task(CHW, "find_the_worker"), **BOSS)
    assert [status for status, _ in life.states(CHW, "find_the_worker")] == ["completed"]

    life.sends(
        "open_door",
        "2026-05-18",
        *(
            _contact(f"c-{day}", "support_contact", f"2026-{day}", 20, paid=False)
            for day in ("04-24", "05-01", "05-08", "05-15")
        ),
        _goal("completed", attainment=1),
    )
    life.settle("2026-05-20 09:00")
    assert life.states(CHW, "weekly_support")[-1] == ("requested", "2026-05-22")
    done = _contact("hand", "supports_handoff", "2026-05-20", 30, paid=False, result="accepted")
    life.sends("open_door", "2026-05-20 15:00", done)
    assert life.episode(CHW) == ("finished", "handed_on", "2026-03-09", "2026-05-20")
    assert life.states(CHW, "weekly_support")[-1] == ("cancelled", "2026-05-22")
    assert life.lines(CHW) == [
        ("G0019", "79.24", "blocked", "no consent on file before the first minute"),
        ("G0022", "49.44", "blocked", "no consent on file before the first minute"),
        ("G0019", "79.24", "payable", ""),
        ("G0022", "98.88", "payable", ""),
    ]

    told = life.tells("2026-06-01")
    months = told.answers.rows(CHW, "chi_months")
    assert {f"{m['month']}": f"{m['chi_amount']:.2f}" for m in months.values()}["2026-04-01"] == "178.12"
    scores = {measure: counted[:2] for measure, counted in life.scores(CHW).items()}
    assert scores["reached_in_two_weeks"] == (1, 1)
    assert scores["goals_reached"] == (1, 1)
    assert f"{life.scores(CHW)['weekly_contacts'][2]}" == "1.00"


def _contact(id: str, activity: str, day: str, minutes: int, *, home: bool = False, paid: bool = True, end: str = "",
             mode: str = "phone", **more) -> dict:  # fmt: skip
    """What the health worker wrote down, under one of the ten roles; `paid` minutes count for the month."""
    return records.contact(
        id, "dora", activity, date.fromisoformat(day), "ximena", CHW, mode="visit" if home else mode, minutes=minutes,
        role_code="c3-4", location_mode="home" if home else None, planned_end_at=clock(end) if end else None,
        **(CHI if paid else {}), **more,
    )  # fmt: skip


def _goal(status: str, **more) -> dict:
    return records.goal("goal", "dora", "Walk to the market and back", date(2026, 3, 20), status=status, confidence=8,
                        **more)  # fmt: skip


def _chest_pain() -> dict:
    return {"resourceType": "AdverseEvent", "id": "pain", "actuality": "actual",
            "event": concept("urn:throughcare:incident", "chest_pain"), "subject": reference("Patient", "dora"),
            "date": clock("2026-04-14 10:00")}  # fmt: skip
