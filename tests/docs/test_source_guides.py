"""The guides of sources are true: their commands run as written, on small files of each format."""

import json
import os
import re
import shlex
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.intake.test_devices import point
from tests.intake.test_hmis import EXPORT, client, stay, table
from tests.intake.test_hsds import SERVICE
from tests.intake.test_idr import WHOLE, member
from tests.intake.test_older import OLD
from tests.intake.test_x12 import ASKED, BILL, interchange
from throughcare.cli import throughcare
from throughcare.stores import bundled

GUIDES = Path(__file__).parents[2] / "docs/guides"


def commands(guide: str) -> list[list[str]]:
    return [shlex.split(x)[1:] for x in re.findall(r"^ *(throughcare .*)$", (GUIDES / guide).read_text(), re.MULTILINE)]


def sent(folder: Path) -> None:
    """What the sources of the guides send, by the names that they give it."""
    with zipfile.ZipFile(folder / "hmis_export.zip", "w") as packed:
        for name, rows in (("Export", [EXPORT]), ("Client", [client("C")]), ("Enrollment", [stay("E")])):
            packed.writestr(f"{name}.csv", table(name, *rows).open().read())
    with zipfile.ZipFile(folder / "directory.zip", "w") as packed:
        packed.writestr("services.json", json.dumps(SERVICE))
    (folder / "claims").mkdir()
    (folder / "claims" / "bill.txt").write_bytes(interchange(BILL))
    (folder / "claims" / "request.txt").write_bytes(interchange(ASKED, kind="HI", guide="005010X217"))
    (folder / "claims" / "old.ndjson").write_text(json.dumps(OLD))
    (folder / "claims" / "repository").mkdir()
    for name, rows in WHOLE.items():
        (folder / "claims" / "repository" / f"{name}.csv").write_bytes(member(name, rows).open().read())
    (folder / "readings").mkdir()
    (folder / "readings" / "weight.json").write_text(json.dumps(point()))


@pytest.mark.parametrize("guide", ["hmis.md", "devices.md", "directory.md", "claims.md"])
def test_every_command_of_the_guide_runs_as_written(
    guide: str, short_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent(tmp_path)
    data_dir = short_folder / f"sg{os.urandom(3).hex()}"
    monkeypatch.chdir(tmp_path)
    try:
        said = [CliRunner().invoke(throughcare, ["--data-dir", str(data_dir), *words]) for words in commands(guide)]
    finally:
        bundled.stop(data_dir)
    assert [one.exit_code for one in said] == [0] * len(said), [one.output for one in said]
    stored, quarantined = (re.search(rf"{word} +(\d+)", said[0].output) for word in ("stored", "quarantined"))
    assert stored and int(stored[1]) > 0
    assert quarantined and int(quarantined[1]) == 0, said[0].output
