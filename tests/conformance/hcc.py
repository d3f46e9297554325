"""Golden CMS-HCC cases as rows of the flat views, scored by the care library with the tables a site would import."""

import gzip
import json
import re
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

from throughcare.decide.evaluate import Engine
from throughcare.definitions.compiled import compile_models
from throughcare.definitions.grammar import CareModel, Library
from throughcare.definitions.library import load_library

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "risk-scores.md"
NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
YEAR = 2026
ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"
SETS = ("person", "cms_hcc_scores", "cms_hcc_paid", "cms_hcc_together")
NAMED = (("cms_hcc_disability_name", "disability_counts"), ("cms_hcc_medicaid_name", "medicaid_counts"))
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Score:
    """What the engine says of one person in one version."""

    conditions: list[int]
    raw: Decimal
    demographic: Decimal
    detail: dict[str, Decimal]


def site_tables(archive: Path, folder: Path) -> Path:
    """The three files of the guide, made by the guide's own statements from the published tables."""
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(folder)
    statements = re.findall(r"```sql\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)[0]
    run = "import duckdb, sys; duckdb.connect().execute(sys.stdin.read())"
    subprocess.run([sys.executable, "-c", run], input=statements, text=True, cwd=folder, check=True)
    return folder


def library(tables: Path) -> Library:
    return load_library(tables_dir=tables)


def golden(path: Path) -> list[Row]:
    with gzip.open(path, "rt") as file:
        return [json.loads(line, parse_float=Decimal) for line in file]


def rows_of(cases: list[Row]) -> dict[str, pa.Table]:
    """Each case as a person, born on the day the age is counted, with cover and the diagnoses of last year's visits."""
    people, cover, diagnoses = [], [], []
    for nth, case in enumerate(cases):
        key = f"Patient/{case['id']}"
        born = date(YEAR - case["age"], 2, 1)
        sex = {"F": "female", "M": "male"}[case["sex"]]
        people.append({"key": key, "person_id": nth, "birth_date": born, "sex": sex})
        cover.append(
            {"key": f"Coverage/{nth}", "person_id": nth, "from_on": date(YEAR - 3, 1, 1), "part_b": True,
             "dual_status": case["dual_code"], "entitled_by": str(case["orec"]),
             "institutional": case["segment"] == "INS"}
        )  # fmt: skip
        for n, code in enumerate(case["diagnoses"]):
            diagnoses.append(
                {"key": f"Condition/{nth}-{n}", "person_id": nth, "system": ICD10, "code": code,
                 "category": "encounter-diagnosis", "recorded_on": date(YEAR - 1, 3, 1)}
            )  # fmt: skip
    return {name: pa.Table.from_pylist(rows) for name, rows in
            (("person", people), ("coverage", cover), ("diagnosis", diagnoses))}  # fmt: skip


def scored(book: CareModel, known: Library, cases: list[Row]) -> list[Score]:
    """The score of each case in its own version."""
    engine = Engine(compile_models([book], known))
    try:
        answers = engine.run(rows_of(cases), NOW, "UTC")
        people, scores, paid, together = (list(answers.rows(book.model.id, on).values()) for on in SETS)
    finally:
        engine.close()
    found = {(r["person_id"], r["version"]): r for r in scores}
    parts: dict[tuple[int, str], list[tuple[str, Decimal]]] = {key: [] for key in found}
    for rows, name, counts in ((paid, "condition", "condition_counts"), (together, "pair", "pair_counts")):
        for row in rows:
            parts[row["person_id"], row["version"]].append((row[name], row[counts]))
    for person in people:
        for version in ("V24", "V28"):
            row = found[person["person_id"], version]
            parts[person["person_id"], version] += [(person[name], row[counts]) for name, counts in NAMED]
    return [_score(found[n, c["model"]], parts[n, c["model"]]) for n, c in enumerate(cases)]


def _score(row: Row, parts: list[tuple[str, Decimal]]) -> Score:
    conditions = sorted(int(name[3:]) for name, _ in parts if re.fullmatch(r"HCC\d+", name))
    detail = dict(parts) | {row["age_and_sex"]: row["age_and_sex_count"], row["number_name"]: row["number_counts"]}
    named = {f"{row['segment']}_{name}": value for name, value in detail.items()}
    return Score(conditions, row["raw"], row["demographic"], named)
