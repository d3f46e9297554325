"""Commits: durable single ones and resources in bulk, beside PostgreSQL doing only that. Prints; never fails."""

import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from throughcare.record import recipes
from throughcare.record.changes import Changes, Put
from throughcare.record.commit import commit
from throughcare.record.prepare import Prepared, prepare
from throughcare.record.view import View
from throughcare.record.views import ensure_views
from throughcare.settings import Settings
from throughcare.stores import bundled, copy, postgres

ROUNDS = 5
SINGLES = 300
BATCH = 2000
ZONE = "America/New_York"


def observation(n: int) -> bytes:
    """An observation as a practice sends it, about 900 bytes."""
    kind = "http://terminology.hl7.org/CodeSystem/observation-category"
    return json.dumps({
        "resourceType": "Observation", "id": f"o{n:08d}-benchmark", "status": "final",
        "meta": {"lastUpdated": "2026-07-01T10:00:00Z", "source": "urn:benchmark"},
        "text": {"status": "generated", "div": "x" * 240},
        "category": [{"coding": [{"system": kind, "code": "vital-signs"}]}],
        "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7"}], "text": "Body weight"},
        "subject": {"reference": f"Patient/p{n % 300}"}, "encounter": {"reference": f"Encounter/e{n % 3000}"},
        "effectiveDateTime": "2026-07-01T09:30:00-04:00", "issued": "2026-07-01T09:30:00.000-04:00",
        "valueQuantity": {"value": 60 + n % 60, "unit": "kg", "system": "http://unitsofmeasure.org", "code": "kg"},
    }).encode()  # fmt: skip


def rate(work: Callable[[int], int]) -> tuple[float, str]:
    """Median of units per second over the rounds, and the spread."""
    seen = []
    for round_no in range(ROUNDS + 1):
        began = time.perf_counter()
        done = work(round_no)
        seen.append(done / (time.perf_counter() - began))
    seen = seen[1:]  # the first round warms up
    return statistics.median(seen), f"{min(seen):,.0f} to {max(seen):,.0f}"


class Rig:
    """A database of its own, with the product's schema and two bare tables for the floors."""

    def __init__(self, folder: Path) -> None:
        self.settings = Settings.read({}, data_dir=folder)
        self.database = postgres.open(self.settings)
        self.database.migrate()
        ensure_views(self.database)
        self.views = recipes.shipped(self.settings.time_zone)
        self.bare = self.database.connect()
        self.bare.execute("create schema bare; create table bare.one (n bigint primary key, body text)")
        self.bare.execute("create table bare.many (id text, person bigint, body jsonb)")

    def floor_single(self, round_no: int) -> int:
        for n in range(SINGLES):
            self.bare.execute("insert into bare.one values (%s, %s)", [round_no * SINGLES + n, observation(n).decode()])
        return SINGLES

    def ours_single(self, round_no: int) -> int:
        for n in range(SINGLES):
            self._commit([Put(observation(10_000_000 + round_no * SINGLES + n), "bench")])
        return SINGLES

    def floor_bulk(self, round_no: int) -> int:
        """COPY of jsonb into a table that then gets two indexes, as the bar of the load job is set."""
        self.bare.execute("truncate bare.many; drop index if exists bare.many_id, bare.many_person")
        lines = [f"o{n}\t{n % 300}\t".encode() + copy.raw(observation(n)) + b"\n" for n in range(BATCH * 10)]
        began = time.perf_counter()
        copy.into(self.bare, "bare.many", ["id", "person", "body"], lines)
        self.bare.execute("create index many_id on bare.many (id)")
        self.bare.execute("create index many_person on bare.many (person)")
        self.floor_seconds = time.perf_counter() - began
        return BATCH * 10

    def prepared(self, round_no: int) -> list[Prepared]:
        return [prepare(Put(observation(round_no * BATCH + n), "bench"), self.views) for n in range(BATCH)]

    def ours_bulk(self, ready: list[Prepared]) -> int:
        return self._commit(ready).stored

    def _commit(self, puts: list) -> object:
        return commit(self.database, Changes(puts), door="flow", stage="bench", actor="bench", at=datetime.now(UTC))


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="tc-bench-", dir="/tmp"))
    folder.chmod(0o711)
    try:
        rig = Rig(folder / "data")
        report(rig)
        rig.bare.close()
        rig.database.close()
    finally:
        bundled.stop(folder / "data")
        shutil.rmtree(folder, ignore_errors=True)


def report(rig: Rig) -> None:
    print(f"{'':44}{'per second':>12}  {'spread':<22}{'of the floor':>12}")
    floor, floor_spread = rate(rig.floor_single)
    ours, ours_spread = rate(rig.ours_single)
    line("one insert, durable (floor)", floor, floor_spread)
    line("one resource, whole commit", ours, ours_spread, ours / floor)
    bulk(rig)
    views(rig)
    version = rig.bare.info.server_version // 10000
    print(f"PostgreSQL {version}, {os.cpu_count()} cores, Python {sys.version.split()[0]}")


def bulk(rig: Rig) -> None:
    """Floor and product by turns, so that a busy neighbour hits both."""
    seen: dict[str, list[float]] = {"floor": [], "prepare": [], "commit": [], "both": []}
    for n in range(ROUNDS):
        rig.floor_bulk(n)
        seen["floor"].append(BATCH * 10 / rig.floor_seconds)
        began = time.perf_counter()
        ready = rig.prepared(n)
        middle = time.perf_counter()
        assert rig.ours_bulk(ready) == BATCH
        ended = time.perf_counter()
        spans = {"prepare": middle - began, "commit": ended - middle, "both": ended - began}
        for name, seconds in spans.items():
            seen[name].append(BATCH / seconds)
    names = {
        "floor": "COPY of jsonb, two indexes after (floor)", "prepare": "prepare, one process",
        "commit": "commit of prepared, 2,000 at once", "both": "both, one after the other",
    }  # fmt: skip
    floor = statistics.median(seen["floor"])
    for name, title in names.items():
        middle = statistics.median(seen[name])
        spread = f"{min(seen[name]):,.0f} to {max(seen[name]):,.0f}"
        line(title, middle, spread, None if name == "floor" else middle / floor)


def views(rig: Rig) -> None:
    stored = View(rig.database)
    people = list(stored.people(["p1"]).values())
    for title, some in (("all tables of one person", people), ("all tables of everyone", None)):
        speed, spread = rate(lambda _, some=some: bool(stored.tables(some)))
        line(title, speed, spread)


def line(name: str, value: float, spread: str, share: float | None = None) -> None:
    print(f"{name:<44}{value:>12,.0f}  {spread:<22}{'' if share is None else f'{share:>12.2f}'}")


if __name__ == "__main__":
    main()
