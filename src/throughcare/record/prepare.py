"""Preparing a resource for the record: all the work on it that needs no database, so that it can run anywhere."""

import re
from datetime import datetime
from functools import cache
from hashlib import blake2b
from typing import Any

from msgspec import Struct

from throughcare.faults import Malformed
from throughcare.fhir import json as fhir_json
from throughcare.fhir import search
from throughcare.record import subject
from throughcare.record.changes import Put
from throughcare.record.prefix import prefixed
from throughcare.record.recipes import OURS, Views, rows_of
from throughcare.stores import copy

_TYPE = re.compile(r"[A-Z][A-Za-z]{1,63}")
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_WHY = "An id has 1 to 64 letters of A to Z, digits, dashes and dots."

Flat = tuple[str, str, str | None, str, str]  # (view, key, patient id, about, the other columns), as COPY text


class Prepared(Struct, frozen=True, gc=False):
    """One resource, ready to be written but for its number, its moment and its person."""

    resource_type: str
    resource_id: str
    source: str
    prefix: str
    if_version: int | None
    digest: bytes
    body: bytes  # as COPY takes it
    patient: str | None
    flat: tuple[Flat, ...]
    search: str  # the arrays of record.search as COPY text
    file: str = ""
    line: int = 0
    as_of: datetime | None = None


def prepare(put: Put, views: Views, *, prefix: str = "", resource: dict[str, Any] | None = None) -> Prepared:
    """Read, flatten and index one resource. `resource` spares the reading when the caller has just decoded the body."""
    resource = fhir_json.read(put.body) if resource is None else resource
    resource_type, resource_id = resource.get("resourceType"), resource.get("id")
    if not isinstance(resource_type, str) or not _TYPE.fullmatch(resource_type):
        raise Malformed("The resource has no type.", do="Give its resourceType.")
    if not isinstance(resource_id, str) or not _ID.fullmatch(resource_id):
        raise Malformed(f"The {resource_type} has no id, or one that is none.", why=_WHY, do="Give it one.")
    resource = prefixed(resource, prefix)
    return Prepared(
        resource_type, resource["id"], put.source, prefix, put.if_version, digest(put.body), copy.raw(put.body),
        subject.patient_id(resource), tuple(flat_rows(views, resource, put.body)), _search(resource),
        put.file, put.line, put.as_of,
    )  # fmt: skip


def digest(body: bytes) -> bytes:
    return blake2b(body, digest_size=16).digest()


def flat_rows(views: Views, resource: dict[str, Any], body: bytes) -> list[Flat]:
    """The rows a resource gives, in all views. Each takes its person from its own column, or from the resource.

    Most resources of others hold no word of ours: views that ask for one are not asked, one look at the body for all.
    """
    flat: list[Flat] = []
    ours: bool | None = None
    key = f"{resource['resourceType']}/{resource['id']}"
    own = subject.patient_id(resource)
    for recipe in views.recipes.get(resource["resourceType"], ()):
        if recipe.ours:
            if ours is None:
                ours = OURS in body or b"\\u" in body  # a letter may be written as its number
            if not ours:
                continue
        for suffix, person, about, values in rows_of(recipe, resource):
            patient = subject.of_reference(person) if recipe.person_at is not None else own
            cells = "".join(["\t" + copy.field(v) for v in values])
            flat.append((recipe.view, key + suffix, patient, copy.field(about), cells))
    return flat


def _search(resource: dict[str, Any]) -> str:
    row = _extractor(resource["resourceType"])(resource)
    spans = (row.span_params, row.span_lows, row.span_highs)
    numbers = (row.number_params, row.numbers)
    return "\t".join([_plain(row.terms), copy.field(row.texts), *map(_quoted, spans), *map(_plain, numbers)])


def _plain(values: list[Any]) -> str:
    return "{" + ",".join(map(str, values)) + "}" if values else "{}"


def _quoted(values: list[Any]) -> str:
    return '{"' + '","'.join(map(str, values)) + '"}' if values else "{}"


@cache
def _extractor(resource_type: str) -> Any:
    return search.extractor(resource_type)
