"""Every case of the published eCQM decks, for each library measure that says which published measure it computes."""

from pathlib import Path

import pytest

from throughcare.definitions.library import SHIPPED_LIBRARY
from throughcare.definitions.library_measures import load_measures
from throughcare.settings import Settings

from .ecqm import computed, deck, library

FOLDER = Path(Settings.read().shared_data) / "09_ecqm"
MEASURES = {name: book for name, book in load_measures(SHIPPED_LIBRARY / "measures").items() if book.standard}

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the third-party decks are not here")


@pytest.fixture(scope="module")
def with_values():  # type: ignore[no-untyped-def]
    return library(FOLDER)


@pytest.mark.parametrize("name", sorted(MEASURES))
def test_every_case_has_its_expected_populations(name: str, with_values) -> None:  # type: ignore[no-untyped-def]
    book = with_values.measures[name]  # with what it takes of the shared sets
    cases = deck(FOLDER, book.standard)
    wrong = [
        f"{case.case}: expected {wanted}, got {got}: {case.says}"
        for case, counts in zip(cases, computed(book, cases, with_values), strict=True)
        for wanted, got in zip(case.expected, counts, strict=True)
        if any(got[population] != count for population, count in wanted.items())
    ]
    print(f"{book.standard}: {len(cases) - len({w.partition(':')[0] for w in wrong})} of {len(cases)} cases")
    assert not wrong, "\n".join(wrong)
