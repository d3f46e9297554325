"""Assignments: worked example X8.3 of the reference, its limits and ties, and all cases placed at once."""

from decimal import Decimal as D
from typing import Any

import pytest

from throughcare.decide.assignment import Held, Worker, assign, fairness, shares

ROOM = {"w1": (20, 12), "w2": (20, 9), "w3": (10, 4)}
SPEAKS = {"w2": {"es"}}
CASES = {"c1": (5, "es"), "c2": (3, "en"), "c3": (4, "en"), "c4": (2, "en")}


def pairs(cases: dict[str, tuple[int, str]] = CASES, **more: Any) -> list[dict[str, Any]]:
    """Each case beside each worker who speaks its language; English is spoken by all."""
    found = []
    for case, (weight, language) in cases.items():
        fit = [w for w in ROOM if language == "en" or language in SPEAKS.get(w, ())] or [None]
        for worker in fit:
            cap, load = ROOM[worker] if worker else (None, None)
            found.append(
                {"case_key": case, "person_id": 1, "weight": D(weight), "previous": None, "keep_to": D(1),
                 "full_at": D(1), "worker": worker, "cap": cap and D(cap), "load": load and D(load), **more}
            )  # fmt: skip
    return found


def test_the_heaviest_case_first_to_whoever_is_used_least_afterwards() -> None:
    placed = assign(pairs(), "one_by_one")
    assert [(p.case, p.worker) for p in placed] == [("c1", "w2"), ("c3", "w1"), ("c2", "w3"), ("c4", "w2")]
    assert [p.used for p in placed] == [D("0.7"), D("0.8"), D("0.7"), D("0.8")]


def test_work_is_shared_fairly() -> None:
    used = shares(pairs(), assign(pairs(), "one_by_one"))
    assert list(used.values()) == [D("0.8"), D("0.8"), D("0.7")]
    assert fairness(used.values()) == D("0.9962")


@pytest.mark.parametrize(("used", "index"), [(["1", "1", "1"], "1"), (["45", "30", "15"], "0.8571")])
def test_fairness_is_jains_index(used: list[str], index: str) -> None:
    assert fairness([D(u) for u in used]) == D(index)
    assert fairness([]) is None


def test_a_worker_from_before_keeps_the_case_while_there_is_room() -> None:
    before = [p | {"previous": "w1"} for p in pairs({"c": (4, "en")})]
    assert assign(before, "one_by_one")[0].worker == "w1"
    full = [p | {"previous": "w1", "keep_to": D("0.75")} for p in pairs({"c": (4, "en")})]
    assert assign(full, "one_by_one")[0].because == "least_used"


def test_a_newer_wish_of_the_case_outranks_the_worker_it_was_given() -> None:
    given = {"c": Held("w3", None)}
    assert [p.because for p in assign(pairs({"c": (4, "en")}), "one_by_one", given)] == ["stays"]
    wished = [p | {"previous": "w1"} for p in pairs({"c": (4, "en")})]
    assert [(p.worker, p.because) for p in assign(wished, "one_by_one", given)] == [("w1", "kept")]
    known = {"c": Held("w3", "w1")}
    assert assign(wished, "one_by_one", known)[0].worker == "w3", "what was wished when it was given is no news"


def test_a_worker_who_is_full_now_loses_nobody_and_gets_nobody() -> None:
    given = {"old": Held("w1", None)}
    placed = assign(pairs({"old": (9, "en"), "new": (1, "en")}), "one_by_one", given)
    assert [(p.case, p.worker) for p in placed] == [("old", "w1"), ("new", "w2")]


def test_nobody_is_filled_beyond_their_room() -> None:
    (placed,) = assign(pairs({"c": (12, "en")}), "one_by_one")
    assert (placed.worker, placed.because) == (None, "no_room")


def test_a_case_that_nobody_may_take_says_so() -> None:
    (placed,) = assign(pairs({"c": (2, "vi")}), "one_by_one")
    assert (placed.worker, placed.because) == (None, "nobody_fits")


def test_a_weight_that_is_not_known_places_nobody() -> None:
    (placed,) = assign([p | {"weight": None} for p in pairs({"c": (2, "en")})], "one_by_one")
    assert placed.because == "weight_unknown"


def test_the_order_of_the_rows_changes_nothing() -> None:
    assert assign(list(reversed(pairs())), "one_by_one") == assign(pairs(), "one_by_one")


def test_placed_together_the_most_used_is_used_as_little_as_can_be() -> None:
    """By trying all 3 x 3 x 3 ways for c2, c3, c4 (c1 has only w2): no way keeps everyone below 0.80."""
    placed = assign(pairs(), "together")
    used = shares(pairs(), placed)
    assert all(p.worker for p in placed)
    assert max(used.values()) == D("0.8")


def test_together_leaves_out_what_has_no_room() -> None:
    placed = assign(pairs({"a": (6, "es"), "b": (6, "es")}), "together")
    assert sorted(p.because for p in placed) == ["balanced", "no_room"]


def test_a_workers_share_is_of_the_whole_room() -> None:
    assert Worker("w", D(10), D(4)).used_with(D(3)) == D("0.7")
