"""Claims that others wrote: every file of the shared data is taken whole, or refused as its own set expects."""

import csv
import io
import json
import re
import tomllib
from collections import Counter
from datetime import UTC, datetime
from fnmatch import fnmatch
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from throughcare.faults import Malformed
from throughcare.fhir import json as fhir_json
from throughcare.fhir import validate
from throughcare.intake import archive, formats, quarantine, rif
from throughcare.intake.archive import of_bytes
from throughcare.intake.formats import Given
from throughcare.intake.x12 import answer
from throughcare.settings import Settings
from throughcare.stores.postgres import Database

from ..intake.loading import run
from .conformance_data import HOW, cases_or_skip, open_archive, shared

SITE = Given("shared", Settings.read({}))
EXPECTED = tomllib.loads((Path(__file__).parent / "claims_expected.toml").read_text("utf-8"))
ARCHIVES = {
    "x12_imsweb": "05_claims/x12_imsweb.zip", "x12_pyx12": "05_claims/x12_pyx12_pairs.zip",
    "hccinfhir": "05_claims/hccinfhir_claims_samples.zip", "bfd": "05_claims/bfd_rif_and_fhir_golden.zip",
    "bcda": "05_claims/bcda_cclf_and_suppression.zip",
}  # fmt: skip
BAD_HEADER = "837_5010/x12_bad_first_line.txt"
LEFT_OUT: dict[str, str] = EXPECTED["left_out"]  # what no format reads, by a part of its name, and why
FHIR = ("synthetic_beneficiary_data/", "gzip_feature_test/", "fhir_v2_golden/", "patient_match_requests/", "sample_eob")
PAIRS = open_archive(ARCHIVES["x12_pyx12"])


def names(set_: str, ending: str = "") -> list[str]:
    found = open_archive(ARCHIVES[set_])
    return sorted(n for n in found.namelist() if not n.endswith("/") and n.endswith(ending)) if found else []


def loaded(set_: str, name: str, folder: Path) -> tuple[str, Counter[str]]:
    """The format of a file and how many of its pieces were taken and refused; every resource made is valid FHIR."""
    packed = open_archive(ARCHIVES[set_])
    assert packed is not None
    path = folder / Path(name).name
    path.write_bytes(packed.read(name))
    told: Counter[str] = Counter()
    kinds: set[str] = set()
    for group in archive.groups([path], 200):
        of = {member.shown: formats.of(member) for member in group}
        kinds |= set(of.values()) - {""}
        for kind in sorted(set(of.values()) - {""}):
            several = [member for member in group if of[member.shown] == kind]
            for piece in formats.known()[kind].pieces(several, SITE):
                for resource in piece.resources:
                    validate.check(fhir_json.write(resource))
                told["refused" if piece.reason else "taken"] += 1
    (kind,) = kinds or {""}
    return kind, told


def said(kind: str, data: bytes) -> int:
    """How many claims, members or lines a file holds, counted by nothing but what it looks like."""
    if kind == "x12":
        element = re.escape(data[3:4]) if data.startswith(b"ISA") else rb"\*"
        began = rb"(?:^|[~_\r\n])\s*"
        marks = [b"CLM", b"INS", b"CLP"]
        counted = [len(re.findall(began + mark + element, data)) for mark in marks]
        sets = re.findall(began + b"ST" + element + b"(\\d+)", data)
        whole = sum(one in (b"835", b"820", b"997", b"999", b"270", b"271") for one in sets)
        return sum(counted) + whole
    if kind == "rif":
        header, *rows = [line.split(b"|") for line in data.splitlines() if line.strip()]
        key = next((n for n, c in enumerate(header) if c.strip() in (b"CLM_ID", b"PDE_ID")), None)
        return len({row[key] for row in rows}) if key is not None else len(rows)
    inner = [line for line in data.splitlines() if line.strip() and b"intentionally blank" not in line]
    return sum(1 for line in inner if not line.startswith((b"HDR_", b"TRL_")) and b"|" not in line)


def _contents(data: bytes) -> list[bytes]:
    if not data.startswith(b"PK"):
        return [data]
    with ZipFile(io.BytesIO(data)) as inner:
        return [inner.read(one) for one in inner.namelist()]


NOT_READ = (".json", ".ndjson", ".md", ".py")
CORRUPTED = "cclf/archives/corrupted/T.BCD.A0001.ZCY18.D181120.T1000000"
FILES = [(s, n) for s in ARCHIVES for n in names(s) if not n.endswith(NOT_READ) and n not in (CORRUPTED, BAD_HEADER)]


@pytest.mark.parametrize(("set_", "name"), cases_or_skip(FILES, width=2))
def test_a_file_is_taken_whole_or_refused_as_judged(set_: str, name: str, tmp_path: Path) -> None:
    kind, told = loaded(set_, name, tmp_path)
    refused = EXPECTED.get(set_, {}).get(name, 0)
    assert told["refused"] == refused
    packed = open_archive(ARCHIVES[set_])
    assert packed is not None
    if kind and not refused and "277" not in name:
        assert told["taken"] == sum(said(kind, one) for one in _contents(packed.read(name)))
    elif not kind:
        assert any(part in name for part in (*LEFT_OUT, *FHIR))


def fhir_files(set_: str) -> list[str]:
    return [name for name in names(set_) if any(part in name for part in FHIR)]


def judged(file: str, reason: str) -> bool:
    told = [one for one in EXPECTED["fhir"] if any(fnmatch(file, pattern) for pattern in one["files"])]
    return any(one["says"] in reason and one["judged"] for one in told)


@pytest.mark.parametrize("set_", cases_or_skip([s for s in ARCHIVES if fhir_files(s)]))
def test_every_fhir_file_is_stored_or_refused_as_judged(set_: str, database: Database, tmp_path: Path) -> None:
    packed = open_archive(ARCHIVES[set_])
    assert packed is not None
    for name in fhir_files(set_):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(packed.read(name))
    counts = run(database, tmp_path, source="payer")
    refused = {(q.file.removeprefix(f"{tmp_path}/").split("/")[-1], q.reason) for q in quarantine.listed(database)}
    assert sorted((file, reason) for file, reason in refused if not judged(file, reason)) == []
    assert counts.stored >= {"bcda": 38, "bfd": 0, "hccinfhir": 153}[set_]


IDR = "05_claims/bfd_idr_samples1.zip"


def test_the_repository_of_cms_is_read_table_by_table() -> None:
    """Counted by the csv module: beneficiaries, claims that are final, claims that are not, and parts of no claim."""
    packed = open_archive(IDR)
    if packed is None:
        pytest.skip(HOW)
    texts = {Path(n).stem.removeprefix("SYNTHETIC_"): packed.read(n).decode() for n in packed.namelist()}
    tables = {name: list(csv.DictReader(io.StringIO(text))) for name, text in texts.items()}
    groups = archive.groups([shared(IDR)], 200)  # the zip is open while it is walked
    group = next(groups)
    read = [member for member in group if formats.of(member) == "idr"]
    assert {Path(m.name).stem.removeprefix("SYNTHETIC_") for m in read} == tables.keys() - EXPECTED["idr"].keys()
    made = list(formats.known()["idr"].pieces(read, SITE))
    for piece in made:
        for resource in piece.resources:
            validate.check(fhir_json.write(resource))
    kinds = Counter(one["resourceType"] for piece in made for one in piece.resources)
    claims = tables["CLM"]
    final = [row for row in claims if int(row["CLM_TYPE_CD"]) < 100]
    entitled = {row["BENE_SK"] for row in tables["BENE_MDCR_ENTLMT"]}
    assert kinds == {"Patient": len({row["BENE_SK"] for row in tables["BENE_HSTRY"]}), "Coverage": len(entitled),
                     "ExplanationOfBenefit": len(final)}  # fmt: skip
    key = ("GEO_BENE_SK", "CLM_DT_SGNTR_SK", "CLM_TYPE_CD", "CLM_NUM_SK")
    known = {tuple(row[name] for name in key) for row in claims}
    parts = [row for name in ("CLM_PROD", "CLM_INSTNL", "CLM_LINE_INSTNL") for row in tables[name]]
    alone = sum(tuple(row[name] for name in key) not in known for row in parts)
    reasons = Counter(piece.reason.rpartition(" (type ")[0] or piece.reason for piece in made if piece.reason)
    assert sum(reasons.values()) == len(claims) - len(final) + alone == 49
    assert reasons["No claim that it is part of is in CLM."] == alone
    lines = Counter(row["CLM_UNIQ_ID"] for row in tables["CLM_LINE"])
    made_lines = {r["identifier"][0]["value"]: len(r.get("item", ())) for p in made for r in p.resources if "item" in r}
    assert made_lines == {row["CLM_UNIQ_ID"]: lines[row["CLM_UNIQ_ID"]] for row in final if lines[row["CLM_UNIQ_ID"]]}


def test_a_medicare_number_that_cms_itself_hides_links_nobody() -> None:
    packed = open_archive(IDR)
    if packed is None:
        pytest.skip(HOW)
    groups = archive.groups([shared(IDR)], 200)  # the zip is open while it is walked
    group = next(groups)
    people = {
        one["identifier"][0]["value"]: one
        for piece in formats.known()["idr"].pieces([m for m in group if formats.of(m) == "idr"], SITE)
        for one in piece.resources
        if one["resourceType"] == "Patient"
    }
    for number in (
        "838580603",
        "938580603",
        "356275291",
    ):  # one Medicare number, and a cross-reference that was taken back
        assert (
            not any("us-mbi" in one["system"] for one in people[number]["identifier"]) and "link" not in people[number]
        )
    assert people["454323619"]["link"][0]["other"]["reference"] == f"Patient/{people['802956184']['id']}"


@pytest.mark.parametrize(("name", "claims"), [("277CA_accepted", 1), ("277CA_rejected", 1), ("277_x212", 8)])
def test_a_status_is_told_of_each_claim(name: str, claims: int, tmp_path: Path) -> None:
    if not FILES:
        pytest.skip(HOW)
    _, told = loaded("x12_imsweb", f"277_5010/x12_{name}.txt", tmp_path)
    assert dict(told) == {"taken": claims}


def test_a_corrupted_archive_is_refused_in_words(tmp_path: Path) -> None:
    if not FILES:
        pytest.skip(HOW)
    with pytest.raises(Malformed, match="cannot be read on"):
        loaded("bcda", CORRUPTED, tmp_path)


VERDICT = re.compile(rb"[AI]K5\*(\w)")


@pytest.mark.parametrize("case", cases_or_skip([n.split("/")[0] for n in names("x12_pyx12", "source.txt")]))
def test_a_set_is_answered_as_pyx12_answers_it(case: str) -> None:
    assert PAIRS is not None
    told = [n for n in PAIRS.namelist() if n.startswith(f"{case}/res")]
    expected = VERDICT.findall(PAIRS.read(told[0])) if told else [b"A"]  # simple_837i comes without an answer
    ours = answer.answer(io.BytesIO(PAIRS.read(f"{case}/source.txt")), datetime(2026, 1, 1, tzinfo=UTC))
    assert VERDICT.findall(ours) == expected


GOLDEN = {
    "inpatient": "sample-a-inpatient.txt", "outpatient": "sample-a-outpatient.txt", "snf": "sample-a-snf.txt",
    "hha": "sample-a-hha.txt", "hospice": "sample-a-hospice.txt", "dme": "sample-a-dme.txt", "pde": "sample-a-pde.txt",
    "carrier": "sample-a-bcarrier.txt",
}  # fmt: skip


def facts(claim: dict[str, Any]) -> dict[str, Any]:
    """The key facts of a claim that care and payment turn on."""
    codings = [c for c in claim["type"]["coding"] if c["system"].endswith("claim-type")]
    return {
        "type": [c["code"] for c in codings],
        "setting": [c["code"] for c in claim.get("subType", {}).get("coding", [])],
        "period": [claim["billablePeriod"]["start"], claim["billablePeriod"]["end"]],
        "paid": str(claim.get("payment", {}).get("amount", {}).get("value", "")),
        "diagnoses": sorted({d["diagnosisCodeableConcept"]["coding"][0]["code"] for d in claim.get("diagnosis", [])}),
        "principal": [d["diagnosisCodeableConcept"]["coding"][0]["code"] for d in claim.get("diagnosis", [])
                      if any(c["code"] == "principal" for t in d.get("type", []) for c in t["coding"])],
        "procedures": [p["procedureCodeableConcept"]["coding"][0]["code"] for p in claim.get("procedure", [])],
        "services": [i["productOrService"]["coding"][-1]["code"] for i in claim["item"]],
        "revenue": [i["revenue"]["coding"][0]["code"] for i in claim["item"] if "revenue" in i],
    }  # fmt: skip


@pytest.mark.parametrize("kind", cases_or_skip(list(GOLDEN) if names("bfd") else []))
def test_a_claim_says_what_cms_itself_makes_of_it(kind: str) -> None:
    packed = open_archive(ARCHIVES["bfd"])
    assert packed is not None
    row = packed.read(f"rif/rif-static-samples/{GOLDEN[kind]}")
    (piece,) = rif.pieces([of_bytes(GOLDEN[kind], row)], SITE)
    (claim,) = piece.resources
    ours = facts(json.loads(fhir_json.write(claim)))
    theirs = facts(json.loads(packed.read(f"fhir_v2_golden/eobRead{kind.capitalize()}.json")))
    judged = EXPECTED["golden"].get(kind, {})
    assert {fact: ours[fact] for fact in ours if ours[fact] != theirs[fact]} == judged


def test_the_synthetic_beneficiaries_have_as_many_claims_as_their_export_says() -> None:
    packed = open_archive(ARCHIVES["bfd"])
    if packed is None:
        pytest.skip(HOW)
    header, *rows = packed.read("rif/rif-synthea/export_summary.csv").decode().split()
    columns = [name.removesuffix("_CLAIMS").lower() for name in header.split(",")[1:]]
    for column, counts in zip(columns, zip(*(row.split(",")[1:] for row in rows), strict=True), strict=True):
        file = f"rif/rif-synthea/{column}.csv"
        made = [p for p in rif.pieces([of_bytes(file, packed.read(file))], SITE) if not p.reason]
        assert len(made) == sum(map(int, counts)), column


def test_a_header_that_is_not_whole_is_refused_in_words() -> None:
    packed = open_archive(ARCHIVES["x12_imsweb"])
    if packed is None:
        pytest.skip(HOW)
    data = packed.read(BAD_HEADER)
    with pytest.raises(Malformed, match="elements of the widths the standard gives"):
        list(formats.known()["x12"].pieces([of_bytes("x12", data)], SITE))
