"""From a hospital's discharge to its work on a worklist: `throughcare listen` and `serve`, over the people of a demo.

Run: python benchmarks/hl7_task.py [--demo FOLDER] [--people 300] [--single 30] [--burst 30] [--kills 10]. First
discharges one by one, then many at once; each is timed from sending to the moment the query of worklists gives a task
that it called for. Then kill -9 of listener, folding and server in turn while messages come, each started again:
nothing acknowledged is lost, and neither a visit nor a task is there twice. Without --demo a demo is built first.
"""

import argparse
import asyncio
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg

from throughcare.cli import _demo
from throughcare.community import hospital, people, places
from throughcare.fhir import json
from throughcare.intake.hl7v2.said import Said
from throughcare.intake.hl7v2.things import things
from throughcare.settings import Settings
from throughcare.stores import bundled, postgres

SOURCE, AGE_MIN, WAIT_SECONDS = "riverside", 66, 20.0
WORKLISTS = """select distinct e.key from flat.encounter e
    join flat.task t on t.person_id = e.person_id and t.known_to is null and t.requested_at >= %(since)s
        and t.status in ('requested', 'received', 'accepted', 'ready', 'in-progress')
    join door.panel p on p.person_id = t.person_id
    where e.key = any(%(visits)s) and e.known_to is null"""
FOLDED = "select key from flat.encounter where key = any(%(visits)s) and known_to is null"
BEHIND = """select (select coalesce(max(message_no), 0) from record.message)
    - coalesce((select commit_no from think.cursor where stage = 'hl7v2'), 0)"""
TWICE = """select count(*) from (select 1 from flat.task where known_to is null and requested_at >= %(since)s
    group by person_id, kind, role, description, due_at, about having count(*) > 1) twice"""
HEAD = "select coalesce(max(commit_no), 0) from record.head"
PROGRAM = [sys.executable, "-c", "from throughcare.cli import main; main()"]


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--demo", type=Path)
    for name, number in (("people", 300), ("single", 30), ("burst", 30), ("kills", 10)):
        asked.add_argument(f"--{name}", type=int, default=number)
    options = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="tc-", dir="/tmp") as place:
        Path(place).chmod(0o711)
        settings = Settings.read({}, data_dir=options.demo or Path(place) / "data")
        try:
            if not options.demo:
                _demo.build(settings, options.people, 7, datetime.now(UTC), print)
            with postgres.open(settings) as database:
                dsn = database.dsn
            guests = old_people(settings)
            with running(settings) as processes:
                timed("the first, as the server starts", dsn, processes, guests[-3:], 20.0)
                timed("one by one", dsn, processes, guests[: options.single], 3.0)
                timed("at once", dsn, processes, guests[options.single : options.single + options.burst], 0.0)
            if options.kills:
                killed(settings, dsn, guests, options.kills)
        finally:
            bundled.stop(settings.data_dir)


def old_people(settings: Settings) -> list[hospital.Guest]:
    built = json.read((settings.data_dir / _demo.BUILT).read_bytes())
    count, seed, on = built["people"], built["seed"], date.fromisoformat(built["on"])
    everyone = (people.person(no, seed, on, places.practices(count)) for no in range(count))
    found = [one for one in everyone if one.age_on(on) >= AGE_MIN and one.died is None and not one.moved_away]
    random.Random(1).shuffle(found)
    return [hospital.Guest(f"{p.no:06}", p.family, p.given, f"{p.birth}", p.sex[0].upper(), p.ssn) for p in found]


class Processes:
    """The listener with its folding, and the server with its worker; each can be killed and started again."""

    def __init__(self, settings: Settings) -> None:
        self.command = [*PROGRAM, "--data-dir", str(settings.data_dir)]
        self.listen()
        self.serve()

    def listen(self) -> None:
        self.listener = subprocess.Popen([*self.command, "listen", "--port", "0", "--source", SOURCE],
                                         stderr=subprocess.PIPE, text=True)  # fmt: skip
        assert self.listener.stderr is not None
        self.port = int(self.listener.stderr.readline().split(":")[1].split()[0])

    def serve(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.server = subprocess.Popen([*self.command, "serve", "--port", f"{port}"], stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL, start_new_session=True)  # fmt: skip
        for _ in range(600):
            with socket.socket() as tried:
                if tried.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.1)
        raise SystemExit("The server did not start.")

    def kill(self, which: str) -> None:
        if which == "folding":  # the listener starts another
            found = subprocess.run(["pgrep", "-P", f"{self.listener.pid}", "-f", "spawn_main"], capture_output=True)
            for pid in found.stdout.split():
                os.kill(int(pid), signal.SIGKILL)
        elif which == "listener":
            self.listener.kill()
            self.listener.wait(20)
            self.listen()
        else:
            os.killpg(self.server.pid, signal.SIGKILL)
            self.server.wait(20)
            self.serve()

    def end(self) -> None:
        for process in (self.listener, self.server):
            process.terminate()
        for process in (self.listener, self.server):
            process.wait(90)


@contextmanager
def running(settings: Settings) -> Iterator[Processes]:
    processes = Processes(settings)
    try:
        yield processes
    finally:
        processes.end()


def discharge(guest: hospital.Guest, number: int) -> bytes:
    now = datetime.now(UTC)
    told = hospital.Told()
    came = now - timedelta(days=3, minutes=number)
    writer = hospital.Writer(told, guest, f"B{guest.record_number}{now:%H%M%S%f}", came)
    writer.write("A03", now, unit=hospital.UNITS[1], left=now, to=hospital.HOME)
    return told.messages[0][1]


def visit_of(data: bytes) -> str:
    return next(f"Encounter/{i}" for (k, i), _ in things(Said.of(data, SOURCE, ZoneInfo("UTC"))) if k == "visit")


def send(port: int, messages: list[bytes]) -> int:
    """How many were acknowledged, one after the other, before the connection ended."""

    async def all() -> int:
        done = 0
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            for data in messages:
                writer.write(b"\x0b" + data + b"\x1c\r")
                assert b"\rMSA|AA|" in await reader.readuntil(b"\x1c\r")
                done += 1
        except (OSError, asyncio.IncompleteReadError):
            pass
        return done

    return asyncio.run(all())


def timed(name: str, dsn: str, processes: Processes, guests: list[hospital.Guest], pause: float) -> None:
    """Each guest's discharge until a task of theirs is on a worklist; who fits no care model has none."""
    sent: dict[str, float] = {}
    folded: dict[str, float] = {}
    took: dict[str, float] = {}
    since = datetime.now(UTC).replace(microsecond=0)

    with psycopg.connect(dsn, autocommit=True) as connection:

        def look(until: float) -> None:
            while time.perf_counter() < until and len(took) < len(sent):
                for query, found in ((FOLDED, folded), (WORKLISTS, took)):
                    rows = connection.execute(query, {"since": since, "visits": [v for v in sent if v not in found]})
                    seen = [v for (v,) in rows.fetchall()]
                    found.update((v, time.perf_counter() - sent[v]) for v in seen)
                time.sleep(0.03)

        for number, guest in enumerate(guests):
            data = discharge(guest, number)
            sent[visit_of(data)] = time.perf_counter()
            assert send(processes.port, [data]) == 1
            if pause:
                look(time.perf_counter() + pause)
        look(time.perf_counter() + WAIT_SECONDS)
    print(f"{name}: {len(sent)} discharges, {len(took)} came to work", flush=True)
    for what, times in (("the visit is in the record", folded), ("a task is on a worklist", took)):
        told = sorted(times.values())
        p50, p95 = told[len(told) // 2], told[int(len(told) * 0.95)]
        print(f"  {what:<28} p50 {p50:.2f} s, p95 {p95:.2f} s, longest {told[-1]:.2f} s", flush=True)


def killed(settings: Settings, dsn: str, guests: list[hospital.Guest], kills: int) -> None:
    """Each process in turn, in the middle of messages; what was not acknowledged is sent again."""
    waiting = [discharge(guest, n) for n in range(max(1, kills * 3 * 12 // len(guests) + 1)) for guest in guests]
    waiting = waiting[: kills * 3 * 12]
    visits = [visit_of(data) for data in waiting]
    sent = len(waiting)
    with psycopg.connect(dsn, autocommit=True) as connection:

        def one(query: str, **values: object) -> int:
            row = connection.execute(query, values).fetchone()
            assert row is not None
            return int(row[0])

        before, since = one("select count(*) from record.message"), datetime.now(UTC).replace(microsecond=0)
        with running(settings) as processes:
            for number in range(kills * 3):
                del waiting[: send(processes.port, waiting[:12])]
                processes.kill(("listener", "folding", "server")[number % 3])
                assert one("select count(*) from record.message") - before >= sent - len(waiting), "lost"
            while waiting:
                del waiting[: send(processes.port, waiting)]
            settled = -1
            while one(BEHIND) or settled != one(HEAD):
                settled = one(HEAD)
                time.sleep(5)
        kept = one("select count(*) from record.message") - before
        there = one("select count(*) from flat.encounter where key = any(%(v)s) and known_to is null", v=visits)
        twice = one(TWICE, since=since)
    print(f"killed {kills} times each: {sent} acknowledged, {kept} kept, {there} visits, {twice} tasks twice")
    assert kept == sent == there and not twice


if __name__ == "__main__":
    main()
