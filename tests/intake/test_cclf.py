"""CCLF: the feed of an accountable care organization, cut by its layouts, joined, netted, and held to its CCLF0."""

import zipfile
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
from throughcare.intake import cclf
from throughcare.intake.archive import Member, of_bytes
from throughcare.intake.cclf import read
from throughcare.intake.formats import Given, Piece
from throughcare.settings import Settings
from throughcare.stores.postgres import Database

from .loading import run

SITE = Given("aco", Settings.read({}))
NAME = "P.A0001.ACO.ZC{}Y26.D260115.T1000000"
WHO = {"mbi": "1EG4TE5MK73", "equatable": "123456789A"}


def line(layout: str, /, **cells: str) -> str:
    """A record of a file, padded to its layout."""
    columns = [one.split() for one in read.layouts()[layout]["columns"]]
    assert set(cells) <= {name for name, _ in columns}
    return "".join(cells.get(name, "").ljust(int(width))[: int(width)] for name, width in columns)


PERSON = line("8", **{k: v for k, v in WHO.items() if k == "mbi"}, born="1950-01-31", sex="2", first="ANA",
              last="LOPEZ",
              dual="02", entitled_by="0", buy_in="C", part_a_from="2015-02-01", part_b_from="2015-03-01")  # fmt: skip
STAY = dict(claim="1000000000001", ccn="220001", type="60", facility="1", classification="1", frequency="1",
            principal="I509", admitting="R0602", paid="8000.50", disposition="01", drg="0291", npi="1234567893",
            attending="1245319599", adjustment="0", effective="2026-01-10", icd="0", charged="20000.00",
            **{"from": "2026-01-01", "thru": "2026-01-05"}, **WHO)  # fmt: skip


def feed(**files: str) -> list[Member]:
    return [of_bytes(NAME.format(kind[1:]), text.encode()) for kind, text in files.items()]


def pieces(**files: str) -> list[Piece]:
    return list(cclf.pieces(feed(**files), SITE))


def made(found: list[Piece], kind: str) -> list[dict[str, Any]]:
    resources = [one for piece in found for one in piece.resources if one["resourceType"] == kind]
    for one in resources:
        validate.check(fhir_json.write(one))
    return resources


@pytest.mark.parametrize("kind", ["1", "2", "3", "4", "5", "6", "7", "8", "9"])
def test_columns_of_a_layout_add_up_to_its_record_length(kind: str) -> None:
    widths = [int(one.split()[1]) for one in read.layouts()[kind]["columns"]]
    assert sum(widths) == read.layouts()[kind]["length"]


def test_a_beneficiary_is_a_patient_with_what_medicare_covers() -> None:
    (patient,), (coverage,) = (made(pieces(f8=PERSON), kind) for kind in ("Patient", "Coverage"))
    assert patient["identifier"][0]["value"] == "1EG4TE5MK73" and patient["birthDate"] == "1950-01-31"
    said = {e["url"]: e.get("valueCode", e.get("valueBoolean")) for e in coverage["extension"]}
    assert said == {
        "urn:throughcare:dual-status": "02", "urn:throughcare:entitled-by": "0", "urn:throughcare:part-a": True,
        "urn:throughcare:part-b": True, "urn:throughcare:medicaid-full": True,
    }  # fmt: skip
    assert coverage["period"] == {"start": "2015-02-01"}


def test_a_former_number_is_the_same_persons_by_the_word_of_cms() -> None:
    former = line("9", kind="M", number="1EG4TE5MK73", former="1EG4TE5MK72", thru="2020-12-31")
    found = pieces(f8=PERSON, f9=former)
    now, before = made(found, "Patient")
    assert before["link"] == [{"other": {"reference": f"Patient/{now['id']}"}, "type": "replaced-by"}]


def test_a_hospital_claim_is_joined_from_its_four_files() -> None:
    beside = {k: v for k, v in STAY.items() if k in ("claim", "mbi", "type", "from", "thru", "ccn", "equatable")}
    found = pieces(
        f1=line("1", **STAY), f2=line("2", **beside, line="1", revenue="0120", paid="8000.50", units="4"),
        f3=line("3", **beside, sequence="1", code="02HV33Z", day="2026-01-02", icd="0"),
        f4="\n".join(line("4", **beside, sequence=str(n), kind="D", code=c, present=p, icd="0")
                     for n, (c, p) in enumerate([("I509", "Y"), ("N179", "N")], 1)),
    )  # fmt: skip
    (claim,) = made(found, "ExplanationOfBenefit")
    assert claim["payment"]["amount"]["value"] == Decimal("8000.50")
    assert [d["diagnosisCodeableConcept"]["coding"][0]["code"] for d in claim["diagnosis"]] == ["I509", "R0602", "N179"]
    assert claim["diagnosis"][0]["onAdmission"]["coding"][0]["code"] == "y"
    assert claim["procedure"][0]["date"] == "2026-01-02" and claim["item"][0]["quantity"]["value"] == 4
    stay = next(s for s in claim["supportingInfo"] if s["category"]["coding"][0]["code"] == "admissionperiod")
    assert stay["timingPeriod"] == {"start": "2026-01-01", "end": "2026-01-05"}


@pytest.mark.parametrize("turned", [False, True], ids=["in turn", "the other way round"])
def test_a_cancelled_claim_is_cancelled_and_an_adjusted_one_is_adjusted(turned: bool) -> None:
    cancel = {**STAY, "claim": "1000000000002", "adjustment": "1", "effective": "2026-02-10"}
    adjusted = {**STAY, "claim": "1000000000003", "adjustment": "2", "effective": "2026-02-10", "paid": "7000.00"}
    said = [line("1", **one) for one in (STAY, cancel)]
    found = made(pieces(f1="\n".join(said[::-1] if turned else said)), "ExplanationOfBenefit")
    assert len({one["id"] for one in found}) == 1 and found[-1]["status"] == "cancelled"
    said.append(line("1", **adjusted))
    found = made(pieces(f1="\n".join(said[::-1] if turned else said)), "ExplanationOfBenefit")
    assert len({one["id"] for one in found}) == 1
    assert (found[-1]["status"], found[-1]["payment"]["amount"]["value"]) == ("active", Decimal("7000.00"))


def test_lines_of_a_physicians_claim_are_one_claim() -> None:
    one = dict(claim="2", type="71", control="C1", code="99213", npi="1245319599", specialty="11", tin="123456789",
               place="11", paid="80.10", allowed="100", diagnosis_1="E119", line_diagnosis="I10",
               line_from="2026-01-03", line_thru="2026-01-03", **{"from": "2026-01-03", "thru": "2026-01-03"},
               **WHO)  # fmt: skip
    text = "\n".join(line("5", **one, line=str(n)) for n in (1, 2))
    (claim,) = made(pieces(f5=text), "ExplanationOfBenefit")
    assert claim["payment"]["amount"]["value"] == Decimal("160.20") and len(claim["item"]) == 2
    assert claim["item"][0]["diagnosisSequence"] == [2]


def test_a_drug_event_is_a_pharmacy_claim() -> None:
    text = line("7", claim="3", mbi=WHO["mbi"], ndc="00093101001", pharmacy="1234567893", pharmacy_kind="01",
                units="30", paid_by_person="5.00", prescription="77", fill="1", **{"from": "2026-01-03"})  # fmt: skip
    (claim,) = made(pieces(f7=text), "ExplanationOfBenefit")
    assert claim["type"]["coding"][0]["code"] == "pharmacy"
    assert claim["item"][0]["productOrService"]["coding"][0]["code"] == "00093101001"


def test_what_ccl0_declares_and_did_not_come_is_told(database: Database, tmp_path: Path) -> None:
    declared = "CCLF8  |Beneficiaries|3|549\nCCLF9  |Numbers|0|55"
    (told,) = [piece.reason for piece in pieces(f0=declared, f8=PERSON) if piece.reason]
    assert told == "CCLF0 declares 3 lines of CCLF8, but 1 came: something was lost."
    with zipfile.ZipFile(tmp_path / "feed.zip", "w") as packed:
        packed.writestr(NAME.format(8), PERSON)
    counts = run(database, tmp_path, source="aco")
    assert (counts.stored, counts.quarantined) == (0, 1)
    assert list(counts.reasons) == ["The archive has no CCLF0: it is no whole feed, and nothing of it is taken in."]
    with zipfile.ZipFile(tmp_path / "feed.zip", "w") as packed:
        packed.writestr(NAME.format(0), declared.replace("|3|", "|1|"))
        packed.writestr(NAME.format(8), PERSON)
    assert run(database, tmp_path, source="aco").stored == 2


def test_a_line_that_says_nothing_whole_is_kept_with_its_reason() -> None:
    found = pieces(f8="\n".join([PERSON, PERSON.replace("1EG4TE5MK73", "XEG4TE5MK73"), PERSON + "more"]))
    assert [piece.reason for piece in found] == [
        "", "Line 2: mbi is no Medicare number.", "CCLF8, Line 3 is longer than its layout of 549 characters.",
    ]  # fmt: skip


WHOLE = line("1", **STAY).encode()


@hypothesis_settings(max_examples=1500, deadline=timedelta(seconds=5))
@examples(
    kind=st.sampled_from("0123456789"),
    cuts=st.lists(st.tuples(st.integers(0, 600), st.integers(0, 40), st.binary(max_size=12)), min_size=1, max_size=4),
)
def test_no_mutation_crashes_the_reader_or_is_dropped(kind: str, cuts: list[tuple[int, int, bytes]]) -> None:
    whole = WHOLE + b"\n" + PERSON.encode()
    for at, length, put in cuts:
        whole = whole[:at] + put + whole[at + length :]
    try:
        found = list(cclf.pieces([of_bytes(NAME.format(kind), whole)], SITE))
    except Malformed:
        return
    assert all(bool(piece.resources) != bool(piece.reason) for piece in found)
    lines = sum(1 for one in whole.split(b"\n") if one.strip())
    assert len(found) == lines or kind in "056"
