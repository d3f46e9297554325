"""FHIR resources out of files, for trying things without an installation: NDJSON, Bundles, zip or gz of either."""

from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from throughcare.faults import Malformed, Unavailable
from throughcare.fhir import json as fhir_json
from throughcare.intake import archive, fhir
from throughcare.intake.archive import Member
from throughcare.intake.fhir import bundle
from throughcare.settings import Settings

Resource = dict[str, Any]


def resources(path: Path, settings: Settings, said: Callable[[int], None]) -> tuple[list[Resource], int]:
    """Everything that can be read, and how many lines or documents could not."""
    if not path.exists():
        raise Unavailable(f"{path} is not there.", do="Name a file or a folder of FHIR data.")
    found: list[Resource] = []
    refused = 0
    for member in chain.from_iterable(archive.groups([path], settings.archive_ratio_max)):
        for data in _texts(member, settings):
            try:
                found += _resources(data, settings)
                said(len(found))
            except Malformed:
                refused += 1
    return found, refused


def _texts(member: Member, settings: Settings) -> Iterator[bytes]:
    kind = fhir.look(member)
    if kind is fhir.Kind.LINES:
        yield from (line.data for line in fhir.lines(member, settings.resource_bytes_max))
    elif kind is fhir.Kind.DOCUMENT:
        yield fhir.document(member, settings.document_bytes_max)


def _resources(data: bytes, settings: Settings) -> list[Resource]:
    resource = fhir_json.read(data, depth_max=settings.json_depth_max, bytes_max=settings.document_bytes_max)
    if resource.get("resourceType") == "Bundle":
        inside = [r for r, _ in bundle.opened(resource, data, "trial", lambda kind, name: None).puts]
    else:
        inside = [resource]
    return [r for r in inside if isinstance(r.get("resourceType"), str) and isinstance(r.get("id"), str)]
