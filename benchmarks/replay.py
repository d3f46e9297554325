"""Replay: a month, week by week, under a care model's rules and under changed ones, as `throughcare model replay` does.

Run: python benchmarks/replay.py [--model ID] [PEOPLE …]. The changed folder is a copy whose rule has lost its last
criterion, so that people enter. The people are those of the care models' cases, retold with a fixed seed beside random
ones. The floor is one look at the same people under the same plan, times the looks. Bar: minutes for 100,000 people.
"""

import argparse
import math
import re
import resource
import shutil
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path

from throughcare.decide import past
from throughcare.decide.evaluate import Engine
from throughcare.decide.replay import Compared, Plans, Replayed, plans, replay, weekly
from throughcare.decide.retold import retold
from throughcare.definitions.compiled import Plan, compile_models
from throughcare.definitions.grammar import CareModel
from throughcare.definitions.load import load_all, load_library, load_model
from throughcare.settings import Settings

SIZES = (1_000, 10_000)
SEED = 7
DAYS = weekly(date(2026, 6, 9), date(2026, 7, 9))
NOW = datetime(2026, 7, 9, 13, 0, tzinfo=UTC)
ZONE = "America/New_York"
BAR_MINUTES = 10
_LAST = re.compile(r'^(who\s*=\s*".*) and [a-z_0-9]+"', re.MULTILINE)


def main(name: str | None, sizes: list[int]) -> None:
    models, library = load_all(Settings()), load_library()
    model = next((m for m in models if m.model.id == name), models[0])
    with tempfile.TemporaryDirectory(prefix="tc-replay-") as place:
        sides = [model, changed(model, Path(place) / model.model.id)]
        both = [plans(side, library) for side in sides]
        crowd = compile_models(models, library)
        count = len(both[0].weeks.statements)
        print(f"{model.model.id}: {count} statements, {len(DAYS)} looks, its rules and changed ones")
        print("| people | s | looks alone s | peak GiB | in before | in after | enter | leave | exponent |")
        print("|---|---|---|---|---|---|---|---|---|", flush=True)
        before: tuple[int, float] | None = None
        for people in sizes:
            tables = read_by(both, retold(crowd, models, library, people, NOW, SEED))
            floor = sum(alone(plan.weeks, tables) for plan in both)
            begun = time.perf_counter()
            seen = Compared(*(played(side, plan, tables) for side, plan in zip(sides, both, strict=True)))
            took = time.perf_counter() - begun
            assert seen.enter and not seen.leave, "a rule that asks less lets people in and sends nobody away"
            grown = f"{math.log(took / before[1]) / math.log(people / before[0]):.2f}" if before else "–"
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
            sides_of = (seen.before.people, seen.after.people, seen.enter, seen.leave)
            numbers = " | ".join(f"{len(side):,}" for side in sides_of)
            print(f"| {people:,} | {took:.1f} | {floor:.1f} | {peak:.1f} | {numbers} | {grown} |", flush=True)
            before = (people, took)
        print(f"bar: {BAR_MINUTES} minutes for both sides: {'met' if took <= BAR_MINUTES * 60 else 'MISSED'}")


def changed(model: CareModel, folder: Path) -> CareModel:
    """The same care model, whose rule has lost its last criterion."""
    shutil.copytree(model.folder, folder)
    rules = folder / "eligibility.toml"
    text, many = _LAST.subn(r'\1"', rules.read_text(), count=1)
    assert many, f"the rule of {model.model.id} is no list of criteria"
    rules.write_text(text)
    return load_model(folder)


def played(model: CareModel, plan: Plans, tables: dict) -> Replayed:
    return replay(model, plan, lambda now: past.happened(tables, now, ZONE), DAYS, ZONE)


def read_by(sides: list[Plans], tables: dict) -> dict:
    """Only the views and columns that the rules read, as the command asks the record for them."""
    needs: dict[str, set[str]] = {}
    for view, columns in (item for side in sides for plan in side for item in plan.views.items()):
        needs.setdefault(view, set()).update(columns)
    return {
        view: tables[view].select([c for c in tables[view].column_names if c in columns])
        for view, columns in needs.items()
        if view in tables
    }


def alone(plan: Plan, tables: dict) -> float:
    """Seconds of so many looks and nothing else; the first look, which also plans its statements, is not counted."""
    engine = Engine(plan)
    engine.run(tables, NOW, ZONE, own={})
    begun = time.perf_counter()
    engine.run(tables, NOW, ZONE, own={})
    took = time.perf_counter() - begun
    engine.close()
    return took * len(DAYS)


if __name__ == "__main__":
    asked = argparse.ArgumentParser()
    asked.add_argument("--model")
    asked.add_argument("people", nargs="*", type=int)
    given = asked.parse_args()
    main(given.model, given.people or list(SIZES))
