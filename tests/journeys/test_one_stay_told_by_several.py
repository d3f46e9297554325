"""One stay told by a hospital's messages, a document and a claim: one journey, one task, whoever was heard first.

The program's days are those of the story with a coach: two business days after leaving, by the hospital's own day.
"""

from datetime import date

import pytest

from throughcare.community.shapes import condition

from ..identity.stays_as_told import MEMBER, adt, asked, claim, summary
from .sources import patient

CTI = "care_transitions_intervention"
IN, OUT = "2026-03-02 11:00", "2026-03-05 15:30"  # a Monday, a Thursday
CONTACT = "contact_two_business_days"


@pytest.fixture
def ana(life):
    life.whom = "member"
    heart = condition("hf", "member", "I50.22", "Heart failure", date(2024, 1, 15), category="problem-list-item")
    told = {name: MEMBER[name] for name in ("identifier", "name")}
    life.sends("practice", "2026-02-20", patient("member", "1950-01-31", **told), heart)
    return life


def owed(life) -> dict[str, str]:
    """Each obligation of the coach's program that has opened, and how it stands."""
    rows = life.rows("select obligation_key, status from think.obligation where model = %s", CTI)
    return {key: status for key, status in rows if status != "future"}


def tasks(life) -> list[tuple[str, str]]:
    return sorted((t.body["id"], t.body["status"]) for t in life.stored("Task"))


def test_a_document_of_the_stay_a_hospital_told_of_changes_nothing(ana):
    ana.brings("general", "2026-03-02 11:05", adt("A01", "V1", IN, IN))
    ana.agrees("2026-03-03 10:00", "coaching")
    ana.brings("general", "2026-03-05 15:35", adt("A03", "V1", OUT, IN, OUT))
    before, work = owed(ana), tasks(ana)
    assert ana.work(CTI, CONTACT) == [(CONTACT, "open", "2026-03-09")]
    ana.brings("exchange", "2026-03-05 18:00", summary("X1", IN, "2026-03-05 15:00"))
    assert (owed(ana), tasks(ana)) == (before, work)
    assert ana.episode(CTI).status == "active", "nobody came back to hospital"
    assert ana.answer(CTI) == "met"


def test_a_real_readmission_the_next_day_is_told_twice_and_ends_the_program_once(ana):
    back, home = "2026-03-06 08:00", "2026-03-08 12:00"
    ana.brings("general", "2026-03-02 11:05", adt("A01", "V1", IN, IN))
    ana.agrees("2026-03-03 10:00", "coaching")
    ana.brings("general", "2026-03-05 15:35", adt("A03", "V1", OUT, IN, OUT))
    ana.brings("exchange", "2026-03-05 18:00", summary("X1", IN, OUT))
    assert ana.episode(CTI).status == "active"
    ana.brings("general", "2026-03-06 08:05", adt("A01", "V2", back, back))
    assert (ana.episode(CTI).status, ana.episode(CTI).reason) == ("cancelled", "back_in_hospital")
    ana.brings("general", "2026-03-08 12:05", adt("A03", "V2", home, back, home))
    ana.brings("exchange", "2026-03-08 18:00", summary("X2", back, home))
    anchors = {
        key
        for (key,) in ana.rows("select anchor_key from think.obligation where model = %s and step = %s", CTI, CONTACT)
    }
    assert len(anchors) == 2, "two journeys home, each told twice"


def test_work_done_about_a_claims_stay_goes_with_it_when_the_hospitals_own_word_comes(ana):
    ana.sends("plan", "2026-03-16", claim("bill", "2026-03-02", "2026-03-05"))
    ana.agrees("2026-03-16 10:00", "coaching")
    assert ana.work(CTI, CONTACT) == [(CONTACT, "breached", "2026-03-09")], "late from the true day"
    ana.calls("2026-03-16 11:00", ana.task(CTI, CONTACT))
    assert ana.work(CTI, CONTACT) == [(CONTACT, "late", "2026-03-09")]
    before, work = owed(ana), tasks(ana)
    ana.brings("general", "2026-03-16 15:00", adt("A03", "V1", "2026-03-16 14:00", IN, OUT))
    assert owed(ana) == before, "the same obligations, none doubled and none asked for again"
    assert tasks(ana) == work, "no task doubled, reopened or lost"
    ana.brings("exchange", "2026-03-16 17:00", summary("X1", IN, OUT))
    assert (owed(ana), tasks(ana)) == (before, work)


def test_a_stay_left_open_is_ended_by_the_claim_and_the_work_after_it_is_late_from_the_true_day(ana):
    ana.brings("general", "2026-03-02 11:05", adt("A01", "V1", IN, IN))
    ana.agrees("2026-03-03 10:00", "coaching")
    assert ana.work(CTI, CONTACT) == []
    ana.sends("plan", "2026-03-16", claim("bill", "2026-03-02", "2026-03-05"))
    assert ana.work(CTI, CONTACT) == [(CONTACT, "breached", "2026-03-09")]
    before, work = owed(ana), tasks(ana)
    ana.brings("general", "2026-03-16 15:00", adt("A03", "V1", "2026-03-16 14:00", IN, OUT))
    assert (owed(ana), tasks(ana)) == (before, work)


def test_a_stay_her_family_tells_of_begins_the_work_and_the_hospitals_own_word_doubles_nothing(ana):
    ana.agrees("2026-03-10 09:00", "coaching")
    ana.sends("portal", "2026-03-10 10:00", asked("a1", "2026-03-02", "2026-03-05", to="01"))
    assert ana.answer(CTI) == "met"
    assert ana.work(CTI, CONTACT) == [(CONTACT, "breached", "2026-03-09")], "late from the true day"
    before, work = owed(ana), tasks(ana)
    ana.brings("general", "2026-03-10 15:00", adt("A03", "V1", "2026-03-10 14:00", IN, OUT))
    assert (owed(ana), tasks(ana)) == (before, work)
