"""The readmission measure with the full planning tables, as a site brings them along, read where they lie."""

import csv
import gzip
import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from throughcare.decide.cases import run_cases
from throughcare.definitions.cases import Case, load_cases
from throughcare.definitions.compiled import compile_models
from throughcare.definitions.library import SHIPPED_LIBRARY, load_library
from throughcare.settings import Settings

DATA = Settings.read().shared_data / "10_rules_tables"
NAME = "readmission_30"
needs_data = pytest.mark.skipif(
    not DATA.is_dir(), reason=f"no rule tables at {DATA}: set THROUGHCARE_SHARED_DATA to their folder to run this"
)
pytestmark = needs_data
ALWAYS = ("always_planned_ccs_diagnosis_category.csv", "always_planned_ccs_procedure_category.csv")
LEFT_OUT = {"Psychiatric": "psychiatric", "Rehabilitation": "rehabilitation", "Medical Treatment of Cancer": "cancer"}
Rows = list[list[str]]


def inside(name: str) -> Rows:
    with zipfile.ZipFile(DATA / "readmission_tables_tuva.zip") as held:
        return list(csv.reader(io.StringIO(held.read(name).decode("utf-8-sig"))))[1:]


def categories(name: str) -> Rows:
    with gzip.open(DATA / name, "rt") as file:
        return list(csv.reader(file))[1:]


def first(name: str) -> set[str]:
    return {row[0] for row in inside(name)}


def diagnoses() -> Iterator[tuple[str, str, str]]:
    always, acute = first(ALWAYS[0]), first("acute_diagnosis_icd_10_cm.csv")
    acute_categories = first("acute_diagnosis_ccs.csv")
    left_out = {row[0]: LEFT_OUT[row[2]] for row in inside("exclusion_ccs_diagnosis_category.csv")}
    for code, category, _ in categories("ccs_icd10cm_2019.csv.gz"):
        kind = "acute" if code in acute or category in acute_categories else "no"
        told = ("always" if category in always else kind, left_out.get(category, "no"))
        for spelled in {code, f"{code[:3]}.{code[3:]}".rstrip(".")}:
            yield spelled, *told


def procedures() -> Iterator[tuple[str, str, str]]:
    always, perhaps = first(ALWAYS[1]), first("potentially_planned_ccs_procedure_category.csv")
    named, surgery = first("potentially_planned_icd_10_pcs.csv"), first("surgery_gynecology_cohort.csv")
    surgical = {row[0] for row in inside("specialty_cohort.csv") if row[2:] == ["Surgery/Gynecology", "Procedure"]}
    for code, category, _ in categories("ccs_icd10pcs_2019.csv.gz"):
        kind = "potentially" if category in perhaps or code in named else "no"
        operated = "yes" if category in surgical or code in surgery else "no"
        yield code, "always" if category in always else kind, operated


def write(path: Path, header: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> None:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([header, *rows])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tables")
    write(folder / "readmission_diagnosis.csv", ("code", "planned", "left_out"), diagnoses())
    write(folder / "readmission_procedure.csv", ("code", "planned", "surgery"), procedures())
    return folder


def told(site: Path, cases: list[Case]) -> list[str]:
    library = load_library(tables_dir=site)
    measure = library.measures[NAME]
    found = run_cases([(case, measure) for case in cases], compile_models([measure], library))
    return [str(finding) for some in found for finding in some]


def returned(tmp_path: Path, illness: str, procedure: str, numerator: Any) -> Case:
    """A stay for heart failure, and twelve days later one for this illness with this procedure."""

    def stay(name: str, start: str, end: str, reason: str) -> str:
        return f"""{{"resource": {{"resourceType": "Encounter", "id": "{name}", "status": "finished",
            "class": {{"code": "IMP"}}, "subject": {{"reference": "Patient/ana"}},
            "period": {{"start": "{start}T09:00:00-05:00", "end": "{end}T09:00:00-05:00"}},
            "reasonCode": [{{"coding": [{{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "{reason}"}}]}}],
            "hospitalization": {{"dischargeDisposition": {{"coding": [{{"code": "01"}}]}}}}}}}}"""

    done = f"""{{"resource": {{"resourceType": "Procedure", "id": "p", "status": "completed",
        "subject": {{"reference": "Patient/ana"}}, "performedDateTime": "2026-01-20T12:00:00-05:00",
        "code": {{"coding": [{{"system": "http://hl7.org/fhir/sid/icd-10-pcs", "code": "{procedure}"}}]}}}}}}"""
    born = '{"resource": {"resourceType": "Patient", "id": "ana", "birthDate": "1950-03-01"}}'
    entries = [born, stay("a", "2026-01-03", "2026-01-08", "I50.23"), stay("b", "2026-01-20", "2026-01-24", illness)]
    folder = tmp_path / "cases" / "returned"
    folder.mkdir(parents=True)
    bundle = ", ".join([*entries, *([done] if procedure else [])])
    (folder / "life.json").write_text(f'{{"resourceType": "Bundle", "type": "collection", "entry": [{bundle}]}}')
    now = datetime(2026, 6, 30, 13, tzinfo=UTC).isoformat()
    (folder / "expect.toml").write_text(f"""says = "Back after twelve days"
now = {now}
[[measure]]
measure = "{NAME}"
key = "Encounter/a"
person = "Patient/ana"
exclusion = false
numerator = {str(numerator).lower()}
""")
    return load_cases(tmp_path)[0]


@pytest.mark.parametrize(
    ("illness", "procedure", "counts"),
    [
        ("J18.9", "", True),  # pneumonia, nothing done
        ("Z51.11", "", False),  # chemotherapy is always planned
        ("N18.6", "0TY00Z0", False),  # so is a new kidney
        ("M17.11", "0SRC0J9", False),  # a new knee for worn joints
        ("T84.51XA", "0SRC0J9", True),  # a new knee for an infected one is not
        ("I21.4", "02703DZ", True),  # a stent for a heart attack is not
        ("I25.10", "02703DZ", False),  # for narrow vessels it is
        ("M17.11", "5A1955Z", True),  # a machine to breathe is never planned
    ],
)
def test_what_was_planned_does_not_count(
    tmp_path: Path, site: Path, illness: str, procedure: str, counts: bool
) -> None:
    assert told(site, [returned(tmp_path, illness, procedure, counts)]) == []


def test_the_golden_stays_hold_with_the_full_tables(site: Path) -> None:
    golden = [c for c in load_cases(SHIPPED_LIBRARY / "measures" / NAME) if "T-READM-1" in c.expect.rules]
    assert len(golden) == 2
    assert told(site, golden) == []
