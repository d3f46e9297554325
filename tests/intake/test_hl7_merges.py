"""What a hospital merges is one person to the record: from its A40 to the link, and back."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from throughcare.community import hospital
from throughcare.flow.door import commit
from throughcare.flow.moment import Moment
from throughcare.identity import run as identity
from throughcare.identity import words
from throughcare.stores.postgres import Database

from .loading import run

BEGINS = datetime(2026, 1, 5, 8, tzinfo=UTC)
Say = Callable[..., None]


def adt(event: str, minute: int, number: str, after: str = "", name: str = "Eze^Ana") -> bytes:
    """A name alone makes nobody one with another, and speaks against nothing."""
    at = BEGINS + timedelta(minutes=minute)
    lines = [f"PID|1||{number}^^^RIVERSIDE^MR||{name}|||F"] + ([after] if after else [])
    return hospital.message(event, at, f"{event}{minute}{number}", lines, event_at=at)


def merge(minute: int, old: str, new: str, event: str = "A40") -> bytes:
    return adt(event, minute, new, f"MRG|{old}^^^RIVERSIDE^MR")


@pytest.fixture
def say(database: Database, tmp_path: Path) -> Say:
    """What the hospital writes, loaded; then identity looks at everyone it knows."""

    def spoken(*messages: bytes) -> None:
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.hl7"
        path.write_bytes(b"".join(messages))
        assert run(database, path, source="riverside").quarantined == 0
        look(database)

    return spoken


def look(database: Database) -> None:
    everyone = sorted(set(people(database).values()))
    if changes := identity.run(Moment(database), BEGINS, everyone):
        commit(database, changes, stage="identity", at=BEGINS)


def patients(database: Database) -> dict[str, str]:
    """Record number -> the id of its Patient."""
    with database.connection() as connection:
        rows = connection.execute(
            "select body::jsonb #>> '{identifier,0,value}', resource_id from record.resource"
            " where resource_type = 'Patient' and known_to is null"
        )
        return dict(rows.fetchall())


def people(database: Database) -> dict[str, int]:
    """Record number -> the person it stands for."""
    ids = patients(database)
    found = Moment(database).people(ids.values())
    return {number: found[id] for number, id in ids.items()}


def apart(database: Database) -> int:
    return len(set(people(database).values()))


def two(say: Say) -> None:
    say(adt("A04", 0, "A"), adt("A04", 1, "B"))


@pytest.mark.parametrize("event", ["A40", "A18", "A34", "A47"])
def test_two_records_are_two_people_until_the_hospital_merges_them(say: Say, database: Database, event: str) -> None:
    two(say)
    assert apart(database) == 2
    say(merge(10, "A", "B", event))
    assert apart(database) == 1


def test_a_merge_before_either_is_known_waits_and_a_chain_is_one_person(say: Say, database: Database) -> None:
    say(merge(20, "B", "C"), merge(10, "A", "B"))
    say(adt("A04", 1, "A"))
    say(adt("A04", 2, "B"), adt("A04", 3, "C"))
    assert set(people(database)) == {"A", "B", "C"} and apart(database) == 1


def test_a_cycle_of_merges_is_one_person_and_ends(say: Say, database: Database) -> None:
    two(say)
    say(merge(10, "A", "B"), merge(11, "B", "A"))
    assert apart(database) == 1
    say(merge(12, "A", "B"))
    assert apart(database) == 1


def test_a_person_may_take_the_hospitals_merge_back(say: Say, database: Database) -> None:
    two(say)
    say(merge(10, "A", "B"))
    assert apart(database) == 1
    ids = patients(database)
    commit(database, identity.say(Moment(database), ids["A"], ids["B"], words.APART), stage="identity", at=BEGINS)
    look(database)
    assert apart(database) == 2
    say(adt("A08", 30, "B"))
    assert apart(database) == 2


def test_what_the_merged_away_still_says_belongs_to_the_one_person(say: Say, database: Database) -> None:
    two(say)
    say(merge(10, "A", "B"))
    stay = "PV1|1|I|ED" + 16 * "|" + "V1^^^RIVERSIDE^VN"
    say(adt("A01", 20, "A", stay))
    [row] = Moment(database).tables(None, ["encounter"])["encounter"].to_pylist()
    assert row["person_id"] == people(database)["B"]


def test_a_merge_of_two_with_other_names_waits_for_a_person(say: Say, database: Database) -> None:
    say(adt("A04", 0, "A", name="Quist^Hanna"), adt("A04", 1, "B"))
    say(merge(10, "A", "B"))
    one, other = sorted(people(database).values())
    assert {(r[0], r[1]) for r in Moment(database).doubts([one])} == {(one, other)}
