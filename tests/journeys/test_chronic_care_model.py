"""Sugar out of hand and back again: recalls, an alarming reading, and the month's minutes (T-CCM-2, T-CCM-6).

Expected by models-a.md 4: an A1c over 9 is called about by the next day, and measured again after 90 days, or after 180
once the goal is reached; minutes before consent do not count; 45 minutes of staff are 99490 and one 99439, $60 and $45
by T-CCM-PAY, and neither is claimed without a plan with a review date and a copy given.
"""

from datetime import date

from throughcare.community import records
from throughcare.community.shapes import (
    OURS,
    blood_pressure,
    concept,
    condition,
    observation,
    quantity,
    reference,
    role_coding,
)

from .sources import clock, patient, said, visit

CCM = "chronic_care_model"
TEAM = {"nurse_care_manager": "Practitioner/zoe", "personal_clinician": "Practitioner/ito"}
NORA = patient(
    "nora", "1958-04-02", generalPractitioner=[reference("Practitioner", "ito")],
    managingOrganization=reference("Organization", "elm-practice"),
)  # fmt: skip


def problem(code, words):
    return condition(code, "nora", code, words, date(2020, 1, 1), category="problem-list-item")


def a1c(day, value):
    return observation(f"a1c-{day}", "nora", "4548-4", "A1c", day, {"valueQuantity": quantity(value, "%")})


def minutes(day, number):
    """Minutes of the practice's nurse, charged for the doctor."""
    return {
        "resourceType": "ChargeItem", "id": f"minutes-{day}", "status": "billable",
        "code": concept(OURS + "activity", "coach_call"), "subject": reference("Patient", "nora"),
        "occurrencePeriod": {"start": clock(f"{day} 14:00"), "end": clock(f"{day} 14:{number}")},
        "performer": [{"function": role_coding("nurse"), "actor": reference("Practitioner", "zoe")}],
        "extension": said(minutes=float(number), worker_role="nurse", minutes_family="chronic_care_management",
                          bills_for="Practitioner/ito"),
    }  # fmt: skip


def test_sugar_comes_under_control(life):
    life.whom = "nora"
    life.sends(
        "practice", "2026-01-12 17:00", NORA, problem("E11.9", "Diabetes"), problem("I10", "High blood pressure"),
        visit("first", "nora", "2026-01-12 10:00", "ito"), a1c(date(2026, 1, 12), "9.4"),
        blood_pressure("bp", "nora", date(2026, 1, 12), 148, 92),
        records.team("desk", "nora", [("nurse_care_manager", "Practitioner/zoe")], date(2026, 1, 12), "elm-practice"),
    )  # fmt: skip
    assert life.episode(CCM) == ("active", "eligible", "2026-01-12", None)
    assert (life.team(CCM), life.missing(CCM)) == (TEAM, [])
    assert {"sugar_in_range", "pressure_in_range"} <= set(life.goals(CCM))
    assert life.work(CCM, "call_about_reading") == [("call_about_reading", "open", "2026-01-13")]
    assert ("pressure", "open", "2026-02-11") in life.work(CCM)
    life.calls("2026-01-13 10:00", life.task(CCM, "call_about_reading"), "no_answer")
    life.settle("2026-01-14 08:00")
    assert life.task(CCM, "call_about_reading").body["priority"] == "asap"
    life.calls("2026-01-14 10:00", life.task(CCM, "call_about_reading"), minutes=15)
    assert life.work(CCM, "call_about_reading") == [("call_about_reading", "late", "2026-01-13")]
    assert life.states(CCM, "call_about_reading") == [("completed", "2026-01-13")]

    life.sends("practice", "2026-01-30 17:00", minutes("2026-01-30", 30))
    life.agrees("2026-02-02 10:00", "chronic_care_management")
    starting = visit("starting", "nora", "2026-02-04 10:00", "ito", extension=said(mdm="moderate"))
    life.sends("practice", "2026-02-19 17:00", starting, minutes("2026-02-05", 25), minutes("2026-02-19", 20))
    lacking = "no care plan with a review date and a copy given"
    assert life.lines(CCM, "2026-02") == [
        ("99439", "45.00", "blocked", lacking),
        ("99490", "60.00", "blocked", lacking),
    ]
    ((code, _, status, why),) = life.lines(CCM, "2026-01")
    assert (code, status) == ("99490", "blocked")
    assert why.startswith("no consent on file before the first minute; no starting visit")
    assert life.states(CCM, "plan") == [("requested", "2026-03-13")]
    life.calls("2026-02-20 10:00", life.task(CCM, "plan"), mode="visit", minutes=12)
    plan = records.plan("plan", "nora", "shared_plan", date(2026, 2, 20), (), review_on=date(2027, 2, 20))
    copied = plan | {"extension": [*plan["extension"], *said(copy_given_on=date(2026, 2, 20))]}
    life.sends("practice", "2026-03-02 17:00", copied)
    month = [("99439", "45.00", "payable", ""), ("99490", "60.00", "payable", "")]
    assert life.lines(CCM, "2026-02") == month, "minutes that nobody put into a family change nothing"
    assert life.states(CCM, "plan") == [("completed", "2026-03-13")]

    life.settle("2026-04-01")
    assert life.states(CCM, "a1c") == [("requested", "2026-04-12")]
    assert life.states(CCM, "eyes") == [("requested", "2026-03-13")]
    life.sends("laboratory", "2026-04-09", a1c(date(2026, 4, 8), "6.8"))
    assert life.states(CCM, "a1c") == [("completed", "2026-04-12")]
    assert life.work(CCM, "a1c")[-1] == ("a1c", "future", "2026-10-05"), "at goal: half a year"

    life.tells("2026-05-01")
    scores = life.scores(CCM)
    assert (scores["plan_kept_up"][:2], scores["glycemic_status_poor"][:2]) == ((1, 1), (0, 1))
    assert scores["diabetic_eye_exam"][:2] == (0, 1)
    assert str(scores["minutes_a_month"][2]) == "37.50"
    life.sends("practice", "2026-05-04", NORA | {"deceasedDateTime": "2026-05-02"})
    assert life.episode(CCM) == ("finished", "died", "2026-01-12", "2026-05-04")
    assert life.states(CCM, "eyes") == [("cancelled", "2026-03-13")]
    assert not {"open", "breached", "future"} & {status for _, status, _ in life.work(CCM)}
    assert life.team(CCM) == {}
