"""Risk scores: CMS-HCC people a second through the engine and the care library, beside one SQL query by hand.

Run: python benchmarks/hcc.py [PEOPLE …]. It needs the published tables of THROUGHCARE_SHARED_DATA, and says so when
they are not there. People are invented with a fixed seed: ages and sexes, cover in the community, and on average eight
diagnoses of last year's visits, three of them payment conditions. Only version 28 is imported, so only it is worked
out. Both must give everyone the same raw score before speed is compared. One warm-up, median of five; what is waited
for, and what the processor worked, which other work on the machine disturbs less: the ratio is of the latter.
"""

import math
import random
import re
import statistics
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from throughcare.decide.evaluate import Answers, Engine
from throughcare.definitions.compiled import compile_models
from throughcare.definitions.library import load_library
from throughcare.settings import Settings
from throughcare.stores.duckdb import Thinker

SIZES = (30_000, 300_000)
NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
GUIDE = Path(__file__).parents[1] / "docs" / "guides" / "risk-scores.md"
TABLES = ("cms_hcc_diagnoses", "cms_hcc_hierarchies", "cms_hcc_coefficients", "cms_hcc_groups", "cms_hcc_pairs")
MEASURE = "average_risk_score"
# The least that answers the same question, for people in the community whose cover needs no working out.
FLOOR = """
with people as (
    select p."person_id", p."sex", c."dual_status" as dual, c."entitled_by" as entitled,
        2026 - year(p."birth_date") - if(strftime(p."birth_date", '%m%d') > '0201', 1, 0) as age
    from "person" p join "coverage" c using ("person_id")),
grouped as (
    select *, case when dual in ('02', '04', '08') then 'CF' when dual in ('01', '03', '05', '06') then 'CP'
        else 'CN' end || if(age >= 65, 'A', 'D') as segment,
        if(sex = 'female', 'F', 'M') || case when age < 35 then '0_34' when age < 45 then '35_44'
        when age < 55 then '45_54' when age < 60 then '55_59' when age >= 95 then '95_GT'
        else (age // 5 * 5) || '_' || (age // 5 * 5 + 4) end as cell from people),
told as materialized (
    select d."person_id", m.* from "diagnosis" d join "cms_hcc_diagnoses" m on m.code = d."code"
    where d."recorded_on" between date '2025-01-01' and date '2025-12-31'),
having_ as (
    select distinct "person_id", g.segment, g.age, g.entitled, m.condition from told m
    join grouped g using ("person_id")
    where g.age between m.age_from and m.age_to and (m.sex_only = 'any' or m.sex_only = g.sex)),
present as (
    select h.* from having_ h where condition <> 'HCC223' or exists (from having_ o where o."person_id" = h."person_id"
        and o.condition in ('HCC221', 'HCC222', 'HCC224', 'HCC225', 'HCC226'))),
paid as (
    select p.* from present p anti join (select q."person_id", x.lower as condition from present q
        join "cms_hcc_hierarchies" x on x.condition = q.condition) l using ("person_id", condition)),
parts as (select distinct "person_id", segment, age, entitled, part from paid join "cms_hcc_groups" using (condition)),
named as (
    select "person_id", segment, cell as name from grouped
    union all select "person_id", segment, 'ORIGINALLYDISABLED_' || upper(sex) from grouped
        where age >= 65 and entitled = '1'
    union all select "person_id", segment, condition from paid
    union all select "person_id", segment, if(count(*) > 9, 'D10P', 'D' || count(*)) from paid group by all
    union all select a."person_id", a.segment, x.pair from parts a join "cms_hcc_pairs" x on x.part = a.part
        where (x.other = 'disabled' and a.age < 65 and a.entitled <> '0') or exists (from parts b
            where b."person_id" = a."person_id" and b.part = x.other))
select n."person_id", sum(c.counts) as raw from named n left join "cms_hcc_coefficients" c using (segment, name)
group by all"""


def imported(archive: Path, folder: Path) -> Path:
    """The tables of a site that scores with version 28 alone, made by the statements of the guide."""
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(folder)
    (statements,) = re.findall(r"```sql\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    here = re.sub(r"'(ra_\w+\.csv|cms_hcc_\w+\.csv)'", rf"'{folder}/\1'", statements)
    with duckdb.connect() as engine:
        engine.execute(here)
        for name in TABLES[:3]:
            path = folder / f"{name}.csv"
            engine.execute(f"create table {name} as from read_csv('{path}', all_varchar = true) where version = 'V28'")
            engine.execute(f"copy {name} to '{path}'")
    return folder


def people(many: int, codes: list[str]) -> dict[str, pa.Table]:
    """Invented people in the community, with diagnoses of which three in eight count."""
    draw = random.Random(7)
    born = [date(2026 - draw.choice((40, 55, 62, *range(65, 97))), draw.randint(1, 12), 1) for _ in range(many)]
    numbers = list(range(many))
    duals = draw.choices(["00", "01", "02"], [70, 10, 20], k=many)
    entitled = ["1" if day.year > 1961 or draw.random() < 0.15 else "0" for day in born]
    whose = [n for n in numbers for _ in range(draw.randint(0, 16))]
    listed = [draw.choice(codes) if draw.random() < 0.375 else "Z00.00" for _ in whose]
    person = {"key": [f"Patient/{n}" for n in numbers], "person_id": numbers, "birth_date": born,
              "sex": draw.choices(["female", "male"], k=many)}  # fmt: skip
    cover = {"key": [f"Coverage/{n}" for n in numbers], "person_id": numbers, "part_b": [True] * many,
             "from_on": [date(2020, 1, 1)] * many, "dual_status": duals, "entitled_by": entitled}  # fmt: skip
    found = {"key": [f"Condition/{n}" for n in range(len(whose))], "person_id": whose, "code": listed,
             "system": ["http://hl7.org/fhir/sid/icd-10-cm"] * len(whose),
             "category": ["encounter-diagnosis"] * len(whose),
             "recorded_on": [date(2025, 1 + n % 12, 5) for n in range(len(whose))]}  # fmt: skip
    return {"person": pa.table(person), "coverage": pa.table(cover), "diagnosis": pa.table(found)}


def timed(work: Callable[[], object], rounds: int = 5) -> tuple[float, float]:
    """Seconds waited and worked, medians."""
    waited, worked = [], []
    for _ in range(rounds):
        begun, busy = time.perf_counter(), time.process_time()
        work()
        waited.append(time.perf_counter() - begun)
        worked.append(time.process_time() - busy)
    return statistics.median(waited), statistics.median(worked)


def main(sizes: list[int], archive: Path) -> None:
    with tempfile.TemporaryDirectory() as kept:
        library = load_library(tables_dir=imported(archive, Path(kept)))
        book = library.measures[MEASURE]
        plan = compile_models([book], library, only=())
        engine, floor = Engine(plan), Thinker()
        given = {name: _file(library.folder, kept, name) for name in TABLES}
    codes = sorted({code for code in given["cms_hcc_diagnoses"].column("code").to_pylist() if "." in code})
    for name, table in given.items():
        floor.give(name, table)
    print(f"{len(plan.statements)} statements; CMS-HCC version 28")
    names = (("people", 8), ("diagnoses", 10), ("ms", 8), ("cpu ms", 8), ("people/s", 10), ("floor ms", 9))
    more = (("floor cpu ms", 13), ("floor people/s", 15), ("ratio", 6))
    print(" ".join(f"{name:>{wide}}" for name, wide in (*names, *more)))
    before: tuple[int, float] | None = None
    for many in sizes:
        tables = people(many, codes)
        for name, table in tables.items():
            floor.give(name, table)
        checked(engine.run(tables, NOW, "UTC"), floor.run_prepared("floor", FLOOR), many)
        waited, worked = timed(lambda given=tables: engine.run(given, NOW, "UTC"))
        least, busy = timed(lambda: floor.run_prepared("floor", FLOOR))
        grown = f"  exponent {math.log(waited / before[1]) / math.log(many / before[0]):.2f}" if before else ""
        print(f"{many:>8} {tables['diagnosis'].num_rows:>10} {waited * 1e3:>8.0f} {worked * 1e3:>8.0f} "
              f"{many / waited:>10,.0f} {least * 1e3:>9.0f} {busy * 1e3:>13.0f} {many / least:>15,.0f} "
              f"{worked / busy:>6.1f}{grown}", flush=True)  # fmt: skip
        before = (many, waited)
    engine.close()
    floor.close()


def _file(shipped: str, site: str, name: str) -> pa.Table:
    """A table as the floor reads it: numbers as numbers, version 28 alone."""
    path = next(p for p in (Path(site) / f"{name}.csv", Path(shipped) / "tables" / f"{name}.csv") if p.is_file())
    types = "types = {'counts': 'decimal(9,3)'}" if name == "cms_hcc_coefficients" else "all_varchar = false"
    with duckdb.connect() as reading:
        return reading.sql(f"from read_csv('{path}', {types}) where version = 'V28'").to_arrow_table()


def checked(answers: Answers, floor: pa.Table, many: int) -> None:
    """Everyone has a score, and it is the floor's."""
    mine = answers.measure_row.sort_by("person_id").column("value")
    theirs = floor.sort_by("person_id").column("raw").cast(pa.decimal128(18, 6))
    assert len(mine) == len(theirs) == many
    assert pc.all(pc.equal(mine.cast(pa.decimal128(18, 6)), theirs)).as_py()


if __name__ == "__main__":
    published = Path(Settings.read().shared_data) / "10_rules_tables" / "cms_hcc_tables.zip"
    if published.is_file():
        main([int(size) for size in sys.argv[1:]] or list(SIZES), published)
    else:
        print("The CMS tables are not here: name their folder by THROUGHCARE_SHARED_DATA.")
