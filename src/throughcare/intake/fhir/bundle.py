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
    entries = _entries(bundle)
    texts = [None if e.resource is UNSET else bytes(e.resource) for e in _TEXTS.decode(data).entry] if entries else []
    if bundle.get("type") == "history":
        return _newest_last(entries, texts)
    if bundle.get("type") not in WRITES:
        return Opened(puts=[(e["resource"], text) for e, text in zip(entries, texts, strict=True) if text is not None])
    result = Opened()
    settled: dict[str, str] = {}  # fullUrl -> "Type/id"
    for entry, text in zip(entries, texts, strict=True):
        _take(entry, text, source, settled, result)
    result.puts = [_settled(resource, text, settled, find, result) for resource, text in result.puts]
    return result


def _entries(bundle: Resource) -> list[Resource]:
    """The entries, once it is sure that they, what they hold and what they ask are objects: nothing is passed over."""
    entries = bundle.get("entry")
    if not isinstance(bundle.get("type", ""), str):
        raise Malformed("The type of the Bundle is not a code.")
    if entries is None and "entry" not in bundle:
        return []
    if not isinstance(entries, list):
        raise Malformed("The entries of the Bundle are not a list.")
    for number, entry in enumerate(entries, 1):
        parts = (
            [entry, *(entry[n] for n in ("resource", "request") if n in entry)] if isinstance(entry, dict) else [None]
        )
        if not all(isinstance(part, dict) for part in parts):
            raise Malformed(f"Entry {number} of the Bundle, its resource or its request is not an object.")
    return entries


def _newest_last(entries: list[Resource], texts: list[bytes | None]) -> Opened:
    """A history tells the newest first: what was said last is what stands, be it that the resource is gone."""
    result, gone = Opened(), dict[str, bool]()
    for entry, text in zip(entries, texts, strict=True):
        request, resource = entry.get("request", {}), entry.get("resource", {})
        url = str(request.get("url", ""))
        name = f"{resource.get('resourceType')}/{resource.get('id')}" if text is not None else url
        gone.setdefault(name, text is None and request.get("method") == "DELETE")
        if text is not None:
            result.puts.insert(0, (resource, text))
    result.deletes = [_named(name) for name, last in gone.items() if last]
    return result


def _named(url: str) -> tuple[str, str]:
    """What a DELETE asks to delete: one resource by its id. A search for many is not followed."""
    kind, _, id = url.partition("/")
    if not kind.isalpha() or not id or "/" in id or "?" in url:
        raise Malformed("A DELETE of the Bundle names no resource by its id.", do="Write Type/id.")
    return kind, id


def _settled(
    resource: Resource, text: bytes | None, settled: dict[str, str], find: Find, result: Opened
) -> tuple[Resource, bytes | None]:
    """With its references answered; its own text stays when nothing had to be rewritten."""
    answered = _with_references(resource, settled, find, result)
    return answered, text if answered == resource else None


def _take(entry: Resource, text: bytes | None, source: str, settled: dict[str, str], result: Opened) -> None:
    request, resource = entry.get("request", {}), entry.get("resource")
    method = request.get("method")
    if method == "DELETE":
        result.deletes.append(_named(str(request.get("url", ""))))
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
