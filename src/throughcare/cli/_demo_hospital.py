"""The demo's hospital: sends HL7 v2 over MLLP into the running demo, a few messages a minute, as long as it runs.

A real listener on a free port of this machine, its folding in a process beside it, and one connection that sends.
"""

import asyncio
import json
import threading
import time
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import structlog

from throughcare.cli import _demo, listen
from throughcare.community import arrivals
from throughcare.flow.moment import Moment
from throughcare.intake.hl7v2.frames import END, START
from throughcare.intake.hl7v2.peers import only_here
from throughcare.intake.hl7v2.said import Said
from throughcare.intake.hl7v2.serve import serve
from throughcare.intake.hl7v2.things import things
from throughcare.settings import Settings
from throughcare.stores.postgres import Database
from throughcare.stores.postgres import open as open_database

EVERY_SECONDS = 20.0
_END_SECONDS = 20

log = structlog.get_logger()


@dataclass(slots=True)
class Hospital:
    """What it sends, and what was acknowledged so far, each message with when it was sent."""

    messages: Iterator[bytes]
    every_seconds: float
    acknowledged: list[tuple[datetime, bytes]] = field(default_factory=list)

    async def day(self, port: int, stop: asyncio.Event) -> None:
        """One message after another, each once that before is acknowledged, until it has told of everyone."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for data in self.messages:
            at = datetime.now(UTC)
            writer.write(START + data + END + b"\r")
            answer = await reader.readuntil(END + b"\r")
            if b"\rMSA|AA|" in answer:
                self.acknowledged.append((at, data))
            try:
                await asyncio.wait_for(stop.wait(), self.every_seconds)
                break
            except TimeoutError:
                continue
        writer.close()


@contextmanager
def sending(settings: Settings, every_seconds: float = EVERY_SECONDS) -> Iterator[Hospital]:
    """A hospital that sends while this is open. What goes wrong with it is logged, and ends the hospital alone."""
    built = json.loads((settings.data_dir / _demo.BUILT).read_text("utf-8"))
    guests = arrivals.guests(built["people"], built["seed"], date.fromisoformat(built["on"]))
    hospital = Hospital(arrivals.messages(guests, built["seed"], lambda: datetime.now(UTC)), every_seconds)
    with open_database(settings) as database, listen.folding(settings):
        loop, stop = asyncio.new_event_loop(), asyncio.Event()
        work = _open(hospital, database, settings, stop)
        thread = threading.Thread(target=_run, args=(loop, work), name="throughcare-hospital", daemon=True)
        thread.start()
        try:
            yield hospital
        finally:
            loop.call_soon_threadsafe(stop.set)
            thread.join(_END_SECONDS)
            loop.close()


def _run(loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, None]) -> None:
    try:
        loop.run_until_complete(work)
    except Exception as problem:
        log.warning("hospital_closed", why=type(problem).__name__)


async def _open(hospital: Hospital, database: Database, settings: Settings, stop: asyncio.Event) -> None:
    port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    peers, zone = only_here(arrivals.SOURCE), ZoneInfo(settings.time_zone)
    serving = serve(peers, zone, "127.0.0.1", 0, listen.door_of(database), stop, port.set_result)
    async with asyncio.TaskGroup() as group:
        group.create_task(serving)
        group.create_task(hospital.day(await port, stop))


def first_task(settings: Settings, hospital: Hospital, most_seconds: float) -> float | None:
    """Seconds from when a message was sent until a new task about whom it told of is seen; None: there came none."""
    until, zone = time.monotonic() + most_seconds, ZoneInfo(settings.time_zone)
    with open_database(settings) as database:
        while time.monotonic() < until:
            for at, data in tuple(hospital.acknowledged):
                patient = [id for (kind, id), _ in things(Said.of(data, arrivals.SOURCE, zone)) if kind == "patient"]
                moment = Moment(database)
                people = [*moment.people(patient).values()]
                tasks = moment.tables(people, ["task"])["task"].to_pylist() if people else []
                if any(t["status"] == "requested" and t["requested_at"] >= at.replace(microsecond=0) for t in tasks):
                    return (datetime.now(UTC) - at).total_seconds()
            time.sleep(0.1)
    return None
