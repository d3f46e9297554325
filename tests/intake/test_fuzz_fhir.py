"""Hostile FHIR: whatever stands in a file, a load ends, counts add up, and the good document beside it comes in."""

import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from throughcare.faults import Malformed
from throughcare.fhir import json as fhir_json
from throughcare.intake.fhir import bundle
from throughcare.intake.fhir.read import Line
from throughcare.intake.work import Done, Job, of_document, work
from throughcare.stores.postgres import Database

from .loading import run

JOB = Job([], "fuzz", "", "f.json", "America/New_York", 1 << 20, 64)
PATIENT = {"resourceType": "Patient", "id": "a", "name": [{"family": "X"}], "birthDate": "1950-01-31"}
BUNDLE = {"resourceType": "Bundle", "type": "transaction", "entry": [
    {"fullUrl": "urn:uuid:1", "resource": PATIENT, "request": {"method": "PUT", "url": "Patient/a"}},
    {"fullUrl": "urn:uuid:2", "resource": {"resourceType": "Encounter", "status": "finished", "class": {"code": "AMB"},
     "subject": {"reference": "urn:uuid:1"}}, "request": {"method": "POST", "url": "Encounter"}},
    {"request": {"method": "DELETE", "url": "Patient/b"}},
]}  # fmt: skip
ODD: list[Any] = [
    None,
    True,
    0,
    -1,
    1e300,
    "",
    "x" * 5000,
    [],
    {},
    [[]],
    [None],
    {"resourceType": 7},
    "\ud800",
    "urn:uuid:1",
]
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20)
NODES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["resourceType", "id", "entry", "resource", "request", "type", "x"]), inner)
    ),
    max_leaves=20,
)
KEYS = st.sampled_from(
    ["resourceType", "id", "type", "entry", "resource", "request", "method", "url", "reference", "x"]
)


def take(data: bytes) -> int:
    """Read, open and prepare a document as a load does; how many things came of it. Only Malformed may be raised."""
    try:
        resource = fhir_json.read(data, depth_max=64, bytes_max=1 << 20)
        opened = bundle.opened(resource, data, "fuzz", lambda kind, value: None)
    except Malformed:
        return 1
    done = Done()
    for number, (one, text) in enumerate(opened.puts, 1):
        of_document(one, JOB, number, done, text)
    assert len(done.prepared) + len(done.quarantined) == len(opened.puts)
    return len(opened.puts)


def mutated(seed: int) -> bytes:
    """A Bundle with some of its nodes put elsewhere, dropped, doubled or made odd, and sometimes its bytes broken."""
    chance = random.Random(seed)
    node = json.loads(json.dumps(BUNDLE))
    for _ in range(chance.randint(1, 4)):
        _change(node, chance)
    data = json.dumps(node).encode("utf-8", "surrogatepass")
    if chance.random() < 0.3:
        cut = chance.randrange(len(data))
        data = chance.choice([data[:cut], data[:cut] + bytes([chance.randrange(256)]) + data[cut + 1 :], data + data])
    return data


def _change(node: Any, chance: random.Random) -> None:
    places: list[tuple[Any, Any]] = []
    waiting = [node]
    while waiting:
        one = waiting.pop()
        keys = list(one) if isinstance(one, dict) else range(len(one)) if isinstance(one, list) else []
        places += [(one, key) for key in keys]
        waiting += [one[key] for key in keys]
    if not places:
        return
    where, key = chance.choice(places)
    other, other_key = chance.choice(places)
    how = chance.randrange(3)
    if how == 0:
        del where[key]
    else:
        where[key] = chance.choice(ODD) if how == 1 else json.loads(json.dumps(other[other_key]))


def test_two_thousand_broken_bundles_are_taken_or_refused_in_words() -> None:
    for seed in range(2000):
        try:
            take(mutated(seed))
        except Exception as fault:
            pytest.fail(f"seed {seed}: {type(fault).__name__} {fault}")


@settings(max_examples=500, deadline=2000, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(KEYS, NODES, max_size=5))
def test_any_json_object_is_taken_or_refused_in_words(node: dict) -> None:
    take(json.dumps({"resourceType": "Bundle", **node}).encode())
    take(json.dumps(node).encode())


@settings(max_examples=500, deadline=2000)
@given(st.binary(max_size=300))
def test_any_bytes_as_a_line_become_one_entry(data: bytes) -> None:
    done = work(
        Job([Line(1, data)], *(getattr(JOB, n) for n in ("source", "prefix", "file", "zone", "bytes_max", "depth_max")))
    )
    assert len(done.prepared) + len(done.quarantined) == 1


def test_a_folder_of_broken_files_never_stops_the_good_one(database: Database, tmp_path: Path) -> None:
    for seed in range(40):
        (tmp_path / f"{seed:03}.json").write_bytes(mutated(seed))
    (tmp_path / "zzz.json").write_text(json.dumps({**PATIENT, "id": "good"}))
    run(database, tmp_path, source="fuzz")
    with database.connection() as connection:
        found = connection.execute("select count(*) from record.resource where resource_id = 'good'").fetchone()
    assert found == (1,)
