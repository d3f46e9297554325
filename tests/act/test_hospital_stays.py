"""What the person or the family tells of a stay, as staff write it down: the form's answers, or why not."""

from datetime import UTC, date, datetime

import pytest

from throughcare.act.hospital_stays import take_back_stay, told_of_stay
from throughcare.act.shapes import Refusal, Stored
from throughcare.fhir import json

AT, TODAY = datetime(2026, 3, 10, 14, tzinfo=UTC), date(2026, 3, 10)


def told(began: str, left: str = "", **more):
    days = {"began_on": date.fromisoformat(began), "left_on": date.fromisoformat(left) if left else None}
    who = {"person_id": 7, "patient": "Patient/ana", "by": "Practitioner/noor", "at": AT, "today": TODAY}
    return told_of_stay(**who, **days, **more)


def test_the_answers_stand_on_the_form_with_who_told_and_who_wrote():
    (put,) = told("2026-03-02", "2026-03-05", place="General", left_to="01", told_by="family").puts
    body = json.read(put.body)
    answers = {item["linkId"]: next(iter(item["answer"][0].values())) for item in body["item"]}
    assert (answers["began_on"], answers["left_on"], answers["place"]) == ("2026-03-02", "2026-03-05", "General")
    assert (answers["in_hospital"]["code"], answers["left_to"]["code"]) == ("yes", "01")
    assert (body["author"]["reference"], body["source"]["type"]) == ("Practitioner/noor", "RelatedPerson")


def test_a_later_answer_about_the_same_first_day_takes_the_place_of_the_first():
    first, later = (json.read(told("2026-03-02", left).puts[0].body) for left in ("", "2026-03-05"))
    assert first["id"] == later["id"] and first != later


@pytest.mark.parametrize(("days", "more", "why"), [
    (("2026-03-11",), {}, "in_the_future"),
    (("2026-03-02", "2026-03-12"), {}, "in_the_future"),
    (("2026-03-05", "2026-03-02"), {}, "end_before_start"),
    (("2026-03-02",), {"left_to": "01"}, "left_to"),
    (("2026-03-02", "2026-03-05"), {"left_to": "99"}, "left_to"),
])  # fmt: skip
def test_what_cannot_be_is_refused_with_its_reason(days, more, why):
    refused = told(*days, **more)
    assert isinstance(refused, Refusal) and refused.code == why


def test_what_was_told_by_mistake_is_taken_back_once():
    stored = Stored(7, 1, json.read(told("2026-03-02").puts[0].body))
    (put,) = take_back_stay(stored, by="Practitioner/noor").puts
    assert json.read(put.body)["status"] == "entered-in-error" and put.if_version == 1
    assert take_back_stay(Stored(7, 2, json.read(put.body)), by="Practitioner/noor").code == "already_retracted"
