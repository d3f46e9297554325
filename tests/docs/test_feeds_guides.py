"""The guides of feeds and of Bulk Data are true: their commands run as written, the latter against a strict server."""

import json
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from joserfc.jwk import ECKey

from tests.intake.bulk_server import Server
from throughcare.cli import throughcare
from throughcare.stores import bundled

GUIDES = Path(__file__).parents[2] / "docs/guides"
READING = '{"resourceType": "Observation", "id": "r%d", "status": "%s", "code": {"text": "Weight"}}'
Run = Callable[[list[str]], Result]


def commands(guide: str) -> list[list[str]]:
    text = (GUIDES / guide).read_text()
    return [shlex.split(line) for line in re.findall(r"^    ((?:throughcare|openssl) .*)$", text, re.MULTILINE)]


@pytest.fixture
def run(short_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Runs a command in a folder of its own; `> file` keeps what it says there."""
    data_dir = short_folder / f"fg{os.urandom(3).hex()}"
    monkeypatch.chdir(tmp_path)

    def one(words: list[str]) -> Result:
        words, kept = (words[:-2], words[-1]) if ">" in words else (words, "")
        done = CliRunner().invoke(throughcare, [w.replace("./my-data", str(data_dir)) for w in words])
        if kept:
            Path(kept).write_text(done.output)
        return done

    try:
        yield one
    finally:
        bundled.stop(data_dir)


def test_every_command_of_the_guide_of_feeds_runs_as_written(run: Run) -> None:
    Path("readings.ndjson").write_text("\n".join(READING % (n, s) for n, s in enumerate(("bad", "worse", "final"), 1)))
    assert run(["--data-dir", "./my-data", "load", "readings.ndjson", "--source", "scale"]).exit_code == 0
    said = {}
    for _, *words in commands("feeds.md"):
        if "--fixed" in words:
            entry = Path("entry.json")
            entry.write_text(entry.read_text().replace('"bad"', '"final"'))
        done = run(words)
        assert done.exit_code == 0, (words, done.output)
        said[" ".join(words[2:])] = done.output
    assert said["intake status"].startswith("scale: last heard ") and "2 in quarantine" in said["intake status"]
    (feed,) = json.loads(said["intake status --json"])["feeds"]
    assert (feed["source"], feed["kinds"], feed["quarantined"]) == ("scale", {"Observation": 1}, 2)
    assert "2 waiting." in said["quarantine list"]
    assert said["quarantine replay 1 --fixed entry.json"] == "1: in the record now.\n"
    assert said["quarantine drop 2"] == "2: dropped.\n" and said["quarantine restore 2"] == "2: waits again.\n"
    assert said["quarantine replay --all"].startswith("2: status")


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl, which makes the key of the guide, is not here")
def test_every_command_of_the_guide_of_bulk_data_runs_as_written_and_goes_on_where_it_stopped(run: Run) -> None:
    (make, publish, fetch, open_list) = commands("bulk-data.md")
    for words in (make, publish):
        subprocess.run(words, check=True, capture_output=True)
    server, published = Server(ECKey.import_key(Path("key.pem").read_text())), Server()
    with server, published:
        for one in (server, published):
            one.waits, one.files["/a"] = 0, (READING % (1, "final")).encode()
            output = [{"type": "Observation", "url": "{here}" + path} for path in ("/a", "/b")]
            one.manifests["/status"] = {
                "transactionTime": "2026-03-17T12:00:00Z", "requiresAccessToken": one.key is not None, "output": output,
            }  # fmt: skip
        published.files["/b"] = (READING % (2, "final")).encode()
        published.manifests["/manifest.json"] = published.manifests["/status"]

        def here(words: list[str]) -> list[str]:
            places = {"https://payer.example.org": server.here, "https://files.example.org": published.here}
            return [re.sub("https://[a-z]+.example.org", lambda found: places[found[0]], w) for w in words[1:]]

        stopped = run(here(fetch))
        assert stopped.exit_code != 0 and "A file was not given (404)" in str(stopped.exception)
        server.files["/b"] = (READING % (2, "final")).encode()
        done = run(here(fetch))
        assert (done.exit_code, done.output) == (
            0, "files 2, read 2, stored 2, known 0, quarantined 0, deletions 0, complaints 0\n",
        ), (done.output, done.exception)  # fmt: skip
        assert server.seen["/a"] == 1 and ("DELETE", "/status") in server.asked
        assert {claims["iss"] for claims in server.claims} == {"throughcare"}
        told = run(here(open_list))
        assert told.exit_code == 0, (told.output, told.exception)
        assert json.loads(told.output)["files"] == 2
