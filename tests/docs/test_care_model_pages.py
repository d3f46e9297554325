"""The pages of docs/care-models are what the definitions say today, and a reader finds every one of them."""

import re
from pathlib import Path

import pytest

from throughcare.definitions.handbook import handbook_index, handbook_page
from throughcare.definitions.library import shipped_library

from ..shipped import care_models

DOCS = Path(__file__).parents[2] / "docs/care-models"
MODELS = care_models()
LIBRARY = shipped_library()
DO = "it is not what the definitions say; run: throughcare model page --to docs/care-models"


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.model.id)
def test_a_page_is_current(model) -> None:  # type: ignore[no-untyped-def]
    assert (DOCS / f"{model.model.id}.md").read_text("utf-8") == handbook_page(model, LIBRARY), DO


def test_the_index_names_every_page_and_no_other() -> None:
    index = (DOCS / "README.md").read_text("utf-8")
    assert index == handbook_index(MODELS), DO
    pages = {path.name for path in DOCS.glob("*.md")} - {"README.md"}
    assert pages == set(re.findall(r"\]\((\w+\.md)\)", index)) == {f"{m.model.id}.md" for m in MODELS}


def test_the_readme_leads_to_the_pages() -> None:
    assert "](docs/care-models/README.md)" in (DOCS.parents[1] / "README.md").read_text("utf-8")


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.model.id)
def test_the_body_of_a_page_is_in_words(model) -> None:  # type: ignore[no-untyped-def]
    """Names of columns and facts stand in code, at the end or in the last column; nowhere among the sentences."""
    body = handbook_page(model, LIBRARY).partition("## How the rules are written")[0]
    bare = re.sub(r"`[^`]*`", "", body.partition("## The numbers it uses")[0])
    codes = [line.code for line in model.payment.line]
    assert [word for word in re.findall(r"\b[a-z]+(?:_[a-z0-9]+)+\b", bare) if word not in codes] == []
