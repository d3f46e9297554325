"""RIF: claims and beneficiaries as the warehouse of CMS exports them, held against what CMS itself makes of them."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import given as examples
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from throughcare.faults import Malformed
from throughcare.fhir import json as fhir_json
from throughcare.fhir import validate
from throughcare.intake import rif
from throughcare.intake.archive import of_bytes
from throughcare.intake.formats import Given, Piece
from throughcare.settings import Settings
from throughcare.stores.postgres import Database

from .loading import run

SITE = Given("cms", Settings.read({}))
CARRIER = {
    "DML_IND": "INSERT", "BENE_ID": "7", "CLM_ID": "71", "NCH_CLM_TYPE_CD": "71", "CLM_FROM_DT": "27-OCT-2025",
    "CLM_THRU_DT": "27-OCT-2025", "NCH_WKLY_PROC_DT": "06-NOV-2025", "CLM_PMT_AMT": "199.99", "PRNCPAL_DGNS_CD": "E119",
    "PRNCPAL_DGNS_VRSN_CD": "0", "LINE_NUM": "1", "PRF_PHYSN_NPI": "1245319599", "HCPCS_CD": "99213",
    "LINE_1ST_EXPNS_DT": "27-OCT-2025", "LINE_LAST_EXPNS_DT": "27-OCT-2025", "LINE_NCH_PMT_AMT": "80",
    "LINE_ICD_DGNS_CD": "I10", "LINE_ICD_DGNS_VRSN_CD": "0", "LINE_SRVC_CNT": "1",
}  # fmt: skip
PERSON = {
    "DML_IND": "INSERT", "BENE_ID": "7", "BENE_BIRTH_DT": "31-JAN-1950", "BENE_SEX_IDENT_CD": "2", "RFRNC_YR": "2024",
    "BENE_SRNM_NAME": "LOPEZ", "BENE_GVN_NAME": "ANA", "MBI_NUM": "1EG4TE5MK73", "BENE_ENTLMT_RSN_ORIG": "0",
    **{f"MDCR_ENTLMT_BUYIN_{n}_IND": "C" if n <= 9 else "3" if n <= 11 else "0" for n in range(1, 13)},
    **{f"HMO_{n}_IND": "1" if n <= 2 else "0" for n in range(1, 13)},
}  # fmt: skip


def text(*rows: dict[str, str]) -> bytes:
    return "\n".join(["|".join(rows[0]), *("|".join(row.values()) for row in rows)]).encode()


def pieces(data: bytes) -> list[Piece]:
    return list(rif.pieces([of_bytes("any.txt", data)], SITE))


def made(found: list[Piece], kind: str) -> list[dict[str, Any]]:
    resources = [one for piece in found for one in piece.resources if one["resourceType"] == kind]
    for one in resources:
        validate.check(fhir_json.write(one))
    return resources


def test_rows_of_one_claim_are_its_lines() -> None:
    found = pieces(text(CARRIER, {**CARRIER, "LINE_NUM": "2", "HCPCS_CD": "G0438"}, {**CARRIER, "CLM_ID": "72"}))
    first, second = made(found, "ExplanationOfBenefit")
    assert [i["productOrService"]["coding"][0]["code"] for i in first["item"]] == ["99213", "G0438"]
    assert first["payment"]["amount"]["value"] == Decimal("199.99") and first["id"] != second["id"]
    assert first["diagnosis"][1]["diagnosisCodeableConcept"]["coding"][0]["code"] == "I10"
    assert first["item"][0]["diagnosisSequence"] == [2] and first["item"][0]["careTeamSequence"] == [1]


def test_a_year_of_months_is_told_by_its_stretches() -> None:
    (piece,) = pieces(text(PERSON))
    spans = [(c["period"]["start"][5:], c["period"]["end"][5:], c["type"]["coding"][0]["code"], _part_b(c))
             for c in made([piece], "Coverage")]  # fmt: skip
    assert spans == [
        ("01-01", "02-29", "medicare_advantage", True), ("03-01", "11-30", "medicare", True),
    ]  # fmt: skip
    (changed,) = pieces(text({**PERSON, "DML_IND": "UPDATE"}))
    assert (len(piece.deletes), len(changed.deletes)) == (0, 10)  # stretches that a row before may have told of


def test_a_changed_year_takes_the_place_of_what_was_told_of_it(database: Database, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(text(PERSON))
    all_year = {f"HMO_{n}_IND": "0" for n in range(1, 13)} | {f"MDCR_ENTLMT_BUYIN_{n}_IND": "C" for n in range(1, 13)}
    (tmp_path / "b.txt").write_bytes(text({**PERSON, "DML_IND": "UPDATE", **all_year}))
    assert run(database, tmp_path / "a.txt", source="cms").stored == 3
    run(database, tmp_path / "b.txt", source="cms")
    with database.connection() as connection:
        spans = connection.execute(
            "select from_at::date::text, to_at::date::text from flat.coverage where known_to is null"
        ).fetchall()
    assert spans == [("2024-01-01", "2024-12-31")]
    (tmp_path / "again.txt").write_bytes((tmp_path / "b.txt").read_bytes())  # counts add up for a file known before
    assert run(database, tmp_path / "again.txt", source="cms").stored == 0


def _part_b(coverage: dict[str, Any]) -> bool:
    return any(e["url"] == "urn:throughcare:part-b" and e["valueBoolean"] for e in coverage["extension"])


def test_a_deleted_row_withdraws_what_it_said() -> None:
    (piece,) = pieces(text({**CARRIER, "DML_IND": "DELETE"}))
    (claim,) = made(pieces(text(CARRIER)), "ExplanationOfBenefit")
    assert piece.deletes == [("ExplanationOfBenefit", claim["id"])] and not piece.resources


def test_a_row_with_a_fault_is_kept_with_its_reason_and_its_header() -> None:
    broken = text(CARRIER, {**CARRIER, "CLM_ID": "72", "CLM_FROM_DT": "31-FEB-2025"}, {**CARRIER, "CLM_ID": "73"})
    found = pieces(broken + b"|more")
    assert [piece.reason for piece in found] == [
        "", "Line 3: CLM_FROM_DT is no date.", "Line 4: The line has 20 columns, the header 19.",
    ]  # fmt: skip
    assert made(pieces(found[1].body.replace(b"31-FEB", b"28-FEB")), "ExplanationOfBenefit")


@hypothesis_settings(max_examples=1500, deadline=timedelta(seconds=5))
@examples(
    whole=st.sampled_from([text(CARRIER, {**CARRIER, "CLM_ID": "72"}), text(PERSON)]),
    cuts=st.lists(st.tuples(st.integers(0, 900), st.integers(0, 40), st.binary(max_size=12)), min_size=1, max_size=4),
)
def test_no_mutation_crashes_the_reader_or_is_dropped(whole: bytes, cuts: list[tuple[int, int, bytes]]) -> None:
    for at, length, put in cuts:
        whole = whole[:at] + put + whole[at + length :]
    try:
        found = pieces(whole)
    except Malformed:
        return
    assert all(bool(piece.resources) != bool(piece.reason) for piece in found if not piece.deletes)
