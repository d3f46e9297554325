"""Hands: several engines think side by side, each statement after what it rests on."""

import threading
import time

import pytest

from throughcare.decide.earlier import Earlier
from throughcare.decide.hands import Hands
from throughcare.definitions.compiled.plan import Statement
from throughcare.stores.duckdb import Thinker


@pytest.fixture
def hands() -> Hands:
    return Hands([Thinker(), Thinker()])


def test_each_statement_comes_after_what_it_waits_for(hands: Hands) -> None:
    waits: list[set[int]] = [set(), set(), {0}, {1, 2}, {0}, {3, 4}]
    homes = [0, 1, 1, 0, 1, 0]
    done: list[int] = []
    by: dict[int, str] = {}

    def answer(number: int) -> None:
        assert waits[number] <= set(done), number
        time.sleep(0.002 * (6 - number))
        by[number] = threading.current_thread().name
        done.append(number)

    for _ in range(20):
        done.clear()
        hands.through(waits, homes, answer)
        assert sorted(done) == list(range(6))
        assert len({by[n] for n in (0, 3, 5)}) == len({by[n] for n in (1, 2, 4)}) == 1 and by[0] != by[1]
    hands.close()


def test_a_fault_of_any_hand_ends_the_run(hands: Hands) -> None:
    def answer(number: int) -> None:
        if number == 1:
            raise ValueError("cannot")

    with pytest.raises(ValueError, match="cannot"):
        hands.through([set(), set(), {1}, {2}], [0, 1, 0, 1], answer)
    hands.through([set()], [0], lambda number: None)  # the next run is not held up by it
    hands.close()


def test_a_statement_waits_for_the_columns_it_reads_and_not_for_others_beside_them() -> None:
    earlier = Earlier()
    told = [
        Statement("person@0", "…"),
        Statement("person@1", "…", onto="person@0"),
        Statement("person@2", "…", onto="person@1"),
    ]
    for statement, columns in zip(told, (["key"], ["age"], ["sex"]), strict=True):
        earlier.add(statement, columns)
    assert earlier.first_name("person@2") == "person@0"
    assert earlier.needed(Statement("a", "…"), [("person@2/3", "person@0", ["key", "sex"])]) == {0, 2}
    assert earlier.needed(Statement("b", "…", onto="person@2"), []) == {0}
    assert earlier.needed(Statement("c", "…", nothing_without="view_claim"), []) == set()
