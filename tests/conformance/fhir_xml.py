"""Reads FHIR XML into the same dictionaries as FHIR JSON, by the element types; the official suites come as XML."""

import xml.etree.ElementTree as ET
from decimal import Decimal

from throughcare.fhir.path.model import model

_FHIR = "{http://hl7.org/fhir}"
_WHOLE = ("integer", "positiveInt", "unsignedInt")


def read(text: str) -> dict:
    """One resource."""
    return _resource(ET.fromstring(text))


def _resource(element: ET.Element) -> dict:
    kind = element.tag.removeprefix(_FHIR)
    return {"resourceType": kind, **_complex(element, kind)}


def _complex(element: ET.Element, kind: str) -> dict:
    found: dict = {name: element.attrib[name] for name in ("id", "url") if name in element.attrib}
    for child in element:
        key = child.tag.removeprefix(_FHIR)
        if key.endswith("}div"):
            found["div"] = ET.tostring(child, encoding="unicode")
            continue
        name, child_kind = model().keys[kind][key]
        many = model().elements[kind][name].many
        if child_kind in model().primitives:
            _put(found, key, many, _simple(child, child_kind), _beside(child))
        else:
            value = _resource(child[0]) if child_kind == "Resource" else _complex(child, child_kind)
            _put(found, key, many, value, None)
    return found


def _simple(element: ET.Element, kind: str) -> object:
    text = element.attrib.get("value")
    if text is None:
        return None
    if kind == "boolean":
        return text == "true"
    if kind in _WHOLE:
        return int(text)
    return Decimal(text) if kind == "decimal" else text


def _beside(element: ET.Element) -> dict | None:
    return _complex(element, "Element") or None


def _put(found: dict, key: str, many: bool, value: object, beside: dict | None) -> None:
    if not many:
        if value is not None:
            found[key] = value
        if beside:
            found["_" + key] = beside
        return
    values = found.setdefault(key, [])
    values.append(value)
    if beside:
        extras = found.setdefault("_" + key, [])
        extras += [None] * (len(values) - 1 - len(extras)) + [beside]
