"""A new hip in thirty days: window (T-TEAM-6), price (T-TEAM-TP), a first call, a return, the account (T-TEAM-1).

Expected by models-a.md 5: leaving on 4 May is day 1 and 2 June the last, so that a claim of 3 June does not count;
21,000 x 1.04 x 0.98 x 0.99 x 1.12 = $23,731.87; a first call within 48 hours, a visit within 14 days, an hour to call
after a return; 400,000 less 3 percent for quality less 10,000 spent afterwards = $378,000.
"""

from datetime import date

from throughcare.community import claims, records
from throughcare.community.shapes import OURS, concept, parts, reference

from .sources import clock, patient, said, stay, visit

HIP, HOSPITAL = "bundled_payment", "st-luke"
TEAM = {
    "episode_navigator": "Practitioner/nav",
    "personal_clinician": "Practitioner/ito",
    "surgeon": "Practitioner/sam",
}
NAVIGATOR = {"role": "episode_navigator", "by": "Practitioner/nav"}
PRICES = [
    ("470", "program", "team"), ("470", "episode_category", "LEJR"), ("470", "baseline", 21000), ("470", "trend", 1.04),
    ("470", "normalization", 0.99), ("LEJR", "age_75_to_84", 1.12), ("LEJR", "hcc_0", 1),
    ("LEJR", "beds_251_to_500", 1),
]  # fmt: skip
ACCOUNT = [
    ("team", "track", "1"), ("team", "targets", 5000000), ("team", "actual", 4600000),
    ("team", "composite_quality_score", 70), ("team", "post_episode", 10000),
]  # fmt: skip


def figures(id, hospital, known_on, rows):
    """Figures of the year 2026 that the program gives a hospital."""

    def amount(category, name, value):
        word = isinstance(value, str)
        made = parts("amount", category=category, name=name, value=None if word else float(value))
        return made | {"extension": [*made["extension"], *([{"url": "text", "valueString": value}] if word else [])]}

    year = {"url": OURS + "period", "valuePeriod": {"start": "2026-01-01", "end": "2026-12-31"}}
    return {
        "resourceType": "Basic", "id": id, "code": concept(OURS + "basic", "payment_input"),
        "subject": reference("Organization", hospital),
        "extension": [year, *said(known_on=known_on), *(amount(*row) for row in rows)],
    }  # fmt: skip


def hospital():
    """The hospital, that it takes part, and its prices."""
    yield {
        "resourceType": "Organization", "id": HOSPITAL, "active": True, "name": "St. Luke",
        "type": [concept(OURS + "organization", "hospital")], "extension": said(safety_net=False, beds=300),
    }  # fmt: skip
    yield {
        "resourceType": "Contract", "id": "participation", "status": "executed",
        "type": concept(OURS + "agreement", "team"), "subType": [concept(OURS + "track", "1")],
        "applies": {"start": "2026-01-01", "end": "2030-12-31"}, "subject": [reference("Organization", HOSPITAL)],
    }  # fmt: skip
    yield figures("prices", HOSPITAL, date(2025, 12, 1), PRICES)


def insured():
    yield patient("hugo", "1949-03-01", "male")
    yield {
        "resourceType": "Coverage", "id": "medicare", "status": "active",
        "type": concept(OURS + "plan-kind", "medicare"), "beneficiary": reference("Patient", "hugo"),
        "payor": [{"display": "Medicare"}], "period": {"start": "2015-01-01"},
        "extension": said(part_a=True, part_b=True, medicare_primary=True),
    }  # fmt: skip
    yield records.risk("hcc", "hugo", "hcc_count", date(2026, 3, 1), 0)


def surgery_order():
    return {
        "resourceType": "ServiceRequest", "id": "hip", "status": "active", "intent": "order",
        "category": [concept(OURS + "request", "surgery")], "code": concept("http://www.ama-assn.org/go/cpt", "27130"),
        "subject": reference("Patient", "hugo"), "authoredOn": clock("2026-04-01 11:00"),
        "occurrenceDateTime": "2026-05-01", "performer": [reference("Organization", HOSPITAL)],
    }  # fmt: skip


def surgery_stay(end=None):
    return stay("stay", "hugo", "2026-05-01 07:00", end, org=HOSPITAL, urgent=False, extension=said(drg="470"))


def claim(id, first, last, dollars, bill):
    return claims.of_facility(id, "hugo", "medicare", first, last, dollars, bill)


def test_a_new_hip_in_thirty_days(life):
    life.whom = "hugo"
    life.sends("hospital", "2026-03-01", *hospital())
    life.sends("medicare", "2026-04-01 12:00", *insured())
    desk = records.team("desk", "hugo", list(TEAM.items()), date(2026, 4, 1), HOSPITAL)
    life.sends("hospital", "2026-04-01 13:00", surgery_order(), desk)
    assert life.episode(HIP) == ("active", "eligible", "2026-04-01", None)
    assert (life.team(HIP), life.missing(HIP)) == (TEAM, [])
    assert life.states(HIP, "class_before_surgery") == [("requested", "2026-04-24")], "a week before"
    life.calls("2026-04-20 10:00", life.task(HIP, "class_before_surgery"), mode="visit", **NAVIGATOR)

    life.sends("hospital", "2026-05-01 12:00", surgery_stay())
    assert life.states(HIP, "class_before_surgery") == [("completed", "2026-04-24")]
    assert life.states(HIP, "choice_list_signed") == [("requested", "2026-05-04")]
    assert life.task(HIP, "check_before_surgery").body["priority"] == "asap", "nobody did it"
    life.sends("hospital", "2026-05-04 15:00", surgery_stay("2026-05-04 12:00"))
    life.settle("2026-05-05 12:30")
    assert life.states(HIP, "call_in_two_days") == [("requested", "2026-05-06T16:00:00Z")]
    life.calls("2026-05-05 14:00", life.task(HIP, "call_in_two_days"), **NAVIGATOR)

    emergency = stay("er", "hugo", "2026-05-10 10:00", "2026-05-10 11:30", kind="EMER", org=HOSPITAL)
    life.sends("hospital", "2026-05-10 12:00", emergency)
    assert life.states(HIP, "call_in_two_days") == [("completed", "2026-05-06T16:00:00Z")]
    late = life.task(HIP, "call_when_back").body
    assert {"surgeon", "supervisor"} & {r["coding"][0]["code"] for r in late["performerType"]}, "the hour has passed"
    life.sends("practice", "2026-05-14", visit("seen", "hugo", "2026-05-13 10:00", "ito"))
    assert life.work(HIP, "visit_in_two_weeks") == [("visit_in_two_weeks", "met", "2026-05-18")]

    life.sends(
        "medicare", "2026-06-03", claim("surgery", date(2026, 5, 1), date(2026, 5, 4), 20000, "111"),
        claim("therapy", date(2026, 5, 20), date(2026, 5, 20), 1500, "131"),
        claim("too-late", date(2026, 6, 3), date(2026, 6, 3), 900, "131"),
    )  # fmt: skip
    assert life.episode(HIP) == ("finished", "episode_over", "2026-04-01", "2026-06-03")
    assert life.team(HIP) == {}
    assert life.states(HIP, "choice_list_signed") == [("cancelled", "2026-05-04")]
    assert life.states(HIP, "close_the_episode") == [("requested", "2026-06-16")], "owed although it is over"

    told = life.tells("2026-06-04").answers.rows(HIP, "episodes")["Encounter/stay"]
    assert f"{told['window_end']} {told['target_price']:.2f} {told['spending']:.2f}" == "2026-06-02 23731.87 21500.00"
    assert f"{told['margin']:.2f} {told['spent_after']:.2f}" == "2231.87 900.00"
    scores = life.scores(HIP)
    assert (scores["emergency_within_30_days"][:2], scores["back_within_30_days"][:2]) == ((1, 1), (0, 1))
    assert (scores["home_from_hospital"][:2], scores["left_with_a_doctor"][:2]) == ((1, 1), (0, 1))

    life.sends("program", "2027-06-20", figures("account", HOSPITAL, date(2027, 6, 1), ACCOUNT))
    worse = [
        ("team", "actual", 5600000) if name == "actual" else (group, name, value) for group, name, value in ACCOUNT
    ]
    life.sends("program", "2027-06-20", figures("loss", "st-mark", date(2027, 6, 1), worse))
    lines = life.tells("2027-07-01").answers.line.to_pylist()
    assert sorted((r["code"], f"{r['amount']}", r["status"], r["why_not"]) for r in lines if r["model"] == HIP) == [
        ("reconciliation_payment", "378000.00", "payable", ""),
        ("repayment", "0.00", "blocked", "this track has no downside, so nothing is owed"),
    ]
