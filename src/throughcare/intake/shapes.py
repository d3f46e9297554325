"""Shapes: the small parts of FHIR that every format writes alike."""

from hashlib import blake2b
from typing import Any

Resource = dict[str, Any]


def resource_id(*keys: str) -> str:
    """An id from what the source calls the thing: the same again for the same, and no number of anyone's in it."""
    return blake2b("\x1f".join(keys).encode(), digest_size=16).hexdigest()


def reference(resource_type: str, id: str) -> Resource:
    return {"reference": f"{resource_type}/{id}"}


def identifier(system: str, value: str, type_code: str = "") -> Resource:
    """`type_code` is of HL7 table 0203: MR for a record number, SS, MB, NPI."""
    type_ = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": type_code}]}
    return {**({"type": type_} if type_code else {}), **({"system": system} if system else {}), "value": value}


def coded(code: str, system: str = "", display: str = "", text: str = "") -> Resource:
    """A CodeableConcept of one coding, and its words."""
    parts = {"system": system, "code": code, "display": display}
    coding = [{name: value for name, value in parts.items() if value}] if code else []
    words = text or display
    return {**({"coding": coding} if coding else {}), **({"text": words} if words else {})}


def without_blanks(node: Any) -> Any:
    """The same without members that hold nothing: FHIR has no empty text, list or object."""
    if isinstance(node, dict):
        kept = {name: without_blanks(value) for name, value in node.items()}
        return {name: value for name, value in kept.items() if value not in (None, "", [], {})}
    if isinstance(node, list):
        return [value for one in node if (value := without_blanks(one)) not in (None, "", [], {})]
    return node
