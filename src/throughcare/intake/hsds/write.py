"""Write: the directory as the record holds it, as HSDS 3.0: a service to an object, with whose it is and where."""

import uuid
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from throughcare.intake.hsds.entries import DAYS, HSDS, OURS
from throughcare.intake.shapes import without_blanks

Entry = dict[str, Any]
_NAMES = uuid.UUID("5f0bb4ad-63d7-5a6e-9d43-1f9a3c1de6b0")  # for entries that had no id of HSDS
_SHORT = {ours: theirs for theirs, ours in DAYS.items()}
_STATUS = ("active", "inactive", "defunct", "temporarily closed")


def services(found: Iterable[Entry], organizations: dict[str, Entry], locations: dict[str, Entry]) -> Iterator[Entry]:
    """Each HealthcareService as an HSDS service; the others by "Type/id". References that lead nowhere are left out."""
    for one in found:
        yield without_blanks(_service(one, organizations, locations))


def assured_on(one: Entry) -> date | None:
    """The day somebody last vouched for a HealthcareService; None when nobody did."""
    said = _said(one, "assured-on")
    return date.fromisoformat(said) if isinstance(said, str) else None


def _service(one: Entry, organizations: dict[str, Entry], locations: dict[str, Entry]) -> Entry:
    status = str(_said(one, "hsds-status") or "").replace("-", " ")
    owner = organizations.get(one.get("providedBy", {}).get("reference", ""))
    places = [place for r in one.get("location", ()) if (place := locations.get(r.get("reference", "")))]
    return {
        "id": _id(one),
        "name": one.get("name") or "Without a name",
        "description": one.get("comment"),
        "status": status if status in _STATUS else "active" if one.get("active", True) else "inactive",
        **_reached(one, "url"),
        "application_process": one.get("extraDetails"),
        "eligibility_description": next((e["comment"] for e in one.get("eligibility", ()) if "comment" in e), None),
        "minimum_age": _said(one, "age-from"),
        "maximum_age": _said(one, "age-to"),
        "assured_date": _said(one, "assured-on"),
        "alert": _said(one, "alert-text"),
        "organization": _organization(owner) if owner else None,
        "languages": [_language(one, n, spoken) for n, spoken in enumerate(one.get("communication", ()))],
        "schedules": [_schedule(one, n, hours) for n, hours in enumerate(one.get("availableTime", ()))],
        "service_at_locations": [
            {"id": _part(one, "at", n), "location": _location(place)} for n, place in enumerate(places)
        ],
        "attributes": [_term(one, n, coding) for n, coding in enumerate(_codings(one))],
    }


def _organization(one: Entry) -> Entry:
    name = one.get("name") or "Without a name"
    alias = next(iter(one.get("alias", ())), None)
    told = {"id": _id(one), "name": name, "alternate_name": alias, "description": _said(one, "description") or name}
    return {**told, **_reached(one, "website")}


def _location(one: Entry) -> Entry:
    kind = next((c.get("code") for t in one.get("type", ()) for c in t.get("coding", ())), "physical")
    reached = _reached(one, "url")
    return {
        "id": _id(one),
        "location_type": kind if kind in ("physical", "postal", "virtual") else "physical",
        "name": one.get("name"),
        "description": one.get("description"),
        "transportation": _said(one, "transportation"),
        "latitude": one.get("position", {}).get("latitude"),
        "longitude": one.get("position", {}).get("longitude"),
        "addresses": [_address(one, one["address"])] if _whole(one.get("address", {})) else [],
        "url": reached.get("url"),
        "phones": reached.get("phones"),
    }


def _whole(address: Entry) -> bool:
    """HSDS wants street, city, state and code of an address."""
    return all(address.get(name) for name in ("line", "city", "state", "postalCode"))


def _address(one: Entry, address: Entry) -> Entry:
    line = address["line"]
    return {
        "id": _part(one, "address", 0),
        "address_1": line[0],
        "address_2": line[1] if len(line) > 1 else None,
        "city": address["city"],
        "region": address.get("district"),
        "state_province": address["state"],
        "postal_code": address["postalCode"],
        "country": address.get("country") or "US",
        "address_type": "postal" if address.get("type") == "postal" else "physical",
    }


def _reached(one: Entry, page: str) -> Entry:
    """Phones, and the first address of mail and web."""
    by = {system: [t["value"] for t in one.get("telecom", ()) if t.get("system") == system and t.get("value")]
          for system in ("phone", "fax", "email", "url")}  # fmt: skip
    phones = [(number, "voice") for number in by["phone"]] + [(number, "fax") for number in by["fax"]]
    return {
        "email": next(iter(by["email"]), None),
        page: next(iter(by["url"]), None),
        "phones": [{"id": _part(one, "phone", n), "number": number, "type": kind}
                   for n, (number, kind) in enumerate(phones)],
    }  # fmt: skip


def _language(one: Entry, n: int, spoken: Entry) -> Entry:
    coding: Entry = next(iter(spoken.get("coding", ())), {})
    name = spoken.get("text") or coding.get("display")
    return {"id": _part(one, "language", n), "name": name, "code": coding.get("code")}


def _schedule(one: Entry, n: int, hours: Entry) -> Entry:
    return {
        "id": _part(one, "schedule", n),
        "freq": "WEEKLY",
        "byday": ",".join(_SHORT[day] for day in hours.get("daysOfWeek", ())),
        "opens_at": hours.get("availableStartTime"),
        "closes_at": hours.get("availableEndTime"),
    }


def _codings(one: Entry) -> list[Entry]:
    return [c for concept in one.get("type", ()) for c in concept.get("coding", ())]


def _term(one: Entry, n: int, coding: Entry) -> Entry:
    name = coding.get("display") or coding.get("code") or "Without a name"
    term = {"id": _part(one, "term", n), "code": coding.get("code"), "name": name, "description": name}
    return {"id": _part(one, "attribute", n), "link_entity": "service", "taxonomy_term": term}


def _id(one: Entry) -> str:
    """The id that the entry came with, or one that stays the same for our own."""
    came = next((i.get("value", "") for i in one.get("identifier", ()) if i.get("system") == HSDS), "")
    try:
        return str(uuid.UUID(came))
    except ValueError:
        return str(uuid.uuid5(_NAMES, f"{one.get('resourceType')}/{one.get('id')}"))


def _part(one: Entry, kind: str, n: int) -> str:
    return str(uuid.uuid5(_NAMES, f"{one.get('resourceType')}/{one.get('id')}/{kind}/{n}"))


def _said(one: Entry, name: str) -> Any:
    found: Entry = next((e for e in one.get("extension", ()) if e.get("url") == OURS + name), {})
    return next((value for key, value in found.items() if key.startswith("value")), None)
