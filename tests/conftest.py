"""Databases for tests: one bundled server and one ordinary server per run, a fresh migrated database per test."""

import gc
import itertools
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest

from throughcare.record import views
from throughcare.settings import Settings
from throughcare.stores import bundled, os_user, postgres

from .towns import shared, town, town_template, visit  # noqa: F401

NO_SERVER = (
    "not run on a PostgreSQL server: none was found. Install one (Debian: apt-get install postgresql), "
    "or set THROUGHCARE_TEST_DSN to a role that may create databases"
)
MEMORY_BYTES_MIN = 4 * 2**30  # for the servers of some workers; one takes some hundred megabytes
# Begun first, in this order, so that no long story is left alone at the end while the other workers have nothing to do.
LONGEST = ("journeys", "definitions/test_fused.py", "care_models", "docs", "browser")
_numbers = itertools.count(1)


def pytest_configure() -> None:
    """Workers leave no processor for second hands; test_fused.py thinks with three, whatever the processors."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        from throughcare.decide import running

        running.count = lambda: 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    return next((nth for nth, start in enumerate(LONGEST) if item.nodeid.startswith(f"tests/{start}")), len(LONGEST))


def pytest_collection_finish() -> None:
    """What was collected lives to the end; nobody needs to look again and again whether it is garbage."""
    gc.collect()
    gc.freeze()


def pytest_sessionfinish() -> None:
    gc.unfreeze()


@dataclass
class Server:
    """A running server: how to create databases there, and the DSN of one of them as the application's role."""

    admin: str
    dsn: Callable[[str], str]
    owner: str
    made: list[str] = field(default_factory=list)

    def create(self, template: str | None = None) -> str:
        name = f"tc_test_{os.getpid()}_{next(_numbers)}"
        with psycopg.connect(self.admin, autocommit=True) as connection:
            made = f'owner "{self.owner}" template "{template or "template0"}" strategy file_copy'
            connection.execute(f'create database "{name}" {made}')
        self.made.append(name)
        return name

    def drop(self, name: str) -> None:
        with psycopg.connect(self.admin, autocommit=True) as connection:
            connection.execute(f'drop database if exists "{name}" with (force)')
        self.made.remove(name)

    def template(self) -> str:
        """A database with every migration and every shipped view; tests get copies of it."""
        name = self.create()
        with self.open(name) as database:
            database.migrate()
            views.ensure_views(database)
        return name

    def open(self, name: str) -> postgres.Database:
        return postgres.open(Settings.read({}, database=self.dsn(name)))


@pytest.fixture(scope="session")
def short_folder() -> Iterator[Path]:
    """A folder with a short path that an unprivileged server user may pass through: sockets live in it."""
    folder = Path(tempfile.mkdtemp(prefix="tc-", dir="/tmp"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def servers_folder(short_folder: Path) -> Iterator[Path]:
    """Where the servers lie that tests share: in memory where there is room, since each database is copied and gone."""
    memory = Path("/dev/shm")
    if not memory.is_dir() or shutil.disk_usage(memory).free < MEMORY_BYTES_MIN:
        yield short_folder
        return
    folder = Path(tempfile.mkdtemp(prefix="tc-", dir=memory))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def bundled_server(servers_folder: Path) -> Iterator[Server]:
    data_dir = servers_folder / "bundled"
    bundled.start(data_dir)
    admin = bundled.dsn(data_dir, role="postgres", database="postgres")
    _forgetful(admin)
    yield Server(admin, lambda name: bundled.dsn(data_dir, database=name), "throughcare")
    bundled.stop(data_dir)


@pytest.fixture(scope="session")
def ordinary_server(servers_folder: Path) -> Iterator[Server]:
    """The server of THROUGHCARE_TEST_DSN, or one of an installed package with a port and a password."""
    given = os.environ.get("THROUGHCARE_TEST_DSN")
    if given:
        owner = psycopg.conninfo.conninfo_to_dict(given).get("user") or os_user.server_user().pw_name
        server = Server(given, lambda name: psycopg.conninfo.make_conninfo(given, dbname=name), str(owner))
        yield server
        for name in list(server.made):
            server.drop(name)
        return
    programs = _installed()
    if programs is None:
        pytest.skip(NO_SERVER)
    with _OrdinaryServer(programs, servers_folder / "ordinary") as server:
        yield server


@pytest.fixture(scope="session")
def bundled_template(bundled_server: Server) -> str:
    return bundled_server.template()


@pytest.fixture
def database(bundled_server: Server, bundled_template: str) -> Iterator[postgres.Database]:
    """A fresh database with the whole schema. Rooms on top of the record need no other."""
    yield from _fresh(bundled_server, bundled_template)


def _fresh(server: Server, template: str | None) -> Iterator[postgres.Database]:
    name = server.create(template)
    with server.open(name) as database:
        yield database
    server.drop(name)


def _forgetful(admin: str) -> None:
    """Nothing these servers are told needs to outlive the machine; tests of what does start servers of their own."""
    with psycopg.connect(admin, autocommit=True) as connection:
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            connection.execute(f"alter system set {setting} = off")
        connection.execute("alter system set max_wal_size = '128MB'")
        connection.execute("alter system set min_wal_size = '80MB'")
        connection.execute("select pg_reload_conf()")


def _installed() -> Path | None:
    """The newest PostgreSQL package of this machine, 15 or newer."""
    found = [p.parent for p in Path("/usr/lib/postgresql").glob("*/bin/initdb") if p.parts[-3].isdigit()]
    found = [p for p in found if int(p.parent.name) >= postgres.OLDEST]
    return max(found, key=lambda p: int(p.parent.name)) if found else None


class _OrdinaryServer:
    """A cluster as an operator would run it: its own port on loopback, passwords, a role that owns its databases."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self.programs, self.folder, self.password = programs, folder, secrets.token_hex(12)

    def __enter__(self) -> Server:
        user = os_user.server_user()
        os_user.own(self.folder, user)
        secret = self.folder / "password"
        secret.write_text(self.password)
        if os.geteuid() == 0:
            os.chown(secret, user.pw_uid, user.pw_gid)
        self._run("initdb", "-D", f"{self.folder}/cluster", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8",
                  "-A", "scram-sha-256", f"--pwfile={secret}")  # fmt: skip
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        options = f"-c listen_addresses=127.0.0.1 -c port={self.port} -c unix_socket_directories="
        self._run("pg_ctl", "-D", f"{self.folder}/cluster", "-w", "-l", f"{self.folder}/log", "-o", options, "start")
        admin = self._dsn("postgres", "postgres")
        self._await(admin)
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(f"create role application login nosuperuser nocreatedb password '{self.password}'")
        _forgetful(admin)
        return Server(admin, lambda name: self._dsn("application", name), "application")

    def __exit__(self, *_: object) -> None:
        self._run("pg_ctl", "-D", f"{self.folder}/cluster", "-w", "-m", "fast", "stop")

    def _dsn(self, role: str, name: str) -> str:
        return f"postgresql://{role}:{self.password}@127.0.0.1:{self.port}/{name}"

    def _await(self, dsn: str) -> None:
        for _ in range(100):
            try:
                psycopg.connect(dsn).close()
                return
            except psycopg.OperationalError:
                time.sleep(0.1)
        raise AssertionError((self.folder / "log").read_text()[-2000:])

    def _run(self, program: str, *arguments: str) -> None:
        user = os_user.server_user()
        as_user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
        with open(self.folder / "said", "w") as said:
            done = subprocess.run([self.programs / program, *arguments], stdout=said, stderr=said, cwd="/", **as_user)
        assert done.returncode == 0, (self.folder / "said").read_text()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """A database path that was not run is said aloud, not hidden in a letter s."""
    skipped = [r for r in terminalreporter.stats.get("skipped", []) if NO_SERVER in str(r.longrepr)]
    if skipped:
        terminalreporter.write_line(f"{len(skipped)} tests were {NO_SERVER}.", yellow=True, bold=True)
