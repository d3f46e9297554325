"""The demo builds from nothing, serves, and answers every page to everyone who signs in."""

import os
import subprocess
import sys
from pathlib import Path

COMMAND = Path(sys.executable).with_name("throughcare")


def test_a_small_demo_lives() -> None:
    environ = {**os.environ, "THROUGHCARE_DATABASE": ""}
    command = [COMMAND, "demo", "--check", "--people", "150"]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert "pages answered" in done.stdout and "DEAD" not in done.stdout
