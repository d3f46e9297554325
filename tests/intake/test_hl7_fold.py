"""Whatever order messages come in, and however often: the same state, and it is what truly happened."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from throughcare.community import hospital
from throughcare.fhir import json
from throughcare.record.view import View
from throughcare.stores.postgres import Database

from .loading import run

BEGINS = datetime(2026, 1, 5, 8, tzinfo=UTC)


def load(database: Database, folder: Path, portions: Iterable[Iterable[bytes]]) -> None:
    for number, portion in enumerate(portions):
        path = folder / f"{number}.hl7"
        path.write_bytes(b"".join(portion))
        counts = run(database, path, source="riverside")
        assert counts.quarantined == 0


def state(database: Database, *kinds: str) -> dict[str, dict]:
    with database.connection() as connection:
        rows = connection.execute(
            "select resource_type, resource_id, body from record.resource where known_to is null and not deleted"
        )
        return {f"{t}/{i}": json.read(b.encode()) for t, i, b in rows if not kinds or t in kinds}


def in_portions(messages: list[bytes], size: int) -> list[list[bytes]]:
    return [messages[i : i + size] for i in range(0, len(messages), size)]


@pytest.fixture
def twin(bundled_server: Any, bundled_template: str) -> Iterator[Database]:
    """Another database beside the first, as fresh."""
    name = bundled_server.create(bundled_template)
    with bundled_server.open(name) as database:
        yield database
    bundled_server.drop(name)


@pytest.fixture(scope="module")
def told() -> hospital.Told:
    return hospital.tell(hospital.guests(60, 3), 3, BEGINS)


@pytest.mark.parametrize("seed", [1, 2])
def test_shuffled_and_repeated_messages_end_as_in_true_order(
    database: Database, twin: Database, tmp_path: Path, told: hospital.Told, seed: int
) -> None:
    true, other = database, twin
    (tmp_path / "true").mkdir()
    (tmp_path / "other").mkdir()
    load(true, tmp_path / "true", in_portions([data for _, data in told.messages], 200))
    load(other, tmp_path / "other", in_portions(list(hospital.shuffled(told.messages, seed)), 70))
    assert len(state(true)) > 100
    assert state(other) == state(true)


def test_the_state_is_what_truly_happened(database: Database, tmp_path: Path, told: hospital.Told) -> None:
    load(database, tmp_path, in_portions(list(hospital.shuffled(told.messages, 9)), 100))
    encounters = {e["identifier"][0]["value"]: e for e in state(database, "Encounter").values()}
    assert len(encounters) == len(told.stays)
    for stay in told.stays:
        found = encounters[stay.visit]
        assert found["status"] == stay.status
        assert datetime.fromisoformat(found["period"]["start"]) == stay.admitted.replace(second=0, microsecond=0)
        ended = found["period"].get("end")
        assert (datetime.fromisoformat(ended) if ended else None) == stay.discharged
    patients = {p["identifier"][0]["value"]: p for p in state(database, "Patient").values()}
    for old, new in told.merged.items():
        links = [(one["type"], one["other"]["reference"]) for one in patients[old]["link"]]
        assert links == [("replaced-by", f"Patient/{patients[new]['id']}")] and not patients[old]["active"]


def adt(
    event: str, minute: int, visit: str = "V1", number: str = "R1", after: str = "", unit: str = "3 EAST^1^A"
) -> bytes:
    at = BEGINS + timedelta(minutes=minute)
    lines = [f"PID|1||{number}^^^RIVERSIDE^MR||Eze^Ana||19500131|F"] + ([after] if after else [])
    if visit:
        lines.append(f"PV1|1|I|{unit}" + 16 * "|" + f"{visit}^^^RIVERSIDE^VN")
    return hospital.message(event, at, f"{event}{minute}{number}", lines, event_at=at)


def only(database: Database, kind: str) -> dict:
    [one] = state(database, kind).values()
    return one


def test_a_discharge_taken_back_reopens_the_stay_and_a_new_one_ends_it(database: Database, tmp_path: Path) -> None:
    load(database, tmp_path, [[adt("A01", 0), adt("A03", 100)]])
    assert only(database, "Encounter")["status"] == "finished"
    load(database, tmp_path, [[adt("A13", 130)]])
    reopened = only(database, "Encounter")
    assert reopened["status"] == "in-progress" and "end" not in reopened["period"]
    load(database, tmp_path, [[adt("A03", 300)]])
    assert datetime.fromisoformat(only(database, "Encounter")["period"]["end"]) == BEGINS + timedelta(minutes=300)
    assert len(View(database).history("Encounter", only(database, "Encounter")["id"])) == 3


def test_a_snapshot_never_moves_a_visit_back(database: Database, tmp_path: Path) -> None:
    late = adt("A08", 50)
    load(database, tmp_path, [[adt("A01", 0), adt("A03", 100)], [late]])
    assert only(database, "Encounter")["status"] == "finished"


def test_a_transfer_taken_back_leaves_the_place_before(database: Database, tmp_path: Path) -> None:
    moved = adt("A02", 60, unit="ICU^2^A")
    load(database, tmp_path, [[adt("A01", 0), moved]])
    places = state(database, "Location")
    icu = next(key for key, one in places.items() if "ICU" in one["name"])
    assert [stay["location"]["reference"] for stay in only(database, "Encounter")["location"]][-1] == icu
    load(database, tmp_path, [[adt("A12", 90)]])
    assert icu not in [stay["location"]["reference"] for stay in only(database, "Encounter")["location"]]


def test_a_cancelled_admission_is_cancelled_and_a_new_one_counts(database: Database, tmp_path: Path) -> None:
    load(database, tmp_path, [[adt("A11", 20)], [adt("A01", 0)]])
    assert only(database, "Encounter")["status"] == "cancelled"
    load(database, tmp_path, [[adt("A01", 40)]])
    assert only(database, "Encounter")["status"] == "in-progress"


def test_merges_in_a_chain_before_anyone_is_known_and_around_a_cycle(database: Database, tmp_path: Path) -> None:
    def merge(minute: int, old: str, new: str) -> bytes:
        return adt("A40", minute, "", new, f"MRG|{old}^^^RIVERSIDE^MR")

    def replaced(number: str) -> set[str]:
        by_id = {p["id"]: p["identifier"][0]["value"] for p in state(database, "Patient").values()}
        own = next(p for p in state(database, "Patient").values() if p["identifier"][0]["value"] == number)
        links = [one for one in own.get("link", []) if one["type"] == "replaced-by"]
        return {by_id[one["other"]["reference"].removeprefix("Patient/")] for one in links}

    load(database, tmp_path, [[merge(20, "B", "C")], [merge(10, "A", "B")]])
    assert (replaced("A"), replaced("B"), replaced("C")) == ({"B"}, {"C"}, set())
    load(database, tmp_path, [[adt("A01", 5, number="A")]])
    assert replaced("A") == {"B"}
    assert {p["name"][0]["family"] for p in state(database, "Patient").values()} == {"Eze"}
    load(database, tmp_path, [[merge(30, "C", "A")]])
    assert (replaced("A"), replaced("B"), replaced("C")) == ({"B"}, {"C"}, {"A"})
    load(database, tmp_path, [[merge(40, "B", "A")]])
    assert replaced("A") == set() and replaced("B") == {"A"}


def test_portions_of_any_size_come_to_the_same(
    database: Database, twin: Database, tmp_path: Path, told: hospital.Told
) -> None:
    some = [data for _, data in told.messages][:80]
    Random(5).shuffle(some)
    for one, size in ((database, 80), (twin, 1)):
        folder = tmp_path / str(size)
        folder.mkdir()
        load(one, folder, in_portions(some, size))
    assert state(database) == state(twin)
