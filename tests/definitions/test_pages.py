"""The reference page of the grammar holds every file, key, function, window and view there is."""

from typing import Any

import msgspec
import pytest

from throughcare.definitions import grammar
from throughcare.definitions.functions import FUNCTIONS
from throughcare.definitions.load import FILES, LIBRARY_FILES, shipped_library
from throughcare.definitions.pages import grammar_page
from throughcare.definitions.windows import SHAPES

PAGE = grammar_page(shipped_library())
ENTRIES: dict[str, Any] = {
    "set": grammar.Set,
    "fact": grammar.Fact,
    "criterion": grammar.Criterion,
    "step": grammar.Step,
    "pathway": grammar.Pathway,
    "pathway.step": grammar.PathwayStep,
    "loop.move": grammar.LoopMove,
}


@pytest.mark.parametrize("name", [*FILES, "cases/<story>/expect.toml", *LIBRARY_FILES])
def test_every_file_has_a_chapter(name: str) -> None:
    assert f"\n## {name}\n" in PAGE


@pytest.mark.parametrize("heading", ENTRIES)
def test_every_key_of_an_entry_is_in_its_table(heading: str) -> None:
    chapter = PAGE.split(f"### `[[{heading}]]`\n")[1].split("\n#")[0]
    keys = [f.encode_name for f in msgspec.structs.fields(ENTRIES[heading])]
    assert [key for key in keys if f"\n| `{key}` | " not in chapter] == []


def test_what_must_be_given_is_marked() -> None:
    chapter = PAGE.split("### `[[criterion]]`\n")[1].split("\n#")[0]
    assert "| `cites` | text | yes |" in chapter
    assert '| `closed` | "no record means no" |  |' in chapter


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=lambda f: f.name)
def test_every_function_is_explained(function) -> None:  # type: ignore[no-untyped-def]
    assert f"| `{function.call}` | {function.gives} | {function.says} |" in PAGE


def test_every_window_and_view_is_there() -> None:
    assert [s for s in SHAPES if f"- `{s}`" not in PAGE] == []
    assert [v for v in shipped_library().views if f"| `{v}` |" not in PAGE] == []


def test_a_view_says_what_it_reads_and_what_its_columns_mean() -> None:
    (line,) = [row for row in PAGE.splitlines() if row.startswith("| `coverage` |")]
    assert "Coverage: Insurance, one row per coverage" in line
    assert "dual_status (text: Medicare-Medicaid dual status, 01 to 09)" in line


def test_what_a_set_may_start_from_besides_views_is_there() -> None:
    assert [s for s in ("obligation", "finding", "line", "rhythm.<id>") if f"\n| `{s}` | " not in PAGE] == []
    assert "planned_on (date), closes_on (date) |" in PAGE
    nobody = [row for row in PAGE.splitlines() if " (no person's) | " in row]
    assert {row.split("`")[1] for row in nobody} == shipped_library().without_people


def test_what_the_library_has_for_the_asking_is_there() -> None:
    library = shipped_library()
    names = ["opened_pathways", *(f"form_{name}" for name in library.forms), *(f"loop_{n}" for n in library.loops)]
    assert [name for name in names if f"\n| `{name}` | " not in PAGE] == []
    (phq9,) = [row for row in PAGE.splitlines() if row.startswith("| `form_phq9` |")]
    assert phq9.endswith(
        ", difficulty, total_value, stated, phq2_score, phq2_positive, score, band, positive, complete |"
    )
    (pathways,) = [row for row in PAGE.splitlines() if row.startswith("| `ahrq_2016` |")]
    assert len(pathways.split(" | ")[2].split(",")) == 20
