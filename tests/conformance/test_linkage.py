"""Linkage on sets whose truth others wrote: who is linked, who is left to a person, and that nobody is linked wrongly.

Figures are pairs. Precision and recall on Synthea-with-errors are promised (0.999 at 0.97); the other sets have few
fields or errors in most of them, and the machine leaves more to a person.
"""

import os
import time
from pathlib import Path

import pytest

from throughcare.identity import judge
from throughcare.identity.comparisons import read

from .linkage_data import labelled

SHARED = os.environ.get("THROUGHCARE_SHARED_DATA", "")
FOLDER = Path(SHARED) / "06_linkage"
needs_data = pytest.mark.skipif(not SHARED, reason="THROUGHCARE_SHARED_DATA names no folder with the labelled sets")

# set: records, pairs that are one person by its truth, least precision, least recall, seconds it may take
PROMISED = {
    "synthea_with_errors": (2336, 1597, 0.999, 0.97, 20),
    "febrl_1": (1000, 500, 0.999, 0.85, 20),
    "febrl_3": (5000, 6538, 0.999, 0.80, 40),
    "fake_1000": (1000, 2031, 0.999, 0.10, 20),
}


@pytest.fixture(scope="module")
def judged():
    done = {}

    def judge_set(name):
        if name not in done:
            sample = labelled(name, FOLDER)
            began = time.monotonic()
            done[name] = judge.judged(judge.patients(sample.patients), sample.person, read()), time.monotonic() - began
        return done[name]

    return judge_set


@needs_data
@pytest.mark.parametrize("name", PROMISED)
def test_nobody_is_linked_wrongly_and_most_are_linked(judged, name, record_property):
    records, true, precision, recall, seconds = PROMISED[name]
    found, took = judged(name)
    record_property("linkage", str(found))
    assert (found.records, found.true) == (records, true)
    assert found.precision >= precision
    assert found.recall >= recall
    assert took < seconds


@needs_data
def test_no_twin_and_no_parent_of_the_same_name_is_linked(judged):
    truth = labelled("synthea_with_errors", FOLDER).person
    kin = {i for i, person in truth.items() if person.endswith(("-twin", "-parent"))}
    found, _ = judged("synthea_with_errors")
    assert len(kin) > 50
    assert not [pair for pair in found.wrong if pair & kin]


@needs_data
def test_what_is_left_to_a_person_is_mostly_worth_asking(judged):
    for name in ("febrl_1", "febrl_3", "fake_1000"):
        found, _ = judged(name)
        assert found.asked_right / found.asked > 0.9
