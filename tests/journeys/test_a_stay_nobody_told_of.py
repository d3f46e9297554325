"""A hospital keeps silent, and the claim tells of the stay weeks later; then the hospital's own word comes after all.

Expected by the same rules as the story with a coach: two business days and thirty days after leaving, counted from the
day of the claim and not from the day it was heard of.
"""

from datetime import date

import pytest

from throughcare.community.shapes import condition
from throughcare.flow.moment import Moment
from throughcare.intake import status

from .sources import moment, patient, stay

CTI = "care_transitions_intervention"


def claim(id: str, start: str, end: str, *, bill: str = "111", to: str = "01", who: str = "rosa") -> dict:
    def said(kind: str, **value: object) -> dict:
        system = "http://hl7.org/fhir/us/carin-bb/CodeSystem/C4BBSupportingInfoType"
        return {"category": {"coding": [{"system": system, "code": kind}]}, **value}

    def coded(code: str) -> dict:
        return {"coding": [{"system": "urn:stories", "code": code}]}

    kind = [{"system": "http://terminology.hl7.org/CodeSystem/claim-type", "code": "institutional"}]
    told = [
        said("typeofbill", code=coded(bill)),
        said("admissionperiod", timingPeriod={"start": start, "end": end}),
        said("discharge-status", code=coded(to)),
    ]
    return {
        "resourceType": "ExplanationOfBenefit", "id": id, "status": "active", "use": "claim", "outcome": "complete",
        "type": {"coding": kind}, "patient": {"reference": f"Patient/{who}"}, "created": "2026-03-16",
        "billablePeriod": {"start": start, "end": end}, "insurer": {"display": "Plan"},
        "provider": {"reference": "Organization/general-hospital"},
        "insurance": [{"focal": True, "coverage": {"display": "Plan"}}],
        "supportingInfo": [{"sequence": n, **one} for n, one in enumerate(told, 1)],
        "diagnosis": [{"sequence": 1, "diagnosisCodeableConcept": coded("I50.22")}],
    }  # fmt: skip


@pytest.fixture
def rosa(life):
    life.whom = "rosa"
    heart = condition("hf", "rosa", "I50.22", "Heart failure", date(2024, 1, 15), category="problem-list-item")
    life.sends("practice", "2026-02-20", patient("rosa", "1949-11-20"), heart)
    return life


def stays(life) -> list[tuple]:
    """The stays as care models see them."""
    rows = Moment(life.database).tables(None, ["encounter"])["encounter"].to_pylist()
    return sorted((r["source"], f"{r['started_on']}", r["ended_on"] and f"{r['ended_on']}") for r in rows)


def missed(life, at: str) -> dict[str, dict[str, int]]:
    return {f.source: f.missed for f in status.feeds(life.database, at=moment(at)) if f.missed}


def test_the_claim_dates_the_work_back_and_the_hospitals_own_word_comes_into_its_place(rosa):
    other = stay("other", "bo", "2026-02-01 10:00", "2026-02-03 10:00")
    rosa.sends("hospital", "2026-02-04", patient("bo", "1950-01-01", name=[{"family": "Ost", "given": ["Bo"]}]), other)
    assert (rosa.answer(CTI), rosa.work(CTI)) == ("not_met", [])
    rosa.sends("plan", "2026-03-16", claim("bill", "2026-03-02", "2026-03-05"))
    assert rosa.answer(CTI) == "met"
    rosa.agrees("2026-03-16 10:00", "coaching")
    assert rosa.work(CTI, "contact_two_business_days") == [("contact_two_business_days", "breached", "2026-03-09")]
    assert ("throughcare", "2026-03-02", "2026-03-05") in stays(rosa)
    assert missed(rosa, "2026-03-16 12:00") == {"hospital": {"2026-03": 1}}

    late = stay("stay", "rosa", "2026-03-02 11:00", "2026-03-05 15:30")
    rosa.sends("hospital", "2026-03-17", late)
    assert rosa.work(CTI, "contact_two_business_days") == [("contact_two_business_days", "breached", "2026-03-09")]
    ours = ("throughcare", "2026-03-02", "2026-03-05")
    assert stays(rosa) == [("hospital", "2026-02-01", "2026-02-03"), ours], "one stay, by its first name"
    assert missed(rosa, "2026-03-17 12:00") == {}


def test_a_source_missed_nothing_of_the_time_before_it_told_of_stays(rosa):
    rosa.sends("plan", "2026-03-16", claim("bill", "2026-03-02", "2026-03-05"))
    rosa.sends("hospital", "2026-03-17", stay("later", "rosa", "2026-03-12 10:00", "2026-03-14 10:00"))
    rosa.look()
    assert ("throughcare", "2026-03-02", "2026-03-05") in stays(rosa)
    assert missed(rosa, "2026-03-17 12:00") == {}


@pytest.mark.parametrize("told", [
    {"start": "2026-03-04 08:00", "end": "2026-03-06 10:00"},  # other days than the claim's, and yet the same stay
    {"start": "2026-03-05 23:00", "end": None, "kind": "OBSENC"},  # still there, by the hospital's word
])  # fmt: skip
def test_a_stay_the_hospital_told_of_in_its_own_way_is_not_told_twice(rosa, told):
    rosa.sends("hospital", "2026-03-06", stay("stay", "rosa", **told))
    rosa.sends("plan", "2026-03-16", claim("bill", "2026-03-02", "2026-03-05"))
    rosa.look()
    assert [source for source, *_ in stays(rosa)] == ["hospital"]


@pytest.mark.parametrize(
    ("end", "more"),
    [("2026-03-05", {"to": "30"}), ("2026-03-05", {"bill": "131"}), ("2026-03-20", {})],
    ids=["still a patient", "an outpatient's bill", "an end that has not come"],
)
def test_what_is_no_stay_that_ended_is_not_made_one(rosa, end, more):
    rosa.sends("plan", "2026-03-16", claim("bill", "2026-03-02", end, **more))
    rosa.look()
    assert stays(rosa) == []


def test_the_bills_of_one_long_stay_are_one_stay_and_a_withdrawn_bill_takes_it_back(rosa):
    bills = [claim("one", "2026-03-02", "2026-03-05", bill="112"), claim("two", "2026-03-02", "2026-03-09", bill="114")]
    rosa.sends("plan", "2026-03-16", *bills)
    rosa.look()
    assert stays(rosa) == [("throughcare", "2026-03-02", "2026-03-09")]
    rosa.sends("plan", "2026-03-18", *({**bill, "status": "cancelled"} for bill in bills))
    rosa.look()
    assert stays(rosa) == []
