"""Told: what was asked and done during a stay: disabilities, health and violence, services, events, assessments."""

from datetime import date, timedelta
from typing import Any

from throughcare.intake.hmis.export import OURS, Export, extension
from throughcare.intake.hmis.read import Row
from throughcare.intake.hmis.values import TABLES, code, day, needed_day, outcome
from throughcare.intake.shapes import coded, without_blanks

Resource = dict[str, Any]
_BED_NIGHT = 200


def disability(row: Row, export: Export) -> list[Resource]:
    """One kind of disability as told at one point of the stay (4.05 to 4.10)."""
    row.needed("DisabilityType")
    one = observation(row, export, "disability", str(code(row, "DisabilityType")))
    one["valueInteger"] = code(row, "DisabilityResponse")
    one["extension"] += [
        extension("impairs", "Integer", code(row, "IndefiniteAndImpairs")),
        extension("stage", "Integer", code(row, "DataCollectionStage")),
    ]
    return [one]


def health(row: Row, export: Export) -> list[Resource]:
    """Health as told, and whether somebody flees violence (4.11): true until asked again, or until the stay ends."""
    told = answers(row, export)
    if not (fleeing := outcome(row, "CurrentlyFleeing") or _not_harmed(row)):
        return told
    one = observation(row, export, "determination", "fleeing_violence", "fleeing")
    one["valueCodeableConcept"] = coded(fleeing, OURS + "outcome")
    one["extension"].append(extension("valid-to", "Date", until(row, export)))
    return [*told, one]


def _not_harmed(row: Row) -> str:
    """Who was never harmed is not asked whether they flee."""
    return "no" if code(row, "DomesticViolenceSurvivor") == 0 else ""


def until(row: Row, export: Export) -> str:
    """The last day on which an answer holds: the day before it was asked again, else the end of the stay."""
    stay, asked = row["EnrollmentID"], needed_day(row, "InformationDate")
    if again := export.next_day(row.table, stay, asked):
        return (date.fromisoformat(again) - timedelta(days=1)).isoformat()
    left = next(iter(export.beside("Exit", stay)), None)
    return day(left, "ExitDate") if left else ""


def answers(row: Row, export: Export) -> list[Resource]:
    """The answers of a row kept as they are, a component each; nothing when all are blank."""
    table = TABLES[row.table]
    parts = [{"code": coded(name, OURS + "hmis"), "valueString": row[name]} for name in table["answers"] if row[name]]
    one = observation(row, export, "hmis", row.table)
    of = table.get("of")
    one["derivedFrom"] = [export.ref("Observation", of, row[f"{of}ID"])] if of else []
    return [one | {"component": parts}] if parts else []


def service(row: Row, export: Export) -> list[Resource]:
    """A service or a night in a bed (4.14, P1 to V3)."""
    row.needed("RecordType")
    kind = code(row, "RecordType")
    written = "bed_night" if kind == _BED_NIGHT else f"{kind}.{row['TypeProvided'] or 0}"
    one = procedure(row, export, "housing-service", written)
    return [one]


def event(row: Row, export: Export) -> list[Resource]:
    """A referral or opening of coordinated entry, with its result (4.20)."""
    row.needed("Event")
    one = procedure(row, export, "housing-event", str(code(row, "Event")))
    result = code(row, "ReferralResult")
    one["outcome"] = coded(str(result), OURS + "referral-result") if result else {}
    one["extension"].append(extension("result-on", "Date", day(row, "ResultDate")))
    return [one]


def assessment(row: Row, export: Export) -> list[Resource]:
    """An assessment of coordinated entry: how, how deep, and whether the person came on the list (4.19)."""
    row.needed("AssessmentType")
    one = observation(row, export, "housing-assessment", str(code(row, "AssessmentType")))
    one["extension"] += [
        extension("level", "Integer", code(row, "AssessmentLevel")),
        extension("prioritized", "Integer", code(row, "PrioritizationStatus")),
    ]
    return [one]


def observation(row: Row, export: Export, system: str, kind: str, part: str = "") -> Resource:
    """What all observations of a row share; `part` tells apart several of one row."""
    table = TABLES[row.table]
    key = row.needed(table["key"])
    return {
        "resourceType": "Observation",
        "id": export.id(row.table, key, *([part] if part else [])),
        "status": "final",
        "code": coded(kind, OURS + system),
        "subject": export.ref("Patient", "Client", row.needed("PersonalID")),
        "effectiveDateTime": needed_day(row, table["at"]) if "at" in table else "",
        "extension": [_stay(row, export)],
    }


def procedure(row: Row, export: Export, system: str, kind: str) -> Resource:
    table = TABLES[row.table]
    return {
        "resourceType": "Procedure",
        "id": export.id(row.table, row.needed(table["key"])),
        "status": "completed",
        "code": coded(kind, OURS + system),
        "subject": export.ref("Patient", "Client", row.needed("PersonalID")),
        "performedDateTime": needed_day(row, table["at"]),
        "extension": [_stay(row, export)],
    }


def _stay(row: Row, export: Export) -> Resource:
    return without_blanks(
        extension("stay", "Reference", export.ref("EpisodeOfCare", "Enrollment", row["EnrollmentID"]))
    )
