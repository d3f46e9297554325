"""Observed: the value of a finding in the one of FHIR's forms that its type is, and the range it should be in."""

from decimal import Decimal
from xml.etree.ElementTree import Element

from throughcare.intake.ccda.draft import Draft
from throughcare.intake.ccda.values import number, quantity, span, when, words
from throughcare.intake.shapes import Resource


def first_value(node: Element) -> Element | None:
    values = [v for v in node.findall("value") if not v.get("nullFlavor")]
    return values[0] if values else node.find("value")


def value_of(draft: Draft, node: Element | None) -> Resource:
    """The value in the one of FHIR's forms that its type is."""
    if node is None:
        return {}
    kind, plain = (node.get("xsi:type") or "").rpartition(":")[2], node.get("value", "").strip()
    if kind == "PQ" or (not kind and node.get("unit")):
        return _filled("valueQuantity", quantity(node))
    if kind in ("CD", "CE", "CO", "CV", "CS"):
        what, ordinal = draft.concept(node), number(node.get("value"))
        if not what and ordinal is not None:
            return _whole(ordinal)
        return _filled("valueCodeableConcept", what)
    if kind in ("INT", "REAL"):
        given = number(plain)
        return _whole(given) if given is not None else {}
    if kind == "BL":
        return {"valueBoolean": plain == "true"} if plain in ("true", "false") else {}
    if kind == "TS":
        return _filled("valueDateTime", when(node, draft.zone))
    if kind == "IVL_TS":
        return _filled("valuePeriod", span(node, draft.zone))
    if kind in ("IVL_PQ", "IVL_INT", "IVL_REAL"):
        return _between(node)
    if kind in ("RTO", "RTO_PQ_PQ"):
        parts = {name: quantity(node.find(name)) for name in ("numerator", "denominator")}
        return {"valueRatio": parts} if all(parts.values()) else {}
    return _filled("valueString", draft.text(node))


def _filled(name: str, value: Resource | str) -> Resource:
    return {name: value} if value else {}


def _whole(value: Decimal) -> Resource:
    if value == value.to_integral_value() and abs(value) < 2**31:
        return {"valueInteger": int(value)}
    return {"valueQuantity": {"value": value}}


def _between(node: Element) -> Resource:
    """A range; with one end only, more or less than that."""
    low, high = quantity(node.find("low")), quantity(node.find("high"))
    if low and high:
        return {"valueRange": {"low": low, "high": high}}
    end = node.find("low" if low else "high")
    if end is None or not (low or high):
        return {}
    closed = end.get("inclusive") != "false"
    sign = (">=" if closed else ">") if low else ("<=" if closed else "<")
    return {"valueQuantity": (low or high) | {"comparator": sign}}


def normal(draft: Draft, node: Element) -> Resource:
    value = node.find("value")
    ends = {name: quantity(value.find(name)) if value is not None else {} for name in ("low", "high")}
    text = draft.text(node.find("text")) or (words(value) if value is not None else "")
    return {name: end for name, end in ends.items() if end} | ({"text": text} if text else {})
