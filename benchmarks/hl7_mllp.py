"""A hospital over TCP: `throughcare listen` as a process, a client with 200 messages a second, and kill -9.

Run: python benchmarks/hl7_mllp.py [--seconds 60] [--rate 200] [--connections 4] [--kills 10]. First the rate, each
message timed from sending to its acknowledgement; then the listener is killed in the middle again and again while the
client sends again what was not acknowledged. Afterwards the messages in the database are compared with those
acknowledged: none lost, none doubled; and the time until the last is folded is told.
"""

import argparse
import asyncio
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from throughcare.community import hospital
from throughcare.record.views import ensure_views
from throughcare.settings import Settings
from throughcare.stores import bundled, postgres

BEGINS = datetime(2026, 1, 5, tzinfo=UTC)
BEHIND = """select (select coalesce(max(message_no), 0) from record.message)
    - coalesce((select commit_no from think.cursor where stage = 'hl7v2'), 0)"""


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seconds", type=int, default=60)
    asked.add_argument("--rate", type=int, default=200)
    asked.add_argument("--connections", type=int, default=4)
    asked.add_argument("--kills", type=int, default=10)
    options = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="tc-", dir="/tmp") as place:
        Path(place).chmod(0o711)
        settings = Settings.read({}, data_dir=Path(place) / "data")
        try:
            with postgres.open(settings) as database:
                database.migrate()
                ensure_views(database)
                dsn = database.dsn
            at_rate(settings, dsn, options.rate, options.seconds, options.connections)
            killed(settings, dsn, options.kills)
        finally:
            bundled.stop(settings.data_dir)


def invented(count: int, seed: int) -> list[bytes]:
    told = hospital.tell(hospital.guests(count // 9 + 20, seed), seed, BEGINS)
    return [data for _, data in told.messages][:count]


def listening(settings: Settings) -> tuple[subprocess.Popen[str], int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-c", "from throughcare.cli import main; main()", "--data-dir", str(settings.data_dir),
         "listen", "--port", str(port), "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ,
    )  # fmt: skip
    assert process.stderr is not None
    assert process.stderr.readline().startswith("Listening")
    return process, port


def one(dsn: str, query: str) -> int:
    with psycopg.connect(dsn) as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return int(row[0])


async def exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, data: bytes) -> bool:
    writer.write(b"\x0b" + data + b"\x1c\r")
    answer = await reader.readuntil(b"\x1c\r")
    return b"\rMSA|AA|" in answer


def at_rate(settings: Settings, dsn: str, rate: int, seconds: int, connections: int) -> None:
    """Sent by the clock, whether or not the one before was acknowledged: waiting counts as time."""
    messages = invented(rate * seconds, 1)
    process, port = listening(settings)
    times: list[float] = []

    async def send(mine: list[bytes], began: float, first: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for number, data in enumerate(mine):
            due = began + (first + number * connections) / rate
            await asyncio.sleep(max(0, due - time.perf_counter()))
            assert await exchange(reader, writer, data)
            times.append(time.perf_counter() - due)

    async def all() -> None:
        began = time.perf_counter() + 0.5
        await asyncio.gather(*(send(messages[n::connections], began, n) for n in range(connections)))

    began = time.perf_counter()
    asyncio.run(all())
    took = time.perf_counter() - began
    behind = one(dsn, BEHIND)
    while one(dsn, BEHIND):
        time.sleep(0.1)
    folded = time.perf_counter() - began - took
    process.send_signal(signal.SIGTERM)
    said, _ = process.communicate(timeout=60)
    times.sort()
    p50, p99 = statistics.median(times) * 1000, times[int(len(times) * 0.99)] * 1000
    kept = one(dsn, "select count(*) from record.message")
    print(
        f"{len(messages):,} messages in {took:.1f} s ({len(messages) / took:.0f} a second), {connections} connections"
    )
    print(f"  acknowledged: p50 {p50:.1f} ms, p99 {p99:.1f} ms, longest {times[-1] * 1000:.0f} ms")
    print(f"  in the database {kept:,}; {behind:,} not yet folded at the end, none {folded:.1f} s later")
    print(f"  {said.strip()}")
    assert kept == len(messages)


def killed(settings: Settings, dsn: str, kills: int) -> None:
    """Each time in the middle of twenty that are under way."""
    before = one(dsn, "select count(*) from record.message")
    waiting, sent = invented(kills * 150 + 50, 2), kills * 150 + 50

    async def send(port: int, count: int, more: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(min(count, len(waiting))):
            assert await exchange(reader, writer, waiting[0])
            waiting.pop(0)
        writer.write(b"".join(b"\x0b" + data + b"\x1c\r" for data in waiting[:more]))
        await writer.drain()

    for number in range(kills):
        process, port = listening(settings)
        asyncio.run(send(port, 130, 20))
        process.kill()
        process.wait(20)
        kept = one(dsn, "select count(*) from record.message") - before
        assert kept >= sent - len(waiting), f"lost after kill {number + 1}"
    process, port = listening(settings)
    asyncio.run(send(port, len(waiting), 0))
    while one(dsn, BEHIND):
        time.sleep(0.1)
    process.send_signal(signal.SIGTERM)
    process.wait(60)
    kept = one(dsn, "select count(*) from record.message") - before
    print(f"killed {kills} times in the middle: {sent:,} messages acknowledged, {kept:,} in the database")
    assert kept == sent


if __name__ == "__main__":
    main()
