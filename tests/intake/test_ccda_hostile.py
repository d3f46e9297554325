"""Hostile XML: every document is made into valid FHIR or refused with a reason, soon and in little memory."""

import random
import time
import tracemalloc
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from throughcare.faults import Malformed
from throughcare.fhir import json as fhir_json
from throughcare.fhir import validate
from throughcare.intake import archive, ccda
from throughcare.intake.ccda import read
from throughcare.intake.formats import Given, Piece
from throughcare.settings import Settings

GIVEN = Given("clinic", Settings.read({}))
WHOLE = (Path(__file__).parent / "ccda_discharge_summary.xml").read_bytes()
ROOT = b'<ClinicalDocument xmlns="urn:hl7-org:v3">'
SECONDS = 40  # of mutation in a run of the tests
SECRETS = ("Lopez", "Ana", "MRN7", "1EG4TE5MK73", "555-0100")


def taken(data: bytes, own: Given = GIVEN) -> Piece:
    """The one piece of a document; what it made is valid, and what it refuses says why without a word of it."""
    (piece,) = ccda.pieces([archive.of_bytes("document.xml", data)], own)
    assert bool(piece.reason) != bool(piece.resources)
    assert not any(secret in piece.reason for secret in SECRETS)
    for resource in piece.resources:
        body = fhir_json.write(resource)
        validate.check(body)
        fhir_json.read(body)
    return piece


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'<!DOCTYPE c SYSTEM "http://127.0.0.1:9/x.dtd">' + ROOT + b"</ClinicalDocument>", "declares a document type"),
        (b'<!DOCTYPE c [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + ROOT + b"&x;</ClinicalDocument>", "declares"),
        (b'<!DOCTYPE c [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>' + ROOT + b"</ClinicalDocument>", "declares"),
        ('<!DOCTYPE c [<!ENTITY x "y">]><ClinicalDocument/>'.encode("utf-16"), "declares"),
        (ROOT + b"&undeclared;</ClinicalDocument>", "undefined entity"),
        (ROOT + b"<a>" * 101 + b"</a>" * 101 + b"</ClinicalDocument>", "nested deeper than 100"),
        (ROOT + b"<a>" * 2_000_000, "nested deeper than 100"),
        (ROOT + b"<a/>" * 200_001 + b"</ClinicalDocument>", "more than 200,000 elements"),
        (ROOT + b"<a " + b" ".join(b'a%d=""' % n for n in range(51)) + b"/></ClinicalDocument>", "50 attributes"),
        (ROOT + b"<a>\x00</a></ClinicalDocument>", "not well-formed"),
        (ROOT + b"<a>\xff\xfe</a></ClinicalDocument>", "not well-formed"),
        (ROOT, "not well-formed"),
        (b"", "not well-formed"),
        (b'<?xml version="1.0" encoding="x-none"?><ClinicalDocument/>', "characters that cannot be read"),
        (b'<?xml version="1.0" encoding="shift_jis"?><ClinicalDocument/>', "characters that cannot be read"),
        (b'<ClinicalDocument xmlns="urn:other"/>', "no clinical document"),
        (b"<Bundle/>", "no clinical document"),
        (ROOT + b"<recordTarget/></ClinicalDocument>", "names no patient"),
        (ROOT + b"<recordTarget><patientRole/></recordTarget></ClinicalDocument>", "names no patient"),
    ],
    ids=range(19),
)
def test_what_could_harm_is_refused_with_its_reason_at_once(data: bytes, reason: str) -> None:
    began = time.monotonic()
    assert reason in taken(data).reason
    assert time.monotonic() - began < 5


def test_an_include_or_a_style_sheet_is_not_followed() -> None:
    include = b'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>'
    sheet = b'<?xml-stylesheet type="text/xsl" href="file:///etc/passwd"?>'
    for data in (WHOLE.replace(b"<title>Summary", b"<title>" + include), WHOLE.replace(b"?>", b"?>" + sheet, 1)):
        assert all(b"root:" not in fhir_json.write(r) for r in taken(data).resources)


def test_a_document_too_large_to_keep_is_refused_before_it_is_read() -> None:
    own = Given("clinic", Settings.read({}, resource_bytes_max=len(WHOLE)))
    piece = taken(WHOLE, own)
    assert "longer than" in piece.reason and len(piece.body) == len(WHOLE) * 5 // 8 + 1


def test_the_largest_tree_that_is_read_needs_little_memory() -> None:
    data = ROOT + b'<a b="c"/>' * (read.ELEMENTS_MAX - 2) + b"</ClinicalDocument>"
    tracemalloc.start()
    read.tree(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 150 * 2**20


def test_thousands_of_broken_documents_are_made_valid_or_refused() -> None:
    """A mutator of our own: bytes, attributes, elements and templates moved, lost, doubled and swapped."""
    chance, made, refused, began = random.Random(20260310), 0, 0, time.monotonic()
    while made + refused < 3000 and time.monotonic() - began < SECONDS:
        piece = taken(mutated(WHOLE, chance))
        made, refused = made + (not piece.reason), refused + bool(piece.reason)
    assert made > 100 and refused > 100 and made + refused >= 500


def mutated(data: bytes, chance: random.Random) -> bytes:
    for _ in range(chance.randint(1, 4)):
        at, to = sorted(chance.randrange(len(data)) for _ in range(2))
        opens = [n for n in range(at, min(at + 400, len(data))) if data[n : n + 1] == b"<"]
        match chance.randrange(7):
            case 0:
                data = data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :]
            case 1:
                data = data[:at] + data[min(to, at + 40) :]
            case 2 if len(opens) > 1:
                data = data[: opens[0]] + data[opens[0] : opens[-1]] * 2 + data[opens[-1] :]
            case 3:
                data = _value(data, chance, chance.choice(VALUES))
            case 4:
                data = _value(data, chance, str(chance.randrange(10**9)).encode())
            case 5:
                data = _lines(data, chance)
            case _:
                data = _element(data, chance)
    return data


VALUES = [
    b"", b" ", b"-1", b"1e999", b"NaN", b"9" * 60, b"20260230", b"00010101", b"99991231235959.999999+1459", b"#nowhere",
    b"2.16.840.1.113883.4.1", b"UNK", "é\u202e".encode(), b"a  b", b"x" * 5000, b"true", b"GOL", b"INT", b"PQ", b"tel:",
]  # fmt: skip


def _value(data: bytes, chance: random.Random, value: bytes) -> bytes:
    """Another value in an attribute."""
    quotes = [n for n, byte in enumerate(data) if byte == ord('"')]
    if len(quotes) < 4:
        return data
    n = chance.randrange(0, len(quotes) // 2 - 1) * 2
    return data[: quotes[n] + 1] + value + data[quotes[n + 1] :]


def _lines(data: bytes, chance: random.Random) -> bytes:
    """A line elsewhere: mostly a leaf in another place."""
    lines = data.splitlines(keepends=True)
    line = lines.pop(chance.randrange(len(lines)))
    lines.insert(chance.randrange(len(lines) + 1), line)
    return b"".join(lines)


def _element(data: bytes, chance: random.Random) -> bytes:
    """A leaf left out."""
    lines = data.splitlines(keepends=True)
    leaves = [n for n, line in enumerate(lines) if line.rstrip().endswith(b"/>")]
    if leaves:
        lines.pop(chance.choice(leaves))
    return b"".join(lines)


NAMES = st.sampled_from([
    "act", "observation", "organizer", "procedure", "encounter", "supply", "substanceAdministration",
    "entryRelationship", "component", "entry", "section", "code", "value", "effectiveTime", "low", "high", "id",
    "statusCode", "participant", "participantRole", "performer", "assignedEntity", "representedOrganization",
    "name", "author", "time", "templateId", "consumable", "manufacturedProduct", "manufacturedMaterial", "text",
    "reference", "originalText", "translation",
])  # fmt: skip
TEMPLATES = st.sampled_from([f"2.16.840.1.113883.10.20.22.4.{n}" for n in
    (1, 2, 3, 4, 6, 7, 8, 9, 14, 16, 17, 18, 26, 27, 30, 38, 40, 45, 48, 49, 50, 52, 60, 61, 69, 80, 121, 131, 200, 202)
])  # fmt: skip
WORDS = TEMPLATES | st.sampled_from([v.decode() for v in VALUES[:18]]) | st.text(max_size=6)
ATTRIBUTES = st.dictionaries(
    st.sampled_from(["root", "extension", "code", "codeSystem", "value", "unit", "nullFlavor", "moodCode", "xsi:type",
                     "negationInd", "classCode", "typeCode", "ID", "representation", "mediaType"]),
    WORDS, max_size=5,
)  # fmt: skip
TREES = st.recursive(
    st.tuples(NAMES, ATTRIBUTES, st.just([]), st.text(max_size=5)),
    lambda inside: st.tuples(NAMES, ATTRIBUTES, st.lists(inside, max_size=5), st.just("")),
    max_leaves=25,
)


def _written(tree: tuple) -> str:
    name, attributes, inside, text = tree
    told = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    return f"<{name}{told}>{''.join(map(_written, inside))}{escape(text)}</{name}>"


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(TREES, min_size=1, max_size=6),
    st.sampled_from(["11450-4", "10160-0", "30954-2", "18776-5", "47519-4", "x"]),
)
def test_any_tree_of_known_names_is_made_valid_or_refused(trees: list[tuple], section: str) -> None:
    entries = "".join(f"<entry>{_written(tree)}</entry>" for tree in trees)
    body = f'<component><section><code code="{section}"/>{entries}</section></component>'
    start, _, _ = WHOLE.partition(b"<structuredBody>")
    end = b"</structuredBody></component></ClinicalDocument>"
    taken(start + b"<structuredBody>" + body.encode("utf-8", "surrogatepass") + end)


@settings(max_examples=1500, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_refused_and_never_crash(data: bytes) -> None:
    ccda.knows(data, "x")
    assert taken(ROOT + data).reason and taken(data).reason
    with pytest.raises(Malformed):
        read.tree(data)
