"""On Medicare's list: assigned by claims (T-ACO-ASSIGN-1), a stay, a care manager, and the year's savings (T-ACO-1, 6).

Expected by models-a.md 2: $300 here are less than $500 outside, and with the nurse practitioner's $250 they are more;
the hospital is called on the day of admission, the person within two business days of leaving, medicines are compared
by day 30; 12,000 people at $12,500 and $145.2 million spent share $1,920,000, $1,881,600 after the 2 percent; savings
of 0.9 percent below a chosen minimum of 1.0 are nothing.
"""

from datetime import date

from throughcare.community import claims, records
from throughcare.community.shapes import OURS, concept, parts, reference

from .sources import patient, said, stay

ACO = "accountable_care_organization"
TEAM = {"nurse_care_manager": "Practitioner/zoe", "personal_clinician": "Practitioner/ito"}
OURS_TAX, OTHER_TAX = "11-1111111", "99-9999999"
YEAR = {"url": OURS + "period", "valuePeriod": {"start": "2026-01-01", "end": "2026-12-31"}}
SAVED = {"persons": 12000.0, "benchmark_per_person": 12500.0, "actual": 145200000.0}
SHORT = {"persons": 20000.0, "benchmark": 100000000.0, "actual": 99100000.0, "minimum_rate": 1.0}
CLINIC = {
    "resourceType": "Organization", "id": "clinic", "active": True, "name": "Elm Street Clinic",
    "type": [concept(OURS + "organization", "aco_participant")],
    "identifier": [{"system": claims.TIN, "value": OURS_TAX}],
}  # fmt: skip
COVER = {
    "resourceType": "Coverage", "id": "medicare", "status": "active", "type": concept(OURS + "plan-kind", "medicare"),
    "beneficiary": reference("Patient", "vera"), "payor": [{"display": "Medicare"}], "period": {"start": "2015-01-01"},
    "extension": said(part_a=True, part_b=True),
}  # fmt: skip


def network(id, track, money):
    """An organization, its agreement, and what Medicare says of its year; it meets the quality standard."""
    standing = parts("amount", category="shared_savings", name="quality_standing")
    standing["extension"].append({"url": "text", "valueString": "full"})
    amounts = [parts("amount", category="shared_savings", name=name, value=value) for name, value in money.items()]
    yield {
        "resourceType": "Organization", "id": id, "active": True, "name": id,
        "type": [concept(OURS + "organization", "aco")], "extension": said(low_revenue=False),
    }  # fmt: skip
    yield {
        "resourceType": "Contract", "id": f"{id}-agreement", "status": "executed",
        "type": concept(OURS + "agreement", "shared_savings"), "subType": [concept(OURS + "track", track)],
        "applies": {"start": "2024-01-01"}, "subject": [reference("Organization", id)],
    }  # fmt: skip
    yield {
        "resourceType": "Basic", "id": f"{id}-year", "code": concept(OURS + "basic", "payment_input"),
        "subject": reference("Organization", id),
        "extension": [YEAR, *said(known_on=date(2027, 8, 20)), standing, *amounts],
    }  # fmt: skip


def of_visit(id, day, dollars, specialty, practice, tin):
    return claims.of_visit(id, "vera", "medicare", day, "99214", dollars, practice=practice, tin=tin,
                           clinician=f"c-{specialty}", specialty=specialty)  # fmt: skip


def test_on_medicares_list(life):
    life.whom = "vera"
    life.sends("medicare", "2026-10-02", CLINIC, *network("aco", "BASIC_B", SAVED), *network("two", "BASIC_E", SHORT))
    ours = of_visit("doctor", date(2026, 3, 2), 300, "11", "clinic", OURS_TAX)
    outside = of_visit("outside", date(2026, 5, 1), 500, "08", "elsewhere", OTHER_TAX)
    life.sends("medicare", "2026-10-05", patient("vera", "1948-05-01"), COVER, ours, outside)
    assert (life.answer(ACO), life.criteria(ACO)["assigned"]) == ("not_met", "not_met")
    life.sends("medicare", "2026-10-06", of_visit("nurse", date(2026, 4, 1), 250, "50", "clinic", OURS_TAX))
    assert {c for c, answer in life.criteria(ACO).items() if answer != "met"} == {"needs_more_help"}
    assert life.states(ACO, "give_notice") == [("requested", "2026-03-02")], "owed at the first visit, and late"

    life.sends("hospital", "2026-11-12 12:00", stay("stay", "vera", "2026-11-12 09:00"))
    assert life.episode(ACO) == ("planned", "eligible", "2026-11-12", None)
    assert life.states(ACO, "reach_hospital_same_day") == [("requested", "2026-11-12")]
    life.settle("2026-11-13 08:00")
    assert life.task(ACO, "reach_hospital_same_day").body["priority"] == "asap"
    life.calls("2026-11-13 10:00", life.task(ACO, "reach_hospital_same_day"))
    desk = records.team("desk", "vera", list(TEAM.items()), date(2026, 11, 13), "aco")
    life.sends("notebook", "2026-11-13 11:00", desk)
    assert life.joins("2026-11-13 11:30", ACO).code == "already_enrolled"
    assert life.moves("2026-11-13 11:30", ACO, "active").code == "consent_missing"
    life.agrees("2026-11-13 12:00", "care_management")
    assert life.episode(ACO) == ("active", "consented", "2026-11-13", None)
    assert (life.team(ACO), life.missing(ACO)) == (TEAM, [])
    assert life.work(ACO, "reach_hospital_same_day") == [("reach_hospital_same_day", "late", "2026-11-12")]
    assert "stay_out_of_hospital" in life.goals(ACO)

    life.sends("hospital", "2026-11-16 15:00", stay("stay", "vera", "2026-11-12 09:00", "2026-11-16 14:00"))
    life.calls("2026-11-18 10:00", life.task(ACO, "contact_two_business_days"))
    lists = records.contact("lists", "vera", "medication_reconciliation", date(2026, 11, 20), "pia", "pharmacist")
    weigh = records.goal("weigh", "vera", "Weigh myself every morning", date(2026, 11, 18), confidence=8)
    life.sends("notebook", "2026-11-20 11:00", weigh, lists)
    assert life.work(ACO, "contact_two_business_days", "compare_after_discharge", "compare_on_entry") == [
        ("contact_two_business_days", "met", "2026-11-18"),
        ("compare_on_entry", "met", "2026-12-13"),
        ("compare_after_discharge", "met", "2026-12-16"),
    ]
    assert life.states(ACO, "contact_two_business_days") == [("completed", "2026-11-18")]
    assert life.states(ACO, "ask_about_falls") == [("requested", "2026-12-13")]

    life.sends("notebook", "2026-12-20", weigh | {"lifecycleStatus": "completed", "statusDate": "2026-12-20"})
    assert life.episode(ACO) == ("finished", "goals_met", "2026-11-13", "2026-12-20")
    assert life.states(ACO, "ask_about_falls") == [("cancelled", "2026-12-13")]
    assert life.states(ACO, "close_gap_mood") == [("requested", "2026-12-31")], "owed to everyone on the list"
    assert life.team(ACO) == {}
    life.tells("2026-12-28")
    scores = life.scores(ACO)
    assert (scores["contacted_after_hospital"][:2], scores["notice_in_time"][:2]) == ((1, 1), (0, 1))
    assert (scores["stayed_on_list"][:2], scores["readmission_30"][:2]) == ((1, 1), (0, 0))
    lines = [r for r in life.tells("2027-09-01").answers.line.to_pylist() if r["model"] == ACO]
    assert sorted((r["row_key"].split("/")[1], f"{r['amount']}", r["status"], r["why_not"]) for r in lines) == [
        ("aco", "1881600.00", "payable", ""),
        ("two", "0.00", "blocked", "savings are below the minimum savings rate"),
    ]
