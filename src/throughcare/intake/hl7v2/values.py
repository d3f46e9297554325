"""Values: the data types of HL7 v2 as FHIR writes them: times, names, numbers of people, addresses, codes."""

import re
import tomllib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from throughcare.intake.hl7v2.message import Part
from throughcare.intake.shapes import Resource, coded, identifier

TERMS = "http://terminology.hl7.org/CodeSystem/"
NPI, SSN, MBI = (f"http://hl7.org/fhir/sid/us-{name}" for name in ("npi", "ssn", "mbi"))
_TIME = re.compile(r"(\d{4})(\d\d)?(\d\d)?(?:(\d\d)(\d\d)?(\d\d)?(?:\.(\d{1,6})\d*)?)?\s*([+-]\d{4})?")
_MBI = re.compile(r"[1-9][A-Z][A-Z0-9]\d-?[A-Z][A-Z0-9]\d-?[A-Z]{2}\d\d")
_OID = re.compile(r"[0-2](\.(0|[1-9]\d*))+")
_EARLIEST, _ZONE_HOURS_MAX = 1850, 14
_NOBODYS_DAY = ("19000101", "18991230", "18990101")  # what systems write where no date was given


@cache
def tables() -> dict[str, Any]:
    return tomllib.loads((files(__package__) / "codes.toml").read_text("utf-8"))


def said(table: str, code: str, otherwise: str = "") -> str:
    """A code as FHIR says it."""
    found: str = tables()[table].get(code, otherwise)
    return found


@dataclass(frozen=True, slots=True)
class Told:
    """A time as told: `fhir` no more exact than it was, `at` its first moment."""

    fhir: str
    at: datetime

    @property
    def day(self) -> str:
        return self.fhir[:10]

    @property
    def instant(self) -> str:
        return self.at.isoformat()


def when(text: str, zone: ZoneInfo) -> Told | None:
    """A DTM or TS; None when it says no time: empty, noughts, a filler, or no day of the calendar."""
    found = _TIME.fullmatch(text.strip())
    if found is None or text.startswith(_NOBODYS_DAY):
        return None
    year, month, day, hour, minute, second, part, offset = found.groups()
    try:
        first = date(int(year), int(month or 1), int(day or 1))
        if first.year < _EARLIEST:
            return None
        own = _zone(offset) if offset else zone
        clock = time(int(hour or 0), int(minute or 0), min(int(second or 0), 59), int((part or "0").ljust(6, "0")))
        at = datetime.combine(first, clock, tzinfo=own)
    except (ValueError, OverflowError):
        return None
    if minute is None:
        return Told("-".join(p for p in (year, month, day) if p), at)
    return Told(at.isoformat(), at)


def _zone(offset: str) -> timezone:
    hours, minutes = int(offset[1:3]), int(offset[3:])
    if minutes > 59 or hours > _ZONE_HOURS_MAX or (hours == _ZONE_HOURS_MAX and minutes):
        raise ValueError(offset)
    return timezone((1 if offset[0] == "+" else -1) * timedelta(hours=hours, minutes=minutes))


def human_name(part: Part) -> Resource:
    """XPN."""
    given = [part.text(2), *part.text(3).split()]
    return {
        "use": said("name_use", part.text(7)), "family": part.text(1), "given": given, "prefix": [part.text(5)],
        "suffix": [part.text(4), part.text(6)],
    }  # fmt: skip


def address(part: Part) -> Resource:
    """XAD."""
    lines = [" ".join(t for t in (part.text(1, 1), part.text(1, 2)) if t), part.text(2)]
    return {
        "use": said("address_use", part.text(7)), "line": lines, "city": part.text(3), "state": part.text(4),
        "postalCode": part.text(5), "country": part.text(6), "district": part.text(9),
    }  # fmt: skip


def telecom(part: Part, use: str = "") -> Resource:
    """XTN, as versions up to 2.3 write it, in one text, and as later ones do, in parts."""
    system = said("telecom_system", part.text(3), "phone")
    mail = part.text(4)
    number = "".join(t for t in (part.text(6), part.text(7)) if t)
    value = (mail if system == "email" or (mail and not number) else "") or part.text(1) or number or part.text(12)
    if "@" in value:
        system = "email"
    mobile = part.text(3) == "CP"
    return {"system": system, "value": value, "use": "mobile" if mobile else said("telecom_use", part.text(2), use)}


def concept(part: Part, table: str = "", codes: str = "") -> Resource:
    """CE, CWE or CF: its code, its other code, its words; {} when it has none of them.

    `table` of HL7 names the system where the field names none. `codes` translates the code first (a table of
    codes.toml), into the system `table` then names.
    """
    code, words, system = part.text(1), part.text(2), part.text(3)
    if codes and (meant := said(codes, code)):
        return coded(meant, table, text=words)
    found = [
        _coding(part.text(n), part.text(n + 1), part.text(n + 2), table if n == 1 else "")
        for n in (1, 4)
        if part.text(n) and (n == 1 or part.text(n + 2))
    ]
    text = part.text(9) or words or ("" if system or table else code)
    return {"coding": found, "text": text} if found or text else {}


def _coding(code: str, words: str, system: str, table: str) -> Resource:
    return {"system": code_system(system) or table, "code": " ".join(code.split()), "display": words}


def code_system(name: str) -> str:
    """The address of a code system named in a message; one nobody lists gets an address of its own."""
    if not name or name in ("L", "LOCAL", "99"):
        return ""
    if name.startswith(("http://", "https://", "urn:")):
        return name if " " not in name else ""
    if re.fullmatch(r"HL7\d{4,5}", name):
        return f"{TERMS}v2-{name[-4:]}"
    return said("system", name.upper()) or said("system", name) or f"urn:throughcare:codes:{quote(name, safe='')}"


def number(part: Part, source: str, home: str) -> Resource:
    """CX: a number of a person, account or visit, in the system of whoever gave it."""
    value, kind = part.text(1), part.text(5)
    name, oid, how = part.text(4), part.text(4, 2), part.text(4, 3)
    if kind == "SS" or name == "USSSA":
        return identifier(SSN, value, "SS")
    if _MBI.fullmatch(value) and (kind in ("MC", "MB") or name in ("CMS", "MEDICARE")):
        return identifier(MBI, value, "MC")
    return identifier(authority(name, oid, how, source, home), value, " ".join(kind.split()))


def entity(part: Part, source: str, home: str, kind: str = "") -> Resource:
    """EI: a number of an order, report or document; {} when there is none."""
    value = part.text(1) or part.text(3)
    return identifier(authority(part.text(2), part.text(3), part.text(4), source, home), value, kind) if value else {}


def authority(name: str, oid: str, how: str, source: str, home: str) -> str:
    """The address of whoever gave a number. A name means something only at its source; an OID, everywhere."""
    if how in ("ISO", "") and _OID.fullmatch(oid):
        return f"urn:oid:{oid}"
    parts = (quote(p, safe="") for p in (source, name or oid or home) if p)
    return "urn:throughcare:numbers:" + ":".join(parts)
