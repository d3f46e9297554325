"""Entries: an organization, a location, a service of HSDS as FHIR, with the day somebody last vouched for it."""

import re
from datetime import date, time
from decimal import Decimal, InvalidOperation
from typing import Any

from throughcare.faults import Malformed
from throughcare.intake.formats import Given
from throughcare.intake.hsds.read import Directory, Entry, _dicts
from throughcare.intake.shapes import coded, identifier, reference, resource_id, without_blanks

Resource = dict[str, Any]
OURS, HSDS = "urn:throughcare:", "urn:throughcare:hsds"
GRAVITY = "http://hl7.org/fhir/us/sdoh-clinicalcare/CodeSystem/SDOHCC-CodeSystemTemporaryCodes"
DAYS = {"MO": "mon", "TU": "tue", "WE": "wed", "TH": "thu", "FR": "fri", "SA": "sat", "SU": "sun"}
_DETAILS = ("application_process", "fees_description", "wait_time")
_ZIP = re.compile(r"\b\d{5}\b")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def organization(entry: Entry, directory: Directory, given: Given) -> Resource:
    parent = _text(entry, "parent_organization_id")
    tax = _text(entry, "tax_id")
    return _made(
        "Organization", entry, given,
        identifier=[_own(entry), identifier("urn:oid:2.16.840.1.113883.4.4", tax, "TAX") if tax else {}],
        active=True,
        name=_needed(entry, "name"),
        alias=[_text(entry, "alternate_name")],
        telecom=_telecom(entry, "website"),
        partOf=_ref("Organization", parent, given) if parent in directory.entries["organization"] else {},
        extension=[_said("description", "String", _text(entry, "description"))],
    )  # fmt: skip


def location(entry: Entry, directory: Directory, given: Given) -> Resource:
    owner = _text(entry, "organization_id")
    address = next(iter(sorted(_dicts(entry.get("addresses")), key=lambda a: a.get("address_type") != "physical")), {})
    return _made(
        "Location", entry, given,
        identifier=[_own(entry)],
        status="active",
        name=_text(entry, "name") or _text(address, "address_1") or "Without a name",
        alias=[_text(entry, "alternate_name")],
        description=_text(entry, "description"),
        mode="instance",
        type=[coded(_text(entry, "location_type"), OURS + "site")],
        telecom=_telecom(entry, "url"),
        address=_address(address),
        position=_position(entry),
        managingOrganization=_ref("Organization", owner, given) if owner else {},
        extension=[_said("transportation", "String", _text(entry, "transportation"))],
    )  # fmt: skip


def service(entry: Entry, directory: Directory, given: Given) -> Resource:
    """`assured-on` is the day of its freshness: without it nobody has vouched for the entry."""
    owner = entry.get("organization") if isinstance(entry.get("organization"), dict) else {}
    places = [
        _text(at.get("location") or {}, "id") or _text(at, "location_id")
        for at in _dicts(entry.get("service_at_locations"))
    ]
    program = directory.programs.get(_text(entry, "program_id")) or entry.get("program") or {}
    terms = [at["taxonomy_term"] for at in _dicts(entry.get("attributes")) if isinstance(at.get("taxonomy_term"), dict)]
    alert, status = _text(entry, "alert"), _needed(entry, "status")
    areas = " ".join(_text(a, "extent") + " " + _text(a, "name") for a in _dicts(entry.get("service_areas")))
    free = [_amount(cost.get("amount")) for cost in _dicts(entry.get("cost_options"))]
    return _made(
        "HealthcareService", entry, given,
        identifier=[_own(entry)],
        active=status == "active",
        name=_needed(entry, "name"),
        providedBy=_ref("Organization", _text(owner or {}, "id") or _text(entry, "organization_id"), given),
        location=[_ref("Location", place, given) for place in dict.fromkeys(places) if place],
        category=[coded(_text(t, "code"), GRAVITY) for t in terms if _text(t, "taxonomy") == "SDOHCC"],
        type=[coded(_text(t, "code") or _text(t, "id"), HSDS + ":taxonomy", _text(t, "name")) for t in terms],
        comment=_text(entry, "description"),
        extraDetails="\n\n".join(filter(None, (_text(entry, name) for name in _DETAILS))),
        telecom=_telecom(entry, "url"),
        eligibility=[{"comment": _text(entry, "eligibility_description")}],
        program=[coded("", text=_text(program, "name"))],
        communication=[_spoken(one) for one in _dicts(entry.get("languages"))],
        availableTime=[_hours(one) for one in _dicts(entry.get("schedules"))],
        extension=[
            _said("assured-on", "Date", _day(entry, "assured_date")),
            _said("hsds-status", "Code", status.replace(" ", "-")),
            _said("age-from", "Integer", _age(entry, "minimum_age")),
            _said("age-to", "Integer", _age(entry, "maximum_age")),
            _said("alert", "Boolean", bool(alert) or None),
            _said("alert-text", "String", alert),
            _said("cost", "Code", "free" if free and all(amount == 0 for amount in free) else ""),
            *(_said("zip", "String", zip) for zip in dict.fromkeys(_ZIP.findall(areas))),
        ],
    )  # fmt: skip


MAKERS = {"organization": organization, "location": location, "service": service}


def _made(kind: str, entry: Entry, given: Given, **members: Any) -> Resource:
    id = resource_id(given.source, "hsds", kind, str(entry["id"]))
    return without_blanks({"resourceType": kind, "id": id, **members})


def _own(entry: Entry) -> Resource:
    return identifier(HSDS, str(entry["id"]))


def _ref(kind: str, key: str, given: Given) -> Resource:
    return reference(kind, resource_id(given.source, "hsds", kind, key)) if key else {}


def _said(name: str, kind: str, value: Any) -> Resource:
    return {} if value in (None, "") else {"url": OURS + name, f"value{kind}": value}


def _text(entry: Any, name: str) -> str:
    value = entry.get(name) if isinstance(entry, dict) else None
    return " ".join(value.split()) if isinstance(value, str) else ""


def _needed(entry: Entry, name: str) -> str:
    if not (value := _text(entry, name)):
        raise Malformed(f"The entry has no {name}.")
    return value


def _day(entry: Entry, name: str) -> str:
    if not (value := _text(entry, name)):
        return ""
    try:
        return date.fromisoformat(value[:10]).isoformat()
    except ValueError:
        raise Malformed(f"The entry's {name} is not a date (YYYY-MM-DD).") from None


def _amount(value: Any) -> Decimal | None:
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


def _age(entry: Entry, name: str) -> int | None:
    """Years; an age that no person reaches is no limit."""
    amount = _amount(entry.get(name))
    if entry.get(name) in (None, ""):
        return None
    if amount is None or not 0 <= amount <= 150:
        raise Malformed(f"The entry's {name} is not an age.")
    return int(amount)


def _telecom(entry: Entry, page: str) -> list[Resource]:
    phones = [
        {
            "system": "fax" if _text(p, "type") == "fax" else "phone",
            "value": _text(p, "number").strip('"'),
            "use": "work",
        }
        for p in _dicts(entry.get("phones"))
        if _text(p, "number").strip('"')
    ]
    mail = {"system": "email", "value": _text(entry, "email")} if _text(entry, "email") else {}
    return [*phones, mail, {"system": "url", "value": _text(entry, page)} if _text(entry, page) else {}]


def _address(address: Entry) -> Resource:
    kind = _text(address, "address_type")
    return {
        "type": kind if kind in ("postal", "physical") else "",
        "line": [_text(address, "address_1"), _text(address, "address_2")],
        "city": _text(address, "city"),
        "district": _text(address, "region"),
        "state": _text(address, "state_province"),
        "postalCode": _text(address, "postal_code"),
        "country": _text(address, "country"),
    }


def _position(entry: Entry) -> Resource:
    """Where it is; a point that is not on Earth is none."""
    lat, lon = _amount(entry.get("latitude")), _amount(entry.get("longitude"))
    if lat is None or lon is None or abs(lat) > 90 or abs(lon) > 180:
        return {}
    return {"latitude": lat, "longitude": lon}


def _spoken(one: Entry) -> Resource:
    code = _text(one, "code")
    return coded(code if _LANGUAGE.fullmatch(code) else "", "urn:ietf:bcp:47", _text(one, "name"))


def _hours(one: Entry) -> Resource:
    """A weekly schedule; another rhythm is in the words of the entry only."""
    days = [
        DAYS[name[-2:].upper()] for name in _text(one, "byday").replace(" ", "").split(",") if name[-2:].upper() in DAYS
    ]
    opens, closes = _clock(_text(one, "opens_at")), _clock(_text(one, "closes_at"))
    if _text(one, "freq") not in ("WEEKLY", "") or not (days or opens):
        return {}
    return {"daysOfWeek": list(dict.fromkeys(days)), "availableStartTime": opens, "availableEndTime": closes}


def _clock(text: str) -> str:
    try:
        return time.fromisoformat(text[:8]).replace(tzinfo=None).isoformat("seconds") if text else ""
    except ValueError:
        return ""
