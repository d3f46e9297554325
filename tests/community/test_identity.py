"""Linking the invented community: who its truth says is one person is linked, and nobody else is."""

import json
from datetime import date

import pytest

from throughcare.community.make import make
from throughcare.identity import judge
from throughcare.identity.comparisons import read


@pytest.fixture(scope="module")
def community(tmp_path_factory):
    """Patients of all sources, and whose each is by the community's own truth."""
    folder = tmp_path_factory.mktemp("made")
    make(folder, 400, 11, date(2026, 3, 17))
    bodies = [json.loads(line) for path in folder.glob("*/Patient.ndjson") for line in path.read_bytes().splitlines()]
    patients = {body["id"]: body for body in bodies}
    truths = [json.loads(line) for line in (folder / "truth.ndjson").read_bytes().splitlines()]
    person = {i: str(one["person"]) for one in truths for i in one["patients"] if i in patients}
    return [patients[i] for i in person], person


def test_everyone_of_the_community_is_one_person_and_only_one(community):
    patients, person = community
    found = judge.judged(judge.patients(patients), person, read())
    assert found.records > 400
    assert found.true > 100
    assert found.precision == 1.0
    assert found.recall >= 0.99
