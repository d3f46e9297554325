"""One change, end to end: a staff contact is committed, and what it means in every care model stands in the record.

Run: python benchmarks/one_change.py. Two sizes of community (10 x), fixed seed, warm-up, median of fifteen, and the
worst. The floor is the same durable commit alone; each round must look at the one person.
"""

import math
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from throughcare.act import contacts
from throughcare.act import run as act
from throughcare.community.make import make
from throughcare.decide import run as decide
from throughcare.fhir import json
from throughcare.flow import door, passes
from throughcare.flow.moment import Moment
from throughcare.flow.published import Published, publish
from throughcare.intake.load import load
from throughcare.record.views import ensure_views
from throughcare.settings import Settings
from throughcare.stores import bundled, postgres

SIZES = (200, 2000)
ROUNDS = 15
WARM_UP = 3
SEED = 7


def main() -> None:
    print("| one changed person, ms | people | its commit (floor) | settled after it | decide | act | worst | ratio |")
    print("|---|---|---|---|---|---|---|---|")
    medians = []
    for people in SIZES:
        with tempfile.TemporaryDirectory(prefix="tc-", dir="/tmp") as place:
            Path(place).chmod(0o711)
            settings = Settings.read({}, data_dir=Path(place) / "data")
            try:
                medians.append(measured(settings, Path(place) / "community", people))
            finally:
                bundled.stop(settings.data_dir)
    print(f"\nGrowth with ten times the people: exponent {math.log10(medians[1] / medians[0]):.2f}; the bar is 300 ms.")


def measured(settings: Settings, folder: Path, people: int) -> float:
    published = publish(settings)
    make(folder, people, SEED, datetime.now(UTC).date())
    with postgres.open(settings) as database:
        database.migrate()
        ensure_views(database)
        for source in sorted(f for f in folder.iterdir() if f.is_dir()):
            load(database, [source], source=source.name, id_prefix="", settings=settings, commit=_commits(database))
        passes.settle(database, published, datetime.now(UTC))
        return timed(database, published, people)


def _commits(database: postgres.Database) -> Callable[[Any], Any]:
    return lambda changes: door.commit(database, changes, stage="intake", at=datetime.now(UTC))


def timed(database: postgres.Database, published: Published, people: int) -> float:
    parts: dict[str, list[float]] = defaultdict(list)
    decide.run = _timing(decide.run, parts["decide"])
    act.run = _timing(act.run, parts["act"])
    floor, settled = [], []
    for number, task in enumerate(open_tasks(database)[: ROUNDS + WARM_UP]):
        passes.settle(database, published, datetime.now(UTC))  # whoever only time has woken since
        changes = contacts.log_contact(contact(database, task, number), at=datetime.now(UTC))
        began = time.perf_counter()
        door.commit(database, changes, stage="log_contact", at=datetime.now(UTC))
        between = time.perf_counter()
        done = passes.settle(database, published, datetime.now(UTC))
        assert done.looks[task["person_id"]], done
        floor.append((between - began) * 1000)
        settled.append((time.perf_counter() - between) * 1000)
    middle = statistics.median(settled[WARM_UP:])
    alone = statistics.median(floor[WARM_UP:])
    shares = " | ".join(f"{statistics.median(parts[p][WARM_UP:]):.0f}" for p in ("decide", "act"))
    row = f"{alone:.1f} | {middle:.0f} | {shares} | {max(settled[WARM_UP:]):.0f} | {middle / alone:.0f} x"
    print(f"| median of {ROUNDS} | {people:,} | {row} |", flush=True)
    return middle


def open_tasks(database: postgres.Database) -> list[dict[str, Any]]:
    """Open tasks of different people, in an order that does not change."""
    rows = Moment(database).tables(None, ["task"])["task"].to_pylist()
    by_person = {r["person_id"]: r for r in sorted(rows, key=lambda r: r["key"]) if r["status"] == "requested"}
    return [by_person[p] for p in sorted(by_person)]


def contact(database: postgres.Database, task: dict[str, Any], number: int) -> contacts.Contact:
    (body,) = [
        json.read(b)
        for *_, i, _, b in Moment(database).current([task["person_id"]], ["Task"])
        if task["key"].endswith(i)
    ]
    return contacts.Contact(
        person_id=task["person_id"],
        patient=body["for"]["reference"],
        activity=task["kind"],
        mode="phone",
        outcome="reached",
        happened_at=datetime.now(UTC) - timedelta(seconds=number),
        by="Practitioner/benchmark",
        worker_role="nurse",
        about=[task["about"]] if task["about"] else [],
        minutes=10,
    )


def _timing(work: Callable[..., Any], seen: list[float]) -> Callable[..., Any]:
    def run(*given: Any, **named: Any) -> Any:
        began = time.perf_counter()
        try:
            return work(*given, **named)
        finally:
            seen.append((time.perf_counter() - began) * 1000)

    return run


if __name__ == "__main__":
    main()
