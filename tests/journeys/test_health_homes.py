"""A member with a serious mental illness: offered, in hospital, followed up a day late, paid by the month, graduated.

Expected by models-a.md 7: T-HH-3 (F25.0 is enough), HH-C1 (first try in 5 business days), HH-C2 (assessed in 60 days),
HH-C3 (plan 30 days later), HH-C4 (24 hours), HH-C5 (48 hours), HH-C6 with T-FUH (left on Monday 4 May: 4 May does not
count, 12 May is too late for 7 days and in time for 30), two missed contacts send someone to the door, and T-HH-PAY
(tier 2 is 180 dollars for a month with a core service, nothing without, nine tenths of it federal).
"""

from datetime import date

from throughcare.community import records
from throughcare.community.shapes import concept, condition, parts

from .sources import cover, patient, same, stay, visit

HH = "health_homes"
SELF = same("900-21-3344")
PSYCHOSIS = {"reasonCode": [concept("http://hl7.org/fhir/sid/icd-10-cm", "F25.0")]}
TOPICS = ("physical_health", "behavioral_health", "substance_use", "social_needs", "consents")
NURSE = {"role": "nurse_care_manager", "by": "Practitioner/ingrid"}


def test_a_member_is_followed_through_hospital_until_this_much_help_is_not_needed(life):
    life.whom = "tony"
    life.sends(
        "clinic",
        "2026-04-01",
        patient("tony", "1980-03-02", "male", **SELF),
        condition("mind", "tony", "F25.0", "Schizoaffective", date(2024, 1, 5), category="problem-list-item"),
    )
    assert (life.answer(HH), life.criteria(HH)["on_medicaid"]) == ("unknown", "unknown"), "nobody told of insurance"
    assert life.episode(HH) is None

    life.sends(
        "state",
        "2026-04-06",
        patient("t-1", "1980-03-02", "male", **SELF),
        cover("t-1-cover", "t-1", "medicaid", "2026-01-01", medicaid_full=True, state="NY"),
        records.asked("t-1-list", "t-1", "state_list", date(2026, 4, 6), service="health_home"),
    )
    assert (life.answer(HH), life.criteria(HH)["serious_mental_illness"]) == ("met", "met")
    assert life.episode(HH) == ("planned", "eligible", "2026-04-06", None)
    assert life.work(HH, "first_try") == [("first_try", "open", "2026-04-13")]
    life.calls("2026-04-07 10:00", life.task(HH, "first_try"), "no_answer", role="peer_support", by="Practitioner/jo")
    assert life.work(HH, "first_try") == [("first_try", "met", "2026-04-13")], "a try counts, whoever answers"
    assert life.states(HH, "three_tries") == [("requested", "2026-06-05")], "one task: two more tries are left of it"
    life.agrees("2026-04-17 10:00", "health_home")
    assert life.episode(HH) == ("active", "consented", "2026-04-17", None)
    assert life.states(HH, "three_tries") == [("cancelled", "2026-06-05")], "who said yes is not sought any more"
    assert life.states(HH, "name_care_manager") == [("requested", "2026-04-17")]
    assert life.missing(HH) == ["nurse_care_manager", "personal_clinician"]

    team = [("nurse_care_manager", "Practitioner/ingrid"), ("peer_support", "Practitioner/jo")]
    life.sends("bridge", "2026-04-20", records.team("team", "tony", team, date(2026, 4, 20), "bridge-care-org"))
    life.sends("state", "2026-04-20", records.decision("tier", "t-1", "health_home_tier", "2", date(2026, 4, 20)))
    assert (life.team(HH), life.missing(HH)) == (dict(team), ["personal_clinician"])
    assert life.work(HH, "assess_whole_person") == [("assess_whole_person", "open", "2026-06-16")]

    life.sends("hospital", "2026-04-30 07:00", stay("ward", "tony", "2026-04-29 22:00", **PSYCHOSIS))
    assert life.states(HH, "look_at_hospital_message") == [("requested", "2026-05-01T02:00:00Z")]
    life.calls("2026-04-30 09:00", life.task(HH, "look_at_hospital_message"), **NURSE)
    life.sends(
        "hospital",
        "2026-05-04 15:00",
        stay("ward", "tony", "2026-04-29 22:00", "2026-05-04 11:00", **PSYCHOSIS),
        visit("on-leaving", "tony", "2026-05-04 14:00", "noel", **PSYCHOSIS),
    )
    assert life.states(HH, "contact_after_stay") == [("requested", "2026-05-06T15:00:00Z")]
    call = life.task(HH, "contact_after_stay")
    life.calls("2026-05-04 16:00", call, "no_answer", **NURSE)
    life.calls("2026-05-05 10:00", call, "no_answer", **NURSE)
    door = life.task(HH, "knock_at_the_door")
    assert door.body["restriction"]["period"]["end"] == "2026-05-06", "two missed contacts send someone to the door"
    life.calls("2026-05-06 10:30", door, mode="visit", role="peer_support", by="Practitioner/jo")
    life.calls("2026-05-06 10:45", "medication_reconciliation", role="pharmacist", minutes=25, about="Encounter/ward")
    life.sends("clinic", "2026-05-12 17:00", visit("after", "tony", "2026-05-12 14:00", "noel", **PSYCHOSIS))
    after = ("contact_after_stay", "reconcile_after_stay", "seen_7_days_after_psychiatric_stay",
             "seen_30_days_after_psychiatric_stay")  # fmt: skip
    assert [(step, status, due[5:]) for step, status, due in life.work(HH, *after)] == [
        ("contact_after_stay", "met", "05-06"), ("reconcile_after_stay", "met", "05-06"),
        ("seen_7_days_after_psychiatric_stay", "late", "05-11"),
        ("seen_30_days_after_psychiatric_stay", "met", "06-03"),
    ]  # fmt: skip

    life.calls("2026-06-10 10:00", life.task(HH, "assess_whole_person"), mode="visit", minutes=70, **NURSE)
    assert life.states(HH, "agree_plan") == [("requested", "2026-07-10")]
    assert life.goals(HH)["steady_mind"] == "proposed"
    life.sends("bridge", "2026-07-02", _plan(date(2026, 7, 2)), *_goal())
    assert life.states(HH, "agree_plan") == [("requested", "2026-07-10")], "not agreed on while something is missing"
    lacks = life.rows("select id from think.proposal where model = %s and kind = 'missing'", HH)
    assert lacks == [("crisis",)]
    life.sends("bridge", "2026-07-07", _plan(date(2026, 7, 7), parts("part", kind="crisis", code="call_988")))
    assert life.states(HH, "agree_plan") == [("completed", "2026-07-10")]
    assert life.work(HH, "review_plan") == [("review_plan", "future", "2027-01-07")]

    life.settle("2026-07-21 09:00")
    assert life.states(HH, "core_service_this_month")[-1] == ("requested", "2026-07-31"), "by the 20th there was none"
    life.calls("2026-07-21 10:00", "care_coordination", **NURSE)
    assert life.states(HH, "core_service_this_month")[-1][0] == "requested", "a note without minutes is no service"

    life.sends(
        "bridge", "2026-08-03", records.decision("end", "tony", "health_home_graduation", "yes", date(2026, 8, 3))
    )
    assert life.episode(HH) == ("finished", "graduated", "2026-04-17", "2026-08-03")
    assert life.states(HH, "core_service_this_month")[-1][0] == "cancelled"
    assert {s for _, s, _ in life.work(HH)} <= {"met", "late", "cancelled"}
    assert life.lines(HH) == [
        ("S0281", "180.00", "blocked", "no core service in this month"),
        ("S0281", "180.00", "payable", ""),
        ("S0281", "180.00", "payable", ""),
        ("S0281", "180.00", "blocked", "the note of a core service lacks the mode, the minutes or who it was"),
        ("S0281", "180.00", "blocked", "no core service in this month"),
    ]

    told = life.tells("2026-09-01")
    shares = {s.told["month_on"]: s.told["federal_share"] for s in told.settlements if s.on == "paid_months"}
    assert {f"{on:%m}": f"{share:.2f}" for on, share in shares.items() if share} == {"05": "162.00", "06": "162.00"}
    scores = {measure: counted[:2] for measure, counted in life.scores(HH).items()}
    assert scores["months_with_a_core_service"] == (2, 5)
    assert scores["follow_up_7_days_mental_illness"] == (0, 1)
    assert scores["follow_up_30_days_mental_illness"] == (1, 1)
    assert scores["contact_after_stay_in_time"] == (1, 1)
    assert scores["assessed_in_time"] == (1, 1)


def _plan(day: date, *more: dict) -> dict:
    content = [parts("part", kind="domain", domain=topic, started=day) for topic in TOPICS]
    content += [parts("part", kind="strength", code="good_friends", started=day), *more]
    service = {"detail": {"status": "in-progress", "code": concept("urn:throughcare:activity", "care_coordination"),
                          "performer": [{"reference": "Practitioner/ingrid"}]}}  # fmt: skip
    return records.plan("plan", "tony", "shared_plan", day, content, review_on=date(2027, 1, 7),
                        signed_by=[("person", "Patient/tony")], activities=[service])  # fmt: skip


def _goal() -> list[dict]:
    return [records.goal("goal", "tony", "Cook at home three times a week", date(2026, 7, 2))]
