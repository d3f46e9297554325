"""Values: dates, money, people and places of X12, as FHIR writes them."""

import re
import tomllib
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from throughcare.faults import Malformed
from throughcare.intake.claims import MBI, NPI, SSN, TIN
from throughcare.intake.formats import Given
from throughcare.intake.shapes import Resource, identifier, resource_id, without_blanks
from throughcare.intake.x12.read import Segment

_MBI = re.compile(r"[1-9][A-Z][A-Z0-9]\d[A-Z][A-Z0-9]\d[A-Z]{2}\d\d")
_AMOUNT = re.compile(r"[-+]?(\d{1,16}(\.\d{0,8})?|\.\d{1,8})")
_NOBODYS_DAY = "19000101"  # what systems write where no date was given


@cache
def tables() -> dict[str, Any]:
    return tomllib.loads((files(__package__) / "codes.toml").read_text("utf-8"))


def said(table: str, code: str, otherwise: str = "") -> str:
    found: str = tables()[table].get(code, otherwise)
    return found


def money(text: str, at: Segment) -> Decimal | None:
    """An amount or a quantity, digits as sent; None where it is empty. Malformed when it is no number."""
    if not text:
        return None
    try:
        if _AMOUNT.fullmatch(text):
            return Decimal(text)
    except InvalidOperation:
        pass
    raise Malformed(f"Segment {at.number} ({at.id}): an amount is no number.")


def day(text: str) -> str:
    """CCYYMMDD, with or without a time after it; '' where it is no day."""
    try:
        found = datetime.strptime(text[:8], "%Y%m%d")
    except ValueError:
        return ""
    return found.strftime("%Y-%m-%d") if found.year >= 1000 else ""


def period(segment: Segment) -> tuple[str, str]:
    """First and last day of a DTP, whatever its form."""
    first, _, last = segment[3].partition("-")
    return day(first), day(last) or day(first)


def moment(date: str, time: str, zone: str) -> str:
    """A moment of CCYYMMDD and HHMM(SS), in the zone of the site; the day alone where the time is none."""
    try:
        found = datetime.strptime(date[:8] + time[:4], "%Y%m%d%H%M").replace(tzinfo=ZoneInfo(zone))
    except ValueError:
        return day(date)
    return found.isoformat() if found.year >= 1000 else ""


def member_id(given: Given, number: str, first_name: str) -> str:
    """The id of a Patient. Families share a member number, so the first name is part of what tells people apart."""
    return resource_id(given.source, "Patient", number.upper(), first_name.upper())


def person(given: Given, number: str, name: Segment, place: tuple[Segment, Segment], born: Segment) -> Resource:
    """A Patient from NM1, N3, N4 and DMG; `number` is the source's own, of the member."""
    numbers = [identifier(f"urn:throughcare:member:{given.source}", number, "MB")] if number else []
    numbers += [strong for strong in (strong_number(name[8], name[9]), mbi(number)) if strong]
    birth = day(born[2]) if born[2] != _NOBODYS_DAY else ""
    made: Resource = without_blanks(
        {
            "resourceType": "Patient",
            "id": member_id(given, number, name[4]),
            "identifier": numbers,
            "name": [full_name(name)],
            "gender": said("sex", born[3]),
            "birthDate": birth,
            "address": [address(*place)],
        }
    )
    return made


def full_name(name: Segment) -> Resource:
    return {"family": name[3], "given": [one for one in (name[4], name[5]) if one], "suffix": [name[7]]}


def strong_number(qualifier: str, value: str) -> Resource:
    """A social security number, where the segment says that it is one."""
    digits = value.replace("-", "")
    return identifier(SSN, digits, "SS") if qualifier in ("34", "SY") and re.fullmatch(r"\d{9}", digits) else {}


def mbi(number: str) -> Resource:
    """A Medicare number by its form, which nothing else has."""
    plain = number.replace("-", "").upper()
    return identifier(MBI, plain, "MB") if _MBI.fullmatch(plain) else {}


def address(street: Segment, city: Segment) -> Resource:
    parts = {"city": city[1], "state": city[2], "postalCode": city[3], "country": city[4]}
    return {"line": [one for one in (street[1], street[2]) if one], **parts}


def organization(given: Given, name: Segment, place: tuple[Segment, Segment], tax: Segment) -> Resource:
    """Whoever bills, with its numbers; a clinician who bills in the own name is one too."""
    npi = name[9] if name[8] == "XX" else ""
    tin = (tax[2] if tax.id == "REF" else "") or (name[9] if name[8] in ("24", "34", "FI") else "")
    full = name[3] if name[2] != "1" else " ".join(one for one in (name[4], name[5], name[3]) if one)
    key = name[9] or tin or full
    numbers = [identifier(NPI, npi, "NPI")] if npi else []
    numbers += [identifier(TIN, tin.replace("-", ""), "TAX")] if tin else []
    made: Resource = without_blanks(
        {
            "resourceType": "Organization",
            "id": resource_id(given.source, "Organization", key.upper()),
            "active": True,
            "identifier": numbers,
            "name": full,
            "address": [address(*place)],
        }
    )
    return made
