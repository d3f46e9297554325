"""The guide of HL7 v2 is true: its commands run as written with its file of peers, and its tables are the code's."""

import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from throughcare.faults import Malformed
from throughcare.intake.hl7v2 import peers
from throughcare.intake.hl7v2.said import events
from throughcare.stores import bundled

GUIDE = (Path(__file__).parents[2] / "docs/guides/hl7v2.md").read_text()
COMMAND = Path(sys.executable).with_name("throughcare")
FILES = re.findall(r"^```toml\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
ADT = (
    b"MSH|^~\\&|EHR|STM|B|C|20260302090000||ADT^A01|1|P|2.5.1\rEVN|A01|20260302090000\r"
    b"PID|1||R1^^^STM^MR||Eze^Ana||19500131|F\rPV1|1|I|ED|||||||||||||||||V1^^^STM^VN\r"
)


def commands(data_dir: Path) -> list[list[str]]:
    found = re.findall(r"^    throughcare (.*)$", GUIDE, re.MULTILINE)
    return [shlex.split(line.replace("./my-data", str(data_dir)).replace("--port 2575", "--port 0")) for line in found]


def test_every_command_of_the_guide_runs_as_written(short_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "peers.toml").write_text(FILES[0])
    (tmp_path / "messages").mkdir()
    (tmp_path / "messages" / "one.hl7").write_bytes(ADT.replace(b"|1|P|", b"|2|P|").replace(b"A01", b"A08"))
    data_dir = short_folder / f"hg{os.urandom(3).hex()}"
    listen, *others = commands(data_dir)
    environ = {**os.environ, "THROUGHCARE_DATABASE": ""}
    try:
        process = subprocess.Popen([COMMAND, *listen], cwd=tmp_path, env=environ, stdout=-1, stderr=-1, text=True)
        assert process.stderr is not None
        said = re.match(r"Listening on 0.0.0.0:(\d+) for 1 senders, without TLS", process.stderr.readline())
        assert said
        with socket.create_connection(("127.0.0.1", int(said[1])), 10) as connection:
            connection.sendall(b"\x0b" + ADT + b"\x1c\r")
            assert b"\rMSA|AA|1" in connection.recv(4096)
            connection.sendall(b"\x0b" + ADT.replace(b"|STM|B", b"|ELSEWHERE|B") + b"\x1c\r")
            assert b"\rMSA|AR|1" in connection.recv(4096)
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=60)
        assert (process.returncode, out.strip()) == (0, "read 2, stored 1, known 0, quarantined 1")
        done = [subprocess.run([COMMAND, *words], cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=90)
                for words in others]  # fmt: skip
    finally:
        bundled.stop(data_dir)
    assert [one.returncode for one in done] == [0, 0, 0], [one.stderr for one in done]
    loaded, waiting, status = (one.stdout for one in done)
    assert re.search(r"quarantined +0", loaded)
    assert "MSH-4 names a facility that may not send from this address." in waiting and "1 waiting" in waiting
    assert status.startswith("st_marys: last heard 2")


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificate, and is not installed")
def test_the_part_about_tls_is_read_with_its_files_and_refused_without(tmp_path: Path) -> None:
    file = tmp_path / "peers.toml"
    file.write_text("".join(FILES))
    with pytest.raises(Malformed, match="tls"):
        peers.read(file)
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
            "-keyout", str(tmp_path / "listener.key"), "-out", str(tmp_path / "listener.pem")]  # fmt: skip
    subprocess.run(made, check=True, capture_output=True)
    shutil.copy(tmp_path / "listener.pem", tmp_path / "hospitals.pem")
    read = peers.read(file)
    assert read.tls is not None and read.limits == peers.Limits()
    assert (read.all[0].source, read.all[0].charset) == ("st_marys", "8859/1")


def test_the_merges_of_the_guide_are_those_that_are_read() -> None:
    named = re.findall(r"^\| MRG \(([^)]*)\)", GUIDE, re.MULTILINE)
    known = {
        kind: {e for e, rule in events()["ADT"].items() if rule.get("merges") == kind} for kind in ("patient", "visit")
    }
    assert [set(one.split(", ")) for one in named] == [known["patient"], known["visit"]]
    cancels = {e for e, rule in events()["ADT"].items() if "cancels" in rule}
    told = re.search(r"cancelled \(([^)]*)\)", GUIDE)
    assert told and set(told[1].replace("\n", " ").split(", ")) == cancels
