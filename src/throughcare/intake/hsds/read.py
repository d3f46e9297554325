"""Read: the entries of a directory by kind and id, from nested JSON, pages of lists, or tables with keys."""

import csv
import io
import json
import re
from dataclasses import dataclass, field
from typing import Any

from throughcare.faults import Malformed
from throughcare.fhir import json as fhir_json
from throughcare.intake.archive import Member
from throughcare.intake.formats import Given

FILE_BYTES_MAX = 256 << 20
Entry = dict[str, Any]
KINDS = ("organization", "location", "service")
_SIGNS = {  # what stands in an object of each kind and in no other JSON we know
    "service": (b'"status"', b'"name"', b'"assured_date"', b'"eligibility_description"', b'"application_process"'),
    "organization": (b'"name"', b'"legal_status"', b'"tax_status"', b'"year_incorporated"'),
    "location": (b'"location_type"', b'"latitude"', b'"transportation"'),
}
_TABLES = {  # table: the entries its rows belong to, by column, and the member they stand in there
    "phones": (("service_id", "service"), ("location_id", "location"), ("organization_id", "organization")),
    "addresses": (("location_id", "location"),),
    "schedules": (("service_id", "service"), ("location_id", "location")),
    "languages": (("service_id", "service"), ("location_id", "location")),
    "contacts": (("service_id", "service"), ("location_id", "location"), ("organization_id", "organization")),
    "service_areas": (("service_id", "service"),),
    "cost_options": (("service_id", "service"),),
    "required_documents": (("service_id", "service"),),
    "funding": (("service_id", "service"), ("organization_id", "organization")),
    "accessibility": (("location_id", "location"),),
    "organization_identifiers": (("organization_id", "organization"),),
    "service_at_location": (("service_id", "service"),),
}
_TOP = {"organizations": "organization", "services": "service", "locations": "location"}
_BESIDE = {"attributes", "taxonomies", "taxonomy_terms", "metadata", "meta_table_descriptions", "programs"}


@dataclass(slots=True)
class Directory:
    """`entries` by kind and id, each as full as any file tells it; `faults` are (reason, body) of what is no entry."""

    entries: dict[str, dict[str, Entry]] = field(default_factory=lambda: {kind: {} for kind in KINDS})
    programs: dict[str, Entry] = field(default_factory=dict)
    faults: list[tuple[str, bytes]] = field(default_factory=list)

    def take(self, kind: str, entry: Entry) -> None:
        """An entry told twice holds what either says; the later word counts."""
        id = entry.get("id")
        if not isinstance(id, str) or not id.strip():
            self.faults.append((f"A {kind} has no id.", text(entry)))
            return
        said = {name: value for name, value in entry.items() if value not in (None, "", [], {})}
        self.entries[kind][id] = {**self.entries[kind].get(id, {}), **said}


def knows(start: bytes, name: str) -> bool:
    head = start.lstrip(b"\xef\xbb\xbf \t\r\n")
    if head[:1] in (b"{", b"["):
        signs = (sum(sign in start for sign in signs) for signs in _SIGNS.values())
        return b'"resourceType"' not in start and b'"schema_id"' not in start and max(signs) >= 2 and _no_schema(start)
    columns = set(_columns(head))
    return "id" in columns and any(columns >= named for named in _COLUMNS)


def _no_schema(start: bytes) -> bool:
    """A JSON Schema of HSDS and a data package have the same words and are no directory."""
    return not any(sign in start for sign in (b'"properties"', b'"$schema"', b'"datapackage_metadata"', b'"openapi"'))


_COLUMNS = (
    {"name", "status", "assured_date"}, {"name", "tax_status", "legal_status"}, {"location_type", "latitude"},
    {"location_id", "address_1", "postal_code"}, {"service_id", "location_id", "number"},
    {"service_id", "valid_from", "freq", "byday"}, {"service_id", "location_id", "description"},
    {"service_id", "extent", "extent_type"}, {"service_id", "option", "currency"}, {"service_id", "document"},
    {"organization_id", "service_id", "source"}, {"location_id", "details"}, {"link_id", "taxonomy_term_id"},
    {"organization_id", "identifier_scheme"}, {"service_id", "location_id", "code", "note"},
    {"organization_id", "title", "department"}, {"organization_id", "alternate_name", "description"},
    {"resource_id", "last_action_date"}, {"code", "term_uri"}, {"name", "uri", "version"},
    {"name", "language", "character_set"},
)  # fmt: skip


def directory(members: list[Member], given: Given) -> Directory:
    found = Directory()
    tables: dict[str, list[Entry]] = {}
    for member in members:
        stream = member.open()
        try:
            data = stream.read(FILE_BYTES_MAX + 1)
        finally:
            stream.close()
        name = re.split(r"[/!\\]", member.shown)[-1]
        try:
            if len(data) > FILE_BYTES_MAX:
                raise Malformed(f"{name}: the file is longer than {FILE_BYTES_MAX:,} bytes.")
            if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
                _take_json(_json(data, name, given), name, found, tables)
            else:
                tables[name.lower().removesuffix(".csv")] = _rows(data, name, found)
        except Malformed as fault:
            found.faults.append((fault.what, data[: given.settings.resource_bytes_max]))
    _join(tables, found)
    return found


def _take_json(whole: Any, name: str, found: Directory, tables: dict[str, list[Entry]]) -> None:
    """Nested objects, or tables written as JSON under their files' names. Raises Malformed where there is no entry."""
    if isinstance(whole, dict) and all(key.endswith(".csv") for key in whole):
        for key, rows in whole.items():
            tables.setdefault(key.removesuffix(".csv"), []).extend(_dicts(rows))
    elif not _walk(whole, found):
        raise Malformed(f"{name}: no organization, location or service is in it.")


def text(entry: Entry) -> bytes:
    return json.dumps(entry, ensure_ascii=False, default=str).encode()


def _json(data: bytes, name: str, given: Given) -> Any:
    try:
        wrapped = b'{"all":' + data.removeprefix(b"\xef\xbb\xbf") + b"}"
        return fhir_json.read(wrapped, depth_max=given.settings.json_depth_max, bytes_max=len(wrapped))["all"]
    except Malformed as fault:
        raise Malformed(f"{name}: {fault.what}") from None


def _walk(node: Any, found: Directory, kind: str = "") -> int:
    """Every organization, location and service in a document, wherever it stands; how many there were."""
    if isinstance(node, list):
        return sum(_walk(one, found, kind) for one in node)
    if not isinstance(node, dict):
        return 0
    if isinstance(node.get("contents"), list):
        return _walk(node["contents"], found)
    kind = kind or _kind(node)
    if kind in KINDS:
        found.take(kind, node)
    if isinstance(program := node.get("program"), dict) and isinstance(program.get("id"), str):
        found.programs[program["id"]] = program
    inner = sum(_walk(node.get(name), found, name) + _walk(node.get(name + "s"), found, name) for name in KINDS)
    for at in _dicts(node.get("service_at_locations")):
        inner += _walk(at.get("location"), found, "location") + _walk(at.get("service"), found, "service")
    return inner + (kind in KINDS)


def _kind(node: Entry) -> str:
    if "location_type" in node:
        return "location"
    if node.keys() & {"legal_status", "tax_status", "year_incorporated", "organization_identifiers", "website"}:
        return "organization"
    return "service" if "status" in node and "name" in node else ""


def _dicts(node: Any) -> list[Entry]:
    return [one for one in node if isinstance(one, dict)] if isinstance(node, list) else []


def _columns(start: bytes) -> list[str]:
    first = re.split(rb"\r\n|\r|\n", start, maxsplit=1)[0].decode("utf-8-sig", errors="replace")
    try:
        return [name.strip().lower() for name in next(csv.reader([first]), [])]
    except csv.Error:
        return []


def _rows(data: bytes, name: str, found: Directory) -> list[Entry]:
    """Rows of a table; one with more cells than columns is a fault of its own."""
    rows: list[Entry] = []
    read = csv.DictReader(io.StringIO(data.decode("utf-8-sig", errors="replace")))
    try:
        for row in read:
            if None in row or None in row.values():
                found.faults.append(
                    (
                        f"{name} line {read.line_num}: the row has more or fewer columns than the header.",
                        text(_named(row)),
                    )
                )
                continue
            rows.append({column.strip().lower(): cell.strip() for column, cell in row.items()})
    except csv.Error as error:
        raise Malformed(f"{name} line {read.line_num}: the table cannot be read on ({error}).") from None
    return rows


def _named(row: dict[Any, Any]) -> Entry:
    return {str(column): cell for column, cell in row.items()}


def _join(tables: dict[str, list[Entry]], found: Directory) -> None:
    """Rows of tables into the members where nested JSON has them."""
    for table, kind in _TOP.items():
        for row in tables.get(table, []):
            found.take(kind, row)
    found.programs |= {row["id"]: row for row in tables.get("programs", []) if row.get("id")}
    terms = {row["id"]: row for row in tables.get("taxonomy_terms", []) if row.get("id")}
    for table, owners in _TABLES.items():
        for row in tables.get(table, []):
            for column, kind in owners:
                if entry := found.entries[kind].get(row.get(column, "")):
                    member = "service_at_locations" if table == "service_at_location" else table
                    there = _dicts(entry.get(member))
                    entry[member] = there if row.get("id") in [one.get("id") for one in there] else [*there, row]
    for row in tables.get("attributes", []):
        if entry := found.entries["service"].get(row.get("link_id", "")):
            entry["attributes"] = [
                *_dicts(entry.get("attributes")),
                row | {"taxonomy_term": terms.get(row.get("taxonomy_term_id", ""), {})},
            ]
    for table in set(tables) - set(_TOP) - set(_TABLES) - _BESIDE:
        found.faults.append((f"{table}.csv: there is no such table in HSDS.", b""))
