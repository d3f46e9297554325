"""Stays: an enrollment with its exit is one stay in a project; those who came together are one household."""

from typing import Any

from throughcare.faults import Malformed
from throughcare.intake.hmis.export import OURS, Export, extension
from throughcare.intake.hmis.read import Row
from throughcare.intake.hmis.values import code, day, needed_day
from throughcare.intake.shapes import coded, reference

Resource = dict[str, Any]
_HEAD = 1
_CODES = {  # our extension: the column of Enrollment.csv
    "situation": "LivingSituation",
    "los-under": "LOSUnderThreshold",
    "prev-street": "PreviousStreetESSH",
    "times-3y": "TimesHomelessPastThreeYears",
    "months-3y": "MonthsHomelessPastThreeYears",
    "disabling": "DisablingCondition",
    "length-of-stay": "LengthOfStay",
}
_DAYS = {"move-in-on": "MoveInDate", "street-on": "DateToStreetESSH", "engaged-on": "DateOfEngagement"}


def stay(row: Row, export: Export) -> list[Resource]:
    """The stay, and with the last one of a household the household."""
    made = _episode(row, export)
    if not row["HouseholdID"] or row["DateDeleted"]:
        return [made]
    key = _household(row, export)
    if key not in export.members:
        export.members[key] = [one for one in export.household(row) if _sound(one, export)]
    members = export.members[key]
    return [made, _group(members, row, export)] if members[-1].line == row.line else [made]


def _sound(row: Row, export: Export) -> bool:
    """A row that is refused is nobody in a household."""
    try:
        return bool(_episode(row, export))
    except Malformed:
        return False


def _episode(row: Row, export: Export) -> Resource:
    key, entered = row.needed("EnrollmentID"), needed_day(row, "EntryDate")
    left = next(iter(export.beside("Exit", key)), None)
    ended = day(left, "ExitDate") if left else ""
    if ended and ended < entered:
        raise Malformed(f"{row.place}, EntryDate: the stay ends before it begins.")
    said = [extension(name, "Integer", code(row, column)) for name, column in _CODES.items()]
    days = [extension(name, "Date", day(row, column)) for name, column in _DAYS.items()]
    project = next(iter(export.beside("Project", row.needed("ProjectID"))), None)
    funder = next(iter(export.beside("Funder", row["ProjectID"])), None)
    return {
        "resourceType": "EpisodeOfCare",
        "id": export.id("Enrollment", key),
        "status": "finished" if ended else "active",
        "type": [coded("housing_stay", OURS + "episode")],
        "patient": export.ref("Patient", "Client", row.needed("PersonalID")),
        "managingOrganization": export.ref("Organization", "Project", row["ProjectID"]),
        "period": {"start": entered, "end": ended},
        "extension": [
            extension("project-type", "Integer", code(project, "ProjectType") if project else None),
            extension("household-id", "String", _household(row, export)),
            extension("head-relation", "Integer", _relation(row, export)),
            *said,
            *days,
            extension("destination", "Integer", code(left, "Destination") if left else None),
            extension("destination-subsidy", "Integer", code(left, "DestinationSubsidyType") if left else None),
            extension("funder", "Integer", code(funder, "Funder") if funder else None),
            extension("coc", "Code", row["EnrollmentCoC"]),
        ],
    }


def exit_(row: Row, export: Export) -> list[Resource]:
    """An exit speaks inside its stay, so the stay must be there."""
    row.needed("ExitID")
    needed_day(row, "ExitDate")
    if row.needed("EnrollmentID") not in export.enrolled:
        raise Malformed(f"{row.place}, EnrollmentID: no stay of this key is in Enrollment.csv.")
    code(row, "Destination")
    code(row, "DestinationSubsidyType")
    return []


def _household(row: Row, export: Export) -> str:
    """Who came with nobody is a household of their own."""
    alone = export.id("Alone", row["EnrollmentID"])
    return export.id("Household", row["ProjectID"], row["HouseholdID"]) if row["HouseholdID"] else alone


def _relation(row: Row, export: Export) -> int | None:
    """Who is alone in a household is its head, where nobody wrote it down (3.15)."""
    said = code(row, "RelationshipToHoH")
    return _HEAD if said is None and len(export.household(row)) <= 1 else said


def _group(members: list[Row], last: Row, export: Export) -> Resource:
    """The household as a Group: who is in it, from when to when, and who is its head."""
    return {
        "resourceType": "Group",
        "id": _household(last, export),
        "active": True,
        "type": "person",
        "actual": True,
        "code": coded("household", OURS + "group"),
        "member": [_member(one, export) for one in members],
    }


def _member(row: Row, export: Export) -> Resource:
    left, head = next(iter(export.beside("Exit", row["EnrollmentID"])), None), _relation(row, export)
    return {
        "entity": reference("Patient", export.id("Client", row["PersonalID"])),
        "period": {"start": day(row, "EntryDate"), "end": day(left, "ExitDate") if left else ""},
        "extension": [extension("head", "Boolean", None if head is None else head == _HEAD)],
    }
