"""Sweep: a county's people through all published care models at once, beside the least that any sweep must read.

Run: python benchmarks/sweep.py [--profile] [PEOPLE …]. The people are those of the care models' cases, retold with a
fixed seed beside random ones. One look over everyone, its statements planned beforehand by a look over 500 people; the
exponent says how the time of the processor grows with people; memory is the most that the process has held so far.
Everyone must be spoken of, and every care model must have people, work and pay, or nothing is reported. Memory grows
with people: these sizes were tried on a machine of 24 GiB.
"""

import math
import resource
import sys
import time
from collections import Counter
from datetime import UTC, datetime

from decide import FLOOR, checked, timed

from throughcare.decide.evaluate import Answers, Engine
from throughcare.decide.retold import retold
from throughcare.definitions.compiled import Plan, compile_models
from throughcare.definitions.load import load_all, load_library
from throughcare.settings import Settings
from throughcare.stores.duckdb import Thinker

SIZES = (2_000, 20_000)
WARM_UP = 500
SEED = 7
NOW = datetime(2026, 7, 9, 13, 0, tzinfo=UTC)
ZONE = "America/New_York"
SLOWEST = 25


def main(sizes: list[int], profile: bool) -> None:
    models, library = load_all(Settings()), load_library()
    plan = compile_models(models, library, only=())
    print(f"{len(models)} care models, {len(plan.statements)} statements, one look at everyone")
    engine, floor = Engine(plan), Thinker()
    engine.run(retold(plan, models, library, WARM_UP, NOW, SEED), NOW, ZONE, own={})
    spent = timing_statements() if profile else Counter()
    print("| people | rows | s | processor s | floor ms | floor processor ms | ms a person | peak GiB | exponent |")
    print("|---|---|---|---|---|---|---|---|---|", flush=True)
    before: tuple[int, float] | None = None
    for people in sizes:
        tables = retold(plan, models, library, people, NOW, SEED)
        for name in ("person", "observation", "diagnosis", "encounter", "contact"):
            floor.give(name, tables[name])
        least, busy = timed(lambda: floor.run_prepared("floor", FLOOR), 3)
        spent.clear()
        begun, worked = time.perf_counter(), time.process_time()
        answers = engine.run(tables, NOW, ZONE, own={})
        waited, worked = time.perf_counter() - begun, time.process_time() - worked
        checked(answers, floor.run_prepared("floor", FLOOR), tables)
        grown = f"{math.log(worked / before[1]) / math.log(people / before[0]):.2f}" if before else "–"
        rows = sum(table.num_rows for table in tables.values())
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        print(
            f"| {people:,} | {rows:,} | {waited:.1f} | {worked:.1f} | {least:.0f} | {busy:.0f} "
            f"| {waited / people * 1000:.2f} | {peak:.1f} | {grown} |",
            flush=True,
        )
        before = (people, worked)
        tell_slowest(plan, spent)
        tell_models(answers)
        del answers, tables
    engine.close()
    floor.close()


def tell_models(answers: Answers) -> None:
    """What came out for each care model; each must have had something to do."""
    eligible = zip(*(answers.finding[c].to_pylist() for c in ("model", "rule", "answer")), strict=True)
    counts = {
        "belong": Counter(model for model, rule, answer in eligible if (rule, answer) == ("eligible", "met")),
        "owed": Counter(answers.obligation["model"].to_pylist()),
        "proposed": Counter(answers.proposal["model"].to_pylist()),
        "lines": Counter(answers.line["model"].to_pylist()),
    }
    print(f"\n| care model | {' | '.join(counts)} |\n|---|{'---|' * len(counts)}")
    for name in sorted(answers.plan.versions):
        numbers = [count[name] for count in counts.values()]
        assert all(numbers), f"{name} has nothing to do: {numbers}"
        print(f"| {name} | {' | '.join(f'{n:,}' for n in numbers)} |")
    print(flush=True)


def timing_statements() -> Counter[str]:
    """From now on, the seconds that each statement takes."""
    spent: Counter[str] = Counter()
    run = Thinker.run_once

    def timing(self: Thinker, name: str, sql: str) -> object:
        begun = time.perf_counter()
        try:
            return run(self, name, sql)
        finally:
            spent[name] += time.perf_counter() - begun

    Thinker.run_once = timing  # type: ignore[assignment]
    return spent


def tell_slowest(plan: Plan, spent: Counter[str]) -> None:
    """The slowest statements, with the care models and sets they are for."""
    if not spent:
        return
    sets: dict[str, set[str]] = {}
    for (model, on), relation in plan.relations.items():
        sets.setdefault(relation.partition("@")[0], set()).add(f"{model}.{on}")
    print(f"\n{sum(spent.values()):.1f} s in {len(spent)} statements; the slowest:")
    for name, seconds in spent.most_common(SLOWEST):
        whose = sorted(sets.get(name.partition("@")[0], ()))
        print(f"  {seconds:6.2f} s  {name}  {', '.join(whose[:3])}{' …' if len(whose) > 3 else ''}")


if __name__ == "__main__":
    given = [word for word in sys.argv[1:] if word != "--profile"]
    main([int(size) for size in given] or list(SIZES), "--profile" in sys.argv)
