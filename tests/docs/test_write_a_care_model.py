"""The guide tells the truth: every command in it runs, in order, and every piece of a model in it may stand there."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from throughcare.definitions.check import check
from throughcare.definitions.load import FILES, load_model, shipped_library
from throughcare.definitions.new import SCAFFOLD, new_model
from throughcare.definitions.schema import schemas

GUIDE = Path(__file__).parents[2] / "docs/guides/write-a-care-model.md"
BIN = Path(sys.executable).parent
BLOCKS = re.findall(r"```(sh|toml)\n(.*?)```", GUIDE.read_text(), re.DOTALL)
COMMANDS = [line for kind, text in BLOCKS if kind == "sh" for line in text.strip().splitlines()]
PIECES = [text for kind, text in BLOCKS if kind == "toml"]


def test_the_commands_of_the_guide_run_in_order(tmp_path: Path) -> None:
    environment = os.environ | {"PATH": f"{BIN}:{os.environ['PATH']}"}
    for command in COMMANDS:
        done = subprocess.run(["sh", "-c", command], cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    assert len(COMMANDS) >= 6


@pytest.mark.parametrize("piece", PIECES, ids=[p.strip().splitlines()[0] for p in PIECES])
def test_every_piece_of_a_model_in_the_guide_uses_words_of_the_grammar(piece: str) -> None:
    data = tomllib.loads(piece)
    is_case = "now" in data
    kinds = [schema for name, schema in schemas().items() if (name == "case") == is_case]
    for table, entries in data.items():
        if isinstance(entries, list | dict):
            for entry in entries if isinstance(entries, list) else [entries]:
                assert any(set(entry) <= _keys(schema, table) for schema in kinds if table in _tables(schema))


def test_the_guide_shows_what_the_scaffold_holds() -> None:
    scaffold = "".join((SCAFFOLD / name).read_text() for name in FILES if (SCAFFOLD / name).is_file())
    assert [p for p in PIECES if p.startswith(("[[set]]", "[[step]]")) and p.strip() not in scaffold] == []


def test_the_pieces_on_forms_pathways_and_loops_stand_in_a_new_care_model(tmp_path: Path) -> None:
    new_model("evening_calls", tmp_path)
    folder = tmp_path / "evening_calls"
    for block in (b for p in PIECES for b in re.split(r"\n(?=\[\[)", p) if re.search("form_|form  |pathways|loop_", b)):
        file = folder / ("sets.toml" if block.startswith("[[fact]]") else "work.toml")
        file.write_text(f"{file.read_text()}\n{block}")
    with (folder / "words/es.toml").open("a") as words:
        words.write('ask_about_mood = "Preguntar por el ánimo"\n')
    model, library = load_model(folder), shipped_library()
    assert [s.resolved_by for s in model.work.step if s.form] == ["form_phq9 where complete"]
    assert {"opened_pathways", "loop_referral"} <= {s.id for s in model.sets.set}
    assert check(model, library) == []


def test_every_subcommand_is_in_the_guide() -> None:
    listed = subprocess.run([BIN / "throughcare", "model", "--help"], capture_output=True, text=True).stdout
    names = re.findall(r"^  (\w+) ", listed.split("Commands:")[1], re.MULTILINE)
    assert [n for n in names if f"throughcare model {n}" not in GUIDE.read_text()] == []


def _tables(schema: dict) -> list[str]:
    root = schema.get("properties") or schema["$defs"][schema["$ref"].rsplit("/", 1)[1]]["properties"]
    return list(root)


def _keys(schema: dict, table: str) -> set[str]:
    root = schema.get("properties") or schema["$defs"][schema["$ref"].rsplit("/", 1)[1]]["properties"]
    at = root[table].get("items", root[table])
    return set(schema["$defs"][at["$ref"].rsplit("/", 1)[1]]["properties"])
