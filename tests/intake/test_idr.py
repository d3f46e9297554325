"""Tables of CMS's repository: people with their numbers, claims put together, rows that belong to nothing are told."""

import csv
import io
import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given as examples
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from throughcare.faults import Malformed
from throughcare.fhir import json as fhir_json
from throughcare.fhir import validate
from throughcare.intake import formats, idr
from throughcare.intake.archive import Member, of_bytes
from throughcare.intake.formats import Given, Piece
from throughcare.intake.idr import beside
from throughcare.settings import Settings
from throughcare.stores.postgres import Database

from .loading import run
from .test_x12 import seen

SITE = Given("cms", Settings.read({}))
KEY = {"GEO_BENE_SK": "5", "CLM_DT_SGNTR_SK": "9", "CLM_TYPE_CD": "60", "CLM_NUM_SK": "1"}
PERSON = {
    "BENE_SK": "1", "BENE_XREF_EFCTV_SK": "1", "BENE_MBI_ID": "1EG4TE5MK73", "BENE_LAST_NAME": "Lopez",
    "BENE_1ST_NAME": "Ana", "BENE_MIDL_NAME": "", "BENE_BRTH_DT": "1950-01-31", "BENE_DEATH_DT": "", "BENE_SEX_CD": "2",
    "BENE_LINE_1_ADR": "2 Elm",
    "GEO_ZIP_PLC_NAME": "Town", "GEO_ZIP5_CD": "2139", "GEO_USPS_STATE_CD": "MA", "CNTCT_LANG_CD": "SPA",
    "IDR_LTST_TRANS_FLG": "Y", "IDR_INSRT_TS": "2024-01-01 00:00:00.1", "IDR_UPDT_TS": "",
    "IDR_TRANS_OBSLT_TS": "9999-12-31",
}  # fmt: skip
CLAIM = KEY | {
    "CLM_UNIQ_ID": "77", "CLM_FROM_DT": "2026-01-05", "CLM_THRU_DT": "2026-01-09", "CLM_CNTL_NUM": "C7", "BENE_SK": "1",
    "CLM_IDR_LD_DT": "2026-02-01", "CLM_LTST_CLM_IND": "Y", "CLM_PMT_AMT": "900.5", "CLM_SBMT_CHRG_AMT": "1200",
    "CLM_ALOWD_CHRG_AMT": "", "CLM_PD_DT": "", "PRVDR_BLG_PRVDR_NPI_NUM": "1234567893.0", "CLM_BLG_PRVDR_NPI_NUM": "",
    "CLM_ATNDG_PRVDR_NPI_NUM": "1245319599", "CLM_BILL_FAC_TYPE_CD": "1", "CLM_BILL_CLSFCTN_CD": "1",
    "CLM_BILL_FREQ_CD": "1", "CLM_SRVC_PRVDR_GNRC_ID_NUM": "", "PRVDR_PRSCRBNG_PRVDR_NPI_NUM": "~",
    "CLM_BLG_PRVDR_OSCAR_NUM": "",
}  # fmt: skip
LINE = KEY | {
    "CLM_UNIQ_ID": "77", "CLM_LINE_NUM": "1", "CLM_LINE_HCPCS_CD": "99223", "HCPCS_1_MDFR_CD": "25",
    "HCPCS_2_MDFR_CD": "~", "CLM_LINE_REV_CTR_CD": "0120", "CLM_LINE_FROM_DT": "2026-01-05",
    "CLM_LINE_THRU_DT": "2026-01-09", "CLM_LINE_NDC_CD": "", "CLM_LINE_SRVC_UNIT_QTY": "4.0", "CLM_LINE_NDC_QTY": "",
    "CLM_LINE_SBMT_CHRG_AMT": "1200", "CLM_LINE_DGNS_CD": "", "CLM_POS_CD": "", "CLM_RNDRG_PRVDR_NPI_NUM": "",
    "CLM_RNDRG_PRVDR_TAX_NUM": "",
}  # fmt: skip


def code(kind: str, text: str, sequence: str = "1", **more: str) -> dict[str, str]:
    rest = {"CLM_DGNS_PRCDR_ICD_IND": "0", "CLM_POA_IND": "~", "CLM_PRCDR_CD": "", "CLM_PRCDR_PRFRM_DT": ""}
    return KEY | rest | {"CLM_PROD_TYPE_CD": kind, "CLM_DGNS_CD": text, "CLM_VAL_SQNC_NUM": sequence} | more


WHOLE: dict[str, list[dict[str, str]]] = {
    "BENE_HSTRY": [PERSON],
    "BENE_MBI_ID": [{"BENE_MBI_ID": "1EG4TE5MK73", "BENE_MBI_EFCTV_DT": "2019-01-09", "BENE_MBI_OBSLT_DT": ""}],
    "BENE_MDCR_ENTLMT": [
        {"BENE_SK": "1", "BENE_MDCR_ENTLMT_TYPE_CD": part, "BENE_MDCR_ENTLMT_STUS_CD": "Y",
         "BENE_RNG_BGN_DT": "2019-01-09", "BENE_RNG_END_DT": "9999-12-31"} for part in "AB"],
    "BENE_CMBND_DUAL_MDCR": [{"BENE_SK": "1", "BENE_DUAL_STUS_CD": "08"}],
    "CLM": [CLAIM],
    "CLM_LINE": [LINE],
    "CLM_INSTNL": [KEY | {"BENE_PTNT_STUS_CD": "1", "DGNS_DRG_CD": "65"}],
    "CLM_PROD": [code("D", "I509"), code("P", "I509"), code("D", "E119", "2", CLM_POA_IND="Y"), code("A", "R060"),
                 code("S", "", CLM_PRCDR_CD="30233N1", CLM_PRCDR_PRFRM_DT="2026-01-06")],
    "CLM_DT_SGNTR": [{"CLM_DT_SGNTR_SK": "9", "CLM_NCH_WKLY_PROC_DT": "2026-01-30", "CLM_DSCHRG_DT": "2026-01-08",
                      "CLM_ACTV_CARE_FROM_DT": "2026-01-05"}],
}  # fmt: skip


def member(name: str, rows: list[dict[str, str]]) -> Member:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return of_bytes(f"SYNTHETIC_{name}.csv", text.getvalue().encode())


def pieces(**tables: list[dict[str, str]]) -> list[Piece]:
    return list(idr.pieces([member(name, rows) for name, rows in (WHOLE | tables).items() if rows], SITE))


def of_type(found: list[Piece], kind: str) -> list[dict[str, Any]]:
    resources = [one for piece in found for one in piece.resources if one["resourceType"] == kind]
    for one in resources:
        validate.check(fhir_json.write(one))
    return resources


def test_a_claim_is_put_together_and_seen_by_the_views_of_claims(database: Database, tmp_path: Path) -> None:
    for name, rows in WHOLE.items():
        (tmp_path / f"{name}.csv").write_bytes(member(name, rows).open().read())
    counts = run(database, tmp_path, source="cms")
    assert (counts.stored, counts.quarantined, counts.left_out, counts.pieces["IDR"]) == (3, 0, [], 2)
    with database.connection() as connection:
        (told,) = connection.execute(
            "select count(*) from flat.claim join flat.person using (person_id)"
        ).fetchone() or (0,)
    assert told == 1
    (claim,) = of_type(pieces(), "ExplanationOfBenefit")
    (row,) = seen("claim", claim)
    assert (row["claim_type"], row["diagnosis"], str(row["paid"]), str(row["billed"])) == (
        "institutional", "I509", "900.5", "1200"
    )  # fmt: skip
    (line,) = seen("claim_line", claim)
    assert (line["hcpcs"], line["modifiers"]) == ("99223", "25")


def test_a_claim_says_when_where_why_and_what_was_done() -> None:
    (claim,) = of_type(pieces(), "ExplanationOfBenefit")
    assert claim["billablePeriod"] == {"start": "2026-01-05", "end": "2026-01-09"} and claim["created"] == "2026-01-30"
    assert claim["provider"]["identifier"]["value"] == "1234567893", "digits that a spreadsheet wrote as a decimal"
    told = [
        (d["diagnosisCodeableConcept"]["coding"][0]["code"], d["type"][0]["coding"][0]["code"])
        for d in claim["diagnosis"]
    ]
    assert told == [("I509", "principal"), ("R060", "admitting"), ("E119", "other")]
    assert claim["procedure"][0]["date"] == "2026-01-06"
    informed = {one["category"]["coding"][0]["code"]: one for one in claim["supportingInfo"]}
    assert informed["admissionperiod"]["timingPeriod"] == {"start": "2026-01-05", "end": "2026-01-08"}
    assert [informed[n]["code"]["coding"][0]["code"] for n in ("drg", "discharge-status", "typeofbill")] == [
        "065",
        "01",
        "111",
    ]
    assert claim["careTeam"][0]["provider"]["identifier"]["value"] == "1245319599" and len(claim["careTeam"]) == 1


def test_a_drug_event_is_a_claim_of_its_pharmacy() -> None:
    kind = {"CLM_TYPE_CD": "1"}
    drug = CLAIM | kind | {"PRVDR_BLG_PRVDR_NPI_NUM": "", "CLM_SRVC_PRVDR_GNRC_ID_NUM": "1104867175.0",
                           "PRVDR_PRSCRBNG_PRVDR_NPI_NUM": "1972944437"}  # fmt: skip
    line = LINE | kind | {"CLM_LINE_NDC_CD": "00264780020", "CLM_LINE_NDC_QTY": "30"}
    (claim,) = of_type(pieces(CLM=[drug], CLM_LINE=[line], CLM_INSTNL=[], CLM_PROD=[]), "ExplanationOfBenefit")
    assert claim["type"]["coding"][0]["code"] == "pharmacy" and claim["provider"]["identifier"]["value"] == "1104867175"
    (item,) = claim["item"]
    assert item["productOrService"]["coding"][0] == {"system": "http://hl7.org/fhir/sid/ndc", "code": "00264780020"}
    assert item["quantity"]["value"] == Decimal(30)


def test_a_beneficiary_has_numbers_with_their_days_and_what_covers_them() -> None:
    before = PERSON | {"BENE_MBI_ID": "2EG4TE5MK74", "IDR_LTST_TRANS_FLG": "N", "BENE_LAST_NAME": "Before"}
    numbers = [*WHOLE["BENE_MBI_ID"], {"BENE_MBI_ID": "2EG4TE5MK74", "BENE_MBI_EFCTV_DT": "2015-01-01",
                                       "BENE_MBI_OBSLT_DT": "2019-01-08"}]  # fmt: skip
    found = pieces(BENE_HSTRY=[before, PERSON], BENE_MBI_ID=numbers)
    (patient,), (coverage,) = of_type(found, "Patient"), of_type(found, "Coverage")
    assert patient["name"] == [{"family": "Lopez", "given": ["Ana"]}] and patient["address"][0]["postalCode"] == "02139"
    assert [(i["value"], i.get("period")) for i in patient["identifier"]] == [
        ("1", None), ("2EG4TE5MK74", {"start": "2015-01-01", "end": "2019-01-08"}),
        ("1EG4TE5MK73", {"start": "2019-01-09"}),
    ]  # fmt: skip
    assert patient["communication"][0]["language"]["coding"][0]["code"] == "es"
    (row,) = seen("coverage", coverage)
    assert (row["payer"], row["subscriber_id"], str(row["from_at"])[:10]) == ("Medicare", "1EG4TE5MK73", "2019-01-09")


def other(**more: str) -> dict[str, str]:
    return PERSON | {"BENE_SK": "2", "BENE_XREF_EFCTV_SK": "1"} | more


@pytest.mark.parametrize(
    ("crossed", "joined", "numbers"),
    [
        ([{"BENE_SK": "1", "BENE_XREF_SK": "2", "BENE_KILL_CRED_CD": "2"}], True, 1),
        ([{"BENE_SK": "1", "BENE_XREF_SK": "2", "BENE_KILL_CRED_CD": "1"}], False, 0),
        ([], False, 0),
    ],
)
def test_two_are_one_only_by_a_cross_reference_that_stands(
    crossed: list[dict[str, str]], joined: bool, numbers: int
) -> None:
    """CMS's own service hides a Medicare number that stands at two of them without one: nobody is linked by it."""
    ana, second = of_type(pieces(BENE_HSTRY=[PERSON, other()], BENE_XREF=crossed), "Patient")
    assert second.get("link", []) == (
        [{"other": {"reference": f"Patient/{ana['id']}"}, "type": "replaced-by"}] if joined else []
    )
    assert [sum("us-mbi" in i["system"] for i in one["identifier"]) for one in (ana, second)] == [numbers, numbers]


@pytest.mark.parametrize(
    ("tables", "reason"),
    [
        (
            {"CLM": [CLAIM | {"CLM_TYPE_CD": "1011"}], "CLM_INSTNL": [], "CLM_PROD": []},
            "is not final yet at its contractor",
        ),
        ({"CLM": [CLAIM | {"CLM_FROM_DT": ""}]}, "CLM_FROM_DT, BENE_SK or CLM_UNIQ_ID is missing"),
        ({"CLM": [CLAIM | {"CLM_PMT_AMT": "1E5"}]}, "CLM_PMT_AMT is no number"),
        ({"CLM": [CLAIM, CLAIM]}, "the same CLM_UNIQ_ID stands in a row before"),
        ({"BENE_HSTRY": [PERSON, PERSON | {"BENE_SK": ""}]}, "BENE_SK is missing"),
        ({"BENE_HSTRY": [PERSON | {"BENE_BRTH_DT": "1950-13-31"}]}, "BENE_BRTH_DT is no date"),
        ({"CLM_LINE": [LINE, LINE | {"CLM_UNIQ_ID": "78"}]}, "No claim that it is part of is in CLM"),
        ({"BENE_CMBND_DUAL_MDCR": [{"BENE_SK": "8", "BENE_DUAL_STUS_CD": "08"}]}, "No beneficiary of this number"),
    ],
)
def test_what_cannot_be_one_is_kept_with_its_reason(tables: dict[str, list[dict[str, str]]], reason: str) -> None:
    refused = [piece for piece in pieces(**tables) if piece.reason]
    assert len(refused) == 1 and reason in refused[0].reason and refused[0].body and refused[0].line > 1
    assert "Lopez" not in refused[0].reason
    if "CLM" in tables and len(tables["CLM"]) == 1:
        assert b"99223" in refused[0].body, "its lines are kept with it"


def test_a_claim_that_was_replaced_is_cancelled() -> None:
    (claim,) = of_type(pieces(CLM=[CLAIM | {"CLM_LTST_CLM_IND": "N"}]), "ExplanationOfBenefit")
    assert claim["status"] == "cancelled" and not seen("claim", claim)[0]["net_of_cancels"]


def test_tables_without_beneficiaries_say_nothing_of_anybody() -> None:
    (refused,) = pieces(**{name: [] for name in WHOLE if name != "BENE_MBI_ID"})
    assert refused.reason == idr.ALONE


def test_a_table_is_known_by_its_columns_and_by_nobody_else() -> None:
    for name, rows in WHOLE.items():
        assert formats.of(member(name, rows)) == "idr" and beside.name_of(member(name, rows).open().read()) == name
    assert not idr.knows(b"BENE_SK,BENE_XREF_SK\n", "") and not idr.knows(b"PersonalID,FirstName\n", "")


def test_the_limit_of_rows_has_a_name_and_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "ROWS_MAX", 5)
    with pytest.raises(Malformed, match="more than 5 rows"):
        pieces()


@hypothesis_settings(max_examples=600, deadline=timedelta(seconds=5))
@examples(
    which=st.sampled_from(sorted(WHOLE)),
    cuts=st.lists(st.tuples(st.integers(0, 700), st.integers(0, 30), st.binary(max_size=10)), min_size=1, max_size=4),
)
def test_no_mutation_crashes_the_reader_or_is_dropped(which: str, cuts: list[tuple[int, int, bytes]]) -> None:
    data = member(which, WHOLE[which]).open().read()
    for at, length, put in cuts:
        data = data[:at] + put + data[at + length :]
    members = [member(name, rows) for name, rows in WHOLE.items() if name != which]
    if idr.knows(data, which):
        members.append(of_bytes(f"SYNTHETIC_{which}.csv", data))
    try:
        found = list(idr.pieces(members, SITE))
    except Malformed:
        return
    assert [piece.number for piece in found] == list(range(1, len(found) + 1))
    assert all(bool(piece.resources) != bool(piece.reason) for piece in found)
    json.dumps([piece.reason for piece in found])
