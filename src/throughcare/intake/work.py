"""Work on lines that needs no database: read, validate, flatten, index. Runs in this process or in a pool of them."""

import contextlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from throughcare.faults import Malformed
from throughcare.fhir import json as fhir_json
from throughcare.fhir import validate
from throughcare.intake.devices.units import in_our_units
from throughcare.intake.fhir.older import as_r4
from throughcare.intake.fhir.read import Line
from throughcare.record import recipes
from throughcare.record.changes import Put, Quarantined
from throughcare.record.prepare import Prepared, prepare


@dataclass(frozen=True, slots=True)
class Job:
    """Some lines of one file of one source."""

    lines: list[Line]
    source: str
    prefix: str
    file: str
    zone: str
    bytes_max: int
    depth_max: int
    as_of: datetime | None = None


@dataclass(slots=True)
class Done:
    """What came of them: resources ready for the record, and what could not be read, with the reason."""

    prepared: list[Prepared] = field(default_factory=list)
    quarantined: list[Quarantined] = field(default_factory=list)
    last_line: int = 0


def learn(zone: str) -> None:
    """Build what the first resource needs: the FHIR model and the views."""
    recipes.shipped(zone)
    with contextlib.suppress(Malformed):
        validate.check(b"{}")


def work(job: Job) -> Done:
    """Every line becomes one or the other; a bad line never stops the good ones behind it."""
    done, views = Done(last_line=job.lines[-1].number), recipes.shipped(job.zone)
    for line in job.lines:
        try:
            if line.too_long:
                raise Malformed(f"The line is longer than {job.bytes_max:,} bytes; its beginning is kept.")
            resource = fhir_json.read(line.data, depth_max=job.depth_max, bytes_max=job.bytes_max)
            done.prepared.append(_prepared(line.data, resource, job, line.number, views))
        except Malformed as fault:
            done.quarantined.append(Quarantined(job.source, job.file, line.number, fault.what, line.data))
    return done


def of_document(resource: dict[str, Any], job: Job, number: int, done: Done, body: bytes | None = None) -> None:
    """The same for one resource out of a document: its own text, or what a Bundle held, written compactly."""
    body = fhir_json.write(resource) if body is None else body
    try:
        done.prepared.append(_prepared(body, resource, job, number, recipes.shipped(job.zone)))
    except Malformed as fault:
        done.quarantined.append(Quarantined(job.source, job.file, number, fault.what, body))


def _prepared(body: bytes, resource: dict[str, Any], job: Job, number: int, views: recipes.Views) -> Prepared:
    try:
        validate.check(body)
    except Malformed:
        if (newer := as_r4(resource)) is None:
            raise
        body, resource = fhir_json.write(newer), newer
        validate.check(body)
    if "device" in resource and (measured := in_our_units(resource)) is not resource:
        body, resource = fhir_json.write(measured), measured
    put = Put(body, job.source, file=job.file, line=number, as_of=job.as_of)
    return prepare(put, views, prefix=job.prefix, resource=resource)
