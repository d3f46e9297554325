"""Loading an export: resources a second beside what PostgreSQL alone does with the same bodies, in the same run.

Run: python benchmarks/load.py [--rounds N] [FOLDER]. The floors: COPY of the bodies as jsonb with two indexes built
after, and COPY alone. Two sizes, one warm-up, medians with their spread; rows are counted before speed is compared.
"""

import argparse
import gzip
import math
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import psycopg

from throughcare.community.make import make
from throughcare.flow import door
from throughcare.intake.load import load
from throughcare.record.changes import Changes, Committed
from throughcare.record.views import ensure_views
from throughcare.settings import Settings
from throughcare.stores import bundled, copy, postgres

EXPORT = "01_synthea/r4_medium_300_ndjson"
SHARES = (10, 1)  # a tenth of every file, then all of it
BLOCK = 1 << 20
FLOOR = "create table floor (id bigint, body jsonb)"
INDEXES = (
    "create index on floor ((body ->> 'resourceType'), (body ->> 'id'))",
    "create index on floor ((body #>> '{subject,reference}'))",
)


def main() -> None:
    """One table: size, seconds and rate of the product and of both floors, their ratio, and how cost grows."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("folder", nargs="?", type=Path)
    asked.add_argument("--rounds", type=int, default=5)
    options = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="tc-", dir="/tmp") as place:
        Path(place).chmod(0o711)
        lines = export(options.folder or Settings.read().shared_data / EXPORT, Path(place))
        data_dir = Path(place) / "data"
        bundled.start(data_dir)
        try:
            report(data_dir, Path(place), lines, options.rounds)
        finally:
            bundled.stop(data_dir)


def export(folder: Path, place: Path) -> dict[str, list[bytes]]:
    """Lines by file name; an invented community where the export is not here."""
    if not folder.is_dir():
        folder = place / "community"
        make(folder, 5_000, 7, date(2026, 3, 17))
        folder = folder / "practice_0"
    found = {}
    for file in sorted(folder.glob("*.ndjson*")):
        text = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
        found[file.name.removesuffix(".gz")] = text.splitlines()
    return found


def report(data_dir: Path, place: Path, lines: dict[str, list[bytes]], rounds: int) -> None:
    busy = os.getloadavg()[0]
    print(f"{os.cpu_count()} cores, load average {busy:.1f} at the start; {rounds} rounds after a warm-up")
    print(f"{'resources':>10} {'what':<34} {'seconds':>8} {'spread':>7} {'a second':>9}")
    taken: dict[str, list[tuple[int, float]]] = {}
    for share in SHARES:
        some = {name: held[::share] for name, held in lines.items()}
        folder = written(place / f"export-{share}", some)
        ways: dict[str, Callable[[], float]] = {
            "Throughcare": lambda f=folder, s=some: product(data_dir, f, s),
            "COPY as jsonb, then two indexes": lambda s=some: floor(data_dir, s, indexed=True),
            "COPY as jsonb alone": lambda s=some: floor(data_dir, s, indexed=False),
        }
        count = sum(map(len, some.values()))
        for way, seconds in medians(ways, rounds).items():
            taken.setdefault(way, []).append((count, seconds[0]))
            print(f"{count:>10,} {way:<34} {seconds[0]:>8.2f} {seconds[1]:>6.0f}% {count / seconds[0]:>9,.0f}")
        print(f"{count:>10,} {'ratio to COPY with indexes':<34} {ratio(taken, 1):>8.2f}")
        print(f"{count:>10,} {'ratio to COPY alone':<34} {ratio(taken, 2):>8.2f}")
    for way, ((few, quick), (many, slow)) in taken.items():
        print(f"{'grows as':>10} {way:<34} n^{math.log(slow / quick) / math.log(many / few):.2f}")


def medians(ways: dict[str, Callable[[], float]], rounds: int) -> dict[str, tuple[float, float]]:
    """Median seconds and spread in percent; the ways take turns, so that noise falls on all alike."""
    seconds: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(rounds + 1):
        for way, run in ways.items():
            seconds[way].append(run())
    kept = {way: held[1:] for way, held in seconds.items()}
    return {w: (statistics.median(k), 100 * (max(k) - min(k)) / statistics.median(k)) for w, k in kept.items()}


def ratio(taken: dict[str, list[tuple[int, float]]], floor_no: int) -> float:
    held = list(taken.values())
    return held[floor_no][-1][1] / held[0][-1][1]


def written(folder: Path, lines: dict[str, list[bytes]]) -> Path:
    folder.mkdir()
    for name, held in lines.items():
        (folder / name).write_bytes(b"\n".join(held) + b"\n")
    return folder


def product(data_dir: Path, folder: Path, lines: dict[str, list[bytes]]) -> float:
    """The whole load: read, validated, versioned, flattened, indexed, audited, durable, with a mark to resume at."""
    with fresh(data_dir) as dsn, postgres.open(Settings.read({}, database=dsn)) as database:
        database.migrate()
        ensure_views(database)

        def commit(changes: Changes) -> Committed:
            return door.commit(database, changes, stage="intake", at=datetime.now(UTC))

        began = time.perf_counter()
        counts = load(database, [folder], source="bench", settings=database.settings, commit=commit)
        seconds = time.perf_counter() - began
        assert counts.stored == counts.read == sum(map(len, lines.values())), counts
        return seconds


def floor(data_dir: Path, lines: dict[str, list[bytes]], *, indexed: bool) -> float:
    """The bare database doing only that: no validation, no history, no views."""
    rows = [b"%d\t%s\n" % (n, copy.raw(body)) for n, body in enumerate(b for held in lines.values() for b in held)]
    with fresh(data_dir) as dsn, psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(FLOOR)
        began = time.perf_counter()
        with connection.transaction():
            with connection.cursor().copy("copy floor from stdin") as out:
                for start in range(0, len(rows), 500):
                    out.write(b"".join(rows[start : start + 500]))
            for index in INDEXES if indexed else ():
                connection.execute(index)
        seconds = time.perf_counter() - began
        assert connection.execute("select count(*) from floor").fetchone() == (len(rows),)
        return seconds


@contextmanager
def fresh(data_dir: Path) -> Iterator[str]:
    """A database of its own for each run."""
    with psycopg.connect(bundled.dsn(data_dir, role="postgres", database="postgres"), autocommit=True) as admin:
        admin.execute("create database bench owner throughcare template template0")
        yield bundled.dsn(data_dir, database="bench")
        admin.execute("drop database bench with (force)")
        admin.execute("checkpoint")


if __name__ == "__main__":
    main()
