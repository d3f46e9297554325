"""Bundles: the resources inside, with the ids and references that a transaction asks a server to settle."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from msgspec import UNSET, Raw, Struct, UnsetType
from msgspec.json import Decoder

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

    puts: list[tuple[Resource, bytes | None]] = field(default_factory=list)  # with its text, when it stands as received
    deletes: list[tuple[str, str]] = field(default_factory=list)
    open_references: list[str] = field(default_factory=list)


class _Entry(Struct):
    resource: Raw | UnsetType = UNSET


class _Bundle(Struct):
    entry: list[_Entry] = []


_TEXTS = Decoder(_Bundle)


def opened(bundle: Resource, data: bytes, source: str, find: Find) -> Opened:
    """Open a Bundle of any type. In a transaction, new ids come from (source, fullUrl): the same again is the same."""
    entries = [e for e in bundle.get("entry") or [] if isinstance(e, dict)]
    texts = [None if e.resource is UNSET else bytes(e.resource) for e in _TEXTS.decode(data).entry]
    if bundle.get("type") not in WRITES:
        there = [(e["resource"], text) for e, text in zip(entries, texts, strict=True) if text is not None]
        return Opened(puts=[(resource, text) for resource, text in there if isinstance(resource, dict)])
    result = Opened()
    settled: dict[str, str] = {}  # fullUrl -> "Type/id"
    for entry, text in zip(entries, texts, strict=True):
        _take(entry, text, source, settled, result)
    result.puts = [_settled(resource, text, settled, find, result) for resource, text in result.puts]
    return result


def _settled(
    resource: Resource, text: bytes | None, settled: dict[str, str], find: Find, result: Opened
) -> tuple[Resource, bytes | None]:
    """With its references answered; its own text stays when nothing had to be rewritten."""
    answered = _with_references(resource, settled, find, result)
    return answered, text if answered == resource else None


def _take(entry: Resource, text: bytes | None, source: str, settled: dict[str, str], result: Opened) -> None:
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
        result.puts.append(({**resource, "id": id}, text if resource.get("id") == id else None))
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
