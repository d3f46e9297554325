"""The views read real FHIR: small resources always, the shared data where its folder is."""

import gzip
import json
import tomllib
import zipfile
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from throughcare.fhir.views import View, compile_view
from throughcare.settings import Settings

VIEWS = Path(__file__).parents[2] / "src/throughcare/care_library/views"
DATA = Settings.read().shared_data
needs_data = pytest.mark.skipif(
    not DATA.is_dir(), reason=f"no shared data at {DATA}: set THROUGHCARE_SHARED_DATA to its folder to run this"
)
SYNTHEA = DATA / "01_synthea/r4_medium_300_ndjson"
CONTRACT = {
    "person": "birth_date died sex language interpreter zone chosen_clinician family given phone "
    "managing_organization active",
    "address": "line city state zip lat lon use",
    "reachable": "channel value use voicemail_ok text_ok",
    "related": "kind caregiver guardian name phone",
    "encounter": "class type_code status started_at ended_at facility_id unit clinician_id specialty disposition "
    "admit_source elective mdm reason_code",
    "diagnosis": "system code rank clinical_status recorded_at onset_at ended_at encounter_key",
    "procedure": "system code done_at encounter_key outcome",
    "observation": "system code value unit value_code blank_reason effective_at method performer_role",
    "medication": "system code started_at stopped_at status list_source",
    "contact": "activity on_date happened_at mode reached attempted worker_id role minutes about",
    "consent": "kind from_at to_at status withdrawn_at to_organization",
    "determination": "kind outcome decided_at valid_to",
    "form_response": "form status on_date",
    "form_answer": "form item answer_code answer_value on_date response_key",
    "enrollment": "model state started_at ended_at reason version",
    "care_team_member": "model role member_key is_lead from_at to_at",
    "plan": "status signed_on review_on copy_given_on",
    "plan_part": "part text owner due_at status",
    "task": "kind status requested_at due_at owner role about snoozed_until set_by_person description",
    "request": "kind status priority requested_at about_service performer",
    "pause": "reason from_at to_at",
    "result": "category code status reported_at abnormal",
    "work_time": "on_date minutes staff_class worker_id family",
    "meeting": "kind on_date held",
}
OURS = "urn:throughcare:"


@cache
def view(name: str, resource: str) -> View:
    return compile_view(json.loads((VIEWS / name / f"{resource}.json").read_text()))


def rows(name: str, resource: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of one resource, without blank cells."""
    v = view(name, resource["resourceType"])
    names = [c.name for c in v.columns]
    return [{n: x for n, x in zip(names, row, strict=True) if x is not None} for row in v.rows(resource)]


def one(name: str, resource: dict[str, Any]) -> dict[str, Any]:
    (row,) = rows(name, resource)
    return row


def coded(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}]}


def ours(kind: str, code: str) -> dict[str, Any]:
    return coded(OURS + kind, code)


def of(resource: str, **more: Any) -> dict[str, Any]:
    return {"resourceType": resource, "id": "x", "subject": {"reference": "Patient/ana"}, **more}


def extension(name: str, **value: Any) -> dict[str, Any]:
    return {"url": OURS + name, **value}


@pytest.mark.parametrize("name", sorted(CONTRACT))
def test_every_view_has_the_columns_care_models_may_speak_of(name: str) -> None:
    columns = {c.name for path in (VIEWS / name).glob("*.json") for c in view(name, path.stem).columns}
    assert columns >= {*CONTRACT[name].split(), "person"}


def test_files_of_one_view_agree_on_the_type_of_each_column() -> None:
    for folder in VIEWS.iterdir():
        kinds: dict[str, str] = {}
        for path in folder.glob("*.json"):
            for column in view(folder.name, path.stem).columns:
                assert kinds.setdefault(column.name, column.type) == column.type, (folder.name, column.name)


def test_translations_are_of_columns_that_the_view_has() -> None:
    for path in VIEWS.glob("*/codes.toml"):
        columns = {c.name for p in path.parent.glob("*.json") for c in view(path.parent.name, p.stem).columns}
        assert set(tomllib.loads(path.read_text())) <= columns, path.parent.name


def test_a_patient_is_a_person_with_language_phone_and_own_doctor() -> None:
    patient = {
        "resourceType": "Patient",
        "id": "ana",
        "active": True,
        "gender": "female",
        "birthDate": "1950-02-03",
        "name": [{"use": "old", "family": "Old"}, {"use": "official", "family": "Sol", "given": ["Ana", "M"]}],
        "telecom": [{"system": "phone", "use": "old", "value": "1"}, {"system": "phone", "value": "2"}],
        "communication": [
            {"language": coded("urn:ietf:bcp:47", "en")},
            {"language": coded("urn:ietf:bcp:47", "es"), "preferred": True},
        ],
        "generalPractitioner": [{"reference": "Organization/o"}, {"reference": "Practitioner/b"}],
    }
    assert one("person", patient) == {
        "person": "Patient/ana",
        "birth_date": "1950-02-03",
        "died": False,
        "sex": "female",
        "language": "es",
        "family": "Sol",
        "given": "Ana",
        "phone": "2",
        "chosen_clinician": "Practitioner/b",
        "active": True,
        "at_practice": False,
        "left_practice": False,
    }
    assert [r["value"] for r in rows("reachable", patient)] == ["1", "2"]


def test_death_is_known_from_a_flag_or_from_a_date() -> None:
    assert one("person", {"resourceType": "Patient", "id": "a", "deceasedBoolean": True})["died"] is True
    assert one("person", {"resourceType": "Patient", "id": "a", "deceasedBoolean": False})["died"] is False
    dated = one("person", {"resourceType": "Patient", "id": "a", "deceasedDateTime": "2026-01-02"})
    assert (dated["died"], dated["died_at"]) == (True, "2026-01-02")


def test_only_the_practice_that_manages_someone_says_that_they_left() -> None:
    home = {"managingOrganization": {"reference": "Organization/o"}}
    stays, left, elsewhere = (
        one("person", {"resourceType": "Patient", "id": "a", **more})
        for more in ({**home, "active": True}, {**home, "active": False}, {"active": False})
    )
    assert (stays["at_practice"], stays["left_practice"]) == (True, False)
    assert (left["at_practice"], left["left_practice"]) == (False, True)
    assert (elsewhere["at_practice"], elsewhere["left_practice"]) == (False, False)


def test_a_relative_is_a_caregiver_when_somebody_said_so_and_else_it_is_not_known() -> None:
    child = {"resourceType": "RelatedPerson", "id": "r", "patient": {"reference": "Patient/ana"}}
    child["relationship"] = [coded("http://terminology.hl7.org/CodeSystem/v3-RoleCode", "CHILD")]
    assert "caregiver" not in one("related", child)
    assert one("related", {**child, "extension": [extension("caregiver", valueBoolean=False)]})["caregiver"] is False
    child["relationship"].append(coded("http://terminology.hl7.org/CodeSystem/v3-RoleClass", "CAREGIVER"))
    assert one("related", child)["caregiver"] is True
    assert rows("related", {**child, "active": False}) == []


def test_a_stay_says_how_it_began_and_how_it_ended() -> None:
    stay = of(
        "Encounter",
        status="finished",
        period={"start": "2026-06-28T09:00:00-04:00", "end": "2026-07-02T14:00:00-04:00"},
        hospitalization={
            "dischargeDisposition": coded("https://www.nubc.org/CodeSystem/PatDischargeStatus", "06"),
            "admitSource": coded("http://terminology.hl7.org/CodeSystem/admit-source", "emd"),
        },
        **{"class": {"code": "IMP"}},
    )
    row = one("encounter", stay)
    assert (row["class"], row["disposition"], row["elective"]) == ("IMP", "06", False)
    assert (row["started_at"], row["ended_at"]) == ("2026-06-28T09:00:00-04:00", "2026-07-02T14:00:00-04:00")
    planned = {**stay, "priority": coded("http://terminology.hl7.org/CodeSystem/v3-ActPriority", "EL")}
    assert one("encounter", planned)["elective"] is True
    assert "elective" not in one("encounter", {**stay, "hospitalization": {}})
    assert rows("encounter", {**stay, "status": "entered-in-error"}) == []


def test_a_visit_says_how_complex_it_was_by_its_code_or_in_words() -> None:
    visit = of("Encounter", status="finished", type=[coded("http://www.ama-assn.org/go/cpt", "99214")])
    assert one("encounter", visit)["mdm"] == "99214"
    assert one("encounter", {**visit, "extension": [extension("mdm", valueCode="high")]})["mdm"] == "high"


def test_a_visit_noted_by_staff_is_a_visit_and_a_missed_one_is_not() -> None:
    noted = of("Communication", status="completed", category=[ours("activity", "follow_up_visit")], sent="2026-07-06")
    assert rows("encounter", noted) == []
    assert one("encounter", {**noted, "received": "2026-07-06"})["class"] == "follow_up_visit"


def test_a_condition_gives_a_row_for_each_of_its_codes_unless_it_was_ruled_out() -> None:
    both = {"coding": [{"system": "http://snomed.info/sct", "code": "44054006"}, {"system": "icd", "code": "E11.9"}]}
    condition = of("Condition", code=both, onsetDateTime="2020", category=[coded("c", "problem-list-item")])
    assert [(r["code"], r["recorded_at"], r["category"]) for r in rows("diagnosis", condition)] == [
        ("44054006", "2020", "problem-list-item"),
        ("E11.9", "2020", "problem-list-item"),
    ]
    assert rows("diagnosis", {**condition, "verificationStatus": coded("v", "refuted")}) == []


def test_a_claim_brings_diagnoses_with_their_rank_and_setting() -> None:
    claim = {
        "resourceType": "ExplanationOfBenefit",
        "id": "c",
        "status": "active",
        "use": "claim",
        "patient": {"reference": "Patient/ana"},
        "billablePeriod": {"start": "2026-05-01"},
        "supportingInfo": [{"sequence": 1, "category": coded("i", "discharge")}],
        "diagnosis": [
            {"sequence": 2, "diagnosisCodeableConcept": coded("http://hl7.org/fhir/sid/icd-10-cm", "I50.22")}
        ],
    }
    row = one("diagnosis", claim)
    assert (row["code"], row["rank"], row["setting"], row["recorded_at"]) == ("I50.22", 2, "inpatient", "2026-05-01")
    assert rows("diagnosis", {**claim, "status": "cancelled"}) == []


def test_blood_pressure_has_a_row_for_the_panel_and_for_each_part() -> None:
    parts = [(code, {"value": value, "code": "mm[Hg]"}) for code, value in (("8480-6", 130), ("8462-4", 80))]
    pressure = of(
        "Observation",
        status="final",
        code=coded("http://loinc.org", "85354-9"),
        effectiveDateTime="2026-07-01T08:00:00Z",
        component=[{"code": coded("http://loinc.org", code), "valueQuantity": value} for code, value in parts],
    )
    assert [(r["code"], r.get("value"), r.get("unit")) for r in rows("observation", pressure)] == [
        ("85354-9", None, None),
        ("8480-6", 130, "mm[Hg]"),
        ("8462-4", 80, "mm[Hg]"),
    ]
    assert rows("observation", {**pressure, "status": "entered-in-error"}) == []


def test_an_answer_that_was_asked_and_declined_says_why_it_is_blank() -> None:
    declined = of("Observation", status="final", code=coded("l", "1"), dataAbsentReason=coded("d", "asked-declined"))
    assert one("observation", declined)["blank_reason"] == "asked-declined"


def test_a_contact_says_whether_the_person_was_reached() -> None:
    call = of(
        "Communication",
        status="completed",
        category=[ours("activity", "coach_call")],
        about=[{"reference": "Encounter/e"}],
        sent="2026-07-06T10:00:00-04:00",
        medium=[ours("mode", "phone")],
        sender={"reference": "Practitioner/c1"},
        extension=[extension("minutes", valueDecimal=12), extension("worker-role", valueCode="nurse")],
    )
    row = one("contact", call)
    assert row["reached"] is False and row["attempted"] is True
    assert (row["activity"], row["about"], row["minutes"], row["role"]) == ("coach_call", "Encounter/e", 12, "nurse")
    assert one("contact", {**call, "received": call["sent"]})["reached"] is True
    assert one("work_time", call)["minutes"] == 12


def test_medicines_compared_elsewhere_are_known_from_procedures_and_claims() -> None:
    done = of(
        "Procedure",
        status="completed",
        code=coded("http://snomed.info/sct", "430193006"),
        performedDateTime="2026-03-31",
    )
    row = one("contact", done)
    codes = tomllib.loads((VIEWS / "contact/codes.toml").read_text())
    assert codes["activity"][row["activity"]] == "medication_reconciliation"
    assert row["on_date"] == "2026-03-31"
    assert rows("contact", {**done, "code": coded("http://snomed.info/sct", "1")}) == []


def test_a_yes_a_no_and_a_withdrawal_are_told_apart() -> None:
    yes = {
        "resourceType": "Consent",
        "id": "c",
        "status": "active",
        "category": [ours("consent", "coaching")],
        "dateTime": "2026-07-01",
    }
    yes["patient"] = {"reference": "Patient/ana"}
    assert one("consent", yes) == {
        "person": "Patient/ana",
        "kind": "coaching",
        "status": "active",
        "from_at": "2026-07-01",
    }
    assert one("consent", {**yes, "status": "rejected"})["status"] == "rejected"


def test_our_own_enrollment_team_plan_and_tasks_are_read_back() -> None:
    enrollment = {
        "resourceType": "EpisodeOfCare",
        "id": "e",
        "status": "active",
        "patient": {"reference": "Patient/ana"},
    }
    assert rows("enrollment", enrollment) == []
    enrollment |= {
        "type": [ours("care-model", "pace")],
        "period": {"start": "2026-07-01"},
        "extension": [extension("reason", valueCode="x")],
    }
    assert one("enrollment", enrollment) == {
        "person": "Patient/ana",
        "model": "pace",
        "state": "active",
        "started_at": "2026-07-01",
        "reason": "x",
    }
    member = {
        "role": [ours("role", "nurse")],
        "member": {"reference": "Practitioner/n"},
        "extension": [extension("lead", valueBoolean=True)],
    }
    team = one("care_team_member", of("CareTeam", status="active", participant=[member]))
    assert (team["role"], team["member_key"], team["is_lead"]) == ("nurse", "Practitioner/n", True)
    task = {
        "resourceType": "Task",
        "id": "t",
        "status": "requested",
        "intent": "order",
        "for": {"reference": "Patient/ana"},
        "code": ours("activity", "coach_call"),
        "focus": {"reference": "Encounter/e"},
        "performerType": [ours("role", "nurse")],
        "restriction": {"period": {"end": "2026-07-07"}},
        "extension": [extension("set-by-person", valueBoolean=True)],
    }
    row = one("task", task)
    assert (row["kind"], row["about"], row["role"], row["due_at"], row["set_by_person"]) == (
        "coach_call",
        "Encounter/e",
        "nurse",
        "2026-07-07",
        True,
    )
    goal = of("Goal", lifecycleStatus="active", description={"text": "Walk"}, startDate="2026-07-01")
    goal |= {"expressedBy": {"reference": "Patient/ana"}, "extension": [extension("confidence", valueInteger=8)]}
    part = one("plan_part", goal)
    assert (part["part"], part["kind"], part["confidence"], part["started_at"]) == (
        "goal",
        "own_words",
        8,
        "2026-07-01",
    )


def test_a_report_or_a_letter_or_a_note_answers_the_request_it_belongs_to() -> None:
    order = [{"reference": "ServiceRequest/r"}]
    report = of("DiagnosticReport", status="final", basedOn=order, issued="2026-07-03T09:00:00Z")
    letter = of("DocumentReference", status="current", date="2026-07-03T09:00:00Z", context={"related": order})
    note = of(
        "Communication",
        status="completed",
        category=[ours("activity", "referral_follow_up")],
        about=order,
        sent="2026-07-03",
    )
    note["received"] = "2026-07-03"
    assert {one("result", r)["request_key"] for r in (report, letter, note)} == {"ServiceRequest/r"}
    assert rows("result", {**report, "status": "registered"}) == []


def test_a_result_out_of_range_is_abnormal_and_a_plain_one_says_nothing() -> None:
    plain = of("Observation", status="final", code=coded("http://loinc.org", "2823-3"), issued="2026-07-03T09:00:00Z")
    assert rows("result", plain) == []
    high = one("result", {**plain, "interpretation": [coded("v3", "HH")]})
    assert (high["abnormal"], high["critical"]) == (True, True)
    assert one("result", {**plain, "interpretation": [coded("v3", "N")]})["abnormal"] is False


def test_answers_on_a_form_are_found_at_any_depth() -> None:
    inner = {"linkId": "2", "answer": [{"valueCoding": {"code": "LA33-6"}}]}
    form = of(
        "QuestionnaireResponse", status="completed", questionnaire="http://loinc.org/q/44249-1|1", authored="2026-07-01"
    )
    form["item"] = [{"linkId": "1", "answer": [{"valueInteger": 2}], "item": [inner]}]
    assert [(r["item"], r.get("answer_value"), r.get("answer_code")) for r in rows("form_answer", form)] == [
        ("1", 2, None),
        ("2", None, "LA33-6"),
    ]
    assert one("form_response", form)["form"] == "http://loinc.org/q/44249-1"


def synthea(resource: str) -> Iterator[dict[str, Any]]:
    with gzip.open(SYNTHEA / f"{resource}.ndjson.gz", "rt") as lines:
        yield from (json.loads(line) for line in lines if line.strip())


@needs_data
def test_synthea_encounters_diagnoses_and_people_are_read_whole() -> None:
    people = [one("person", p) for p in synthea("Patient")]
    assert len(people) == 300 and all(p["birth_date"] and p["language"] for p in people)
    assert sum(p["died"] for p in people) == 57
    visits = [one("encounter", e) for e in synthea("Encounter")]
    assert Counter(v["class"] for v in visits) == {"AMB": 8330, "EMER": 448, "IMP": 368}
    assert sum("disposition" in v for v in visits) == 52
    found = Counter(row["code"] for c in synthea("Condition") for row in rows("diagnosis", c))
    assert (found["44054006"], found["38341003"], found["88805009"], found["15777000"]) == (16, 84, 25, 92)


@needs_data
def test_synthea_blood_pressures_come_as_three_rows_each() -> None:
    codes = Counter(row["code"] for o in synthea("Observation") for row in rows("observation", o))
    assert codes["55284-4"] == codes["8480-6"] == codes["8462-4"] == 2859


@needs_data
@pytest.mark.parametrize("archive", ["us-core_6.1.0_examples", "pacio_2022_bsj_scenario", "davinci-alerts"])
def test_published_examples_are_read_without_a_fault(archive: str) -> None:
    counted: Counter[str] = Counter()
    for resource in _inside(DATA / f"12_ig_examples/{archive}.zip"):
        for path in VIEWS.glob(f"*/{resource['resourceType']}.json"):
            counted[path.parent.name] += len(view(path.parent.name, path.stem).rows(resource))
    assert counted["person"] >= 5 and counted["encounter"] >= 3 and counted["diagnosis"] >= 5


def _inside(path: Path) -> Iterator[dict[str, Any]]:
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.endswith(".json"):
                yield from _resources(json.loads(archive.read(name)))


def _resources(found: Any) -> Iterator[dict[str, Any]]:
    if isinstance(found, dict) and found.get("resourceType") == "Bundle":
        for entry in found.get("entry", []):
            yield from _resources(entry.get("resource"))
    elif isinstance(found, dict) and "resourceType" in found:
        yield found
