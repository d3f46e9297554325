"""The guide of identity is true: its commands run as written, in order, on an installation of three hundred records."""

import csv
import json
import os
import random
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from throughcare.cli import throughcare
from throughcare.stores import bundled

GUIDE = Path(__file__).parents[2] / "docs/guides/identity.md"
SYLLABLES = ("ba", "ri", "to", "len", "mar", "ko", "sha", "du", "ne", "vi")


def commands() -> list[list[str]]:
    return [shlex.split(line)[1:] for line in re.findall(r"^    (throughcare .*)$", GUIDE.read_text(), re.MULTILINE)]


def sample(folder: Path) -> None:
    """150 invented people in two records each, and the truth about them."""
    dice = random.Random(5)

    def word() -> str:
        return "".join(dice.choices(SYLLABLES, k=3)).title()

    with (folder / "patients.ndjson").open("w") as lines, (folder / "truth.csv").open("w", newline="") as rows:
        truth = csv.writer(rows)
        truth.writerow(["record_id", "person_id"])
        for n in range(150):
            body = {
                "resourceType": "Patient", "name": [{"given": [word()], "family": word()}],
                "gender": dice.choice(["male", "female"]), "birthDate": born(dice),
                "telecom": [{"system": "phone", "value": f"555-{dice.randint(1000000, 9999999)}"}],
                "address": [{"line": [f"{n} {word()} St"], "city": word(), "postalCode": f"{10000 + n}"}],
            }  # fmt: skip
            for copy in "ab":
                own = {k: v for k, v in body.items() if dice.random() > 0.1 or k in ("resourceType", "name")}
                lines.write(json.dumps(own | {"id": f"p{n}{copy}"}) + "\n")
                truth.writerow([f"p{n}{copy}", n])


def born(dice: random.Random) -> str:
    return f"19{dice.randint(30, 99)}-0{dice.randint(1, 9)}-1{dice.randint(0, 9)}"


def test_every_command_of_the_guide_runs_as_written(short_folder, tmp_path, monkeypatch):
    pytest.importorskip("splink", reason="Splink comes with the extra `linkage`")
    sample(tmp_path)
    data_dir = short_folder / f"id{os.urandom(3).hex()}"
    monkeypatch.chdir(tmp_path)
    said = {}
    try:
        loaded = CliRunner().invoke(
            throughcare, ["--data-dir", str(data_dir), "load", "patients.ndjson", "--source", "clinic"]
        )
        assert loaded.exit_code == 0, loaded.output
        assert [" ".join(words[:2]) for words in commands()] == [
            "identity status", "identity judge", "identity directory", "identity train", "identity judge",
        ]  # fmt: skip
        for words in commands():
            done = CliRunner().invoke(throughcare, ["--data-dir", str(data_dir), *words])
            assert done.exit_code == 0, done.output
            said[" ".join(words)] = done.output
    finally:
        bundled.stop(data_dir)
    assert said["identity status"].startswith("300 patients are 300 people.")
    for words, output in said.items():
        if words.startswith("identity judge"):
            assert "300 records, 150 pairs are one person." in output
            assert float(re.search(r"Precision (\d\.\d+)", output)[1]) >= 0.99
            assert float(re.search(r"recall (\d\.\d+)", output)[1]) >= 0.8
    assert "Learned from 300 patients: weights.toml." in said["identity train weights.toml"]
