"""Clinical documents: each kind of statement is seen by care models, and nothing is said that the document denies."""

import base64
import re
import shlex
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from unittest.mock import patch

import pytest

from throughcare.cli import main
from throughcare.intake import ccda
from throughcare.intake.formats import Given
from throughcare.intake.shapes import Resource
from throughcare.settings import Settings
from throughcare.stores import bundled
from throughcare.stores.postgres import Database

from .ccda_documents import SNOMED, document, id_of, medication, observation, problem, section, t
from .loading import run

GIVEN = Given("clinic", Settings.read({}))
GUIDE = Path(__file__).parents[2] / "docs/guides/ccda.md"


def made(data: bytes, kind: str = "") -> list[Resource]:
    return [r for r in ccda.resources(data, GIVEN) if not kind or r["resourceType"] == kind]


def only(data: bytes, kind: str) -> Resource:
    found = made(data, kind)
    assert len(found) == 1
    return found[0]


def codes(resource: Resource, name: str = "code") -> list[str]:
    concepts = resource[name] if isinstance(resource[name], list) else [resource[name]]
    return [c["code"] for one in concepts for c in one.get("coding", ())]


WHOLE = (Path(__file__).parent / "ccda_discharge_summary.xml").read_bytes()  # one entry of each kind


@pytest.mark.parametrize(
    ("ask", "answer"),
    [
        ("select family, given, sex, birth_date from flat.person", ("Lopez", "Ana", "female", "1950-01-31")),
        ("select zip, language from flat.person", ("12180", "es")),
        ("select code, category from flat.diagnosis where code = '44054006'", ("44054006", "problem-list-item")),
        ("select category from flat.diagnosis where code = '84114007'", ("encounter-diagnosis",)),
        ("select class, disposition, status from flat.encounter", ("inpatient", "01", "finished")),
        ("select code from flat.allergy", ("7980",)),
        ("select code, list_source from flat.medication where list_source = 'reported'", ("197806", "reported")),
        ("select code, intent from flat.medication where list_source = 'ordered'", ("314076", "order")),
        ("select code, status from flat.immunization", ("88", "completed")),
        ("select code, status from flat.procedure", ("73761001", "completed")),
        ("select value::float, unit from flat.observation where code = '2951-2'", (128.0, "mmol/L")),
        ("select abnormal, critical from flat.result where code = '2951-2'", (True, False)),
        ("select code from flat.result where code = '24323-8'", ("24323-8",)),
        ("select value::float, unit from flat.observation where code = '8480-6'", (152.0, "mm[Hg]")),
        ("select status from flat.goal", ("active",)),
        ("select status from flat.plan", ("active",)),
        ("select about_service, intent, status from flat.request", ("185349003", "order", "active")),
        ("select payer, plan_kind, subscriber_id from flat.coverage", ("Medicare", "medicare", "1EG4TE5MK73")),
        ("select status from flat.consent", ("active",)),
        ("select count(*) from flat.care_team_member", (1,)),
        ("select kind from flat.document", ("18842-5",)),
        ("select count(*) from flat.related ", (1,)),
        ("select npi from flat.worker", ("1234567893",)),
    ],
)  # fmt: skip
def test_care_models_see_a_row_of_each_kind(loaded: Database, ask: str, answer: tuple) -> None:
    with loaded.connection() as connection:
        rows = [tuple(str(v) if hasattr(v, "isoformat") else v for v in row) for row in connection.execute(ask)]
    assert rows == [answer]


@pytest.fixture
def loaded(database: Database, tmp_path: Path) -> Database:
    (tmp_path / "a.xml").write_bytes(WHOLE)
    counts = run(database, tmp_path)
    assert counts.quarantined == 0
    return database


def test_the_document_is_kept_as_it_came_and_named_as_the_source_of_all() -> None:
    all_made = made(WHOLE)
    kept = only(WHOLE, "DocumentReference")
    assert base64.b64decode(kept["content"][0]["attachment"]["data"]) == WHOLE
    proof = only(WHOLE, "Provenance")
    shared = ("Organization", "Practitioner", "Location", "Provenance")
    wanted = {f"{r['resourceType']}/{r['id']}" for r in all_made if r["resourceType"] not in shared}
    assert {one["reference"] for one in proof["target"]} == wanted
    assert proof["entity"][0]["what"]["reference"] == f"DocumentReference/{kept['id']}"


def test_a_later_document_tells_of_the_same_things_under_the_same_ids() -> None:
    one = document(section("11450-4", problem("p1", "44054006"), problem("", "38341003")), document="D1")
    two = document(
        section("11450-4", problem("", "38341003"), problem("p1", "44054006", high="20260101")), document="D2"
    )
    first, second = ({r["id"]: r for r in made(d, "Condition")} for d in (one, two))
    assert first.keys() == second.keys() and len(first) == 2
    ended = next(r for r in second.values() if "44054006" in codes(r))
    assert ended["abatementDateTime"] == "2026-01-01" and codes(ended, "clinicalStatus") == ["resolved"]
    other = document(section("11450-4", problem("p1", "44054006")), patient="MRN8")
    assert not {r["id"] for r in made(other, "Condition")} & first.keys()


def test_a_visit_of_the_header_and_of_the_list_is_one_visit() -> None:
    number = '<id root="2.16.840.1.113883.19.5.9" extension="V1"/>'
    header = f"""<componentOf><encompassingEncounter>{number}
        <code code="IMP" codeSystem="2.16.840.1.113883.5.4"/><effectiveTime><low value="20260301"/></effectiveTime>
        </encompassingEncounter></componentOf>"""
    reason = f'<observation>{t("19")}<value xsi:type="CD" code="84114007" codeSystem="{SNOMED}"/></observation>'
    listed = f"""<encounter classCode="ENC" moodCode="EVN">{t("49")}{number}<statusCode code="completed"/>
        <effectiveTime><low value="20260301"/></effectiveTime>
        <entryRelationship>{reason}</entryRelationship></encounter>"""
    visit = only(document(section("46240-8", listed), header=header), "Encounter")
    assert (visit["class"]["code"], visit["status"], codes(visit, "reasonCode")) == ("IMP", "in-progress", ["84114007"])


@pytest.mark.parametrize(
    ("low", "high", "end"),
    [("20260105", "2026", "2026"), ("2026", "20260105", "2026-01-05"), ("20260105", "20251231", None)],
)
def test_an_end_stands_unless_it_is_before_the_start(low: str, high: str, end: str | None) -> None:
    data = document(section("11450-4", problem("p1", "44054006", low=low, high=high)))
    assert only(data, "Condition").get("abatementDateTime") == end


def test_what_people_write_of_themselves_is_not_a_clinicians() -> None:
    own = """<author><time value="20260310"/><assignedAuthor><id root="1.2.3" extension="9"/>
        <code code="ONESELF" codeSystem="2.16.840.1.113883.5.111"/>
        <assignedPerson><name><given>Ana</given><family>Lopez</family></name></assignedPerson></assignedAuthor></author>"""
    value = '<value xsi:type="PQ" value="70" unit="kg"/>'
    data = document(section("8716-3", observation("27", "29463-7", value, more=own)))
    weight = only(data, "Observation")
    assert weight["performer"][0]["reference"].startswith("Patient/") and len(made(data, "Practitioner")) == 1


def test_two_things_under_one_number_are_both_kept() -> None:
    data = document(section("11450-4", problem("p1", "44054006"), problem("p1", "38341003"), problem("p1", "44054006")))
    assert sorted(code for r in made(data, "Condition") for code in codes(r)) == ["38341003", "44054006"]


def test_what_is_denied_is_not_said_as_found() -> None:
    none = document(section("11450-4", problem("p1", "44054006", negated=True)))
    assert codes(only(none, "Condition"), "verificationStatus") == ["refuted"]
    value = f'<value xsi:type="CD" code="386807006" codeSystem="{SNOMED}"/>'
    finding = only(document(section("10190-7", observation("74", "373930000", value, negated=True))), "Observation")
    assert (codes(finding), finding["valueBoolean"]) == (["386807006"], False) and "valueCodeableConcept" not in finding
    allergy = f"""<observation classCode="OBS" moodCode="EVN" negationInd="true">{t("7")}
        <value xsi:type="CD" code="414285001" codeSystem="{SNOMED}"/></observation>"""
    assert codes(only(document(section("48765-2", allergy)), "AllergyIntolerance")) == ["429625007"]


def test_a_relatives_illness_is_not_the_patients() -> None:
    own = observation("46", "75315-2", f'<value xsi:type="CD" code="22298006" codeSystem="{SNOMED}"/>')
    father = """<subject><relatedSubject classCode="PRS"><code code="FTH" codeSystem="2.16.840.1.113883.5.111"/>
        </relatedSubject></subject>"""
    history = f'<organizer classCode="CLUSTER" moodCode="EVN">{t("45")}{father}<component>{own}</component></organizer>'
    data = document(section("10157-6", history))
    assert codes(only(data, "FamilyMemberHistory")["condition"][0]) == ["22298006"]
    stray = observation("2", "2951-2", '<value xsi:type="PQ" value="1" unit="g"/>', more=father)
    data = document(section("10157-6", history, own), section("30954-2", stray))
    assert not made(data, "Condition") and not made(data, "Observation")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("1950", "1950"), ("195001", "1950-01"), ("19500131", "1950-01-31"),
        ("195001311405-0500", "1950-01-31T14:05:00-05:00"),
        ("202607011405", "2026-07-01T14:05:00-04:00"),
        ("20260310023000.250+0000", "2026-03-10T02:30:00.250000+00:00"),
        ("2026031014", "2026-03-10"), ("20260230", ""), ("00000000", ""), ("2026-03-10", ""),
        ("202603102599", "2026-03-10"), ("", ""),
    ],
)  # fmt: skip
def test_times_are_no_more_exact_than_they_were(written: str, read: str) -> None:
    data = document(section("11450-4", problem("p1", "44054006", low=written)))
    assert only(data, "Condition").get("onsetDateTime", "") == read


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ('<value xsi:type="PQ" value="1.50" unit="mg/dL"/>', {"valueQuantity": "1.50"}),
        ('<value xsi:type="PQ" nullFlavor="UNK"/>', {"dataAbsentReason": ""}),
        ('<value xsi:type="INT" value="7"/>', {"valueInteger": "7"}),
        ('<value xsi:type="ST">trace</value>', {"valueString": "trace"}),
        ('<value xsi:type="BL" value="false"/>', {"valueBoolean": "False"}),
        ('<value xsi:type="TS" value="20260101"/>', {"valueDateTime": "2026-01-01"}),
        ('<value xsi:type="IVL_PQ"><low value="60" unit="mL" inclusive="false"/></value>', {"valueQuantity": "60"}),
        ('<value xsi:type="IVL_PQ"><low value="2" unit="g"/><high value="3" unit="g"/></value>', {"valueRange": ""}),
        ('<value xsi:type="ED"><reference value="#r1"/></value>', {"valueString": "clear lungs"}),
    ],
)
def test_each_type_of_value_has_its_form(value: str, read: dict[str, str]) -> None:
    data = document(
        section("30954-2", observation("2", "2951-2", value), text='<content ID="r1">clear  lungs</content>')
    )
    (name, wanted), found = next(iter(read.items())), only(data, "Observation")
    got = found[name]
    assert not wanted or str(got["value"] if isinstance(got, dict) else got) == wanted


def test_two_pressures_taken_together_are_one_reading() -> None:
    found = [r for r in made(WHOLE, "Observation") if codes(r) == ["85354-9"]]
    assert len(found) == 1
    parts = {codes(part)[0]: part["valueQuantity"]["value"] for part in found[0]["component"]}
    assert {code: int(value) for code, value in parts.items()} == {"8480-6": 152, "8462-4": 94}
    assert not any(codes(r)[0] in parts for r in made(WHOLE, "Observation"))


def test_a_dose_and_its_rhythm_are_read() -> None:
    taken = only(document(section("10160-0", medication("m1", "197806"))), "MedicationStatement")
    dose = taken["dosage"][0]
    assert dose["timing"]["repeat"] == {"frequency": 1, "period": 12, "periodUnit": "h"}
    assert str(dose["doseAndRate"][0]["doseQuantity"]["value"]) == "1.50"
    assert taken["effectivePeriod"] == {"start": "2026-01-01"}


def test_a_code_no_system_knows_keeps_its_number_and_a_wrong_one_has_none() -> None:
    for root, wanted in (("1.2.3.4", "urn:oid:1.2.3.4"), ("LOINC", None)):
        graded = f'<observation>{t("8")}<value code="1" codeSystem="{root}"/></observation>'
        more = f"<entryRelationship>{graded}</entryRelationship>"
        severity = only(document(section("11450-4", problem("p1", "44054006", more=more))), "Condition")["severity"]
        assert severity["coding"][0].get("system") == wanted


def test_a_document_is_known_with_a_mark_in_front_or_in_other_characters(database: Database, tmp_path: Path) -> None:
    text = '<?xml version="1.0" encoding="{}"?>\n<!-- of a hospital -->\n' + document(patient="MRN-é").decode()
    for name in ("utf-8-sig", "utf-16", "iso-8859-1", "windows-1252"):
        data = text.format(name.removesuffix("-sig")).encode(name)
        assert ccda.knows(data[:4096], "x")
        numbers = [i["value"] for i in only(data, "Patient")["identifier"]]
        assert numbers == ["MRN-é"]
    assert not ccda.knows(b"<html><body>ClinicalDocument</body></html>", "x.xml")
    assert not ccda.knows(b'{"resourceType": "Patient"}', "x.xml")


def test_the_commands_of_the_guide_run(short_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents/a.xml").write_bytes(WHOLE)
    data_dir = short_folder / "ccda"
    commands = re.findall(r"^    throughcare (.*)$", GUIDE.read_text(), re.MULTILINE)
    assert len(commands) == 2
    try:
        for command in commands:
            words = shlex.split(command.replace("./my-data", str(data_dir)).replace("./documents", str(tmp_path)))
            with patch("sys.argv", ["throughcare", *words]), redirect_stdout(StringIO()) as out:
                try:
                    main()
                except SystemExit as ended:
                    assert not ended.code, out.getvalue()
            assert "load" not in words or "C-CDA" in out.getvalue()
    finally:
        bundled.stop(data_dir)


def test_an_id_says_nothing_of_the_number_it_is_made_of() -> None:
    assert all("MRN7" not in r["id"] for r in made(WHOLE)) and id_of("p1") in problem("p1", "1")
