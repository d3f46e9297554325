"""The export as a whole: its version, and what rows say about rows of other tables."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from throughcare.faults import Malformed
from throughcare.intake.archive import Member
from throughcare.intake.formats import Given
from throughcare.intake.hmis import read
from throughcare.intake.hmis.read import Row
from throughcare.intake.hmis.values import _READ, day
from throughcare.intake.shapes import reference, resource_id

Resource = dict[str, Any]
OURS = "urn:throughcare:"
_BY = {  # tables that speak inside rows of others, and the column they are asked by
    "Project": "ProjectID",
    "Funder": "ProjectID",
    "Inventory": "ProjectID",
    "CustomGender": "PersonalID",
    "Exit": "EnrollmentID",
    "HealthAndDV": "EnrollmentID",
    "IncomeBenefits": "EnrollmentID",
}
_DATED = {"HealthAndDV", "IncomeBenefits"}  # of these only the days are kept


@dataclass(slots=True)
class Export:
    """`rows` of the tables that speak beside others: table -> what they are asked by -> the rows not withdrawn.

    `enrolled` are the keys of all stays; `days` the information dates of a table by stay, in order;
    `households` the stays of each household, which has its number within a project (5.09).
    """

    source: str
    system: str
    made_at: datetime | None = None
    rows: dict[str, dict[str, list[Row]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    days: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    enrolled: set[str] = field(default_factory=set)
    households: dict[tuple[str, str], list[Row]] = field(default_factory=lambda: defaultdict(list))
    members: dict[str, list[Row]] = field(default_factory=dict)  # of households, once their rows were looked at

    @classmethod
    def of(cls, members: list[Member], given: Given) -> "Export":
        """Read what must be known before the first row is told. Raises Malformed where the layout is another."""
        head = [row for member in members if read.table(member) == "Export" for row in read.rows(member)]
        if not head:
            raise Malformed("The export has no Export.csv, which says what layout it has.")
        version = head[0]["CSVVersion"]
        if version[:4] not in _READ["versions"]:
            raise Malformed("Export.csv says a layout other than FY2024 and FY2026 (CSVVersion).")
        export = cls(given.source, f"{OURS}hmis:{head[0]['SourceID'] or given.source}:person")
        export.made_at = _moment(head[0]["ExportDate"])
        for member in members:
            if (table := read.table(member)) == "Enrollment":
                export._enroll(member)
            elif table in _BY:
                export._remember(table, member)
        for days in export.days.values():
            days.sort()
        return export

    def _enroll(self, member: Member) -> None:
        for row in read.rows(member):
            self.enrolled.add(row["EnrollmentID"])
            if not row.fault and not row["DateDeleted"] and row["HouseholdID"]:
                self.households[row["ProjectID"], row["HouseholdID"]].append(row)

    def _remember(self, table: str, member: Member) -> None:
        for row in read.rows(member):
            key = row[_BY[table]]
            if row.fault or row["DateDeleted"] or not key:
                continue
            if table in _DATED:
                try:
                    self.days[table, key].append(day(row, "InformationDate"))
                except Malformed:
                    continue  # the row tells its own fault
            else:
                self.rows[table][key].append(row)

    def beside(self, table: str, key: str) -> list[Row]:
        return self.rows[table].get(key, []) if key else []

    def household(self, row: Row) -> list[Row]:
        """The stays that share the household of this one, itself among them; nobody where it has no number."""
        return self.households.get((row["ProjectID"], row["HouseholdID"]), [])

    def next_day(self, table: str, stay: str, after: str) -> str:
        """The next day on which the same was asked in the same stay; '' when it was not asked again."""
        return next((one for one in self.days.get((table, stay), ()) if one > after), "")

    def id(self, kind: str, *key: str) -> str:
        """The same for a row of any export of the source, FY2024 or FY2026."""
        return resource_id(self.source, "hmis", kind, *key)

    def ref(self, resource_type: str, kind: str, key: str) -> Resource:
        return reference(resource_type, self.id(kind, key)) if key else {}


def _moment(text: str) -> datetime | None:
    """Of ExportDate, as the layout writes it (yyyy-mm-dd hh:mm:ss); None where it says none."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return None


def extension(name: str, kind: str, value: Any) -> Resource:
    """One of our extensions; {} where nothing is said."""
    return {} if value in (None, "", {}) else {"url": OURS + name, f"value{kind}": value}
