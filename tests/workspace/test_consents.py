"""Consent on a page: what stands, for whom, until when, before whom; written down, taken back, and each undone."""

import re

import pytest

from throughcare.fhir import json, validate
from throughcare.record.changes import Changes, Put
from throughcare.record.commit import commit

from .conftest import signed_in
from .world import NOW

YES = {"how": "record", "kind": "share_information", "answer": "yes", "from": "2026-03-17", "to": "2026-12-31",
       "method": "verbal", "signer": "self", "receiver": "Organization/bay", "witness": "Rosa Marín"}  # fmt: skip


@pytest.fixture
def noor(town):
    browser = signed_in(town)("noor")
    browser.page = f"/people/{town.people['p7']}/consents"
    browser.get(browser.page)
    return browser


def kept(town) -> list[dict]:
    with town.site.database.connection() as connection:
        found = connection.execute(
            "select body from record.resource where resource_type = 'Consent' and known_to is null order by resource_id"
        ).fetchall()
    return [json.read(body.encode()) for (body,) in found]


def stands(text: str) -> str:
    return text.partition("What stands")[2].partition("Write an answer down")[0]


def test_an_answer_is_written_down_with_all_that_was_said(town, noor):
    answer = noor.post(noor.page, YES)
    assert "done=recorded" in answer.header("location")
    text = noor.get(answer.header("location")).text
    assert "The answer is written down." in text
    now = stands(text)
    assert "Tell an organization what it needs to help" in now and "<bdi>Bayshore</bdi> may be told." in now
    assert "From Mar 17, 2026 to Dec 31, 2026." in now and "Said aloud. Witnessed by <bdi>Rosa Marín</bdi>." in now
    (body,) = kept(town)
    validate.check(json.write(body))
    witness = next(e for e in body["extension"] if e["url"].endswith("/consent-Witness"))
    assert witness["valueReference"] == {"display": "Rosa Marín"}
    assert body["provision"]["actor"][0]["reference"]["reference"] == "Organization/bay"


def test_the_page_of_the_person_says_what_stands(town, noor):
    page = f"/people/{town.people['p7']}"
    assert "No consent is written down." in noor.get(page).text
    noor.post(noor.page, YES)
    side = noor.get(page).text.partition("<h2>Consent")[2].partition("</section>")[0]
    assert "Tell an organization what it needs to help" in side and "Bayshore" in side and ">Yes<" in side
    noor.post(noor.page, YES | {"answer": "no", "kind": "home_visit", "receiver": ""})
    side = noor.get(page).text.partition("<h2>Consent")[2].partition("</section>")[0]
    assert "Visits at home" in side and ">No<" in side


def test_nobody_is_said_to_be_told_where_the_answer_was_no_or_is_over(town, noor):
    noor.post(noor.page, YES | {"answer": "no"})
    noor.post(noor.page, YES | {"receiver": "Organization/harbor", "from": "2026-01-01", "to": "2026-02-01"})
    text = noor.get(noor.page).text
    assert "<bdi>Bayshore</bdi> may not be told." in text and "About telling <bdi>Harbor Health</bdi>." in text
    assert "may be told." not in text


def test_it_is_taken_back_and_that_is_undone(town, noor):
    noor.post(noor.page, YES)
    ident = kept(town)[0]["id"]
    answer = noor.post(noor.page, {"how": "withdraw", "consent": ident})
    text = noor.get(answer.header("location")).text
    assert "Nothing rests on it from now on." in text
    assert "taken back Mar 17, 2026" in text.partition("What does not stand")[2]
    assert kept(town)[0]["status"] == "inactive"
    sam = signed_in(town)("sam")
    sam.get(noor.page)
    assert "problem=not_yours_to_undo" in sam.post(noor.page, {"how": "keep", "consent": ident}).header("location")
    assert kept(town)[0]["status"] == "inactive"
    answer = noor.post(noor.page, {"how": "keep", "consent": ident})
    assert "The consent stands as before." in noor.get(answer.header("location")).text
    assert kept(town)[0]["status"] == "active" and "withdrawn-at" not in str(kept(town)[0])


def test_an_answer_written_in_error_is_struck_out_by_who_wrote_it(town, noor):
    noor.post(noor.page, YES)
    ident = kept(town)[0]["id"]
    sam = signed_in(town)("sam")
    sam.get(noor.page)
    refused = sam.post(noor.page, {"how": "retract", "consent": ident})
    assert "problem=not_yours_to_undo" in refused.header("location")
    assert "Only whoever wrote this down can undo it." in sam.get(refused.header("location")).text
    answer = noor.post(noor.page, {"how": "retract", "consent": ident})
    assert "struck out" in noor.get(answer.header("location")).text
    assert kept(town)[0]["status"] == "entered-in-error"
    assert "Bayshore</bdi> may be told" not in noor.get(noor.page).text


@pytest.mark.parametrize(
    "wrong",
    [{"kind": "made_up"}, {"kind": ""}, {"answer": "maybe"}, {"from": ""}, {"from": "soon"}, {"to": "later"},
     {"receiver": "Organization/nowhere"}, {"receiver": "Patient/canary"}, {"method": "sung"}, {"signer": "neighbor"}],
    ids=str,
)  # fmt: skip
def test_what_does_not_fit_is_said_and_not_written(town, noor, wrong):
    answer = noor.post(noor.page, YES | wrong)
    assert "problem=form" in answer.header("location") and kept(town) == []
    assert "Nothing was written down." in noor.get(answer.header("location")).text


def test_days_in_the_wrong_order_are_said(town, noor):
    answer = noor.post(noor.page, YES | {"to": "2026-03-01"})
    assert "The last day lies before the first." in noor.get(answer.header("location")).text and kept(town) == []


def test_a_consent_to_come_and_one_that_is_over_are_told_apart(town, noor):
    noor.post(noor.page, YES | {"from": "2026-05-01"})
    noor.post(noor.page, YES | {"from": "2026-01-01", "to": "2026-03-16", "kind": "home_visit"})
    text = noor.get(noor.page).text
    assert "Yes, later" in stands(text).partition("What does not stand")[0]
    assert "Over" in text.partition("What does not stand")[2]


def test_family_may_be_told_and_a_program_is_asked_by_its_title(town, noor):
    text = noor.get(noor.page).text
    family = re.search(r'<option value="(RelatedPerson/[^"]+)">Inés', text)[1]
    noor.post(noor.page, YES | {"receiver": family, "signer": "guardian"})
    assert "<bdi>Inés</bdi> may be told." in noor.get(noor.page).text
    assert "performer" not in kept(town)[0] and "organization" not in kept(town)[0]


def test_ones_own_name_as_witness_is_ones_own_record(town, noor):
    noor.post(noor.page, YES | {"witness": "Noor Haddad"})
    assert {"display": "Noor Haddad", "reference": "Practitioner/noor"} in [
        e.get("valueReference") for e in kept(town)[0]["extension"]
    ]


def test_what_another_source_tells_is_shown_and_is_not_ours_to_take_back(town, noor):
    told = {"resourceType": "Consent", "id": "theirs", "status": "active", "patient": {"reference": "Patient/p7"},
            "scope": {"coding": [{"code": "patient-privacy"}]}, "dateTime": "2026-02-01",
            "category": [{"coding": [{"code": "59284-0", "display": "Consent Document"}]}],
            "organization": [{"reference": "Organization/bay"}], "policyRule": {"text": "x"}}  # fmt: skip
    put = Put(json.write(told), "St. Brigid")
    assert not commit(town.site.database, Changes([put]), door="flow", stage="t", actor="t", at=NOW).refused
    text = stands(noor.get(noor.page).text)
    assert "Consent Document" in text and "Told by <bdi>St. Brigid</bdi>" in text
    assert "Bayshore" not in text, "it keeps the paper"
    assert "Take back" not in text
    assert noor.post(noor.page, {"how": "withdraw", "consent": "theirs"}).status == 404


def test_nobody_reaches_the_consents_of_whom_they_may_not_see(town, noor):
    noor.post(noor.page, YES)
    ident, ben = kept(town)[0]["id"], signed_in(town)("ben")
    ben.get("/today")
    assert ben.get(noor.page).status == 404
    assert ben.post(noor.page, {"how": "withdraw", "consent": ident}).status == 404
    theirs = f"/people/{town.people['other']}/consents"
    assert ben.post(theirs, {"how": "withdraw", "consent": ident}).status == 404, "not by another's page either"
    assert kept(town)[0]["status"] == "active"


def test_in_spanish_in_plain_words(town, noor):
    noor.post(noor.page, YES)
    noor.post("/language", {"language": "es", "back": noor.page})
    text = noor.get(noor.page).text
    assert "Permisos" in text and "Contar a una organización lo necesario para ayudar" in text
    assert "Se puede contar a <bdi>Bayshore</bdi>." in text and "Tell an organization" not in text
