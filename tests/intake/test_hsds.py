"""HSDS: nested or in tables the same entries come in, and what goes out says what came in."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from throughcare.cli.directory import standing
from throughcare.faults import Malformed
from throughcare.fhir import json as fhir_json
from throughcare.fhir import validate
from throughcare.intake import archive, formats, hsds
from throughcare.intake.formats import Given, Piece
from throughcare.intake.hsds import write
from throughcare.settings import Settings

GIVEN = Given("directory", Settings.read({}))
ID = "ac148810-d857-441c-9679-408f346de14b"
SERVICE: dict[str, Any] = {
    "id": ID, "name": "Food pantry", "status": "active", "assured_date": "2026-01-15", "minimum_age": 18,
    "eligibility_description": "Everybody", "application_process": "Walk in",
    "organization": {"id": "d9d5e0f5-d3ce-4f73-9a2f-4dd0ecc6c610", "name": "Pantry Inc.", "description": "Food"},
    "service_areas": [{"id": "1", "extent": "12180 and 12182"}],
    "schedules": [{"id": "s", "freq": "WEEKLY", "byday": "MO,WE", "opens_at": "09:00", "closes_at": "17:00:00"}],
    "cost_options": [{"id": "c", "amount": 0}],
}  # fmt: skip


def read(*texts: bytes) -> list[Piece]:
    return list(hsds.pieces([archive.of_bytes(f"{n}.json", text) for n, text in enumerate(texts)], GIVEN))


def made(*values: Any) -> list[dict[str, Any]]:
    return [one for piece in read(*(json.dumps(v).encode() for v in values)) for one in piece.resources]


def said(resource: dict[str, Any], name: str) -> list[Any]:
    found = [e for e in resource.get("extension", ()) if e["url"] == f"urn:throughcare:{name}"]
    return [v for e in found for k, v in e.items() if k != "url"]


def test_a_service_comes_with_all_that_care_models_read() -> None:
    assert formats.of(archive.of_bytes("x.json", json.dumps(SERVICE).encode())) == "hsds"
    organization, service = made(SERVICE)
    assert service["providedBy"]["reference"] == f"Organization/{organization['id']}"
    assert (said(service, "assured-on"), said(service, "age-from"), said(service, "cost")) == (
        ["2026-01-15"],
        [18],
        ["free"],
    )
    assert said(service, "zip") == ["12180", "12182"]
    hours = {"daysOfWeek": ["mon", "wed"], "availableStartTime": "09:00:00", "availableEndTime": "17:00:00"}
    assert service["availableTime"] == [hours]


def test_an_entry_told_in_two_files_is_one() -> None:
    short = {"id": ID, "name": "Food pantry", "status": "inactive", "assured_date": "2026-02-01", "alert": "Closed"}
    _, service = made(SERVICE, {"contents": [short]})
    assert service["active"] is False and said(service, "alert") == [True]
    assert said(service, "assured-on") == ["2026-02-01"] and said(service, "age-from") == [18]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"name": ""}, "has no name"),
        ({"status": None}, "has no status"),
        ({"assured_date": "last May"}, "assured_date is not a date"),
        ({"minimum_age": "grown up"}, "minimum_age is not an age"),
        ({"id": None}, "has no id"),
    ],
)
def test_a_bad_entry_is_kept_with_its_reason_and_the_others_come_in(change: dict[str, Any], reason: str) -> None:
    found = read(json.dumps([SERVICE | change, SERVICE | {"id": "other"}]).encode())
    assert [reason in piece.reason for piece in found if piece.reason] == [True]
    assert sum(r["resourceType"] == "HealthcareService" for p in found for r in p.resources) == 1


def test_a_file_that_is_no_json_is_kept_and_the_others_come_in() -> None:
    found = read(b'{"name": "x", "status": ', json.dumps(SERVICE).encode())
    assert [bool(piece.reason) for piece in found] == [False, False, True]


def test_a_file_without_an_entry_says_so_and_tables_may_be_json() -> None:
    tables = {"services.csv": [SERVICE], "phones.csv": [{"id": "p", "service_id": ID, "number": "555"}]}
    empty, *_ = (piece for piece in read(b'{"name": "x", "tax_id": 1}') if piece.reason)
    assert empty.reason == "0.json: no organization, location or service is in it."
    assert made(tables)[-1]["telecom"] == [{"system": "phone", "value": "555", "use": "work"}]


def test_what_goes_out_says_what_came_in() -> None:
    organization, service = made(SERVICE)
    (out,) = write.services([service], {f"Organization/{organization['id']}": organization}, {})
    same = ("id", "name", "status", "assured_date", "minimum_age", "eligibility_description", "application_process")
    assert {name: out[name] for name in same} == {name: SERVICE[name] for name in same}
    assert out["organization"] == SERVICE["organization"]
    assert (out["schedules"][0]["byday"], out["schedules"][0]["opens_at"]) == ("MO,WE", "09:00:00")


def test_freshness_is_told_by_the_day_somebody_vouched_for_it() -> None:
    found = [*made(SERVICE), *made(SERVICE | {"id": "b", "assured_date": ""})]
    services = [one for one in found if one["resourceType"] == "HealthcareService"]
    counts = {how: len(ones) for how, ones in standing(services, date(2026, 7, 14), 180).items()}
    assert counts == {"fresh": 1, "stale": 0, "never": 1}
    assert len(standing(services, date(2026, 7, 15), 180)["stale"]) == 1


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


def _places(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
    for one in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _places(one)


@settings(max_examples=1500, deadline=None)
@given(st.data())
def test_any_member_may_be_anything(data: st.DataObject) -> None:
    entry = json.loads(json.dumps(SERVICE | {"languages": [{}], "attributes": [{}], "program": {}, "phones": [{}]}))
    place = data.draw(st.sampled_from(list(_places(entry))))
    names = [*place, "number", "code", "latitude", "taxonomy_term", "service_at_locations", "location", "program_id"]
    place[data.draw(st.sampled_from(names))] = data.draw(JSON)
    for piece in read(json.dumps(entry).encode()):
        for resource in piece.resources:
            validate.check(fhir_json.write(resource))


@settings(max_examples=800, deadline=None)
@given(st.binary(max_size=60), st.integers(0, 300), st.booleans())
def test_broken_bytes_raise_nothing(junk: bytes, at: int, table: bool) -> None:
    whole = b"id,name,status,assured_date\n1,Pantry,active,2026-01-01\n" if table else json.dumps(SERVICE).encode()
    name = "services.csv" if table else "a.json"
    try:
        found = list(hsds.pieces([archive.of_bytes(name, whole[:at] + junk + whole[at:])], GIVEN))
    except Malformed:
        return
    assert all(piece.reason or piece.resources for piece in found)
