"""Places: the agencies, their projects with type, beds and funders, and where a project stands."""

from decimal import Decimal
from typing import Any

from throughcare.intake.hmis.export import OURS, Export, extension
from throughcare.intake.hmis.read import Row
from throughcare.intake.hmis.values import code, day, number
from throughcare.intake.shapes import coded

Resource = dict[str, Any]


def organization(row: Row, export: Export) -> list[Resource]:
    return [
        {
            "resourceType": "Organization",
            "id": export.id("Organization", row.needed("OrganizationID")),
            "active": True,
            "name": row.needed("OrganizationName"),
            "alias": [row["OrganizationCommonName"]],
            "type": [coded("housing_agency", OURS + "organization")],
        }
    ]


def project(row: Row, export: Export) -> list[Resource]:
    """A project is an organization of its agency: stays are in it, and its type decides what they mean (2.02)."""
    key, ends = row.needed("ProjectID"), day(row, "OperatingEndDate")
    beds = [number(one, "BedInventory") or Decimal(0) for one in export.beside("Inventory", key) if _held(one)]
    return [
        {
            "resourceType": "Organization",
            "id": export.id("Project", key),
            "active": not ends,
            "name": row.needed("ProjectName"),
            "alias": [row["ProjectCommonName"]],
            "type": [coded("housing_project", OURS + "organization")],
            "partOf": export.ref("Organization", "Organization", row.needed("OrganizationID")),
            "extension": [
                extension("project-type", "Integer", code(row, "ProjectType")),
                extension("go-live-on", "Date", day(row, "OperatingStartDate")),
                extension("beds", "Integer", int(sum(beds)) if beds else None),
            ],
        }
    ]


def _held(inventory: Row) -> bool:
    """Beds that are still there: an inventory that has not ended."""
    return not inventory["InventoryEndDate"]


def site(row: Row, export: Export) -> list[Resource]:
    """Where a project stands in its continuum (2.03)."""
    line = [row["Address1"], row["Address2"]]
    return [
        {
            "resourceType": "Location",
            "id": export.id("ProjectCoC", row.needed("ProjectCoCID")),
            "status": "active",
            "name": f"{row['CoCCode']} {row['City']}".strip() or row["ProjectCoCID"],
            "managingOrganization": export.ref("Organization", "Project", row.needed("ProjectID")),
            "address": {"line": line, "city": row["City"], "state": row["State"], "postalCode": row["ZIP"]},
        }
    ]
