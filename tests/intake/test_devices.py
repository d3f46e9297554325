"""Device readings: one unit for each, another converted, and what no living person has is kept with its reason."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from throughcare.faults import Malformed
from throughcare.fhir import json as fhir_json
from throughcare.fhir import validate
from throughcare.intake import archive, devices, formats
from throughcare.intake.devices.units import READ, in_our_units, quantity
from throughcare.intake.formats import Given, Piece
from throughcare.settings import Settings
from throughcare.stores.postgres import Database

from .loading import run

GIVEN = Given("watch", Settings.read({}))
BODY = {"body_weight": {"value": 180, "unit": "lb"}, "effective_time_frame": {"date_time": "2026-03-01T07:00:00-05:00"}}


def point(body: Any = BODY, name: str = "body-weight", version: str = "2.0", **header: Any) -> dict[str, Any]:
    schema = {"namespace": "omh", "name": name, "version": version}
    told = {"id": "1", "user_id": "ana", "creation_date_time": "2026-03-01T08:00:00Z", "schema_id": schema}
    return {"header": told | header, "body": body}


def read(text: bytes) -> list[Piece]:
    return list(devices.pieces([archive.of_bytes("points.json", text)], GIVEN))


@pytest.mark.parametrize(
    ("code", "value", "unit", "ours"),
    [
        ("29463-7", 180, "[lb_av]", "81.6466"),  # 1 lb = 0.45359237 kg exactly (NIST SP 811)
        ("8480-6", 16, "kPa", "120.0099"),  # 1 mmHg = 133.322 Pa
        ("2339-0", "5.5", "mmol/L", "99.0858"),  # glucose 180.156 g/mol
        ("8310-5", "98.6", "[degF]", "37"),
        ("8302-2", 70, "[in_i]", "177.8"),
        ("8867-4", 60, "{beat}/min", "60"),
    ],
)
def test_a_reading_is_converted_to_one_unit(code: str, value: Any, unit: str, ours: str) -> None:
    assert quantity(code, Decimal(str(value)), unit)["value"] == Decimal(ours)


@pytest.mark.parametrize(
    ("code", "value", "unit", "why"),
    [
        ("29463-7", 70, "km", "does not measure"),
        ("2339-0", 95, "%", "does not measure"),
        ("2339-0", 0, "mg/dL", "living person"),
        ("59408-5", 104, "%", "living person"),
        ("8480-6", 1200, "mm[Hg]", "living person"),
        ("8310-5", 98, "Cel", "living person"),
    ],
)
def test_what_no_living_person_has_is_refused(code: str, value: int, unit: str, why: str) -> None:
    with pytest.raises(Malformed, match=why):
        quantity(code, value, unit)


def test_an_observation_keeps_what_was_measured_beside_ours() -> None:
    whole = {"code": {"coding": [{"code": "29463-7"}]}, "valueQuantity": {"value": 200, "code": "[lb_av]"}}
    ours = in_our_units(whole)["valueQuantity"]
    assert (ours["value"], ours["code"]) == (Decimal("90.7185"), "kg")
    assert ours["extension"][0]["valueQuantity"] == {"value": 200, "code": "[lb_av]"}
    assert in_our_units(in_our_units(whole)) is not whole
    kilos = {"code": {"coding": [{"code": "29463-7"}]}, "valueQuantity": {"value": 90, "code": "kg"}}
    assert in_our_units(kilos) is kilos


def test_points_come_alone_as_an_array_or_as_lines() -> None:
    one, two = point(), point(id="2")
    for text in (
        json.dumps([one, two], indent=1),
        f"{json.dumps(one)}\n{json.dumps(two)}\n",
        json.dumps([one, two]),
    ):
        assert formats.of(archive.of_bytes("points.json", text.encode())) == "devices"
        made = read(text.encode())
        assert [piece.reason for piece in made] == ["", ""]
        assert [[r["resourceType"] for r in piece.resources] for piece in made] == [
            ["Patient", "Observation"],
            ["Observation"],
        ]
    assert len(read(json.dumps(one, indent=2).encode())) == 1


def test_a_bad_point_never_stops_the_next() -> None:
    lines = [point(user_id=""), point({"body_weight": {"value": 5000, "unit": "kg"}}), {"header": 1}, point()]
    text = "\n".join(map(json.dumps, lines)).encode() + b"\n{half\n"
    made = read(text)
    assert [bool(piece.reason) for piece in made] == [True, True, True, False, True]
    assert [bool(piece.reason) for piece in read(b"{half\n" + text)] == [True, True, True, True, False, True]
    assert all("ana" not in piece.reason for piece in made)


def test_care_models_see_the_reading_once_however_often_it_is_sent(database: Database, tmp_path: Path) -> None:
    sensed = {"acquisition_provenance": {"source_name": "Scale", "modality": "sensed"}}
    (tmp_path / "a.json").write_text(json.dumps([point(**sensed)]))
    (tmp_path / "b.json").write_text(json.dumps([point(**sensed), point(id="2")]))
    counts = run(database, tmp_path, source="watch")
    assert (counts.stored, counts.known, counts.quarantined) == (3, 2, 0)
    with database.connection() as connection:
        found = connection.execute("select * from flat.device_reading where auto_uploaded").fetchall()
    (row,) = found
    values = row.values() if isinstance(row, dict) else row
    assert "29463-7" in values and "kg" in values and Decimal("81.6466") in values


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6) | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=1500, deadline=None)
@given(st.sampled_from(sorted(READ["point"])), st.sampled_from(["1.0", "2.0", "4.0"]), st.data())
def test_any_member_may_be_anything(name: str, version: str, data: st.DataObject) -> None:
    kind = READ["point"][name]
    body: dict[str, Any] = {value: {"value": 37, "unit": kind["units"][0]} for value in kind["values"]}
    body |= {"effective_time_frame": {"date_time": "2026-03-01T07:00:00Z"}}
    whole = point(body, name, version)
    places = [whole, whole["header"], whole["header"]["schema_id"], body, *body.values()]
    place = data.draw(st.sampled_from(places))
    place[data.draw(st.sampled_from([*place, *READ["words"], "time_interval"]))] = data.draw(JSON)
    for piece in read(json.dumps(whole).encode()):
        for resource in piece.resources:
            validate.check(fhir_json.write(resource))


@settings(max_examples=1000, deadline=None)
@given(st.binary(max_size=60), st.integers(0, 300), st.integers(0, 40))
def test_broken_bytes_raise_nothing_but_a_reason(junk: bytes, at: int, cut: int) -> None:
    whole = json.dumps([point(), point(id="2")]).encode()
    try:
        made = read(whole[:at] + junk + whole[at + cut :])
    except Malformed:
        return
    assert all(piece.reason or piece.resources for piece in made)
