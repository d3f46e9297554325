"""The listener over real TCP: a message is answered once it is durable, a bad one with the reason; nobody stops it."""

import asyncio
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from throughcare.community import hospital
from throughcare.faults import Malformed
from throughcare.flow import door
from throughcare.intake.hl7v2 import peers as peers_file
from throughcare.intake.hl7v2.apply import Folding
from throughcare.intake.hl7v2.peers import Limits, Peer, Peers
from throughcare.intake.hl7v2.serve import serve
from throughcare.record.changes import Changes, Committed
from throughcare.settings import Settings
from throughcare.stores.postgres import Database

AT = datetime(2026, 3, 17, 12, tzinfo=UTC)
HERE = (ip_network("127.0.0.0/8"),)
PID = "PID|1||{}^^^H^MR||Eze^Ana||19500131|F"
BROKEN, UNKNOWN = b"PID|1||1^^^H^MR\r", b"MSH|^~\\&|A|H|||20260101||ADT^Z99|9|P|2.5\rPID|1||1^^^H^MR\r"


def adt(control: str, number: str = "1", head: str = "", event: str = "A28") -> bytes:
    msh = f"MSH|^~\\&|A|H|B|C|20260101120000||ADT^{event}|{control}|P|2.5.1{head}"
    return "\r".join([msh, f"EVN|{event}|20260101120000", PID.format(number), ""]).encode()


def framed(*messages: bytes) -> bytes:
    return b"".join(b"\x0b" + one + b"\x1c\r" for one in messages)


class Client:
    """A sender of its own making, with nothing of the listener in it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def answer(self) -> list[str]:
        """The fields of the next MSA."""
        data = await asyncio.wait_for(self.reader.readuntil(b"\x1c\r"), 20)
        assert data[:1] == b"\x0b"
        lines = data[1:-2].decode().split("\r")
        return next(line for line in lines if line.startswith("MSA")).split(lines[0][3])

    async def ended(self) -> bool:
        return await asyncio.wait_for(self.reader.read(1), 20) == b""


class Running:
    def __init__(self, port: int, stop: asyncio.Event, done: "asyncio.Task") -> None:
        self.port, self.stop, self.done = port, stop, done

    async def connect(self, **more: object) -> Client:
        return Client(*await asyncio.open_connection("127.0.0.1", self.port, **more))  # type: ignore[arg-type]

    async def end(self) -> dict[str, int]:
        self.stop.set()
        return dict(await asyncio.wait_for(self.done, 60))


@asynccontextmanager
async def running(database: Database, peers: Peers, commit: Callable | None = None) -> AsyncIterator[Running]:
    def ordinary(changes: Changes) -> Committed:
        return door.commit(database, changes, stage="intake", at=AT)

    own, ended = Settings.read({}), threading.Event()
    folding = threading.Thread(target=Folding(database, own, ordinary).until, args=(ended.is_set,))
    folding.start()
    stop, ready = asyncio.Event(), asyncio.get_running_loop().create_future()
    zone = ZoneInfo(own.time_zone)
    done = asyncio.create_task(serve(peers, zone, "127.0.0.1", 0, commit or ordinary, stop, ready.set_result))
    one = Running(await ready, stop, done)
    try:
        yield one
    finally:
        stop.set()
        await asyncio.wait_for(done, 60)
        ended.set()
        await asyncio.to_thread(folding.join, 60)


def only(**more: object) -> Peers:
    limits = more.pop("limits", Limits())
    return Peers((Peer("clinic", HERE, **more),), limits)  # type: ignore[arg-type]


def rows(database: Database, query: str) -> list[tuple]:
    with database.connection() as connection:
        return connection.execute(query).fetchall()


def stored(database: Database, kind: str) -> int:
    asked = f"select count(*) from record.resource where resource_type = '{kind}' and known_to is null"
    return rows(database, asked)[0][0]


def test_good_and_bad_messages_of_one_connection_are_answered_in_order(database: Database) -> None:
    async def talk() -> None:
        async with running(database, only()) as one:
            client = await one.connect()
            await client.send(framed(adt("1"), BROKEN, adt("2", "2"), UNKNOWN, adt("1"), adt("1", "3")))
            answers = [await client.answer() for _ in range(6)]
            counts = await one.end()
        assert [a[1:3] for a in answers] == [
            ["AA", "1"], ["AE", ""], ["AA", "2"], ["AR", "9"], ["AA", "1"], ["AA", "1"]
        ]  # fmt: skip
        assert answers[3][3] == "The event ADT Z99 is not known."
        assert counts == {"read": 6, "stored": 3, "known": 1, "quarantined": 2}

    asyncio.run(talk())
    assert stored(database, "Patient") == 3
    assert rows(database, "select count(*) from record.quarantine") == [(2,)]
    reused = "select is_reused from record.message order by message_no"
    assert rows(database, reused) == [(False,), (False,), (True,)]


def test_enhanced_mode_answers_as_asked(database: Database) -> None:
    async def talk() -> None:
        async with running(database, only()) as one:
            client = await one.connect()
            asked = [("AL", "NE"), ("AL", "AL"), ("NE", "AL"), ("ER", "ER"), ("SU", ""), ("NE", "NE")]
            for number, (accept, application) in enumerate(asked):
                await client.send(framed(adt(f"{number}", "1", f"|||{accept}|{application}")))
            await client.send(framed(adt("e", "1", "|||ER|ER", "Z99"), adt("end", "1")))
            expected = ["CA 0", "CA 1", "AA 1", "AA 2", "CA 4", "CR e", "AR e", "AA end"]
            assert [" ".join((await client.answer())[1:3]) for _ in expected] == expected

    asyncio.run(talk())


def test_nothing_is_answered_when_the_commit_fails_and_all_is_well_when_it_works_again(database: Database) -> None:
    broken = True

    def commit(changes: Changes) -> Committed:
        if broken:
            raise RuntimeError
        return door.commit(database, changes, stage="intake", at=AT)

    async def talk() -> None:
        nonlocal broken
        async with running(database, only(), commit) as one:
            client = await one.connect()
            await client.send(framed(adt("1")))
            assert await client.ended()
            assert rows(database, "select count(*) from record.message") == [(0,)]
            broken = False
            again = await one.connect()
            await again.send(framed(adt("1")))
            assert (await again.answer())[1] == "AA"
            assert rows(database, "select count(*) from record.message") == [(1,)]

    asyncio.run(talk())


def test_an_answer_comes_only_after_the_commit_returned(database: Database) -> None:
    order: list[str] = []

    def commit(changes: Changes) -> Committed:
        done = door.commit(database, changes, stage="intake", at=AT)
        order.extend(["durable"] * len(changes.messages))
        return done

    async def talk() -> None:
        async with running(database, only(), commit) as one:
            client = await one.connect()
            for number in range(5):
                await client.send(framed(adt(f"{number}", f"{number}")))
                await client.answer()
                order.append("answered")

    asyncio.run(talk())
    assert order == ["durable", "answered"] * 5


def test_what_never_ends_what_is_too_long_and_who_may_not_send_stop_nobody(database: Database) -> None:
    limits = Limits(connections=3, message_bytes=5000, idle_seconds=0.6, frame_seconds=0.3)

    async def talk() -> None:
        async with running(database, only(limits=limits, facilities=frozenset({"H"}))) as one:
            half, long, idle = [await one.connect() for _ in range(3)]
            await asyncio.sleep(0.1)
            assert await (await one.connect()).ended()  # the fourth
            await half.send(b"\x0b" + adt("1")[:60])
            await long.send(b"\x0b" + b"x" * 20_000)
            assert await half.ended() and await long.ended() and await idle.ended()
            good = await one.connect()
            await good.send(b"noise" + framed(adt("1"), adt("2").replace(b"|H|", b"|J|"), adt("3") + adt("4"), b""))
            assert [(await good.answer())[1] for _ in range(4)] == ["AA", "AR", "AE", "AE"]

    asyncio.run(talk())
    assert stored(database, "Patient") == 1

    async def stranger() -> None:
        async with running(database, Peers((Peer("far", (ip_network("192.0.2.0/24"),)),))) as one:
            assert await (await one.connect()).ended()

    asyncio.run(stranger())


def test_peers_of_one_address_are_told_apart_by_their_facility(database: Database) -> None:
    peers = Peers((Peer("east", HERE, frozenset({"E"})), Peer("west", HERE, frozenset({"W"}))))

    async def talk() -> None:
        async with running(database, peers) as one:
            client = await one.connect()
            await client.send(framed(adt("1").replace(b"|H|", b"|E|"), adt("2").replace(b"|H|", b"|W|")))
            assert [(await client.answer())[1] for _ in range(2)] == ["AA", "AA"]

    asyncio.run(talk())
    assert rows(database, "select source from record.message order by 1") == [("east",), ("west",)]


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificate, and is not installed")
def test_over_tls(database: Database, tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
            "-keyout", str(key), "-out", str(certificate)]  # fmt: skip
    subprocess.run(made, check=True, capture_output=True)
    file = tmp_path / "peers.toml"
    file.write_text(
        '[[peer]]\nsource = "clinic"\naddresses = ["127.0.0.1"]\n'
        '[tls]\ncertificate = "certificate.pem"\nkey = "key.pem"\n'
    )
    trusted = ssl.create_default_context(cafile=str(certificate))
    trusted.check_hostname = False

    async def talk() -> None:
        async with running(database, peers_file.read(file)) as one:
            client = await one.connect(ssl=trusted)
            await client.send(framed(adt("1")))
            assert (await client.answer())[1] == "AA"

    asyncio.run(talk())


@pytest.mark.parametrize(("text", "reason"), [
    ("[[peer]", "not TOML"), ("", "names no"), ('[[peer]]\nsource="a"', "no addresses"),
    ('[[peer]]\nsource="a"\naddresses=["x"]', "address"),
    ('[[peer]]\nsource="a"\naddresses=[]\ncolor=1', "named color"),
    ('[[peer]]\nsource="a"\naddresses=[]\n[limits]\nconnections=0', "above nought"),
    ('[[peer]]\nsource="a"\naddresses=[]\nacknowledge="never"', "one of"),
    ('[[peer]]\nsource="a"\naddresses=[]\n[tls]\nkey="k"', "tls"),
])  # fmt: skip
def test_a_file_of_peers_that_is_wrong_says_where(tmp_path: Path, text: str, reason: str) -> None:
    file = tmp_path / "peers.toml"
    file.write_text(text)
    with pytest.raises(Malformed, match=reason):
        peers_file.read(file)


def listening(database: Database, folder: Path) -> tuple[subprocess.Popen[str], int]:
    """`throughcare listen` as a process of its own, and its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-c", "from throughcare.cli import main; main()", "--database", database.dsn,
               "--data-dir", str(folder), "listen", "--port", str(port), "--json"]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ)
    assert process.stderr is not None
    said = process.stderr.readline()
    assert re.match(rf"Listening on 127.0.0.1:{port} ", said), said
    return process, port


def test_killed_in_the_middle_again_and_again_nothing_is_lost_or_doubled(database: Database, tmp_path: Path) -> None:
    """The sender sends again whatever was not answered, as a real one does."""
    told = hospital.tell(hospital.guests(40, 5), 5, AT)
    waiting = [data for _, data in told.messages]
    answered: list[bytes] = []
    kills = 0

    async def send(port: int, count: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        client = Client(reader, writer)
        for _ in range(min(count, len(waiting))):
            await client.send(framed(waiting[0]))
            assert (await client.answer())[1] == "AA"
            answered.append(waiting.pop(0))
        if waiting:
            await client.send(framed(*waiting[:20]))  # in flight when it dies

    while len(waiting) > 60:
        process, port = listening(database, tmp_path)
        asyncio.run(send(port, len(told.messages) // 4))
        process.kill()
        process.wait(20)
        kills += 1
        here = {bytes(d) for (d,) in rows(database, "select convert_to(body, 'UTF8') from record.message")}
        assert set(answered) <= here
    process, port = listening(database, tmp_path)
    asyncio.run(send(port, len(waiting)))
    process.send_signal(signal.SIGTERM)
    said, _ = process.communicate(timeout=60)
    assert kills >= 3 and process.returncode == 0 and '"quarantined": 0' in said
    assert rows(database, "select count(*) from record.message") == [(len(told.messages),)]
    process, _ = listening(database, tmp_path)  # what was left to fold is folded by the next one
    for _ in range(100):
        if not rows(database, "select 1 from record.message where message_no > (select commit_no from think.cursor"
                              " where stage = 'hl7v2')"):  # fmt: skip
            break
        asyncio.run(asyncio.sleep(0.2))
    process.terminate()
    process.wait(30)
    assert stored(database, "Encounter") == len(told.stays)


def test_a_folding_that_is_killed_is_started_again(database: Database, tmp_path: Path) -> None:
    process, port = listening(database, tmp_path)

    async def send(number: str) -> None:
        client = Client(*await asyncio.open_connection("127.0.0.1", port))
        await client.send(framed(adt(number, number)))
        assert (await client.answer())[1] == "AA"

    def patients(number: int) -> bool:
        until = time.monotonic() + 60
        while stored(database, "Patient") < number and time.monotonic() < until:
            time.sleep(0.1)
        return stored(database, "Patient") == number

    try:
        asyncio.run(send("1"))
        assert patients(1)
        found = subprocess.run(["pgrep", "-P", f"{process.pid}", "-f", "spawn_main"], capture_output=True, text=True)
        (beside,) = found.stdout.split()
        os.kill(int(beside), signal.SIGKILL)
        asyncio.run(send("2"))
        assert patients(2)
    finally:
        process.terminate()
        process.communicate(timeout=60)
    assert process.returncode == 0
