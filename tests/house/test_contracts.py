"""The house keeps its floors and doors, and each contract is seen to fail when it is broken."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINT = Path(sys.executable).with_name("lint-imports")

# what breaks each contract: (words of the contract, file of the house, line added to it)
BREAKS = [
    ("Floors", "fhir/__init__.py", "import throughcare.stores.postgres"),
    ("Floors", "decide/run.py", "import throughcare.act.run"),
    ("Two doors", "cli/_progress.py", "import throughcare.record.commit"),
    ("People-facing rooms", "workspace/__init__.py", "import throughcare.record.view"),
    ("Database drivers", "record/changes.py", "import psycopg"),
    ("Thinking rooms", "decide/run.py", "import socket"),
    ("Floors", "faults.py", "import throughcare.settings"),
    ("No circles", "act/shapes.py", "import throughcare.act.tasks"),
]


def _lint(root: Path) -> subprocess.CompletedProcess[str]:
    environ = {"PYTHONPATH": str(root / "src"), "PATH": "/usr/bin:/bin", "NO_COLOR": "1", "COLUMNS": "300"}
    command = [LINT, "--config", root / "pyproject.toml", "--no-cache"]
    return subprocess.run(command, cwd=root / "src", capture_output=True, text=True, env=environ)


def test_the_house_keeps_its_contracts() -> None:
    result = _lint(ROOT)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(("contract", "file", "line"), BREAKS, ids=[f"{c}: {f}" for c, f, _ in BREAKS])
def test_a_broken_contract_fails_and_is_named(contract: str, file: str, line: str, tmp_path: Path) -> None:
    _copy_of_the_house(tmp_path)
    broken = tmp_path / "src/throughcare" / file
    broken.write_text(broken.read_text() + f"\n{line}\n")
    result = _lint(tmp_path)
    assert result.returncode == 1, result.stdout
    assert any(contract in row and "BROKEN" in row for row in result.stdout.replace("\n  ", " ").splitlines()), (
        result.stdout
    )


def test_a_room_nobody_planned_is_refused(tmp_path: Path) -> None:
    _copy_of_the_house(tmp_path)
    room = tmp_path / "src/throughcare/utils"
    room.mkdir()
    (room / "__init__.py").write_text("")
    result = _lint(tmp_path)
    assert result.returncode == 1 and "utils" in result.stdout


def _verdicts(said: str) -> list[str]:
    """One line per contract; long names are wrapped where they are printed."""
    text = said.partition("dependencies.")[2].partition("Contracts:")[0].replace("\n", " ")
    return [part.strip(" -") for part in re.split(r"(?<=BROKEN)|(?<=KEPT)", text)]


def _copy_of_the_house(to: Path) -> None:
    leave = shutil.ignore_patterns("__pycache__", "vendor", "generated")
    shutil.copytree(ROOT / "src/throughcare", to / "src/throughcare", ignore=leave)
    shutil.copy(ROOT / "pyproject.toml", to)
