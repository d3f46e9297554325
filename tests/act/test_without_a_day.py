"""A source that says somebody is in a care model, and not since when: the pass goes on, and they are in it."""

from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from throughcare.act import run
from throughcare.act.shapes import MODEL, concept
from throughcare.fhir import json

from .conftest import NOW, a_care_model, library

COLUMNS = {
    "finding": {"person_id": pa.int64(), "model": pa.string(), "rule": pa.string(), "answer": pa.string(),
                "since": pa.timestamp("us", "UTC")},
    "role": {"person_id": pa.int64(), "model": pa.string(), "role": pa.string(), "member": pa.string(),
             "is_lead": pa.bool_()},
    "obligation": {"person_id": pa.int64(), "obligation_key": pa.string(), "status": pa.string()},
    "person": {"person_id": pa.int64(), "key": pa.string(), "zone": pa.string(), "died": pa.bool_(),
               "died_on": pa.date32(), "managing_organization": pa.string()},
}  # fmt: skip
ROLES = [("coaching", "coach", "Practitioner/c", True), ("home", "doctor", "Practitioner/d", True)]


class View:
    """Ana, whom two programs keep themselves; in `home` she is since January, in `coaching` since no day."""

    def tables(self, people: list[int], names: list[str]) -> dict[str, pa.Table]:
        roles = [dict(zip(COLUMNS["role"], (1, *one), strict=True)) for one in ROLES]
        rows: dict[str, list[Any]] = {"role": roles, "person": [{"person_id": 1, "key": "Patient/ana"}]}
        schemas = {name: pa.schema(list(COLUMNS.get(name, {"person_id": pa.int64()}).items())) for name in names}
        return {name: pa.Table.from_pylist(rows.get(name, []), schema=schemas[name]) for name in names}

    def current(
        self, people: list[int], types: list[str], *, ours: bool = True
    ) -> list[tuple[int, str, str, int, bytes]]:
        told = [{"id": "e-c", "type": [concept(MODEL, "coaching")]},
                {"id": "e-h", "type": [concept(MODEL, "home")], "period": {"start": "2026-01-05"}}]  # fmt: skip
        whole = {"resourceType": "EpisodeOfCare", "status": "active", "patient": {"reference": "Patient/ana"}}
        return [] if ours else [(1, "EpisodeOfCare", one["id"], 1, json.write(whole | one)) for one in told]  # type: ignore[list-item]

    def read_many(self, keys: Any) -> dict[str, tuple[int, bytes]]:
        return {}

    def numbers(self, people: list[int]) -> list[tuple[str, int, int]]:
        return [("ana", 1, 0)]

    def teams(self) -> list[Any]:
        return []

    panel = staff = lambda self, *people: []


def test_an_enrollment_without_a_day_stops_no_pass_and_its_roles_are_filled_behind_those_with_one() -> None:
    models = [a_care_model("coaching"), a_care_model("home")]
    changes = run.run(View(), models, library(), NOW, [1], zone=ZoneInfo("America/New_York"))
    (team,) = [body for put in changes.puts if (body := json.read(put.body))["resourceType"] == "CareTeam"]
    leads = {
        one["member"]["reference"]: any("lead" in e["url"] for e in one["extension"]) for one in team["participant"]
    }
    assert leads == {"Practitioner/c": False, "Practitioner/d": True}
