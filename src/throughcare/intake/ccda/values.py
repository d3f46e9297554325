"""Values: the data types of HL7 v3 as FHIR writes them; what has a null flavor says nothing."""

import re
import tomllib
from base64 import b64decode
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib.resources import files
from typing import Any
from xml.etree.ElementTree import Element

from throughcare.fhir import dates
from throughcare.intake.shapes import Resource, identifier, without_blanks

_OID = re.compile(r"[0-2](\.(0|[1-9]\d*))+")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_TIME = re.compile(r"(\d{4})(\d\d)?(\d\d)?(?:(\d\d)(\d\d)?(\d\d)?(\.\d{1,6})?\d*)?([+-]\d{4})?")
_NUMBER = re.compile(r"[+-]?(\d{1,30})(\.\d{1,30})?")
_EARLIEST, _CLOCKED, _ZONE_MAX = 1850, 1900, "14:00"
_UNIT = re.compile(r"[^\s]{1,60}")
UNKNOWN = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-NullFlavor", "code": "UNK"}]}


@cache
def tables(file: str) -> dict[str, Any]:
    return tomllib.loads((files(__package__) / file).read_text("utf-8"))


def said(table: str, code: str, otherwise: str = "") -> str:
    """A code as FHIR says it."""
    found: str = tables("codes.toml")[table].get(code, otherwise)
    return found


def words(node: Element | None) -> str:
    """All text in an element, its white space made single."""
    return " ".join("".join(node.itertext()).split()) if node is not None else ""


def system(root: str) -> str:
    """The address of a code system or a giver of numbers; '' when the root is neither OID nor UUID."""
    known = tables("systems.toml")
    if found := known["system"].get(root) or known["giver"].get(root):
        return str(found)
    return f"urn:oid:{root}" if _OID.fullmatch(root) else f"urn:uuid:{root.lower()}" if _UUID.fullmatch(root) else ""


def coding(node: Element) -> Resource | None:
    """One coding of a CD, CE or CS."""
    code = " ".join(node.get("code", "").split())
    if not code:
        return None
    display = " ".join(node.get("displayName", "").split())
    return without_blanks({"system": system(node.get("codeSystem", "")), "code": code, "display": display})


def identifiers(nodes: list[Element]) -> list[Resource]:
    """Numbers with their givers; a root alone is a name of its own."""
    found = []
    for node in nodes:
        giver, number = system(node.get("root", "")), " ".join(node.get("extension", "").split())
        if number:
            found.append(identifier(giver, number, tables("systems.toml")["kind"].get(giver, "")))
        elif giver and not node.get("nullFlavor"):
            own = giver if giver.startswith("urn:") else f"urn:oid:{node.get('root')}"
            found.append(identifier("urn:ietf:rfc:3986", own))
    return found


def when(node: Element | None, zone: str) -> str:
    """A TS as a FHIR dateTime no more exact than it was; without an offset it is local to `zone`. '' when none."""
    text = (node.get("value") or "").strip() if node is not None else ""
    found = _TIME.fullmatch(text)
    if found is None:
        return ""
    year, month, day, hour, minute, second, part, offset = found.groups()
    try:
        date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return ""
    if int(year) < _EARLIEST:
        return ""
    written = "-".join(p for p in (year, month, day) if p)
    if not hour or not minute:
        return written
    own = f"{offset[:3]}:{offset[3:]}" if offset and f"{offset[1:3]}:{offset[3:]}" <= _ZONE_MAX else ""
    clock = f"{written}T{hour}:{minute}:{second or '00'}{part or ''}{own}"
    at = dates.instant(clock, zone) if int(year) >= _CLOCKED else None
    return at.isoformat() if at else written


def day(node: Element | None, zone: str) -> str:
    return when(node, zone)[:10]


def span(node: Element | None, zone: str) -> Resource:
    """An IVL_TS as a Period; a single time is its start. Empty when it tells no time."""
    if node is None:
        return {}
    start = when(node, zone) or when(node.find("low"), zone) or when(node.find("center"), zone)
    end = when(node.find("high"), zone)
    shared = min(len(start), len(end), len("2026-01-31"))
    if start[:shared] > end[:shared]:
        end = ""
    return {name: value for name, value in (("start", start), ("end", end)) if value}


def number(text: str | None) -> Decimal | None:
    """A decimal with its digits as written."""
    found = _NUMBER.fullmatch((text or "").strip())
    try:
        return Decimal(found[0].lstrip("+")) if found else None
    except InvalidOperation:
        return None


def quantity(node: Element | None) -> Resource:
    """A PQ with its unit of UCUM; empty when it holds no number."""
    value = number(node.get("value")) if node is not None else None
    if node is None or value is None:
        return {}
    unit = (node.get("unit") or "").strip()
    if not _UNIT.fullmatch(unit) or unit == "1":
        return {"value": value} | ({"unit": words_of(unit)} if unit and unit != "1" else {})
    return {"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit}


def words_of(text: str) -> str:
    return " ".join(text.split())


def is_base64(text: str) -> bool:
    try:
        return bool(b64decode(text, validate=True))
    except ValueError:
        return False
