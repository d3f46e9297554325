"""Ten weeks at one practice: four cuts (T-PCMH-4), a referral, a result, an emergency, and pay by the month.

Expected by models-a.md 1: the visits tie and the last check-up decides; a specialist answers within five business days
and reports an urgent referral within 7 days (C4), a result that is not normal and a visit to the emergency department
are spoken of within two business days (C2, C5); a patient of the fifth level earns $25 a month by the example contract.
"""

from datetime import date

from throughcare.act import verbs
from throughcare.community import records
from throughcare.community.shapes import LOINC, OURS, SNOMED, concept, observation, quantity, reference

from .sources import clock, patient, stay, visit

HOME = "patient_centered_medical_home"
ELM = {"managingOrganization": reference("Organization", "elm-practice")}
CHECK_UP = {"type": [concept(SNOMED, "410620009")]}
CONTRACT = {
    "resourceType": "Contract", "id": "by-the-month", "status": "executed",
    "type": concept(OURS + "agreement", "medical_home"),
    "subject": [reference("Organization", "elm-practice")], "authority": [reference("Organization", "plan")],
    "applies": {"start": "2026-01-01", "end": "2026-03-31"},
}  # fmt: skip
REFERRAL = {
    "resourceType": "ServiceRequest", "id": "heart", "status": "active", "intent": "order", "priority": "urgent",
    "category": [concept(SNOMED, "3457005")], "subject": reference("Patient", "omar"),
    "authoredOn": clock("2026-03-02 11:00"),
}  # fmt: skip
REPORT = {
    "resourceType": "DiagnosticReport", "id": "heart-report", "status": "final", "code": concept(LOINC, "11488-4"),
    "basedOn": [reference("ServiceRequest", "heart")], "subject": reference("Patient", "omar"),
    "issued": clock("2026-03-11 10:00"),
}  # fmt: skip
POTASSIUM = observation(
    "k", "omar", "2823-3", "Potassium", date(2026, 3, 13), {"valueQuantity": quantity("5.9", "mmol/L")}
) | {
    "issued": clock("2026-03-13 15:00"),
    "interpretation": [concept("http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation", "H")],
}


def test_ten_weeks_at_one_practice(life):
    life.whom, nurse = "omar", [("nurse_care_manager", "Practitioner/zoe")]
    omar = patient("omar", "1971-04-02", "male", **ELM)
    life.sends("payer", "2026-01-02", CONTRACT)
    life.sends(
        "practice", "2026-02-03", omar,
        visit("v1", "omar", "2025-06-02 10:00", "abe"), visit("v2", "omar", "2025-09-01 10:00", "bea", **CHECK_UP),
        visit("v3", "omar", "2025-11-03 10:00", "bea"), visit("v4", "omar", "2026-02-02 10:00", "abe"),
        records.risk("tier", "omar", "risk_tier", date(2026, 2, 3), level="5"),
        records.team("desk", "omar", nurse, date(2026, 2, 3), "elm-practice"),
    )  # fmt: skip
    assert life.episode(HOME) == ("active", "eligible", "2026-02-03", None)
    assert life.team(HOME) == {"personal_clinician": "Practitioner/bea", **dict(nurse)}
    assert (life.missing(HOME), life.work(HOME)) == ([], [])
    assert life.goals(HOME) == {"know_my_team": "proposed"}

    life.sends("practice", "2026-03-02 12:00", REFERRAL)
    assert life.work(HOME) == [("referral_booked", "open", "2026-03-09"), ("urgent_report", "open", "2026-03-09")]
    life.settle("2026-03-10")
    late = life.task(HOME, "urgent_report").body
    assert (late["priority"], late["focus"]) == ("asap", {"reference": "ServiceRequest/heart"})
    assert [r["coding"][0]["code"] for r in late["performerType"]] == ["care_coordinator", "supervisor"]
    life.sends("laboratory", "2026-03-13 16:00", REPORT, POTASSIUM)
    assert life.work(HOME) == [
        ("referral_booked", "late", "2026-03-09"),
        ("urgent_report", "late", "2026-03-09"),
        ("tell_abnormal", "open", "2026-03-17"),
    ]
    assert life.states(HOME, "urgent_report") == [("completed", "2026-03-09")]

    life.calls("2026-03-16 10:00", life.task(HOME, "tell_abnormal"), "no_answer")
    life.calls("2026-03-17 10:00", life.task(HOME, "tell_abnormal"))
    life.sends("hospital", "2026-03-20 20:00", stay("er", "omar", "2026-03-20 12:00", "2026-03-20 18:00", kind="EMER"))
    assert life.states(HOME, "tell_abnormal") == [("completed", "2026-03-17")]
    assert life.states(HOME, "contact_after_return") == [("requested", "2026-03-24")], "a Friday evening"
    life.calls("2026-03-23 10:00", life.task(HOME, "contact_after_return"))
    assert life.work(HOME, "contact_after_return") == [("contact_after_return", "met", "2026-03-24")]

    life.settle("2026-04-15")
    assert life.work(HOME, "health_review", "mood_questions") == [
        ("health_review", "open", "2026-05-04"),
        ("mood_questions", "open", "2026-05-04"),
    ]
    life.does("2026-04-15 11:00", verbs.decline, life.task(HOME, "mood_questions"), reason="Does not want to be asked")
    assert life.states(HOME, "mood_questions") == [("rejected", "2026-05-04")]
    assert life.lines(HOME) == [
        ("medical_home_month", "25.00", "payable", ""),
        ("medical_home_month", "25.00", "blocked", "no contract with a payer in this month"),
    ]
    assert life.lines(HOME, "2026-03") == [("medical_home_month", "25.00", "payable", "")]

    life.sends("practice", "2026-04-20", omar | {"active": False})
    assert life.episode(HOME) == ("finished", "moved_or_transferred", "2026-02-03", "2026-04-20")
    assert life.team(HOME) == {}
    assert life.states(HOME, "health_review") == [("cancelled", "2026-05-04")]
    assert life.states(HOME, "mood_questions") == [("rejected", "2026-05-04")], "what a person decided stands"
    life.tells("2026-04-21")
    scores = life.scores(HOME)
    assert (scores["referrals_answered"][:2], scores["called_after_return"][:2]) == ((1, 1), (1, 1))
    assert scores["own_clinician_seen"][:2] == (0, 1), "in February it was the other doctor"
    assert scores["medicines_after_transition"][:2] == (0, 1)
