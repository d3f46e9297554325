"""The guide of tables is true: its commands run as written, its words are those of the grammar, its mappings hold."""

import os
import re
import shlex
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.intake.tables import CLIENTS, MAPPINGS
from throughcare.cli import throughcare
from throughcare.intake.tables import grammar, mappings
from throughcare.stores import bundled

GUIDE = Path(__file__).parents[2] / "docs/guides/tables.md"
TEXT = GUIDE.read_text()


def commands() -> list[list[str]]:
    return [shlex.split(x)[1:] for x in re.findall(r"^    (throughcare .*)$", TEXT, re.MULTILINE)]


def test_every_command_runs_as_written(
    short_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    data_dir = short_folder / f"tg{os.urandom(3).hex()}"
    monkeypatch.chdir(tmp_path)
    Path("people.csv").write_text(CLIENTS.replace("n/a", ""))
    try:
        said = []
        for words in commands():
            asked = [word.replace("./my-data", str(data_dir)) for word in words]
            said.append(CliRunner().invoke(throughcare, asked))
    finally:
        bundled.stop(data_dir)
    assert [one.exit_code for one in said] == [0] * 4, [one.output for one in said]
    assert "3 rows, 3 can be taken, 0 cannot" in said[1].output
    assert re.search(r"stored +3\n", said[2].output) and re.search(r"quarantined +0\n", said[2].output)
    assert "Table: 3 pieces read, 3 taken, 0 in quarantine" in said[2].output


def test_the_mapping_of_the_page_is_one(tmp_path: Path) -> None:
    (block,) = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    (tmp_path / "m.toml").write_text(block)
    assert mappings.read(tmp_path / "m.toml").source == tomllib.loads(block)["source"]


def test_every_word_of_the_grammar_is_explained() -> None:
    words = {field for kind in (grammar.Knows, grammar.Reads, grammar.Made, grammar.Mapping)
             for field in kind.__struct_fields__} | {*grammar.CELL, *set().union(*grammar.BESIDE.values())}  # fmt: skip
    told = set(re.findall(r"\w+", " ".join(re.findall(r"`[^`]+`|```toml.*?```", TEXT, re.DOTALL))))
    assert words - told - {"resource"} == set()


def test_every_mapping_that_the_page_links_is_there() -> None:
    linked = set(re.findall(r"\(tables/(\w+)\.toml\)", TEXT))
    assert linked == {path.stem for path in MAPPINGS.glob("*.toml")}
