"""A made community is deterministic, its ids are unique, and its truth agrees with what its sources say."""

import json
import re
from datetime import date
from pathlib import Path

import pytest

from throughcare.community.make import make
from throughcare.fhir import validate

ON = date(2026, 3, 17)
_PATIENT = re.compile(r'"reference":"(Patient/[^"]+)"')
_WORKER = re.compile(r'"reference":"(Practitioner/[^"]+)"')


def _lines(folder: Path) -> dict[str, list[str]]:
    return {str(p.relative_to(folder)): p.read_text().splitlines() for p in sorted(folder.rglob("*.ndjson"))}


@pytest.fixture(scope="module")
def community(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("community")
    make(folder, 300, 7, ON)
    return folder


def test_the_same_seed_and_day_give_the_same_bytes(community: Path, tmp_path: Path) -> None:
    make(tmp_path, 300, 7, ON)
    assert _lines(tmp_path) == _lines(community)


def test_another_seed_gives_another_community(community: Path, tmp_path: Path) -> None:
    make(tmp_path, 300, 8, ON)
    assert _lines(tmp_path)["truth.ndjson"] != _lines(community)["truth.ndjson"]


def test_every_id_is_used_once(community: Path) -> None:
    seen = [(r["resourceType"], r["id"]) for r in _resources(community)]
    assert len(seen) == len(set(seen)) > 5000


def test_every_resource_is_valid_r4(community: Path) -> None:
    for path in sorted(community.glob("*/*.ndjson")):
        for line in path.read_bytes().splitlines():
            validate.check(line)


def test_every_reference_to_a_patient_leads_to_one(community: Path) -> None:
    patients = {f"Patient/{r['id']}" for r in _resources(community) if r["resourceType"] == "Patient"}
    named = {name for lines in _lines(community).values() for line in lines for name in _PATIENT.findall(line)}
    assert named and named <= patients


def test_every_worker_who_is_named_works_somewhere(community: Path) -> None:
    workers = {f"Practitioner/{r['id']}" for r in _resources(community) if r["resourceType"] == "Practitioner"}
    named = {name for lines in _lines(community).values() for line in lines for name in _WORKER.findall(line)}
    assert named and named <= workers


def test_truth_names_the_stays_the_hospitals_kept_silent_about(community: Path) -> None:
    told = {r["id"] for r in _resources(community) if r["resourceType"] == "Encounter"}
    truths = [json.loads(line) for line in (community / "truth.ndjson").read_text().splitlines()]
    silent = {stay for t in truths for stay in t["discharged_silently"]}
    spoken = {s["id"] for t in truths for s in t["stays"] if not s["silent"]}
    assert silent and not silent & told and spoken <= told


def _resources(folder: Path) -> list[dict]:
    return [json.loads(line) for path in sorted(folder.glob("*/*.ndjson")) for line in path.read_text().splitlines()]
