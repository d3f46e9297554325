"""Decide: people through all published care models, beside the least that any sweep must read, in SQL by hand.

Run: python benchmarks/decide.py [PEOPLE …]. Rows are invented with a fixed seed; one warm-up, median of five up to
3,000 people and of one above; milliseconds of waiting and of processor; the exponent says how time grows with people.
Both must speak of every person before speed is compared.
"""

import math
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pyarrow as pa

from throughcare.decide.evaluate import Answers, Engine
from throughcare.decide.invented import invented
from throughcare.definitions.compiled import compile_models
from throughcare.definitions.load import load_all, load_library
from throughcare.settings import Settings
from throughcare.stores.duckdb import Thinker

SIZES = (1, 100, 3_000, 30_000)
NOW = datetime(2026, 7, 9, 13, 0, tzinfo=UTC)
ZONE = "America/New_York"
# What every sweep must do at the least: group the biggest views by person, and find each stay's first contact.
FLOOR = """
    select p."person_id", o.n, o.newest, d.n as diagnoses, e.stays, e.first_contact from "person" p
    left join (select "person_id", count(*) as n, max("effective_on") as newest from "observation" group by all)
        o using ("person_id")
    left join (select "person_id", count(*) as n from "diagnosis" where "code" like 'I50%'
        or "code" like 'E11%' group by all) d
        using ("person_id")
    left join (select s."person_id", count(distinct s."key") as stays, min(c."on_date") as first_contact
        from "encounter" s
        left join "contact" c on c."person_id" = s."person_id" and c."on_date" >= s."ended_on" and c."reached"
        where s."class" = 'inpatient' group by all) e using ("person_id")"""


def timed(work: Callable[[], object], rounds: int) -> tuple[float, float]:
    """Milliseconds waited and worked, medians."""
    waited, worked = [], []
    for _ in range(rounds):
        wall, processor = time.perf_counter(), time.process_time()
        work()
        waited.append((time.perf_counter() - wall) * 1e3)
        worked.append((time.process_time() - processor) * 1e3)
    return statistics.median(waited), statistics.median(worked)


def main(sizes: list[int]) -> None:
    models, library = load_all(Settings()), load_library()
    begun = time.perf_counter()
    plan = compile_models(models, library)
    print(
        f"{len(models)} care models, {len(plan.statements)} statements, compiled in {time.perf_counter() - begun:.2f} s"
    )
    engine, floor = Engine(plan), Thinker()
    print(
        f"{'people':>7} {'rows':>9} {'ms':>8} {'cpu ms':>8} {'floor ms':>9} {'ratio':>6} "
        f"{'ms/person':>10} {'exponent':>9} {'owed':>8}"
    )
    before: tuple[int, float] | None = None
    for people in sizes:
        tables = invented(plan, models, library, people, NOW, seed=7)
        for name in ("person", "observation", "diagnosis", "encounter", "contact"):
            floor.give(name, tables[name])
        answers = engine.run(tables, NOW, ZONE)
        checked(answers, floor.run_prepared("floor", FLOOR), tables)
        rounds = 5 if people <= 3_000 else 1
        waited, worked = timed(lambda given=tables: engine.run(given, NOW, ZONE), rounds)
        least, _ = timed(lambda: floor.run_prepared("floor", FLOOR), rounds)
        grown = f"{math.log(worked / before[1]) / math.log(people / before[0]):.2f}" if before else "–"
        rows = sum(table.num_rows for table in tables.values())
        print(
            f"{people:>7} {rows:>9} {waited:>8.0f} {worked:>8.0f} {least:>9.1f} {waited / least:>6.1f} "
            f"{waited / people:>10.3f} "
            f"{grown:>9} {answers.obligation.num_rows:>8}",
            flush=True,
        )
        before = (people, worked)
    engine.close()
    floor.close()


def checked(answers: Answers, floor: pa.Table, tables: dict[str, pa.Table]) -> None:
    """The floor and the plan each answer for everyone."""
    assert floor.num_rows == tables["person"].num_rows == len(set(answers.finding.column("person_id").to_pylist()))


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or list(SIZES))
