"""The official definitions: found in a folder as bundles or as lines of JSON, whichever it holds."""

import gzip
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from throughcare.faults import Unavailable

_BUNDLES = ("profiles-resources", "profiles-types", "search-parameters", "valuesets", "v3-codesystems")
_KINDS = ("StructureDefinition", "SearchParameter", "ValueSet", "CodeSystem")


class Binding(msgspec.Struct):
    strength: str = ""
    valueSet: str = ""


class TypeOf(msgspec.Struct):
    code: str = ""
    extension: list[dict[str, Any]] = []


class Element(msgspec.Struct):
    """One line of a snapshot, of which only this is needed."""

    path: str
    min: int = 0
    max: str = "1"
    type: list[TypeOf] = []
    contentReference: str = ""
    binding: Binding = msgspec.field(default_factory=Binding)


class Snapshot(msgspec.Struct):
    element: list[Element] = []


class Structure(msgspec.Struct):
    """A StructureDefinition: a type and its elements."""

    name: str
    type: str
    kind: str
    abstract: bool = False
    derivation: str = ""
    baseDefinition: str = ""
    snapshot: Snapshot = msgspec.field(default_factory=Snapshot)


class _Kind(msgspec.Struct):
    resourceType: str


@dataclass(slots=True)
class Definitions:
    """What the specification defines, by name or address, and where it came from."""

    structures: dict[str, Structure] = field(default_factory=dict)
    search_parameters: dict[str, dict[str, Any]] = field(default_factory=dict)
    value_sets: dict[str, dict[str, Any]] = field(default_factory=dict)
    code_systems: dict[str, dict[str, Any]] = field(default_factory=dict)
    source: str = ""
    digest: str = ""


def read(folder: Path) -> Definitions:
    """Definitions of a folder: an npm package of FHIR definitions, or a folder of .ndjson.gz files."""
    definitions, seal = Definitions(source=folder.name), hashlib.sha256()
    files = _files(folder)
    if not files:
        raise Unavailable(
            "No FHIR definitions are here.", where=str(folder), do="Run `npm ci`, or give a folder that holds them."
        )
    for file in files:
        text = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
        seal.update(text)
        for resource in _resources(text):
            _add(definitions, resource)
    definitions.digest = seal.hexdigest()
    return definitions


def _files(folder: Path) -> list[Path]:
    bundles = [found for name in _BUNDLES for found in sorted(folder.rglob(f"r4/{name}.json"))[:1]]
    return bundles or [
        f for kind in _KINDS for f in sorted(folder.glob(f"{kind}*.ndjson.gz")) if "-extensions" not in f.name
    ]


class _Entry(msgspec.Struct):
    resource: msgspec.Raw


class _Bundle(msgspec.Struct):
    entry: list[_Entry]


def _resources(text: bytes) -> Iterator[msgspec.Raw | bytes]:
    if text[:4096].replace(b" ", b"").find(b'"resourceType":"Bundle"') >= 0 and b"\n{" not in text:
        return (entry.resource for entry in msgspec.json.decode(text, type=_Bundle).entry)
    return (line for line in text.splitlines() if line.strip())


_KIND = msgspec.json.Decoder(_Kind)
_STRUCTURE = msgspec.json.Decoder(Structure)


def _add(definitions: Definitions, resource: msgspec.Raw | bytes) -> None:
    kind = _KIND.decode(resource).resourceType
    if kind == "StructureDefinition":
        structure = _STRUCTURE.decode(resource)
        if structure.derivation != "constraint" and structure.kind != "logical":
            definitions.structures[structure.name] = structure
    elif kind == "SearchParameter":
        found = msgspec.json.decode(resource)
        definitions.search_parameters[found["url"]] = found
    elif kind in ("ValueSet", "CodeSystem"):
        found = msgspec.json.decode(resource)
        held = definitions.value_sets if kind == "ValueSet" else definitions.code_systems
        held.setdefault(found.get("url", ""), found)
