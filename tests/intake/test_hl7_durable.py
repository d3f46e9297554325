"""An acknowledgement leaves only after its commit is on disk: the order of system calls of listener and database.

strace follows both. For each message: it was read from the connection, then the backend that commits for the listener
ended an fdatasync of the log, then the answer was sent. The control takes the database's durability away: then the
same look must find answers that were sent before.
"""

import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from throughcare.community import hospital
from throughcare.record.views import ensure_views
from throughcare.settings import Settings
from throughcare.stores import bundled, postgres

MESSAGES = 25
CALLS = "trace=recvfrom,sendto,fdatasync,fsync,pwrite64"
_READ = re.compile(r"recvfrom\(\d+, \"\\vMSH.*?\|ADT\^A\d\d\|(\w+)\|P\|")
_ANSWERED = re.compile(r"sendto\(\d+, \"\\vMSH.*?\\rMSA\|AA\|(\w+)")
_SYNCED = re.compile(r"^(\d+) .*(?:fdatasync|fsync)(?:\(\d+| resumed>)\)\s+= 0$")


def may_follow() -> str:
    """Why strace cannot follow another process here; empty when it can."""
    if shutil.which("strace") is None:
        return "strace is not installed"
    with subprocess.Popen(["sleep", "20"]) as other:
        tried = subprocess.Popen(["strace", "-p", f"{other.pid}"], stderr=subprocess.PIPE, text=True)
        assert tried.stderr is not None
        said = tried.stderr.readline()
        tried.terminate()
        tried.communicate(timeout=10)
        other.kill()
    return "" if "attached" in said else "strace may not follow processes here"


def children(parent: int) -> list[int]:
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", f"{parent}"], capture_output=True, text=True)
    return [int(pid) for pid in found.stdout.split()]


def title(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")


@contextmanager
def listening(settings: Settings) -> Iterator[tuple[int, int]]:
    """(process, port) of a listener whose folding stands still, so that every commit is of a message taken."""
    command = [sys.executable, "-c", "from throughcare.cli import main; main()", "--data-dir", str(settings.data_dir),
               "listen", "--port", "0", "--source", "riverside"]  # fmt: skip
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    try:
        assert process.stderr is not None
        said = re.search(r":(\d+) for", process.stderr.readline())
        assert said
        beside = [pid for pid in children(process.pid) if "spawn_main" in title(pid)]
        assert beside
        time.sleep(3)  # until the folding has its database, and waits
        for pid in beside:
            subprocess.run(["kill", "-STOP", f"{pid}"], check=True)
        yield process.pid, int(said[1])
        for pid in beside:
            subprocess.run(["kill", "-CONT", f"{pid}"], check=True)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def followed(listener: int, port: int, database: int, out: Path) -> list[str]:
    """Every line of strace while messages are sent, one after the other is answered."""
    pids = [listener, database, *children(database)]
    command = ["strace", "-f", "-ttt", "-s", "600", "-e", CALLS, "-o", str(out), *(f"-p{pid}" for pid in pids)]
    told = hospital.tell(hospital.guests(MESSAGES, 1), 1, datetime(2026, 1, 5, tzinfo=UTC))
    strace = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        time.sleep(2)
        with socket.create_connection(("127.0.0.1", port), 30) as connection:
            for _, data in told.messages[:MESSAGES]:
                connection.sendall(b"\x0b" + data + b"\x1c\r")
                answer = b""
                while not answer.endswith(b"\x1c\r"):
                    answer += connection.recv(4096)
                assert b"\rMSA|AA|" in answer
    finally:
        strace.terminate()
        strace.wait(20)
    return out.read_text(errors="replace").splitlines()


def in_order(lines: list[str], committing: set[int]) -> dict[str, bool]:
    """Message -> whether a backend ended a sync between reading it and sending its answer."""
    synced, waiting, found = 0, dict[str, int](), dict[str, bool]()
    for line in lines:
        if (done := _SYNCED.match(line)) and int(done[1]) in committing:
            synced += 1
        elif read := _READ.search(line):
            waiting.setdefault(read[1], synced)
        elif (sent := _ANSWERED.search(line)) and sent[1] in waiting:
            found[sent[1]] = synced > waiting[sent[1]]
    return found


@pytest.mark.parametrize("durable", [True, False])
def test_an_answer_is_sent_after_the_log_is_on_disk(short_folder: Path, tmp_path: Path, durable: bool) -> None:
    if why := may_follow():
        pytest.skip(why)
    settings = Settings.read({}, data_dir=short_folder / f"hd{durable:d}")
    try:
        with postgres.open(settings) as database:
            database.migrate()
            ensure_views(database)
        if not durable:
            bundled.stop(settings.data_dir)
            (settings.data_dir / "postgres" / "local.conf").write_text("synchronous_commit = off\n")
        with listening(settings) as (listener, port):
            server = bundled.running(settings.data_dir)
            assert server
            helpers = ("walwriter", "checkpointer", "background writer", "autovacuum", "logical replication")
            lines = followed(listener, port, server, tmp_path / "calls")
            pids = {int(line.split(maxsplit=1)[0]) for line in lines} - {server}
            alive = {pid for pid in children(server) if any(name in title(pid) for name in helpers)}
    finally:
        bundled.stop(settings.data_dir)
    found = in_order(lines, pids - alive)
    assert len(found) == MESSAGES
    assert all(found.values()) is durable
