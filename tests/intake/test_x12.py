"""X12: sets are read with their envelopes, refused one by one, made FHIR claim by claim, and answered."""

import io
import json
from datetime import UTC, datetime, timedelta
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
from throughcare.fhir.views import compile_view
from throughcare.intake import formats, quarantine, x12
from throughcare.intake.archive import of_bytes
from throughcare.intake.formats import Given, Piece
from throughcare.intake.x12 import answer, read, structure
from throughcare.settings import Settings
from throughcare.stores.postgres import Database

from .loading import run

ISA = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *260101*1200*^*00501*000000007*{ta1}*T*:~"
BILL = """ST*837*0001*005010X222A1~BHT*0019*00*1*20260110*1200*CH~
NM1*41*2*CLINIC*****46*1~PER*IC*ANN*TE*5555550100~NM1*40*2*PLAN*****46*2~
HL*1**20*1~PRV*BI*PXC*207Q00000X~NM1*85*2*CLINIC*****XX*1234567893~N3*1 MAIN~N4*TOWN*MA*02139~REF*EI*12-3456789~
HL*2*1*22*0~SBR*P*18*******MB~NM1*IL*1*LOPEZ*ANA*M***MI*1EG4TE5MK73~N3*2 ELM~N4*TOWN*MA*02139~DMG*D8*19500131*F~
NM1*PR*2*PLAN*****PI*99999~
CLM*A1*150.10***11:B:1*Y*A*Y*Y~HI*ABK:E119*ABF:I10~NM1*82*1*KIM*JO****XX*1245319599~PRV*PE*PXC*207RC0000X~
LX*1~SV1*HC:99496:25*100.10*UN*1***1:2~DTP*472*D8*20260105~
LX*2~SV1*HC:G0438*50*UN*1***2~DTP*472*RD8*20260105-20260106~
SE*{count}*0001~"""
FLAT = Path(x12.__file__).parents[2] / "care_library" / "views"
SITE = Given("plan", Settings.read({}))


def interchange(*sets: str, kind: str = "HC", guide: str = "005010X222A1", ta1: str = "0") -> bytes:
    """A whole interchange of one group; a set without its number of segments gets it."""
    counted = [one.replace("{count}", str(one.count("~"))) for one in sets]
    group = f"GS*{kind}*SENDER*RECEIVER*20260110*1200*7*X*{guide}~"
    body = "\n".join(counted)
    return f"{ISA.format(ta1=ta1)}\n{group}\n{body}\nGE*{len(sets)}*7~\nIEA*1*000000007~\n".encode()


def pieces(data: bytes) -> list[Piece]:
    return list(x12.pieces([of_bytes("x12", data)], SITE))


def of_type(found: list[Piece], kind: str) -> list[dict[str, Any]]:
    resources = [one for piece in found for one in piece.resources if one["resourceType"] == kind]
    for one in resources:
        validate.check(fhir_json.write(one))
    return resources


def seen(view: str, resource: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of a flat view that a resource makes."""
    found = compile_view(json.loads((FLAT / view / f"{resource['resourceType']}.json").read_text()))
    names = [column.name for column in found.columns]
    return [dict(zip(names, row, strict=True)) for row in found.rows(resource)]


def test_a_claim_is_seen_by_every_view_of_claims(database: Database, tmp_path: Path) -> None:
    (tmp_path / "bill.txt").write_bytes(interchange(BILL))
    counts = run(database, tmp_path, source="plan")
    assert (counts.stored, counts.quarantined, counts.pieces["X12"]) == (3, 0, 1)
    assert run(database, tmp_path, source="plan").stored == 0
    (claim,) = of_type(pieces(interchange(BILL)), "ExplanationOfBenefit")
    (row,) = seen("claim", claim)
    assert (row["claim_type"], row["diagnosis"], row["net_of_cancels"]) == ("professional", "E119", True)
    assert (str(row["billed"]), row["paid"], str(row["from_at"])[:10]) == ("150.10", None, "2026-01-05")
    first, second = seen("claim_line", claim)
    assert (first["hcpcs"], first["modifiers"], first["pos"], first["npi"]) == ("99496", "25", "11", "1245319599")
    assert (first["tin"], str(first["billed"]), second["hcpcs"]) == ("123456789", "100.10", "G0438")
    assert [(d["code"], d["rank_kind"], d["setting"]) for d in seen("diagnosis", claim)] == [
        ("E119", "principal", "office"), ("I10", "other", "office"),
    ]  # fmt: skip
    assert [p["code"] for p in seen("procedure", claim)] == ["99496", "G0438"]


def test_a_claim_says_who_what_when_and_how_much() -> None:
    found = pieces(interchange(BILL))
    (claim,) = of_type(found, "ExplanationOfBenefit")
    (patient,) = of_type(found, "Patient")
    assert patient["name"] == [{"family": "LOPEZ", "given": ["ANA", "M"]}] and patient["birthDate"] == "1950-01-31"
    assert ("http://hl7.org/fhir/sid/us-mbi", "1EG4TE5MK73") in [
        (i["system"], i["value"]) for i in patient["identifier"]
    ]
    assert claim["patient"]["reference"] == f"Patient/{patient['id']}" and claim["outcome"] == "queued"
    assert claim["billablePeriod"] == {"start": "2026-01-05", "end": "2026-01-06"}
    assert claim["total"][0]["amount"] == {"value": Decimal("150.10"), "currency": "USD"}
    assert [(d["diagnosisCodeableConcept"]["coding"][0]["code"], d["type"][0]["coding"][0]["code"])
            for d in claim["diagnosis"]] == [("E119", "principal"), ("I10", "other")]  # fmt: skip
    first, second = claim["item"]
    assert first["productOrService"]["coding"][0] == {"system": "http://www.ama-assn.org/go/cpt", "code": "99496"}
    assert first["modifier"][0]["coding"][0]["code"] == "25" and first["diagnosisSequence"] == [1, 2]
    assert second["productOrService"]["coding"][0]["system"].endswith("HCPCSReleaseCodeSets")
    assert second["servicedPeriod"] == {"start": "2026-01-05", "end": "2026-01-06"}


def test_a_corrected_claim_is_the_same_claim_and_a_void_one_is_cancelled() -> None:
    (first,), (again,), (void,) = (
        of_type(pieces(interchange(BILL.replace("11:B:1", f"11:B:{kind}"))), "ExplanationOfBenefit") for kind in "178"
    )
    assert first["id"] == again["id"] == void["id"]
    assert (first["status"], again["status"], void["status"]) == ("active", "active", "cancelled")


def test_two_of_a_family_with_one_member_number_are_two_people() -> None:
    other = BILL.replace("*ANA*M*", "*EVA*M*")
    found = pieces(interchange(BILL, other.replace("0001", "0002")))
    assert len({one["id"] for one in of_type(found, "Patient")}) == 2


MEMBERS = """ST*834*0001*005010X220A1~BGN*00*1*20260401*0900****2~N1*P5*STATE*FI*234567891~N1*IN*CARE PLAN*FI*876543219~
INS*Y*18*{reason}*XN*A*C**FT~REF*0F*M1~REF*1L*GRP~REF*F6*1EG4TE5MK73~DTP*356*D8*20260401~
NM1*IL*1*SMITH*ROBERT*J***34*123121234~PER*IP**TE*5555550100~N3*2 OAK~N4*TOWN*CA*92501~DMG*D8*19750820*M~LUI*LE*SPA**7~
HD*{reason}**HMO*GOLD~DTP*348*D8*20260401~{end}SE*{count}*0001~"""


def member(reason: str = "021", end: str = "") -> list[Piece]:
    text = MEMBERS.replace("{reason}", reason).replace("{end}", end)
    return pieces(interchange(text, kind="BE", guide="005010X220A1"))


def test_a_member_is_a_patient_with_a_coverage_that_ends_when_the_plan_says() -> None:
    begun, ended = member(), member("024", "DTP*349*D8*20261231~\n")
    (patient,), (coverage,) = of_type(begun, "Patient"), of_type(begun, "Coverage")
    (later,) = of_type(ended, "Coverage")
    assert {(i["system"], i["value"]) for i in patient["identifier"]} >= {
        ("http://hl7.org/fhir/sid/us-ssn", "123121234"), ("http://hl7.org/fhir/sid/us-mbi", "1EG4TE5MK73"),
    }  # fmt: skip
    assert patient["communication"][0]["language"]["coding"][0]["code"] == "es"
    (row,) = seen("coverage", later)
    assert (row["payer"], row["benefit"], row["subscriber_id"], row["relation"]) == ("CARE PLAN", "GOLD", "M1", "self")
    assert (str(row["from_at"])[:10], str(row["to_at"])[:10]) == ("2026-04-01", "2026-12-31")
    assert coverage["period"] == {"start": "2026-04-01"} and coverage["id"] == later["id"]
    assert later["period"] == {"start": "2026-04-01", "end": "2026-12-31"}
    assert of_type(member("002"), "Coverage")[0]["status"] == "entered-in-error"


def test_a_coverage_that_ends_before_it_begins_never_came_about() -> None:
    (coverage,) = of_type(member("001", "DTP*349*D8*20260331~\n"), "Coverage")
    assert coverage["status"] == "cancelled" and coverage["period"] == {"end": "2026-03-31"}


PAYMENT = """ST*835*0001~BPR*I*200*C*CHK************20260220~TRN*1*CHECK1*1382999999~DTM*405*20260209~
N1*PR*PAYER~N1*PE*CLINIC*XX*1234567893~LX*1~
CLP*A1*1*300*200*0*HM*6397~NM1*QC*1*LOPEZ*ANA****MI*M1~SVC*HC:99496*300*200**6~DTM*150*20260105~CAS*CO*45*100~
CLP*A2*4*50*0*0*HM*6398~NM1*QC*1*LOPEZ*ANA****MI*M1~SE*{count}*0001~"""


def test_a_payment_tells_each_claim_and_the_whole() -> None:
    found = pieces(interchange(PAYMENT, kind="HP", guide="005010X221A1"))
    (whole,), (paid, denied) = of_type(found, "PaymentReconciliation"), of_type(found, "ClaimResponse")
    assert whole["paymentAmount"]["value"] == Decimal(200) and whole["paymentDate"] == "2026-02-20"
    assert sum(one["amount"]["value"] for one in whole["detail"]) == Decimal(200)
    assert (paid["outcome"], denied["outcome"], denied["disposition"]) == ("complete", "error", "Denied")
    assert paid["item"][0]["adjudication"][-1]["reason"]["coding"][0]["code"] == "45"
    assert paid["request"]["identifier"]["value"] == "A1"


ASKED = """ST*278*0001*005010X217~BHT*0007*13*R1*20260105*1200~
HL*1**20*1~NM1*X3*2*CARE PLAN*****PI*99999~HL*2*1*21*1~NM1*1P*2*HOME NURSES*****XX*1234567893~REF*EI*123456789~
N3*1 MAIN~N4*TOWN*MA*02139~HL*3*2*22*1~NM1*IL*1*LOPEZ*ANA*M***MI*1EG4TE5MK73~DMG*D8*19500131*F~
HL*4*3*EV*1~TRN*1*T77*9HOMENURSE~UM*HS*I*42*32:A**U~REF*BB*OLD1~DTP*435*D8*20260101~HI*ABK:I509*ABF:E119~
NM1*DK*1*KIM*JO****XX*1245319599~HL*5*4*SS*0~DTP*472*RD8*20260110-20260310~SV2**HC:G0299**UN*10~
HL*6*4*SS*0~DTP*472*D8*20260112~SV2**HC:G0151**UN*4~SE*{count}*0001~"""
ANSWERED = """ST*278*0001*005010X217~BHT*0007*11*R1*20260107*0900*18~
HL*1**20*1~NM1*X3*2*CARE PLAN*****PI*99999~HL*2*1*21*1~NM1*1P*2*HOME NURSES*****XX*1234567893~
HL*3*2*22*1~NM1*IL*1*LOPEZ*ANA*M***MI*1EG4TE5MK73~HL*4*3*EV*1~TRN*2*T77*9HOMENURSE~UM*HS*I**32:A~{whole}
DTP*007*RD8*20260110-20260310~MSG*FEWER VISITS~HL*5*4*SS*0~HCR*A1*AUTH5~SV2**HC:G0299**UN*10~
HL*6*4*SS*0~HCR*A3~SV2**HC:G0151**UN*4~SE*{count}*0001~"""


def of_278(text: str, **parts: str) -> list[Piece]:
    for name, value in parts.items():
        text = text.replace("{" + name + "}", value)
    return pieces(interchange(text, kind="HI", guide="005010X217"))


def test_a_request_for_authorization_says_who_asks_what_for_whom() -> None:
    found = of_278(ASKED)
    (claim,), (patient,), (asker,) = (of_type(found, kind) for kind in ("Claim", "Patient", "Organization"))
    assert (claim["use"], claim["status"], claim["priority"]["coding"][0]["code"]) == (
        "preauthorization",
        "active",
        "stat",
    )
    assert claim["patient"]["reference"] == f"Patient/{patient['id']}" and patient["birthDate"] == "1950-01-31"
    assert claim["provider"]["reference"] == f"Organization/{asker['id']}" and asker["name"] == "HOME NURSES"
    assert claim["identifier"] == [{"system": "urn:throughcare:trace:plan", "value": "T77"}]
    assert claim["related"][0]["reference"]["value"] == "OLD1" and claim["created"] == "2026-01-05T12:00:00-05:00"
    assert [d["diagnosisCodeableConcept"]["coding"][0]["code"] for d in claim["diagnosis"]] == ["I509", "E119"]
    assert claim["careTeam"][0]["provider"]["identifier"]["value"] == "1245319599"
    assert [i["code"]["coding"][0]["code"] for i in claim["supportingInfo"][:2]] == ["HS", "42"]
    assert claim["supportingInfo"][2]["timingPeriod"] == {"start": "2026-01-01"}
    first, second = claim["item"]
    assert (first["productOrService"]["coding"][0]["code"], first["quantity"]["value"]) == ("G0299", Decimal(10))
    assert first["servicedPeriod"] == {"start": "2026-01-10", "end": "2026-03-10"}
    assert second["servicedDate"] == "2026-01-12"


@pytest.mark.parametrize(
    ("whole", "outcome", "says"),
    [
        ("HCR*A2*AUTH5~", "complete", "Certified in part"),
        ("HCR*A4~", "queued", "Pended"),
        ("HCR*A3**0V~", "complete", "Not certified"),
    ],
)
def test_an_answer_says_what_was_decided_of_the_whole_and_of_each_service(whole: str, outcome: str, says: str) -> None:
    found = of_278(ANSWERED, whole=whole)
    (answer_,) = of_type(found, "ClaimResponse")
    assert (answer_["outcome"], answer_["disposition"], answer_["use"]) == (outcome, says, "preauthorization")
    assert answer_["request"]["identifier"]["value"] == "T77"
    assert answer_.get("preAuthRef", "") == ("AUTH5" if "AUTH5" in whole else "")
    assert answer_["preAuthPeriod"] == {"start": "2026-01-10", "end": "2026-03-10"}
    told = [
        (i["adjudication"][0]["reason"]["coding"][0]["code"], i["adjudication"][0]["value"]) for i in answer_["item"]
    ]
    assert told == [("A1", Decimal(10)), ("A3", Decimal(4))]
    assert answer_["processNote"] == [{"text": "FEWER VISITS"}]
    (asked,), (patient,) = of_type(of_278(ASKED), "Claim"), of_type(found, "Patient")
    assert asked["patient"] == answer_["patient"] == {"reference": f"Patient/{patient['id']}"}


def test_a_later_answer_is_the_same_answer_and_a_cancelled_request_is_cancelled() -> None:
    (waits,), (decided,) = (of_type(of_278(ANSWERED, whole=w), "ClaimResponse") for w in ("HCR*A4~", "HCR*A1*AUTH5~"))
    assert waits["id"] == decided["id"]
    (first,), (gone,) = (of_type(of_278(ASKED.replace("UM*HS*I", f"UM*HS*{kind}")), "Claim") for kind in "I3")
    assert first["id"] == gone["id"] and gone["status"] == "cancelled"


def test_a_refusal_without_an_event_is_an_answer_in_error() -> None:
    start = ANSWERED[: ANSWERED.index("HL*4*3*EV")]
    (answer_,) = of_type(of_278(start + "AAA*N**75*C~SE*{count}*0001~"), "ClaimResponse")
    assert answer_["outcome"] == "error" and answer_["error"][0]["code"]["coding"][0]["code"] == "75"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (ASKED[: ASKED.index("HL*4*3*EV")] + "SE*{count}*0001~", "The request has no patient event with UM"),
        (ANSWERED.replace("HCR*A1*AUTH5~", "").replace("HCR*A3~", "").replace("{whole}", ""), "decides nothing"),
        (ASKED.replace("NM1*IL*1*LOPEZ*ANA*M***MI*1EG4TE5MK73", "NM1*IL*1"), "neither a name nor a number"),
        (ASKED.replace("HL*2*1*21*1~", ""), "has no requester"),
        (ASKED.replace("UN*10", "UN*ten"), "an amount is no number"),
    ],
)
def test_a_278_that_says_nothing_sure_is_refused_in_words(text: str, reason: str) -> None:
    (refused,) = of_278(text)
    assert reason in refused.reason and "LOPEZ" not in refused.reason and refused.body.startswith(b"ISA")


def test_two_people_of_one_request_are_two_pieces_each_with_its_own_event() -> None:
    child = "HL*7*3*23*1~NM1*QC*1*LOPEZ*EVA~DMG*D8*20200101*F~HL*8*7*EV*0~TRN*1*T78*9HOMENURSE~UM*SC*I*3~SE*"
    found = of_278(ASKED.replace("SE*{count}", child + "{count}"))
    assert [piece.reason for piece in found] == ["", ""]
    ana, eva = of_type(found, "Claim")
    assert ana["patient"] != eva["patient"] and len(ana["item"]) == 2 and len(eva["item"]) == 1
    assert eva["insurance"][0]["coverage"]["identifier"]["value"] == "1EG4TE5MK73"
    assert eva["item"][0]["productOrService"]["coding"][0]["code"] == "3"
    again = pieces(found[1].body)
    assert [p.reason for p in again] == [""] and of_type(again, "Claim") == [eva]


@pytest.mark.parametrize(
    ("changed", "to", "reason"),
    [
        ("NM1*85*", "NM1*XX*", "has no billing provider"),
        ("SE*{count}", "SE*99", "SE counts 99 segments, but there are 29"),
        ("SE*{count}*0001", "SE*{count}*0002", "another control number"),
        ("SE*{count}*0001~", "", "The set has no end (SE)."),
        ("DMG*D8*19500131", "DMG*D8*19501331", "(DMG): element 2 is no date"),
        ("CLM*A1*150.10", "CLM*A1*", "(CLM): element 2 is missing"),
        ("CLM*A1*150.10", "CLM*A1*1E5", "(CLM): an amount is no number"),
        ("N3*1 MAIN", "N3*1\nMAIN", "holds a control character"),
        ("LX*1~", "Lx1~", "no valid identifier"),
    ],
)
def test_a_broken_set_is_refused_with_its_reason_and_the_next_is_read(changed: str, to: str, reason: str) -> None:
    refused, taken = pieces(interchange(BILL.replace(changed, to), BILL.replace("0001", "0002")))
    assert reason in refused.reason and not refused.resources
    assert refused.body.startswith(b"ISA") and x12.knows(refused.body, "")
    assert not taken.reason and len(taken.resources) == 3
    assert "LOPEZ" not in refused.reason and "ANA" not in refused.reason


def test_what_was_lost_between_the_envelopes_is_told() -> None:
    found = pieces(interchange(BILL).replace(b"GE*1*7", b"GE*3*7"))
    assert [piece.reason for piece in found][1:] == ["GE counts 3, but 1 came: something was lost."]


def test_a_fault_of_one_claim_keeps_that_claim_alone_and_it_can_be_corrected(
    database: Database, tmp_path: Path
) -> None:
    second = BILL[BILL.index("CLM") : BILL.index("SE*")].replace("A1*150.10", "A2*1E5")
    (tmp_path / "bill.txt").write_bytes(interchange(BILL.replace("SE*{count}", second + "SE*{count}")))
    counts = run(database, tmp_path, source="plan")
    assert (counts.stored, counts.quarantined) == (3, 1)
    (listed,) = quarantine.listed(database)
    entry = quarantine.entry(database, listed.entry_no)
    assert b"A2*1E5" in entry.body and b"A1*150.10" not in entry.body
    taken = pieces(entry.body.replace(b"1E5", b"15"))
    assert [p.reason for p in taken] == [""] and of_type(taken, "ExplanationOfBenefit")[0]["identifier"][0][
        "value"
    ] == "A2"


def test_the_answer_accepts_notes_and_refuses() -> None:
    at = datetime(2026, 1, 11, 8, 30, tzinfo=UTC)
    said = answer.answer(io.BytesIO(interchange(BILL, BILL.replace("NM1*85", "NM1*XX"), ta1="1")), at).decode()
    lines = [line.rstrip("~") for line in said.splitlines()]
    assert lines[0].startswith("ISA*00*") and "*ZZ*RECEIVER       *ZZ*SENDER         *" in lines[0]
    assert "TA1*000000007*260101*1200*A*000" in lines
    assert [line for line in lines if line.startswith("IK5")] == ["IK5*A", "IK5*R*5"]
    assert "AK9*P*2*2*1" in lines
    (whole,) = read.sets(io.BytesIO(said.encode()))
    structure.checked(whole)
    assert whole.kind == "999" and not whole.broken
    noted = answer.answer(io.BytesIO(interchange(BILL.replace("SE*{count}", "SE*5"))), at)
    assert b"IK5*E*4~" in noted and b"AK9*E*1*1*1~" in noted


def test_limits_have_names_and_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Malformed, match="A segment is longer than"):
        pieces(interchange("ST*837*1~" + "X" * (read.SEGMENT_BYTES_MAX + 1)))
    monkeypatch.setattr(read, "SET_SEGMENTS_MAX", 10)
    with pytest.raises(Malformed, match="more than 10 segments"):
        pieces(interchange(BILL))


def test_x12_is_known_by_its_header_and_by_nobody_else() -> None:
    member = of_bytes("any", interchange(BILL))
    assert formats.of(member) == "x12"
    assert not x12.knows(b"ISABEL was here", "") and not x12.knows(b"MSH|^~\\&|", "")


WHOLE = [
    interchange(BILL),
    interchange(PAYMENT, kind="HP"),
    interchange(MEMBERS.replace("{reason}", "021").replace("{end}", "")),
    interchange(ASKED, kind="HI", guide="005010X217"),
    interchange(ANSWERED.replace("{whole}", "HCR*A4~"), kind="HI", guide="005010X217"),
]


@hypothesis_settings(max_examples=1500, deadline=timedelta(seconds=5))
@examples(
    whole=st.sampled_from(WHOLE),
    cuts=st.lists(st.tuples(st.integers(0, 1400), st.integers(0, 40), st.binary(max_size=12)), min_size=1, max_size=4),
)
def test_no_mutation_crashes_the_reader_or_is_dropped(whole: bytes, cuts: list[tuple[int, int, bytes]]) -> None:
    for at, length, put in cuts:
        whole = whole[:at] + put + whole[at + length :]
    try:
        found = pieces(whole)
    except Malformed:
        return
    assert [piece.number for piece in found] == list(range(1, len(found) + 1))
    assert all(bool(piece.resources) != bool(piece.reason) for piece in found)
