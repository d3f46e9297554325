"""throughcare listen: hospitals and laboratories send HL7 v2 messages here, over MLLP."""

import asyncio
import json
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from ipaddress import ip_address
from multiprocessing import get_context
from multiprocessing.context import SpawnProcess
from pathlib import Path
from zoneinfo import ZoneInfo

import click
import structlog

from throughcare.faults import Fault
from throughcare.flow import door
from throughcare.intake.hl7v2 import peers as peers_file
from throughcare.intake.hl7v2.apply import Folding
from throughcare.intake.hl7v2.peers import Peers
from throughcare.intake.hl7v2.serve import serve
from throughcare.record.changes import Changes, Committed
from throughcare.record.views import ensure_views
from throughcare.settings import Settings
from throughcare.stores.postgres import Database
from throughcare.stores.postgres import open as open_database

PORTION = 50  # messages folded in one commit: small, so that acknowledgements seldom wait for it
WATCH_SECONDS, END_SECONDS, NICE = 1.0, 15, 5

log = structlog.get_logger()

EPILOG = """\b
Examples:
  throughcare listen                            this machine alone may send, as source "hl7v2"
  throughcare listen --host 0.0.0.0 --peers peers.toml
  throughcare listen --json                     the counts as one JSON object when it ends
"""


@click.command(epilog=EPILOG)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=2575, show_default=True, help="Port to listen on; 0 takes a free one.")
@click.option("--peers", "file", type=click.Path(path_type=Path, dir_okay=False), help="Who may send, and how (TOML).")
@click.option("--source", default="hl7v2", show_default=True, help="Who says this, where no file of peers names it.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as one JSON object.")
@click.pass_obj
def command(settings: Settings, host: str, port: int, file: Path | None, source: str, as_json: bool) -> None:
    """Listen for HL7 v2 messages until interrupted.

    A message is acknowledged only after it is on disk. One that cannot be taken is answered with the reason and kept
    in quarantine; it never stops those behind it.
    """
    peers = _peers(file, source, host)
    with open_database(settings) as database:
        database.migrate()
        ensure_views(database)
        with folding(settings):
            counts = asyncio.run(_listen(database, peers, ZoneInfo(settings.time_zone), host, port))
    told = {name: counts[name] for name in ("read", "stored", "known", "quarantined")}
    if as_json:
        click.echo(json.dumps(told))
    else:
        click.echo(", ".join(f"{name} {number:,}" for name, number in told.items()))


def _peers(file: Path | None, source: str, host: str) -> Peers:
    if file is not None:
        if not file.exists():
            raise Fault("There is no such file of peers.", where=str(file), do="Check the path.")
        return peers_file.read(file)
    if not ip_address(host).is_loopback:
        raise Fault(
            f"{host} can be reached from elsewhere, and nobody says who may send.",
            do="Give a file of peers: --peers peers.toml (docs/guides/hl7v2.md shows one).",
        )
    return peers_file.only_here(source)


async def _listen(database: Database, peers: Peers, zone: ZoneInfo, host: str, port: int) -> dict[str, int]:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)

    def started(bound: int) -> None:
        tls = "with TLS" if peers.tls else "without TLS"
        click.echo(f"Listening on {host}:{bound} for {len(peers.all)} senders, {tls}  (Ctrl C ends it)", err=True)

    return await serve(peers, zone, host, port, door_of(database), stop, started)


@contextmanager
def folding(settings: Settings) -> Iterator[None]:
    """A process beside the listener makes FHIR of its messages, so that no acknowledgement waits for that.

    One that is killed is started again.
    """
    ended, beside = threading.Event(), _beside(settings)
    watching = threading.Thread(target=_watch, args=(settings, beside, ended), name="throughcare-watching")
    watching.start()
    try:
        yield
    finally:
        ended.set()
        watching.join()


def _beside(settings: Settings) -> SpawnProcess:
    beside = get_context("spawn").Process(target=_fold, args=(settings, os.getpid()), name="throughcare-folding")
    beside.start()
    return beside


def _watch(settings: Settings, beside: SpawnProcess, ended: threading.Event) -> None:
    while not ended.wait(WATCH_SECONDS):
        if not beside.is_alive():
            log.warning("folding_ended", code=beside.exitcode)
            beside = _beside(settings)
    beside.terminate()
    beside.join(END_SECONDS)


def _fold(settings: Settings, parent: int) -> None:
    """Until told to stop, or the listener is gone. The listener goes first where both want the processor."""
    stopped: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: stopped.append(number))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(NICE)
    with open_database(settings) as database:
        folding = Folding(database, settings, door_of(database), PORTION)
        folding.until(lambda: bool(stopped) or os.getppid() != parent)


def door_of(database: Database) -> Callable[[Changes], Committed]:
    def commit(changes: Changes) -> Committed:
        return door.commit(database, changes, stage="intake", at=datetime.now(UTC))

    return commit
