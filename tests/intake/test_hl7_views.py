"""What HL7 v2 says reaches the views care models read, each kind in the words they use. Expected: the messages' own."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from throughcare.fhir import json
from throughcare.record.view import View
from throughcare.stores.postgres import Database

from .loading import run

HEAD = "MSH|^~\\&|EHR|RIVERSIDE|B|C|20260302090000+0000||{}|{}|P|2.5.1\r"
PID = (
    "PID|1||R77^^^RIVERSIDE^MR~123-45-6780^^^USSSA^SS||Eze^Ana^Maria||19500131|F||2106-3^White^CDCREC|"
    "1 Elm Street^^Bayview^NY^00501^USA^H||^PRN^PH^^1^555^5550123||es^Spanish^ISO639|W|||||||H^Hispanic^HL70189\r"
)
ADT = HEAD.format("ADT^A03", 1) + (
    "EVN|A03|20260302090000+0000\r" + PID + "PD1||||1234567893^Osei^Kwame^^^^MD^^NPI\r"
    "NK1|1|Eze^Ben|CHD^Child^HL70063||^PRN^PH^^1^555^5550199\r"
    "PV1|1|I|3 EAST^12^A^RIVERSIDE|1|||1234567893^Osei^Kwame^^^^MD^^NPI|||MED||||7|||||V9^^^RIVERSIDE^VN"
    + 17 * "|" + "03||||||||20260227140000+0000|20260302083000+0000\r"
    "PV2|||I50.9^Heart failure^I10\rDG1|1||I50.23^Acute on chronic heart failure^I10||20260227|F\r"
    "PR1|1||93306^Echocardiogram^C4||20260228100000+0000\r"
    "AL1|1|DA|7980^Penicillin^RXNORM|SV|Hives\r"
    "IN1|1|MEDA^Medicare Part A|CMS|Medicare||||||||20150101||||Eze^Ana|SEL^Self|||||1" + 14 * "|" + "1EG4TE5MK73\r"
    "OBX|1|NM|29463-7^Weight^LN||81.5|kg^^UCUM|||||F|||20260302080000+0000\r"
)  # fmt: skip
ORU = (
    HEAD.format("ORU^R01", 2)
    + PID
    + (
        "OBR|1|P1|F1|24323-8^Metabolic panel^LN|||20260301070000+0000|||||||||||||||20260301100000+0000||LAB|F\r"
        "OBX|1|NM|2823-3^Potassium^LN||6.1|mmol/L^^UCUM|3.5-5.1|HH|||F\r"
    )
)
MDM = (
    HEAD.format("MDM^T02", 3)
    + PID
    + ("TXA|1|DS|TX|20260302||20260302091500+0000||||||D5|||||AU\rOBX|1|TX|||Discharged to rehabilitation.\r")
)
SIU = HEAD.format("SIU^S26", 4) + "SCH|1|A1|||||FOLLOWUP^Follow up||30|min|^^^20260309150000+0000\r" + PID
ORM = HEAD.format("ORM^O01", 5) + PID + (
    "ORC|NW|P7||||||||20260302||1234567893^Osei^Kwame^^^^MD^^NPI\rOBR|1|P7||71046^Chest X-ray^C4\r"
)  # fmt: skip
RDE = HEAD.format("RDE^O11", 6) + PID + "ORC|NW|P8||||||||20260302\rRXE||310798^Furosemide 40 MG^RXNORM|40||mg\r"
VXU = (
    HEAD.format("VXU^V04", 7)
    + PID
    + ("ORC|RE||I3\rRXA|0|1|20251015||140^Influenza^CVX|0.5|mL^^UCUM||00^New^NIP001||||||L77|20260630|||CP|A\r")
)
PPR = HEAD.format("PPR^PC1", 8) + PID + "PRB|AD|20240105|44054006^Type 2 diabetes^SCT|PRB1||||||||||A^Active\r"


@pytest.fixture
def loaded(database: Database, tmp_path: Path) -> View:
    for number, message in enumerate((ADT, ORU, MDM, SIU, ORM, RDE, VXU, PPR)):
        (tmp_path / f"{number}.hl7").write_text(message)
    counts = run(database, tmp_path, source="riverside")
    assert (counts.pieces["HL7 v2"], counts.quarantined) == (8, 0)
    return View(database)


def rows(view: View, name: str) -> list[dict]:
    return view.tables(None, [name])[name].to_pylist()


def one(view: View, name: str, /, **where: object) -> dict:
    found = [r for r in rows(view, name) if all(r[k] == v for k, v in where.items())]
    assert len(found) == 1, (name, [{k: r[k] for k in where} for r in rows(view, name)])
    return found[0]


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


def test_the_person_where_they_live_and_how_they_are_reached(loaded: View) -> None:
    person = one(loaded, "person")
    assert (person["family"], person["given"], person["sex"]) == ("Eze", "Ana", "female")
    assert (f"{person['birth_date']}", person["language"], person["state"]) == ("1950-01-31", "es", "NY")
    assert person["died"] is False and person["at_practice"] is False
    assert one(loaded, "worker")["npi"] == "1234567893"
    assert person["chosen_clinician"] == one(loaded, "worker")["key"]
    assert one(loaded, "reachable")["value"].endswith("5550123")
    assert (one(loaded, "address")["city"], one(loaded, "address")["zip"]) == ("Bayview", "00501")
    kin = one(loaded, "related")
    assert (kin["name"], kin["kind"]) == ("Ben Eze", "CHILD")


def test_the_stay_with_its_diagnoses_and_procedures(loaded: View) -> None:
    stay = one(loaded, "encounter")
    assert (stay["class"], stay["status"], stay["disposition"]) == ("inpatient", "finished", "03")
    assert (stay["started_at"], stay["ended_at"]) == (at(2026, 2, 27, 14), at(2026, 3, 2, 8, 30))
    assert stay["elective"] is False and stay["admit_source"] == "emd" and stay["reason_code"] == "I50.9"
    assert stay["facility_id"] == one(loaded, "organization", name="RIVERSIDE")["key"]
    [(_, bed)] = loaded.read_many([stay["unit"]]).values()
    assert json.read(bed)["name"] == "3 EAST 12 A"
    found = one(loaded, "diagnosis", code="I50.23")
    assert (found["category"], found["encounter_key"]) == ("encounter-diagnosis", stay["key"])
    assert one(loaded, "procedure", code="93306")["done_at"] == at(2026, 2, 28, 10)


def test_what_is_known_of_their_health(loaded: View) -> None:
    assert one(loaded, "diagnosis", code="44054006")["clinical_status"] == "active"
    assert one(loaded, "allergy", code="7980")["clinical_status"] == "active"
    weight = one(loaded, "observation", code="29463-7")
    assert (float(weight["value"]), weight["unit"], weight["effective_at"]) == (81.5, "kg", at(2026, 3, 2, 8))
    result = one(loaded, "result", code="2823-3")
    assert (result["critical"], result["abnormal"], result["status"]) == (True, True, "final")
    assert one(loaded, "result", code="24323-8")["reported_at"] == at(2026, 3, 1, 10)
    given = one(loaded, "immunization", code="140")
    assert (given["status"], given["lot_number"], given["from_record"]) == ("completed", "L77", True)


def test_cover_orders_documents_and_appointments(loaded: View) -> None:
    cover = one(loaded, "coverage")
    assert (cover["payer"], cover["subscriber_id"], cover["status"]) == ("Medicare", "1EG4TE5MK73", "active")
    assert one(loaded, "medication", code="310798")["status"] == "active"
    assert one(loaded, "request", about_service="71046")["status"] == "active"
    assert one(loaded, "document")["kind"] == "18842-5"
    missed = rows(loaded, "attendance")
    assert [(m["held"], m["on_date"]) for m in missed] == [(False, at(2026, 3, 9).date())]
