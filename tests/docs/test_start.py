"""The first hour is true: every command of docs/start runs as written, in order, on a small invented export."""

import os
import re
import shlex
import subprocess
import sys
from datetime import date
from pathlib import Path

from throughcare.community.make import make
from throughcare.stores import bundled

ROOT = Path(__file__).parents[2]
COMMAND = str(Path(sys.executable).with_name("throughcare"))
RUN_ELSEWHERE = ("demo", "serve")  # tests/journeys/test_demo.py starts and asks them


def _commands(page: Path) -> list[list[str]]:
    lines = re.findall(r"^    (throughcare .*)$", page.read_text(), re.MULTILINE)
    return [shlex.split(line.partition("   (")[0])[1:] for line in lines]


def test_every_command_of_the_first_hour_runs_as_written(short_folder: Path, tmp_path: Path) -> None:
    make(tmp_path / "made", 60, 7, date(2026, 3, 17))
    (tmp_path / "made" / "practice_0").rename(tmp_path / "export")
    data_dir = short_folder / "first-hour"
    commands = [c for c in _commands(ROOT / "docs/start/first-hour.md") if c[-1] not in RUN_ELSEWHERE]
    assert len(commands) > 6
    try:
        for words in commands:
            asked = [w.replace("./my-data", str(data_dir)).replace("SOME-ID", "pr0-org-p000000") for w in words]
            environ = {**os.environ, "THROUGHCARE_DATA_DIR": str(data_dir)}
            done = subprocess.run(
                [COMMAND, *asked], cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=120
            )
            assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout}{done.stderr}"
    finally:
        bundled.stop(data_dir)


def test_the_readme_is_short_and_names_both_commands() -> None:
    lines = [line for line in (ROOT / "README.md").read_text().splitlines() if line.strip()]
    assert len(lines) <= 12
    assert any("make demo" in line for line in lines) and any("make test" in line for line in lines)
    named = re.findall(r"\]\(([^)]+)\)", "\n".join(lines))
    assert named and all((ROOT / name).exists() for name in named)
