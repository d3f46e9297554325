"""Points: one data point, checked as its schema says, as an Observation about the person its header names."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from throughcare.faults import Malformed
from throughcare.intake.devices.units import OURS, READ, quantity
from throughcare.intake.formats import Given
from throughcare.intake.shapes import coded, identifier, reference, resource_id, without_blanks

Resource = dict[str, Any]
LOINC = "http://loinc.org"
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_SECONDS = {"sec": 1, "min": 60, "h": 3600, "d": 86400, "wk": 604800}
_DURATION_MAX = timedelta(days=366)
_NEVER = 100  # no schema has so many major versions
_PARTS = frozenset({"morning", "afternoon", "evening", "night"})


def user(point: Resource) -> str:
    """Whose point it is, as the sender calls them. Raises Malformed."""
    header = _object(point, "header")
    who = header.get("user_id") or _maybe(header.get("acquisition_provenance")).get("user_id")
    if not isinstance(who, str) or not who.strip() or len(who) > 256:
        raise Malformed("The data point does not say whose it is (header.user_id).")
    return who.strip()


def patient(point: Resource, given: Given) -> Resource:
    who = user(point)
    numbers = [identifier(f"{OURS}devices:{given.source}", who, "MR")]
    return {"resourceType": "Patient", "id": resource_id(given.source, "devices", "user", who), "identifier": numbers}


def observation(point: Resource, given: Given) -> Resource:
    """Raises Malformed with what is wrong."""
    header, who = _object(point, "header"), user(point)
    schema, major = _schema(header)
    body = _object(point, "body")
    kind = READ["point"][schema]
    values = {code: _quantity(body, name, code, kind) for name, code in kind["values"].items()}
    for name, allowed in READ["words"].items():
        if name in body and body[name] not in allowed:
            raise Malformed(f"The data point says {name} in a word that its schema does not have.")
    flow = _maybe(body.get("supplemental_oxygen_flow_rate"))
    if flow and flow.get("unit") != "L/min":
        raise Malformed("The data point gives oxygen flow in another unit than L/min.")
    key = header.get("id") if isinstance(header.get("id"), str) else repr(sorted(body.items()))
    provenance = _maybe(header.get("acquisition_provenance"))
    single = len(values) == 1
    components = [{"code": coded(code, LOINC), "valueQuantity": value} for code, value in values.items()]
    made: Resource = {
        "resourceType": "Observation",
        "id": resource_id(given.source, "devices", who, str(key)),
        "status": "final",
        "category": [coded("vital-signs", "http://terminology.hl7.org/CodeSystem/observation-category")],
        "code": coded(kind.get("code") or next(iter(values)), LOINC, kind["display"]),
        "subject": reference("Patient", resource_id(given.source, "devices", "user", who)),
        **_when(header, body, kind, major),
        "valueQuantity": next(iter(values.values())) if single else {},
        "component": [] if single else components,
        "device": {"display": _text(provenance.get("source_name")) or "a device"},
        "extension": _uploaded(provenance.get("modality")),
        "note": [{"text": ", ".join(f"{n.replace('_', ' ')}: {body[n]}" for n in READ["words"] if n in body)}],
    }
    return without_blanks(made)


def _uploaded(modality: Any) -> list[Resource]:
    """Whether the device itself sent it; nothing where nobody says."""
    said = {"sensed": True, "self-reported": False}.get(modality) if isinstance(modality, str) else None
    return [] if said is None else [{"url": OURS + "auto-uploaded", "valueBoolean": said}]


def _schema(header: Resource) -> tuple[str, int]:
    """The name of the schema and its major version. Raises Malformed for one that is no reading we take."""
    named = _object(header, "schema_id")
    name, version = named.get("name"), named.get("version")
    if not isinstance(version, str) or not re.fullmatch(r"\d{1,2}\.[\dx]{1,2}", version):
        raise Malformed("The data point does not say the version of its schema (header.schema_id).")
    if not isinstance(name, str) or name not in READ["point"]:
        raise Malformed("The data point is of a schema that is not a reading we take.")
    return name, int(version.partition(".")[0])


def _quantity(body: Resource, name: str, code: str, kind: Resource) -> Resource:
    given = body.get(name)
    if kind.get("bare") and isinstance(given, int | Decimal) and not isinstance(given, bool):
        given = {"value": given, "unit": kind["units"][0]}  # step counts of the first versions are bare numbers
    value, unit = _maybe(given).get("value"), _maybe(given).get("unit")
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise Malformed(f"The data point has no number as {name}.")
    if not isinstance(unit, str) or unit not in kind["units"]:
        raise Malformed(f"The data point gives {name} in a unit that its schema does not have.")
    return quantity(code, value, unit)


def _when(header: Resource, body: Resource, kind: Resource, major: int) -> Resource:
    """The effective time: a moment, an interval, or for old versions the moment the header names."""
    frame = body.get("effective_time_frame")
    if frame is None:
        if major >= kind["timed"]:
            raise Malformed("The data point does not say when it was (effective_time_frame).")
        return {"effectiveDateTime": _moment(header.get("creation_date_time"))}
    moment, interval = _maybe(frame).get("date_time"), _maybe(frame).get("time_interval")
    if moment is not None and interval is None:
        if major >= kind.get("interval", _NEVER):
            raise Malformed("The data point counts over a time and says only a moment.")
        return {"effectiveDateTime": _moment(moment)}
    if interval is None or moment is not None:
        raise Malformed("The data point does not say when it was: it needs a moment or an interval.")
    return _interval(_maybe(interval), exact=major >= kind.get("exact", _NEVER))


def _interval(said: Resource, exact: bool) -> Resource:
    """Start and end, either of them with a duration, or a day with a part of it."""
    start, end, duration = said.get("start_date_time"), said.get("end_date_time"), said.get("duration")
    if said.get("date") and said.get("part_of_day") in _PARTS and not exact:
        try:
            return {"effectiveDateTime": date.fromisoformat(str(said["date"])).isoformat()}
        except ValueError:
            raise Malformed("The data point names a day that is none.") from None
    if start and end:
        if datetime.fromisoformat(_moment(start)) > datetime.fromisoformat(_moment(end)):
            raise Malformed("The data point ends before it begins.")
        return {"effectivePeriod": {"start": _moment(start), "end": _moment(end)}}
    if not duration or not (start or end):
        raise Malformed("The data point says an interval with one end only.")
    value, unit = _maybe(duration).get("value"), _maybe(duration).get("unit")
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal) or unit not in _SECONDS:
        raise Malformed("The data point says a duration that is none.")
    if not 0 <= value * _SECONDS[unit] <= _DURATION_MAX.total_seconds():
        raise Malformed("The data point says a duration that is none.")
    known = datetime.fromisoformat(_moment(start or end))
    other = known + timedelta(seconds=float(value) * _SECONDS[unit]) * (1 if start else -1)
    first, last = sorted((known, other))
    return {"effectivePeriod": {"start": first.isoformat(), "end": last.isoformat()}}


def _moment(text: Any) -> str:
    """A moment of RFC 3339. Raises Malformed."""
    if isinstance(text, str) and _MOMENT.fullmatch(text):
        try:
            datetime.fromisoformat(text)
            return text
        except ValueError:
            pass
    raise Malformed("The data point says a moment that is none (RFC 3339).")


def _object(node: Resource, name: str) -> Resource:
    found = node.get(name)
    if not isinstance(found, dict) or not found:
        raise Malformed(f"The data point has no {name}.")
    return found


def _maybe(node: Any) -> Resource:
    return node if isinstance(node, dict) else {}


def _text(value: Any) -> str:
    return value.strip()[:200] if isinstance(value, str) else ""
