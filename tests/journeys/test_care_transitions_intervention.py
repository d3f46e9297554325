"""Thirty days with a coach: CTI-C1 to C6, a complete case (T-CTI-PAY), LACE, and transitional care (T-TCM).

Expected by models-a.md 3.1 to 3.3: 72 hours and two business days after leaving, calls by day 7, 14 and 28, seen
within 7 days at high risk (LACE 3 + 3 + 2 + 2 = 10), medicines compared by the day of the visit, $350 for a whole case.
"""

from datetime import date

from throughcare.act import verbs
from throughcare.community import records
from throughcare.community.shapes import condition

from .sources import patient, said, stay, visit

CTI = "care_transitions_intervention"
COACH = {"role": "transitions_coach", "by": "Practitioner/cho"}
DESK = [("transitions_coach", "Practitioner/cho"), ("personal_clinician", "Practitioner/ito")]


def test_thirty_days_with_a_coach(life):
    life.whom = "rosa"
    heart = condition("hf", "rosa", "I50.22", "Heart failure", date(2024, 1, 15), category="problem-list-item")
    life.sends("practice", "2026-02-20", patient("rosa", "1949-11-20"), heart)
    emergencies = (
        stay(f"er-{d}", "rosa", f"2026-{d} 10:00", f"2026-{d} 16:00", kind="EMER") for d in ("01-20", "02-19")
    )
    life.sends("hospital", "2026-02-21", *emergencies)
    assert (life.answer(CTI), life.episode(CTI)) == ("not_met", None)

    life.sends("hospital", "2026-03-02 12:00", stay("stay", "rosa", "2026-03-02 11:00"))
    assert life.episode(CTI) == ("planned", "eligible", "2026-03-02", None)
    assert life.missing(CTI) == ["personal_clinician", "transitions_coach"]
    life.calls("2026-03-03 10:00", life.task(CTI, "meet_in_hospital"), mode="visit", minutes=30, **COACH)
    life.sends("notebook", "2026-03-03 14:00", records.team("desk", "rosa", DESK, date(2026, 3, 3), "coaching"))
    life.agrees("2026-03-04 10:00", "coaching")
    assert life.episode(CTI) == ("active", "consented", "2026-03-04", None)
    assert (life.team(CTI), life.missing(CTI)) == (dict(DESK), [])
    assert life.states(CTI, "meet_in_hospital") == [("completed", "2026-03-04")]
    assert set(life.goals(CTI)) == {
        "manage_my_medicines", "keep_my_own_record", "see_my_doctor_soon", "know_warning_signs"
    }  # fmt: skip

    life.sends("hospital", "2026-03-05 16:00", stay("stay", "rosa", "2026-03-02 11:00", "2026-03-05 15:30"))
    assert life.work(CTI) == [
        ("home_visit", "open", "2026-03-08"),
        ("contact_two_business_days", "open", "2026-03-09"),
        ("first_call", "open", "2026-03-12"),
        ("reconcile_by_visit", "open", "2026-03-12"),
        ("second_call", "open", "2026-03-19"),
        ("third_call", "open", "2026-04-02"),
        ("reconcile_by_day_30", "open", "2026-04-04"),
    ]
    assert life.states(CTI, "home_visit") == [("requested", "2026-03-08T20:30:00Z")], "72 hours, the clocks change"
    life.does("2026-03-05 17:00", verbs.assign, life.task(CTI, "home_visit"), owner="Practitioner/cho")
    life.calls("2026-03-06 10:00", life.task(CTI, "contact_two_business_days"), minutes=12)
    assert life.work(CTI, "visit_in_7_days") == [("visit_in_7_days", "open", "2026-03-12")]

    life.settle("2026-03-09 08:00")
    late = life.task(CTI, "home_visit").body
    assert late["priority"] == "asap"
    assert "supervisor" in [p["coding"][0]["code"] for p in late["performerType"]]
    life.calls("2026-03-09 11:00", life.task(CTI, "home_visit"), mode="visit", minutes=60, **COACH)
    seen = visit("seen", "rosa", "2026-03-11 10:00", "ito", extension=said(mdm="high"))
    life.sends("practice", "2026-03-11 12:00", seen)
    assert life.work(CTI, "home_visit", "visit_in_7_days") == [
        ("home_visit", "late", "2026-03-08"),
        ("visit_in_7_days", "met", "2026-03-12"),
    ]
    assert life.lines(CTI) == [
        ("99496", "270.00", "blocked", "the medicine lists were not compared by the day of the visit")
    ]
    lists = records.contact("lists", "rosa", "medication_reconciliation", date(2026, 3, 10), "pia", "pharmacist")
    life.sends("pharmacy", "2026-03-13", lists)
    assert life.lines(CTI) == [("99496", "270.00", "payable", "")]

    for day in ("2026-03-12", "2026-03-19", "2026-03-31"):
        life.calls(f"{day} 11:00", "coach_call", **COACH, about="Encounter/stay")
    assert life.work(CTI, "first_call", "second_call", "third_call", "close_with_person") == [
        ("first_call", "met", "2026-03-12"),
        ("second_call", "met", "2026-03-19"),
        ("third_call", "met", "2026-04-02"),
        ("close_with_person", "future", "2026-04-04"),
    ]
    life.settle("2026-04-03")
    assert life.states(CTI, "close_with_person") == [("requested", "2026-04-04")]
    life.settle("2026-04-05")
    assert life.episode(CTI) == ("finished", "completed", "2026-03-04", "2026-04-05")
    assert life.states(CTI, "close_with_person") == [("cancelled", "2026-04-04")]
    assert life.team(CTI) == {}
    assert life.lines(CTI) == [("99496", "270.00", "payable", ""), ("coaching_complete", "350.00", "payable", "")]

    life.tells("2026-04-06")
    scores = life.scores(CTI)
    assert {name: scores[name][:2] for name in ("reach", "home_visit_in_time", "whole_program", "seen_in_7_days")} == {
        "reach": (1, 1),
        "home_visit_in_time": (0, 1),
        "whole_program": (1, 1),
        "seen_in_7_days": (1, 1),
    }
