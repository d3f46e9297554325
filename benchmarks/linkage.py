"""Linkage: labelled sets; training and batch beside Splink's own; a patient arriving among many. Prints; never fails.

linkage.py [records of the batch] [patients of the record]
"""

import json
import logging
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

import pyarrow as pa

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
    """Patients of a town: every fifth is a second record of the one before, with a slip of the pen or a new address."""

    def word(syllables: int) -> str:
        return "".join(dice.choices(SYLLABLES, k=syllables)).title()

    def phone() -> list[dict[str, str]]:
        return [{"system": "phone", "value": f"{dice.randint(2_000_000_000, 9_999_999_999)}"}]

    def home() -> list[dict[str, Any]]:
        line = f"{dice.randint(1, 999)} {word(2)} St"
        return [{"line": [line], "city": word(2), "postalCode": f"{dice.randint(10_000, 10_400)}"}]

    def slip(name: dict[str, Any]) -> list[dict[str, Any]]:
        given = name["given"][0]
        at = dice.randrange(1, len(given) - 1)
        return [name | {"given": [given[:at] + given[at + 1 :]]}]

    made: list[dict[str, Any]] = []
    for n in range(count):
        if n % 5 == 4:
            before = made[-1]
            others: list[dict[str, Any]] = [
                {"name": slip(before["name"][0])}, {"telecom": phone()}, {"address": home()}, {"telecom": []},
            ]  # fmt: skip
            other = dice.choice(others)
            made.append(before | {"id": f"q{n}"} | other)
            continue
        born = f"{dice.randint(1935, 2024)}-{dice.randint(1, 12):02}-{dice.randint(1, 28):02}"
        made.append({
            "resourceType": "Patient", "id": f"q{n}", "birthDate": born, "gender": dice.choice(["male", "female"]),
            "name": [{"given": [word(2)], "family": word(2)}], "telecom": phone(), "address": home(),
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
    """Training and batch as we ask Splink for them, beside Splink with comparisons of its own and tight blocks."""
    table = records.table(judge.patients(invented(count, dice)))
    true = {frozenset({f"q{n - 1}", f"q{n}"}) for n in range(4, count, 5)}

    def ours() -> tuple[float, pa.Table]:
        weights = train.trained(table, trained_on="the town", prior=read().prior, untaught=read())
        return time.perf_counter(), train.compared(table, weights, least_bits=weights.asks_from)

    try:
        import splink  # noqa: F401 its first import is no part of either time
    except ImportError:
        print("batch: not run, Splink is not installed")
        return
    for name, work in (("ours by Splink", ours), ("Splink's own, tight", lambda: peer(table))):
        began, worked = time.perf_counter(), time.process_time()
        learned, found = work()
        ended, worked = time.perf_counter(), time.process_time() - worked
        ids = zip(found["id_l"].to_pylist(), found["id_r"].to_pylist(), strict=True)
        right = len({frozenset(pair) for pair in ids} & true)
        print(
            f"{name:<20} {count:>9,} records: training {learned - began:5.1f} s, batch {ended - learned:5.1f} s,"
            f" processor {worked:5.1f} s; {found.num_rows:,} pairs, {right:,} of {len(true):,} true ones",
            flush=True,
        )


def peer(table: pa.Table) -> tuple[float, pa.Table]:
    """When it had learned, and the pairs: exact blocks, and the plainest comparisons that Splink comes with."""
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    settings = SettingsCreator(
        link_type="dedupe_only", unique_id_column_name="id", retain_matching_columns=False,
        comparisons=[
            cl.JaroWinklerAtThresholds("given", [0.85]), cl.JaroWinklerAtThresholds("family", [0.85]),
            cl.LevenshteinAtThresholds("born", 1), *(cl.ExactMatch(name) for name in ("sex", "phone", "street")),
        ],
        blocking_rules_to_generate_predictions=[block_on("born", "family"), block_on("phone")],
    )  # fmt: skip
    database = DuckDBAPI()
    linker = Linker(database.register(table), settings)
    logging.getLogger("splink").setLevel(logging.ERROR)
    training = linker.training
    training.estimate_probability_two_random_records_match([block_on("given", "family", "born")], recall=0.7)
    training.estimate_u_using_random_sampling(max_pairs=1_000_000, seed=train.SEED)
    for block in (block_on("born", "family"), block_on("phone")):
        training.estimate_parameters_using_expectation_maximisation(block, max_pairs=train.PAIRS_LEARNED_FROM)
    learned = time.perf_counter()
    return learned, linker.inference.predict(threshold_match_weight=3).as_pyarrow_table()


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
            with database.connection() as connection:
                connection.execute("analyze")  # as the database does by itself, within a minute of a load
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
