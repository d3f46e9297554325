"""The directory's doubles on a page: decided, taken apart, taken back; lists show an organization once."""

import re

import pytest

from throughcare.fhir import json, validate
from throughcare.flow.moment import Moment
from throughcare.identity import directory
from throughcare.record.changes import Changes, Put
from throughcare.record.commit import commit

from .conftest import signed_in
from .world import NOW

NPI = "http://hl7.org/fhir/sid/us-npi"
REAL = ("1234567893", "1245319599")


def pantry(ident: str, line: str = "4 Main Street", npi: str = "", phone: str = "", name: str = "Bread & Roses Pantry"):
    return {
        "resourceType": "Organization", "id": ident, "name": name,
        "address": [{"line": [line], "postalCode": "06001"}],
        **({"identifier": [{"system": NPI, "value": npi}]} if npi else {}),
        **({"telecom": [{"system": "phone", "value": phone}]} if phone else {}),
    }  # fmt: skip


@pytest.fixture
def told(town):
    """Two entries that are one by name and address, a third in the same ZIP code, and one of another name."""
    tell(town, "north", pantry("a"), pantry("z", name="Other Place"))
    tell(town, "south", pantry("b", "4 Main St."))
    tell(town, "west", pantry("c", "90 Elm Street"))
    night(town)
    return town


def tell(town, source: str, *bodies: dict) -> None:
    puts = [Put(json.write(body), source) for body in bodies]
    assert not commit(town.site.database, Changes(puts), door="flow", stage="t", actor="t", at=NOW).refused


def night(town) -> None:
    _, changes = directory.run(Moment(town.site.database))
    if changes:
        assert not commit(town.site.database, changes, door="flow", stage="identity", actor="t", at=NOW).refused


def linkages(town) -> list[dict]:
    with town.site.database.connection() as connection:
        found = connection.execute(
            "select body from record.resource where resource_type = 'Linkage' and known_to is null and not deleted"
        ).fetchall()
    return [json.read(body.encode()) for (body,) in found]


def one(town) -> list[list[str]]:
    made = [body for body in linkages(town) if body["id"].startswith("same-")]
    return sorted([item["resource"]["reference"] for item in body["item"]] for body in made)


@pytest.fixture
def dana(told):
    browser = signed_in(told)("dana")
    browser.get("/directory")
    return browser


A, B, C = "Organization/a", "Organization/b", "Organization/c"


def test_what_is_taken_as_one_says_why_and_who_told_it(dana):
    text = dana.get("/directory").text
    taken = text.partition("One group is taken as one")[2]
    assert "One name at one address." in taken
    assert "4 Main Street, 06001" in taken and "<bdi>north</bdi>" in taken and "<bdi>south</bdi>" in taken
    assert "Other Place" not in text


def test_what_is_left_to_decide_stands_first_with_what_speaks_for_it(dana):
    text = dana.get("/directory").text
    assert "One pair to decide." in text
    open_ = text.partition("To decide")[2].partition("taken as one")[0]
    assert "One name in one ZIP code." in open_ and "90 Elm Street, 06001" in open_


def test_a_pair_said_to_be_one_joins_its_group_at_once_and_stays_after_the_night(dana, told):
    answer = dana.post("/directory", {"one": A, "others": C, "word": "same"})
    assert one(told) == [[A, B, C]]
    for body in linkages(told):
        validate.check(json.write(body))
    night(told)
    assert one(told) == [[A, B, C]]
    text = dana.get(answer.header("location")).text
    assert "They are taken as one." in text and "Someone on staff said they are one." in text
    assert "Nothing is left to decide." in text
    dana.post("/directory", {"one": A, "others": C, "word": "undo"})
    assert one(told) == [[A, B]] and len(linkages(told)) == 1


def test_one_taken_out_stays_out_after_the_night_until_that_is_taken_back(dana, told):
    out = re.search(r'name="one" value="(Organization/b)"><input type="hidden" name="others" value="([^"]*)"',
                    dana.get("/directory").text)  # fmt: skip
    answer = dana.post("/directory", {"one": out[1], "others": out[2], "word": "apart"})
    night(told)
    assert one(told) == []
    text = dana.get(answer.header("location")).text
    assert "They are kept apart." in text and "One pair was kept apart" in text
    assert "No entries are taken as one." in text
    dana.post("/directory", {"one": B, "others": A, "word": "undo"})
    assert one(told) == [[A, B]]


def test_what_was_decided_is_not_asked_again(dana):
    dana.post("/directory", {"one": C, "others": A, "word": "apart"})
    assert "Nothing is left to decide." in dana.get("/directory").text


@pytest.mark.parametrize(
    "form",
    [
        {"one": A, "others": "", "word": "same"}, {"one": A, "others": A, "word": "same"},
        {"one": A, "others": "Organization/nowhere", "word": "same"}, {"one": A, "others": B, "word": "burn"},
        {"one": "Practitioner/noor", "others": A, "word": "same"}, 
        {"one": "Patient/p1", "others": "Patient/p2", "word": "same"},
    ],
    ids=str,
)  # fmt: skip
def test_a_word_on_anything_else_is_refused(dana, told, form):
    before = linkages(told)
    assert dana.post("/directory", form).status == 404
    assert linkages(told) == before


def test_a_list_of_organizations_shows_one_that_is_told_twice_once(told):
    noor = signed_in(told)("noor")
    page = f"/people/{told.people['p7']}/consents"
    assert noor.get(page).text.count(">Bread &amp; Roses Pantry</option>") == 2
    dana = signed_in(told)("dana")
    dana.get("/directory")
    dana.post("/directory", {"one": A, "others": C, "word": "same"})
    assert noor.get(page).text.count(">Bread &amp; Roses Pantry</option>") == 1


def test_it_is_for_data_stewards_and_found_by_them(told):
    visit = signed_in(told)
    assert 'href="/directory"' in visit("dana").get("/feeds").text
    assert 'href="/directory"' not in visit("sam").get("/feeds").text
    assert visit("noor").get("/directory").status == 403


def test_in_spanish(dana):
    dana.post("/language", {"language": "es", "back": "/directory"})
    text = dana.get("/directory").text
    assert "¿Una o varias?" in text and "Un nombre en un código postal." in text and "They are one" not in text
