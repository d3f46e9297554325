"""The layout of the house: short files that say what they are for, no cupboards for odds and ends, no host names."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "throughcare"
MODULES = sorted(p for p in SOURCE.rglob("*.py") if "generated" not in p.parts)
LINES_MAX = 320  # most are 50 to 150; longer is for one table or one story
CUPBOARDS = {"utils", "util", "helpers", "common", "misc", "shared", "base", "core"}
REGISTRIES = ["pypi" + ".org", "python" + "hosted", "npm" + "js", "debian" + ".org"]


def _tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


@pytest.mark.parametrize("module", MODULES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_a_module_says_in_a_sentence_what_it_is_for(module: Path) -> None:
    said = ast.get_docstring(ast.parse(module.read_text()))
    assert said and len(said.splitlines()[0]) > 15


def test_files_tell_one_story() -> None:
    long = {str(p.relative_to(SOURCE)): n for p in MODULES if (n := len(p.read_text().splitlines())) > LINES_MAX}
    assert not long


def test_there_is_no_cupboard_for_odds_and_ends() -> None:
    assert not [p for p in SOURCE.rglob("*") if p.stem in CUPBOARDS and p.suffix in ("", ".py")]


def test_no_file_names_the_host_of_a_package_registry() -> None:
    pattern = re.compile("|".join(map(re.escape, REGISTRIES)))
    named = [p for p in _tracked() if p.stat().st_size < 5_000_000 and pattern.search(p.read_text(errors="ignore"))]
    assert not named


def test_what_is_generated_or_fetched_is_not_kept() -> None:
    kept = {str(p.relative_to(ROOT)) for p in _tracked()}
    assert not [name for name in kept if "/generated/" in name or "/vendor/" in name or name.startswith("node_modules")]
