"""People: clients and the staff who write about them."""

from typing import Any

from throughcare.intake.hmis.export import Export, extension
from throughcare.intake.hmis.read import Row
from throughcare.intake.hmis.values import _READ, day, yes
from throughcare.intake.shapes import identifier

Resource = dict[str, Any]
SSN = "http://hl7.org/fhir/sid/us-ssn"
_CORE = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-"
_OMB = "urn:oid:2.16.840.1.113883.6.238"
_GENDERS = ("NonBinary", "CulturallySpecific", "Transgender", "Questioning", "DifferentIdentity")


def client(row: Row, export: Export) -> list[Resource]:
    """A Patient. Quality codes decide what is believed: a number of nine digits said in full is an SSN (3.02)."""
    key, ssn = row.needed("PersonalID"), row["SSN"].replace("-", "")
    full = row["SSNDataQuality"] == "1" and len(ssn) == 9 and ssn.isascii() and ssn.isdigit()
    return [
        {
            "resourceType": "Patient",
            "id": export.id("Client", key),
            "identifier": [
                identifier(export.system, key, "MR"),
                identifier(SSN, f"{ssn[:3]}-{ssn[3:5]}-{ssn[5:]}", "SS") if full else {},
            ],
            "name": [_name(row)],
            "birthDate": day(row, "DOB"),
            "gender": _gender(row, export),
            "extension": [*_race(row), extension("veteran", "Boolean", yes(row, "VeteranStatus"))],
        }
    ]


def user(row: Row, export: Export) -> list[Resource]:
    name = {"family": row["UserLastName"], "given": [row["UserFirstName"]]}
    telecom = [
        {"system": "phone", "value": row["UserPhone"], "use": "work"} if row["UserPhone"] else {},
        {"system": "email", "value": row["UserEmail"], "use": "work"} if row["UserEmail"] else {},
    ]
    id = export.id("User", row.needed("UserID"))
    return [{"resourceType": "Practitioner", "id": id, "active": True, "name": [name], "telecom": telecom}]


def _name(row: Row) -> Resource:
    parts = (row[column].strip('" ') for column in ("LastName", "FirstName", "MiddleName", "NameSuffix"))
    family, first, middle, suffix = parts
    use = "official" if row["NameDataQuality"] == "1" else "usual"
    named = {"family": family, "given": [first, middle], "suffix": [suffix]}
    return {"use": use, **named} if family or first else {}


def _gender(row: Row, export: Export) -> str:
    """Sex where it is asked (FY2026); else the gender columns of FY2024, which migrated into CustomGender."""
    if row["Sex"] in ("0", "1"):
        return ("female", "male")[int(row["Sex"])]
    said = next(iter(export.beside("CustomGender", row["PersonalID"])), row)
    if any(said[name] == "1" for name in _GENDERS) or said["Woman"] == said["Man"] == "1":
        return "other"
    return "female" if said["Woman"] == "1" else "male" if said["Man"] == "1" else "unknown"


def _race(row: Row) -> list[Resource]:
    """US Core race and ethnicity; what the categories of 1997 do not hold is said in words."""
    races = [pair for column, pair in _READ["race"].items() if row[column] == "1"]
    words = [pair[1] for pair in races] + (["Middle Eastern or North African"] if row["MidEastNAfrican"] == "1" else [])
    latino = "1" in (row["HispanicLatinaeo"], row["HispanicLatinao"])
    made: list[Resource] = []
    if words:
        made.append(_core("race", races, ", ".join(words)))
    if latino:
        made.append(_core("ethnicity", [["2135-2", "Hispanic or Latino"]], "Hispanic or Latino"))
    return made


def _core(name: str, pairs: list[list[str]], text: str) -> Resource:
    coded = [
        {"url": "ombCategory", "valueCoding": {"system": _OMB, "code": code, "display": display}}
        for code, display in pairs
    ]
    return {"url": _CORE + name, "extension": [*coded, {"url": "text", "valueString": text}]}
