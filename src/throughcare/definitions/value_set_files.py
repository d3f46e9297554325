"""Value sets that a site imports: FHIR ValueSet resources take the place of the shipped codes of the same OID."""

import gzip
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from throughcare.definitions.grammar import ValueSet
from throughcare.faults import Fault

FILES = ("*.json", "*.ndjson", "*.json.gz", "*.ndjson.gz")
Codes = dict[str, list[str]]


def with_imports(shipped: Mapping[str, ValueSet], folder: Path) -> dict[str, ValueSet]:
    """The same value sets; one whose OID was imported has the imported codes and no others.

    What is imported under no name of ours is left alone: no rule could speak of it.
    """
    found = imported(folder)
    return {
        name: msgspec.structs.replace(one, codes=found[one.oid], excludes={}) if one.oid in found else one
        for name, one in shipped.items()
    }


def imported(folder: Path) -> dict[str, Codes]:
    """OID -> codes by system, from every ValueSet below a folder."""
    if not folder.is_dir():
        what, why = f"There is no folder {folder}.", "The setting value_sets_dir names it."
        raise Fault(what, why=why, do="Correct the setting, or make the folder.")
    sets: dict[str, Codes] = {}
    for path in sorted(p for pattern in FILES for p in folder.glob(pattern)):
        for resource in _resources(path):
            if resource.get("resourceType") == "ValueSet":
                sets[oid_of(resource)] = _codes(resource)
    return sets


def oid_of(resource: Mapping[str, Any]) -> str:
    """The OID of a value set: an identifier, the end of its address, or its id."""
    named = [i.get("value", "").removeprefix("urn:oid:") for i in resource.get("identifier", ())]
    named += [resource.get("url", "").rpartition("/")[2], resource.get("id", "")]
    return next((n for n in named if n[:2] in ("1.", "2.")), named[-1])


def _resources(path: Path) -> Iterator[dict[str, Any]]:
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    try:
        for text in raw.splitlines() if ".ndjson" in path.name else [raw]:
            found = json.loads(text) if text.strip() else {}
            yield from (e["resource"] for e in found.get("entry", ())) if found.get("entry") else [found]
    except (ValueError, KeyError, AttributeError, UnicodeDecodeError) as wrong:
        what = f"{path} holds no value sets that can be read."
        raise Fault(what, do="Export them as FHIR ValueSet resources, JSON or NDJSON.") from wrong


def _codes(resource: Mapping[str, Any]) -> Codes:
    """An expansion when there is one, else the codes listed one by one."""
    codes: Codes = defaultdict(list)
    waiting = list(resource.get("expansion", {}).get("contains", ()))
    while waiting:
        one = waiting.pop(0)
        waiting += one.get("contains", ())
        if one.get("code") and not one.get("abstract"):
            codes[one.get("system", "")].append(one["code"])
    if not codes:
        for part in resource.get("compose", {}).get("include", ()):
            codes[part.get("system", "")] += [c["code"] for c in part.get("concept", ())]
    return dict(codes)
