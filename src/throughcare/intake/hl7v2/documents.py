"""Documents: MDM as DocumentReference, with the text of its OBX lines; what replaces it makes it superseded."""

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Sequence

from throughcare.intake.hl7v2 import staff, values
from throughcare.intake.hl7v2.message import Part
from throughcare.intake.hl7v2.said import Spoken
from throughcare.intake.hl7v2.values import TERMS, said
from throughcare.intake.shapes import Resource, coded, reference

_TYPES = {"TX": "text/plain", "FT": "text/plain", "ST": "text/plain", "TEXT": "text/plain", "AP": "application/pdf"}


def document(id: str, spoken: Sequence[Spoken]) -> list[Resource]:
    """The document as its own last message has it; `spoken` holds those that replace it, too."""
    own = [one for one in spoken if one.role != "replaced"]
    if not own:
        return []  # only what replaces it is known
    one = own[-1]
    txa = one.first("TXA")
    assert txa is not None
    replaced, in_error = len(own) < len(spoken), (one.said.rule or {}).get("marks") == "document in error"
    author = next((w for p in (*txa.parts(9), *txa.parts(5)) if (w := staff.clinician(one.said, p))), None)
    at = next((t for n in (4, 6, 7) if (t := one.said.time(txa.text(n)))), None)
    kind = txa.part(2)
    loinc = said("document_type", kind.text(1))
    codes = values.concept(kind, f"{TERMS}v2-0270")
    return [{
        "resourceType": "DocumentReference",
        "id": id,
        "masterIdentifier": values.entity(txa.part(12), one.said.source, one.said.home),
        "status": "entered-in-error" if in_error else "superseded" if replaced else "current",
        "docStatus": "entered-in-error" if in_error else said("document_stage", txa.text(17)),
        "type": {"coding": [*coded(loinc, "http://loinc.org").get("coding", ()), *codes.get("coding", ())],
                 "text": codes.get("text", "")},
        "subject": reference("Patient", one.patient),
        "date": at.instant if at else "",
        "author": [reference("Practitioner", author["id"])] if author else [],
        "relatesTo": [{"code": "replaces", "target": reference("DocumentReference", one.other)}]
        if one.other and (one.said.rule or {}).get("marks") == "replaces" else [],
        "content": _content(own, txa.text(16) or kind.text(2) or kind.text(1) or "Document"),
        "context": {"encounter": [reference("Encounter", one.visit)]} if one.visit else {},
    }, *([author] if author else [])]  # fmt: skip


def _content(own: Sequence[Spoken], title: str) -> list[Resource]:
    """The last text that came: a later message may only say that the document is signed."""
    for one in reversed(own):
        lines = one.all("OBX")
        packed = [c for obx in lines if obx.text(2) == "ED" for p in obx.parts(5) if (c := _packed(p, title))]
        text = "\n".join(p.whole() for obx in lines if obx.text(2) in _TYPES for p in obx.parts(5)).strip()
        plain = [
            {"attachment": {"contentType": "text/plain", "title": title, "data": b64encode(text.encode()).decode()}}
        ]
        if packed or text:
            return [*(plain if text else []), *packed]
    return [{"attachment": {"title": title}}]


def _packed(part: Part, title: str) -> Resource:
    """ED: what came in Base64, when it is that."""
    data = "".join(part.text(5).split())
    try:
        b64decode(data, validate=True)
    except (NotBase64, ValueError):
        return {}
    kind = _TYPES.get(part.text(2).upper(), f"application/{part.text(3).lower() or 'octet-stream'}")
    return {"attachment": {"contentType": kind, "title": title, "data": data}} if data else {}
