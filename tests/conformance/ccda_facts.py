"""What two readings of one document should share, and documents around the fragments that HL7 gives."""

import re
from collections.abc import Iterator
from typing import Any

CLINICAL = {
    "AllergyIntolerance": ("code", ("onsetDateTime",)), "Condition": ("code", ("onsetDateTime", "onsetPeriod")),
    "Procedure": ("code", ("performedDateTime", "performedPeriod")),
    "Immunization": ("vaccineCode", ("occurrenceDateTime",)),
    "Observation": ("code", ("effectiveDateTime", "effectivePeriod")), "DiagnosticReport": ("code", ()),
    "Medication": ("code", ()), "Encounter": ("type", ("period",)),
}  # fmt: skip
_SPACES = {
    "urn": "urn:hl7-org:v3", "sdtc": "urn:hl7-org:sdtc", "xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "voc": "urn:hl7-org:v3/voc", "cda": "urn:hl7-org:v3",
}  # fmt: skip
_HEAD = b"""<id root="1.2.3.4"/><code code="34133-9" codeSystem="2.16.840.1.113883.6.1"/>
<effectiveTime value="20260101"/>
<recordTarget><patientRole><id root="1.2.3" extension="1"/>
<patient><name><given>A</given></name></patient></patientRole>
</recordTarget>"""
_AROUND = {
    "structuredBody": (b"<component>", b"</component>"),
    "component": (b"<component><structuredBody>", b"</structuredBody></component>"),
    "section": (b"<component><structuredBody><component>", b"</component></structuredBody></component>"),
}
_STATEMENTS = ("act", "encounter", "observation", "organizer", "procedure", "substanceAdministration", "supply")


def wrapped(fragment: bytes) -> bytes:
    """A document of one patient that holds the fragment where it belongs, with the prefixes it leaves undeclared."""
    text = re.sub(rb"^\s*<\?xml[^>]*\?>", b"", fragment.removeprefix(b"\xef\xbb\xbf"))
    found = re.search(rb"<([A-Za-z]\w*)", re.sub(rb"<!--.*?-->", b"", text, flags=re.DOTALL))
    tag = found[1].decode() if found else ""
    spaces = {p: s for p, s in _SPACES.items() if f"xmlns:{p}=".encode() not in text or tag != "ClinicalDocument"}
    declared = "".join(f' xmlns:{prefix}="{space}"' for prefix, space in spaces.items()).encode()
    if tag == "ClinicalDocument":
        whole = re.sub(rb"<ClinicalDocument", b"<ClinicalDocument" + declared, text, count=1)
        if b"xmlns=" not in whole:
            whole = whole.replace(b"<ClinicalDocument", b'<ClinicalDocument xmlns="urn:hl7-org:v3"', 1)
        return (
            whole if b"<patientRole" in whole else re.sub(rb"(<ClinicalDocument[^>]*>)", rb"\1" + _HEAD, whole, count=1)
        )
    before, after = _AROUND.get(tag, (b"", b""))
    section = _AROUND["section"]
    if tag == "entry":
        before, after = section[0] + b"<section>", b"</section>" + section[1]
    elif tag in _STATEMENTS:
        before, after = section[0] + b"<section><entry>", b"</entry></section>" + section[1]
    elif tag == "entryRelationship":
        act = b'<section><entry><act classCode="ACT" moodCode="EVN">'
        before, after = section[0] + act, b"</act></entry></section>" + section[1]
    root = b'<ClinicalDocument xmlns="urn:hl7-org:v3"' + declared + b">"
    return root + _HEAD + before + text + after + b"</ClinicalDocument>"


def facts(resources: list[dict[str, Any]]) -> set[tuple[str, ...]]:
    """The person, and what is coded about them with the day it began."""
    return {fact for one in resources for fact in _facts(one)}


def _facts(one: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    kind = one["resourceType"]
    if kind == "Patient":
        yield from (("Patient", "family", n["family"]) for n in one.get("name", ()) if "family" in n)
        yield from (("Patient", key, one[key][:10]) for key in ("birthDate", "gender") if key in one)
        yield from (
            ("Patient", "number", i["value"].removeprefix("urn:uuid:"))
            for i in one.get("identifier", ())
            if "value" in i
        )
    medicine = {"MedicationStatement", "MedicationRequest", "MedicationAdministration", "MedicationDispense"}
    if kind in medicine and "medicationCodeableConcept" in one:
        yield from (
            ("Medication", c["code"]) for c in one["medicationCodeableConcept"].get("coding", ()) if "code" in c
        )
    if kind in CLINICAL:
        where, times = CLINICAL[kind]
        day = next((d for t in times if (d := _day(one.get(t)))), "")
        concepts = one.get(where) or []
        for concept in concepts if isinstance(concepts, list) else [concepts]:
            codes = [c["code"] for c in concept.get("coding", ()) if "code" in c]
            yield from ((kind, code, day) if day else (kind, code) for code in codes)
            yield from ((kind, code) for code in codes)
        for part in one.get("component", ()):
            yield from ((kind, c["code"], day) for c in part["code"]["coding"])
            yield from ((kind, c["code"]) for c in part["code"]["coding"])


def _day(time: Any) -> str:
    return str(time.get("start", "") if isinstance(time, dict) else time or "")[:10]
