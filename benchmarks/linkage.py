"""Linkage: labelled sets, a batch by Splink with our weights, one patient arriving among many. Prints; never fails.

linkage.py [records of the batch] [patients of the record]
"""

import json
import os
import random
import shutil
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from throughcare.flow.door import commit
from throughcare.flow.moment import Moment
from throughcare.identity import judge, records, run, train
from throughcare.identity.comparisons import read
from throughcare.record.changes import Changes, Put
from throughcare.record.views import ensure_views
from throughcare.settings import Settings
from throughcare.stores import bundled, postgres

NOW = datetime(2026, 7, 3, 13, 0, tzinfo=UTC)
ARRIVALS = 60
AT_ONCE = 2_000
SYLLABLES = ("ba", "ri", "to", "len", "mar", "ko", "sha", "du", "ne", "vi", "gu", "pel", "ster", "an", "lo", "mi")


def invented(count: int, dice: random.Random) -> list[dict[str, Any]]:
    """Patients of a town: every fifth is a second record of the one before, with a slip of the pen."""

    def word(syllables: int) -> str:
        return "".join(dice.choices(SYLLABLES, k=syllables)).title()

    made: list[dict[str, Any]] = []
    for n in range(count):
        if n % 5 == 4:
            given = made[-1]["name"][0]["given"][0]
            slip = dice.randrange(1, len(given) - 1)
            name = [made[-1]["name"][0] | {"given": [given[:slip] + given[slip + 1 :]]}]
            made.append(made[-1] | {"id": f"q{n}", "name": name})
            continue
        born = f"{dice.randint(1935, 2024)}-{dice.randint(1, 12):02}-{dice.randint(1, 28):02}"
        made.append({
            "resourceType": "Patient", "id": f"q{n}", "birthDate": born, "gender": dice.choice(["male", "female"]),
            "name": [{"given": [word(2)], "family": word(2)}],
            "telecom": [{"system": "phone", "value": f"555{dice.randint(1_000_000, 9_999_999)}"}],
            "address": [{
                "line": [f"{dice.randint(1, 999)} {word(2)} St"], "city": word(2),
                "postalCode": f"{dice.randint(10_000, 10_400)}",
            }],
        })  # fmt: skip
    return made


def labelled(folder: Path) -> None:
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests/conformance"))
    from linkage_data import labelled as sample

    for name in ("synthea_with_errors", "febrl_1", "febrl_3", "fake_1000", "historical_50k"):
        one = sample(name, folder)
        began = time.perf_counter()
        found = judge.judged(judge.patients(one.patients), one.person, read())
        print(
            f"{name:<22}{found.records:>8,} records {found.true:>9,} pairs  precision {found.precision:.4f}"
            f"  recall {found.recall:.4f}  left to a person {found.asked:>6,}  {time.perf_counter() - began:6.1f} s"
        )


def held_out(folder: Path) -> None:
    """Weights learned from half of the people, judged on the other half, both ways: pairs of both added up."""
    from linkage_data import labelled as sample

    one, right, linked, true = sample("synthea_with_errors", folder), 0, 0, 0
    halves: tuple[list[dict[str, Any]], list[dict[str, Any]]] = ([], [])
    for patient in one.patients:
        halves[sha256(one.person[patient["id"]].encode()).digest()[0] % 2].append(patient)
    for learned_from, judged_on in (halves, halves[::-1]):
        rows = records.table(judge.patients(learned_from))
        weights = train.trained(rows, trained_on="half", prior=read().prior, untaught=read())
        people = judge.patients(judged_on)
        found = judge.judged(people, {p.patient_id: one.person[p.patient_id] for p in people}, weights)
        right, linked, true = right + found.right, linked + found.linked, true + found.true
    print(f"learned on one half, judged on the other: precision {right / linked:.4f}  recall {right / true:.4f}")


def batch(count: int, dice: random.Random) -> None:
    people = judge.patients(invented(count, dice))
    table = records.table(people)
    began = time.perf_counter()
    try:
        pairs = train.compared(table, read(), least_bits=read().asks_from).num_rows
    except Exception as error:
        print(f"batch: not run: {error}")
        return
    print(f"batch of {count:,} by Splink with our weights: {pairs:,} pairs in {time.perf_counter() - began:.1f} s")


def arriving(count: int, dice: random.Random) -> None:
    folder = Path(tempfile.mkdtemp(prefix="linkage-"))
    try:
        with postgres.open(Settings.read(data_dir=str(folder))) as database:
            database.migrate()
            ensure_views(database)
            made = invented(count, dice)
            for start in range(0, count, AT_ONCE):
                puts = [Put(json.dumps(body).encode(), source="town") for body in made[start : start + AT_ONCE]]
                commit(database, Changes(puts=puts), stage="intake", at=NOW)
            took = []
            for body in dice.sample(made, ARRIVALS):
                moment = Moment(database)
                person = [moment.people([body["id"]])[body["id"]]]
                began = time.perf_counter()
                run.run(moment, NOW, person)
                took.append(1000 * (time.perf_counter() - began))
            took = sorted(took[ARRIVALS // 6 :])
            print(
                f"one patient arriving at {count:,}: median {statistics.median(took):.1f} ms,"
                f" 95 of 100 within {took[int(len(took) * 0.95)]:.1f} ms"
            )
    finally:
        bundled.stop(folder)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sizes = [int(word) for word in sys.argv[1:]]
    shared = os.environ.get("THROUGHCARE_SHARED_DATA", "")
    if shared:
        labelled(Path(shared) / "06_linkage")
        held_out(Path(shared) / "06_linkage")
    else:
        print("labelled sets: not run, THROUGHCARE_SHARED_DATA is not set")
    batch(sizes[0] if sizes else 100_000, random.Random(1))
    arriving(sizes[1] if len(sizes) > 1 else 20_000, random.Random(2))
