"""Stays nobody told of: a paid claim reveals that someone was in hospital, and no visit of any source says so.

They are written down as visits of our own, with the days of the claim, so that what is due after a discharge counts
from the day it truly was. Once a source tells of the stay itself, ours is withdrawn: one stay stays one.
"""

from collections.abc import Iterable
from datetime import date, datetime
from hashlib import blake2b
from typing import Any, NamedTuple, Protocol
from zoneinfo import ZoneInfo

from throughcare.fhir import json
from throughcare.record.changes import Changes, Delete, Put

PREFIX = "missed-"
LEARNT_FROM = "urn:throughcare:learnt-from"
_CLASS = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "IMP", "display": "inpatient encounter"}
_UB04 = "https://www.nubc.org/CodeSystem/PatDischargeStatus"
_ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"


class Missed(NamedTuple):
    """A stay as its claim tells it; the days are those of the site."""

    person_id: int
    patient: str  # reference, as the record knows them
    claim_key: str
    started_on: date
    ended_on: date
    facility_id: str | None
    disposition: str | None
    drg: str | None
    diagnosis: str | None


class Moment(Protocol):
    """What this asks of a view of the record."""

    database: Any

    def missed_stays(self, people: list[int], today: date) -> Iterable[tuple[Any, ...]]: ...
    def current(
        self, people: list[int], types: list[str], *, ours: bool = True
    ) -> Iterable[tuple[int, str, str, int, bytes]]: ...


def run(view: Moment, now: datetime, people: list[int]) -> Changes:
    """The visits of our own that are true now of these people, and those that fell away."""
    today = now.astimezone(ZoneInfo(view.database.settings.time_zone)).date()
    wanted = {body["id"]: body for body in (_visit(Missed(*row)) for row in view.missed_stays(people, today))}
    written = ((i, json.read(body)) for _, _, i, _, body in view.current(people, ["Encounter"]))
    stored = {i: body for i, body in written if i.startswith(PREFIX)}
    puts = [Put(json.write(body)) for i, body in sorted(wanted.items()) if stored.get(i) != body]
    return Changes(puts=puts, deletes=[Delete("Encounter", i) for i in sorted(stored.keys() - wanted.keys())])


def _visit(stay: Missed) -> dict[str, Any]:
    digest = blake2b(f"{stay.patient}|{stay.started_on}".encode(), digest_size=12).hexdigest()
    said: list[dict[str, Any]] = [{"url": LEARNT_FROM, "valueReference": {"reference": stay.claim_key}}]
    body: dict[str, Any] = {
        "resourceType": "Encounter",
        "id": PREFIX + digest,
        "extension": said + ([{"url": "urn:throughcare:drg", "valueCode": stay.drg}] if stay.drg else []),
        "status": "finished",
        "class": _CLASS,
        "subject": {"reference": stay.patient},
        "period": {"start": stay.started_on.isoformat(), "end": stay.ended_on.isoformat()},
    }
    if stay.diagnosis:
        body["reasonCode"] = [{"coding": [{"system": _ICD10, "code": stay.diagnosis}]}]
    if stay.disposition:
        body["hospitalization"] = {"dischargeDisposition": {"coding": [{"system": _UB04, "code": stay.disposition}]}}
    if (stay.facility_id or "").startswith("Organization/"):
        body["serviceProvider"] = {"reference": stay.facility_id}
    return body
