"""People: the patient, those around them, and the clinicians and organizations a document names."""

from xml.etree.ElementTree import Element

from throughcare.faults import Malformed
from throughcare.intake.ccda.draft import Draft
from throughcare.intake.ccda.values import coding, identifiers, said, span, tables, when, words
from throughcare.intake.shapes import Resource, identifier, without_blanks

_US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-"
_NPI = "http://hl7.org/fhir/sid/us-npi"


def patient(draft: Draft, target: Element) -> None:
    """The person a document is about, by the number the source knows them under."""
    person, ids = target.find("patient"), identifiers(target.findall("id"))
    if person is None and not ids:
        raise Malformed(
            "The document names no patient.", do="Ask the sender for a document that says whom it is about."
        )
    kinds = tables("systems.toml")["kind"]
    own = next((i for i in ids if i.get("system") not in kinds), ids[0] if ids else None)
    key = f"{own.get('system', '')}|{own['value']}" if own else f"of {draft.key(target)}"
    for one in ids:  # a number without a kind, given by the sender of a record, is the number of that record
        if "type" not in one and one.get("system", "").startswith("urn:") and one["system"] != "urn:ietf:rfc:3986":
            one |= identifier(one["system"], one["value"], "MR")
    steward = target.find("providerOrganization")
    told = {
        "identifier": ids,
        "telecom": telecoms(target, draft.zone),
        "address": addresses(target, draft.zone),
        "managingOrganization": organization(draft, steward) if steward is not None else None,
    }
    draft.person = draft.add("Patient", key, told | (_traits(draft, person) if person is not None else {}))
    for guardian in person.findall("guardian") if person is not None else []:
        _relative(draft, guardian, guardian.find("guardianPerson"), draft.concept(guardian.find("code")))


def _traits(draft: Draft, person: Element) -> Resource:
    dead = person.find("sdtc:deceasedInd")
    died = when(person.find("sdtc:deceasedTime"), draft.zone)
    gender = person.find("administrativeGenderCode")
    deceased = {"deceasedDateTime": died} if died else {"deceasedBoolean": _is(dead)} if dead is not None else {}
    return {
        "name": names(person, draft.zone),
        "birthDate": when(person.find("birthTime"), draft.zone)[:10],
        "gender": said("sex", gender.get("code") or gender.get("nullFlavor") or "") if gender is not None else "",
        "maritalStatus": draft.concept(person.find("maritalStatusCode")),
        "communication": [_language(one) for one in person.findall("languageCommunication")],
        "extension": [
            _origin("race", [*person.findall("raceCode"), *person.findall("sdtc:raceCode")]),
            _origin("ethnicity", [*person.findall("ethnicGroupCode"), *person.findall("sdtc:ethnicGroupCode")]),
        ],
    } | deceased


def _is(node: Element | None) -> bool:
    return node is not None and node.get("value") == "true"


def _language(one: Element) -> Resource:
    node = one.find("languageCode")
    code = (node.get("code") or "") if node is not None else ""
    tongue = {"coding": [{"system": "urn:ietf:bcp:47", "code": code}]}
    spoken: Resource = {"language": tongue} if code.strip() == code != "" else {}
    return spoken | ({"preferred": True} if spoken and _is(one.find("preferenceInd")) else {})


_OMB = {"1002-5", "2028-9", "2054-5", "2076-8", "2106-3", "2135-2", "2186-5"}


def _origin(name: str, nodes: list[Element]) -> Resource:
    """Race or ethnicity as US Core writes it: the broad groups, what is more exact, and the words."""
    found = [one for node in nodes if (one := coding(node))]
    parts = [{"url": "ombCategory" if c["code"] in _OMB else "detailed", "valueCoding": c} for c in found]
    said_so = ", ".join(str(c.get("display", c["code"])) for c in found)
    return {"url": f"{_US_CORE}{name}", "extension": [*parts, {"url": "text", "valueString": said_so}]} if parts else {}


def names(node: Element, zone: str) -> list[Resource]:
    found = [without_blanks(_name(one, zone)) for one in node.findall("name")]
    return [name for name in found if name.keys() - {"use", "period"}]


def _name(one: Element, zone: str) -> Resource:
    parts = {tag: [w for n in one.findall(tag) if (w := words(n))] for tag in ("given", "family", "prefix", "suffix")}
    births = any(n.get("qualifier") == "BR" for n in one.findall("family"))
    use = next((u for w in (one.get("use") or "").split() if (u := said("name_use", w))), "")
    return {
        "use": "maiden" if births and use == "old" else use,
        "family": " ".join(parts["family"]),
        "given": parts["given"],
        "prefix": parts["prefix"],
        "suffix": parts["suffix"],
        "text": "" if parts["family"] or parts["given"] else words(one),
        "period": span(one.find("validTime"), zone),
    }


def telecoms(node: Element, zone: str) -> list[Resource]:
    found = []
    for one in node.findall("telecom"):
        scheme, colon, value = (one.get("value") or "").strip().partition(":")
        how = said("telecom_system", scheme.lower()) if colon else ""
        value = (one.get("value") or "").strip() if not how or how == "url" else value.strip()
        use = next((u for w in (one.get("use") or "").split() if (u := said("telecom_use", w))), "")
        if value:
            point = {"system": how or "other", "value": " ".join(value.split()), "use": use}
            found.append(without_blanks(point | {"period": span(one.find("useablePeriod"), zone)}))
    return found


def addresses(node: Element, zone: str) -> list[Resource]:
    found = []
    for one in node.findall("addr"):
        lines = [w for n in one.findall("streetAddressLine") if (w := words(n))]
        single = {
            "city": "city",
            "state": "state",
            "postalCode": "postalCode",
            "country": "country",
            "county": "district",
        }
        said_so = {name: words(one.find(tag)) for tag, name in single.items()}
        use = next((u for w in (one.get("use") or "").split() if (u := said("address_use", w))), "")
        address = without_blanks(
            {"line": lines, **said_so, "text": "" if lines or any(said_so.values()) else words(one)}
        )
        if address:
            found.append(without_blanks(address | {"use": use, "period": span(one.find("useablePeriod"), zone)}))
    return found


def organization(draft: Draft, node: Element | None) -> Resource | None:
    """A reference to an organization, which becomes a resource when it has a name."""
    name = words(node.find("name")) if node is not None else ""
    if node is None or not name:
        return None
    ids = identifiers(node.findall("id"))
    told = {"identifier": ids, "active": True, "name": name, "telecom": telecoms(node, draft.zone)}
    told["address"] = [{k: v for k, v in a.items() if k != "period"} for a in addresses(node, draft.zone)]
    key = _number_of(ids) or f"named {name.casefold()}"
    return draft.add("Organization", key, told) | {"display": name}


def clinician(draft: Draft, role: Element | None) -> Resource | None:
    """A reference to whoever acts in a role: a person, else their organization; None when nobody is named."""
    code = role.find("code") if role is not None else None
    if role is None or (code is not None and code.get("code") == "ONESELF"):
        return draft.person if role is not None else None
    person = role.find("assignedPerson")
    if person is None:
        person = role.find("associatedPerson")
    whole = names(person, draft.zone) if person is not None else []
    ids = identifiers(role.findall("id"))
    key = _number_of(ids)
    if not whole:
        at = role.find("representedOrganization")
        return draft.authors.get(key) or organization(draft, at if at is not None else role.find("scopingOrganization"))
    name = whole[0]
    display = name.get("text") or " ".join([*name.get("given", ()), name.get("family", "")]).strip()
    skill = draft.concept(code)
    told = {"identifier": ids, "active": True, "name": whole, "telecom": telecoms(role, draft.zone)}
    told |= {"address": addresses(role, draft.zone), "qualification": [{"code": skill}] if skill else []}
    made = draft.add("Practitioner", key or f"named {display.casefold()}", told) | {"display": display}
    if key:
        draft.authors[key] = made
    return made


def _number_of(ids: list[Resource]) -> str:
    """The best number of several: the national one, else the first."""
    best = next((i for i in ids if i.get("system") == _NPI), ids[0] if ids else None)
    return f"{best.get('system', '')}|{best['value']}" if best else ""


def relatives(draft: Draft, root: Element) -> None:
    """Those whom the header names beside the patient: next of kin, emergency contacts, caregivers."""
    for one in root.findall("participant"):
        role = one.find("associatedEntity")
        if role is not None and role.get("classCode") in ("NOK", "ECON", "PRS", "CAREGIVER", "GUARD", "AGNT"):
            relation = draft.concept(role.find("code"))
            _relative(draft, role, role.find("associatedPerson"), relation)


def _relative(draft: Draft, role: Element, person: Element | None, relation: Resource) -> None:
    whole = names(person, draft.zone) if person is not None else []
    if not whole:
        return
    told = {"identifier": identifiers(role.findall("id")), "patient": draft.person, "name": whole, "active": True}
    told |= {"relationship": [relation] if relation else [], "telecom": telecoms(role, draft.zone)}
    draft.add("RelatedPerson", draft.key(role), told | {"address": addresses(role, draft.zone)}, role)
