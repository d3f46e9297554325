"""Bundles: the resources inside, with the ids and references that a transaction asks a server to settle."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from throughcare.faults import Malformed

WRITES = {"transaction", "batch"}
_CONDITIONAL = re.compile(r"^([A-Z][A-Za-z]+)\?identifier=([^&]+)$")
# types that bundles name in other bundles, by urn:uuid alone
NAMED_ACROSS = ("Organization", "Practitioner", "Location", "PractitionerRole", "Patient", "Encounter", "Device")
Resource = dict[str, Any]
# Finds what stands in the record: (type or None, id or "system|value") -> "Type/id" or None
Find = Callable[[str | None, str], str | None]


@dataclass(slots=True)
class Opened:
    """What a Bundle asks for: resources to put, resources to delete, and references nothing here or there answers."""

    puts: list[Resource] = field(default_factory=list)
    deletes: list[tuple[str, str]] = field(default_factory=list)
    open_references: list[str] = field(default_factory=list)


def opened(bundle: Resource, source: str, find: Find) -> Opened:
    """Open a Bundle of any type. In a transaction, new ids come from (source, fullUrl): the same again is the same."""
    entries = [e for e in bundle.get("entry") or [] if isinstance(e, dict)]
    if bundle.get("type") not in WRITES:
        return Opened(puts=[e["resource"] for e in entries if isinstance(e.get("resource"), dict)])
    result, settled = Opened(), {}
    for entry in entries:
        _take(entry, source, settled, result)
    result.puts = [_with_references(r, settled, find, result) for r in result.puts]
    return result


def _take(entry: Resource, source: str, settled: dict[str, str], result: Opened) -> None:
    request, resource = entry.get("request") or {}, entry.get("resource")
    method = request.get("method")
    if method == "DELETE":
        kind, _, id = str(request.get("url", "")).partition("/")
        result.deletes.append((kind, id))
    elif method in ("POST", "PUT") and isinstance(resource, dict):
        full_url = str(entry.get("fullUrl") or "")
        asked = str(request.get("url", "")).partition("/")[2] if method == "PUT" else ""
        id = resource.get("id") or asked or str(uuid5(NAMESPACE_URL, f"{source} {full_url}"))
        settled[full_url] = f"{resource.get('resourceType')}/{id}"
        result.puts.append({**resource, "id": id})
    elif method not in ("GET", "HEAD"):
        raise Malformed(
            f"An entry asks for {method}, which a load does not do.",
            do="Use POST, PUT or DELETE; a patch needs the resource it patches.",
        )


def _with_references(node: Any, settled: dict[str, str], find: Find, result: Opened) -> Any:
    if isinstance(node, list):
        return [_with_references(item, settled, find, result) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        k: _reference(v, settled, find, result) if k == "reference" and isinstance(v, str)
        else _with_references(v, settled, find, result)
        for k, v in node.items()
    }  # fmt: skip


def _reference(value: str, settled: dict[str, str], find: Find, result: Opened) -> str:
    conditional = _CONDITIONAL.match(value)
    if value in settled:
        return settled[value]
    if not value.startswith("urn:uuid:") and conditional is None:
        return value
    found = find(conditional[1], conditional[2]) if conditional else find(None, value.removeprefix("urn:uuid:"))
    if found is None:
        result.open_references.append(value)
    return found or value
