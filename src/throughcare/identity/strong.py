"""Strong identifiers: the numbers that name one human, as two sources must both write them to be linked."""

from dataclasses import dataclass
from typing import Any

from throughcare.fhir.likeness import NOTHING, Traits, traits
from throughcare.identity.registrar import merges

SSN = frozenset({"http://hl7.org/fhir/sid/us-ssn", "urn:oid:2.16.840.1.113883.4.1"})
MBI = frozenset({"http://hl7.org/fhir/sid/us-mbi", "urn:oid:2.16.840.1.113883.4.927"})
_INVENTED = frozenset({"123456789", "987654321", "078051120", "219099999"})  # printed on cards and in forms

Number = tuple[str, str]  # what kind of number (for a record number, whose), and the number


@dataclass(frozen=True, slots=True)
class Known:
    """A patient as one source knows them, and what linking looks at."""

    patient_id: str
    person_id: int
    patient_no: int
    birth_date: str
    sex: str
    numbers: frozenset[Number]
    traits: Traits = NOTHING
    merged: frozenset[str] = frozenset()  # patients that a registrar says are the same


def known(patient: dict[str, Any], person_id: int, patient_no: int) -> Known:
    """What linking looks at in a Patient. A partial birth date is no birth date here."""
    born = patient.get("birthDate", "")
    return Known(
        patient["id"],
        person_id,
        patient_no,
        born if len(born) == 10 else "",
        patient.get("gender", ""),
        frozenset(n for one in patient.get("identifier", ()) if (n := _number(one))),
        traits(patient),
        merges(patient),
    )


def _number(identifier: dict[str, Any]) -> Number | None:
    system, value = identifier.get("system", ""), identifier.get("value", "").strip()
    if identifier.get("use") == "old" or not value:
        return None
    if system in SSN:
        digits = value.replace("-", "").replace(" ", "")
        return ("ssn", digits) if _real_ssn(digits) else None
    if system in MBI:
        return "mbi", value.replace("-", "").upper()
    types = {c.get("code") for c in identifier.get("type", {}).get("coding", ())}
    return (f"record number of {system}", value) if system and "MR" in types else None


def _real_ssn(digits: str) -> bool:
    """Not one of the fillers people type: too short, all alike, with an empty part, or from a specimen card.

    Numbers from 900 up are never issued by Social Security, but taxpayer numbers and invented people have them.
    """
    if len(digits) != 9 or not digits.isdecimal() or len(set(digits)) == 1 or digits in _INVENTED:
        return False
    issued = digits[:3] not in ("000", "666") and digits[3:5] != "00" and digits[5:] != "0000"
    return issued or digits[0] == "9"


def searched(number: Number) -> list[tuple[str, str]]:
    """The (system, value) pairs under which another source may hold the same number."""
    kind, value = number
    if kind == "ssn":
        return [(s, v) for s in sorted(SSN) for v in (value, f"{value[:3]}-{value[3:5]}-{value[5:]}")]
    if kind == "mbi":
        return [(s, v) for s in sorted(MBI) for v in (value, f"{value[:4]}-{value[4:7]}-{value[7:]}")]
    return [(kind.removeprefix("record number of "), value)]
