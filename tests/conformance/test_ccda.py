"""C-CDA as HL7 and Microsoft give it: all documents and fragments come in, and say what others read in them."""

import json
import re
import tomllib
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest

from tests.intake.loading import run
from throughcare.fhir import json as fhir_json
from throughcare.fhir import validate
from throughcare.intake import ccda
from throughcare.intake.formats import Given
from throughcare.intake.shapes import Resource
from throughcare.settings import Settings
from throughcare.stores.postgres import Database

from .ccda_facts import CLINICAL, facts, wrapped
from .conformance_data import HOW, cases_or_skip, open_archive, shared

HL7, MICROSOFT = "04_ccda/hl7_c-cda-examples.zip", "04_ccda/ms_fhir_converter_ccda.zip"
HOSTILE = "03_hl7v2/hostile_fhir_cda_bulk.zip"
GIVEN = Given("clinic", Settings.read({}))
JUDGED = tomllib.loads((Path(__file__).parent / "ccda_judged.toml").read_text())
TEMPLATE = "{urn:hl7-org:v3}templateId[@root='2.16.840.1.113883.10.20.22.4."
ONE_FOR_ONE = {  # template of a statement -> the kinds that it may become
    "7": ("AllergyIntolerance",), "16": ("MedicationStatement", "MedicationRequest", "MedicationAdministration"),
    "52": ("Immunization",), "45": ("FamilyMemberHistory",), "61": ("Coverage",), "48": ("Consent",), "121": ("Goal",),
    "1": ("DiagnosticReport",), "14": ("Procedure",), "49": ("Encounter",), "18": ("MedicationDispense",),
}  # fmt: skip


def names(archive: str, start: str) -> list[str]:
    packed = open_archive(archive)
    found = packed.namelist() if packed else []
    return [n for n in found if n.startswith(start) and n.lower().endswith(".xml")]


def text(archive: str, name: str) -> bytes:
    packed = open_archive(archive)
    assert packed
    return packed.read(name)


def made(data: bytes) -> list[Resource]:
    return ccda.resources(data, GIVEN)


DOCUMENTS = [(HL7, n) for n in names(HL7, "documents/")] + [(MICROSOFT, n) for n in names(MICROSOFT, "documents/")]
READ = [d for d in DOCUMENTS if d[1] not in JUDGED["refused"]]


def test_every_document_is_stored_or_refused_as_judged(database: Database, tmp_path: Path) -> None:
    """In = stored + known + quarantined, for each file by itself; a second time all is known."""
    if not DOCUMENTS:
        pytest.skip(HOW)
    for number, (archive, name) in enumerate(DOCUMENTS):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "document.xml").write_bytes(text(archive, name))
        counts = run(database, folder, source=f"clinic{number}")
        refused = name in JUDGED["refused"]
        assert counts.pieces == {"C-CDA": 1} and not counts.left_out, name
        assert (counts.refused["C-CDA"], counts.quarantined, bool(counts.stored)) == (refused, refused, not refused), (
            name
        )
        if refused:
            assert list(counts.reasons) == ["The document names no patient."]
        else:
            assert counts.stored == len(made(text(archive, name)))
            again = run(database, folder, source=f"clinic{number}")
            assert (again.stored, again.known) == (0, counts.stored)


def test_a_zip_of_documents_and_parts_of_them_adds_up(database: Database) -> None:
    """Parts of documents are left out by name; three that open as documents leave prefixes undeclared, and wait."""
    packed = open_archive(HL7)
    if packed is None:
        pytest.skip(HOW)
    files = {n for n in packed.namelist() if not n.endswith("/")}
    opening = {
        n
        for n in files
        if re.match(rb"\s*(<\?.*?\?>|<!--.*?-->|\s)*<ClinicalDocument", _plain(packed.read(n)), re.DOTALL)
    }
    unread = opening - {n for n in files if n.startswith("documents/")} | set(JUDGED["refused"])
    counts = run(database, shared(HL7))
    assert counts.pieces["C-CDA"] == len(opening) == 23
    assert counts.refused["C-CDA"] == counts.quarantined == len(unread) == 6
    assert {name.partition("!")[2] for name in counts.left_out} == files - opening


def _plain(text: bytes) -> bytes:
    return text.removeprefix(b"\xef\xbb\xbf")


@pytest.mark.parametrize(("archive", "name"), cases_or_skip(READ, width=2))
def test_each_statement_of_a_kind_becomes_one_resource(archive: str, name: str) -> None:
    root, got = (
        ElementTree.fromstring(text(archive, name)),
        Counter(r["resourceType"] for r in made(text(archive, name))),
    )
    for template, kinds in ONE_FOR_ONE.items():
        statements = {ElementTree.tostring(e) for e in root.iterfind(f".//{TEMPLATE}{template}']/..")}
        wanted = len(statements) + (_encompassing(root) if template == "49" else 0)
        assert sum(got[k] for k in kinds) >= wanted, (template, wanted, got)


def _encompassing(root: ElementTree.Element) -> int:
    """One more visit, unless the list has it under the same number."""
    v3, listed = "{urn:hl7-org:v3}", f".//{TEMPLATE}49']/../{{urn:hl7-org:v3}}id"
    own = root.find(f"{v3}componentOf/{v3}encompassingEncounter/{v3}id")
    ids = [(i.get("root"), i.get("extension")) for i in root.iterfind(listed)]
    return int(own is not None and (own.get("root"), own.get("extension")) not in ids)


@pytest.mark.parametrize("name", cases_or_skip(names(HL7, "fragments")))
def test_every_fragment_can_be_read_in_a_document(name: str) -> None:
    for resource in made(wrapped(text(HL7, name))):
        validate.check(fhir_json.write(resource))


@pytest.mark.parametrize("name", cases_or_skip(sorted(JUDGED["fragment"]) if names(HL7, "fragments") else []))
def test_a_fragment_becomes_what_its_title_says(name: str) -> None:
    found = [n for n in names(HL7, "fragments") if n.endswith(name)]
    wanted = JUDGED["fragment"][name]
    assert found
    for one in found:
        got = Counter(r["resourceType"] for r in made(wrapped(text(HL7, one))))
        assert {kind: got[kind] for kind in wanted} == wanted


def test_what_is_not_well_formed_is_refused(database: Database, tmp_path: Path) -> None:
    found = names(HL7, "not_well_formed/")
    if not found:
        pytest.skip(HOW)
    assert len(found) == 1
    (tmp_path / "a.xml").write_bytes(wrapped(text(HL7, found[0])))
    counts = run(database, tmp_path)
    assert (counts.stored, counts.quarantined) == (0, 1)
    assert re.fullmatch(
        r"The document is not well-formed XML \(mismatched tag, line \d+\)\.", next(iter(counts.reasons))
    )


def test_hostile_documents_do_what_their_manifest_expects(database: Database, tmp_path: Path) -> None:
    packed = open_archive(HOSTILE)
    if packed is None:
        pytest.skip(HOW)
    expected = {(e := json.loads(line))["file"]: e["expect"] for line in packed.read("manifest.ndjson").splitlines()}
    hostile = sorted(name for name in expected if name.startswith("cda_"))
    assert hostile == ["cda_billion_laughs.xml", "cda_no_patient.xml", "cda_xxe_file.xml"]
    for name in hostile:
        (tmp_path / name).write_bytes(packed.read(name))
    counts = run(database, tmp_path)
    assert (counts.read, counts.stored, counts.quarantined) == (3, 0, 3)
    assert counts.reasons == {
        "The document declares a document type or entities, which is refused.": 2,
        "The document names no patient.": 1,
    }


@pytest.mark.parametrize("name", cases_or_skip(names(MICROSOFT, "documents/")))
def test_what_microsoft_reads_in_a_document_is_read_here(name: str) -> None:
    """Key facts of theirs that are not ours are on the list, each with a judgement; nothing else may be missing."""
    packed: ZipFile | None = open_archive(MICROSOFT)
    assert packed
    stem = name.removeprefix("documents/").removesuffix(".xml")
    theirs = [e["resource"] for e in json.loads(packed.read(f"fhir_by_ms_templates/{stem}.json"))["entry"]]
    missing = facts(theirs) - facts(made(packed.read(name)))
    judged = {tuple(d["fact"]) for d in JUDGED["difference"] if d["file"] in (stem, "any") and d["why"]}
    assert not missing - judged, sorted(missing - judged)
    assert not {tuple(d["fact"]) for d in JUDGED["difference"] if d["file"] == stem} - missing
    assert {kind for kind, *_ in facts(theirs)} - {"Patient"} <= set(CLINICAL)
