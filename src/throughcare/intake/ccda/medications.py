"""Medications: what a person takes, is ordered, was handed out or given; and immunizations."""

from typing import Any
from xml.etree.ElementTree import Element

from throughcare.intake.ccda import people
from throughcare.intake.ccda.draft import Draft
from throughcare.intake.ccda.statements import author, denied, happens, notes, reasons, state, visit_of, written
from throughcare.intake.ccda.values import identifiers, number, quantity, said, span, when, words
from throughcare.intake.shapes import Resource, coded

_GIVEN = ("29549-3", "59774-0")  # sections of what was administered, and of anesthesia
_DISCHARGE = ("10183-2", "75311-1")
_UCUM_TIME = ("s", "min", "h", "d", "wk", "mo", "a")
_PRODUCT = "consumable/manufacturedProduct"
_NONE = {"coding": [{"system": "http://snomed.info/sct", "code": "787481004", "display": "No known medications"}]}


def medication(draft: Draft, node: Element, section: str) -> None:
    """By its mood: an event is what the person takes or was given, an intent what is ordered."""
    what = _product(draft, node.find(f"{_PRODUCT}/manufacturedMaterial"))
    time, dosing = _taken(draft, node), dosage(draft, node)
    common: dict[str, Any] = {"identifier": identifiers(node.findall("id")), "subject": draft.person}
    common |= {"medicationCodeableConcept": what, "reasonCode": reasons(draft, node), "note": notes(draft, node)}
    key, writer = draft.key(node), author(draft, node)
    if not happens(node):
        told = _order(draft, node, section) | {"dosageInstruction": [dosing] if dosing else []}
        draft.add("MedicationRequest", key, common | told, node)
    elif section in _GIVEN:
        told = {
            "status": "not-done" if denied(node) else said("given_status", state(node), "completed"),
            "context": draft.about,
        }
        told |= {"dosage": {"text": dosing.get("text"), "route": dosing.get("route"), "dose": _dose(node)}}
        told |= {"effectivePeriod": time} if time else {"effectiveDateTime": when(node.find("author/time"), draft.zone)}
        if "effectivePeriod" in told or told["effectiveDateTime"]:
            draft.add("MedicationAdministration", key, common | told, node)
    else:
        if denied(node) and "text" not in what and all(c["code"] == "UNK" for c in what["coding"]):
            common["medicationCodeableConcept"] = _NONE
        told = {
            "status": "not-taken" if denied(node) else said("statement_status", state(node), "unknown"),
            "effectivePeriod": time,
        }
        told |= {
            "dateAsserted": written(draft, node),
            "informationSource": _informer(writer),
            "dosage": [dosing] if dosing else [],
        }
        draft.add("MedicationStatement", key, common | told, node)
    for role, make in (("supply", supply_order), ("dispense", dispense)):
        for one in draft.related(node, role):
            make(draft, one, section, what)


def _order(draft: Draft, node: Element, section: str) -> Resource:
    often = node.find("repeatNumber")
    count = number(often.get("value")) if often is not None else None
    refills = int(count) if count is not None and count == int(count) and 0 <= count < 1000 else None
    amount = quantity(node.find("quantity"))
    time = span(node.find("effectiveTime"), draft.zone) if node.tag == "supply" else {}
    return {
        "status": said("order_status", state(node), "unknown"),
        "intent": said("medication_intent", node.get("moodCode", ""), "plan"),
        "doNotPerform": True if denied(node) else None,
        "category": [coded("discharge", "http://terminology.hl7.org/CodeSystem/medicationrequest-category")]
        if section in _DISCHARGE
        else [],
        "authoredOn": written(draft, node),
        "requester": author(draft, node),
        "dispenseRequest": {"numberOfRepeatsAllowed": refills, "quantity": amount, "validityPeriod": time},
    }


def supply_order(draft: Draft, node: Element, section: str, what: Resource | None = None) -> None:
    """An order to hand out; it may leave out the product, which is then that of the medication it stands in."""
    own = _product(draft, node.find("product/manufacturedProduct/manufacturedMaterial"), unknown=what is None)
    told = {
        "identifier": identifiers(node.findall("id")),
        "subject": draft.person,
        "medicationCodeableConcept": own or what,
    }
    order = _order(draft, node, section) | {"intent": "order"}
    draft.add("MedicationRequest", f"supply {draft.key(node)}", told | order, node)


def dispense(draft: Draft, node: Element, section: str, what: Resource | None = None) -> None:
    own = _product(draft, node.find("product/manufacturedProduct/manufacturedMaterial"), unknown=what is None)
    at, who = node.find("effectiveTime"), people.clinician(draft, node.find("performer/assignedEntity"))
    told = {
        "identifier": identifiers(node.findall("id")),
        "status": {"active": "in-progress", "aborted": "stopped"}.get(state(node), "completed"),
        "medicationCodeableConcept": own or what,
        "subject": draft.person,
        "performer": [{"actor": who}] if who else [],
        "quantity": quantity(node.find("quantity")),
        "whenHandedOver": when(at, draft.zone) or span(at, draft.zone).get("start", ""),
    }
    draft.add("MedicationDispense", draft.key(node), told, node)


def _product(draft: Draft, material: Element | None, *, unknown: bool = True) -> Resource:
    """What the material is: its code, else its name."""
    what = draft.concept(material.find("code")) if material is not None else {}
    if not what and material is not None and (name := words(material.find("name"))):
        what = {"text": name}
    return what or (draft.concept(None, unknown=True) if unknown else {})


def _taken(draft: Draft, node: Element) -> Resource:
    """From when to when, of the times that are not a schedule."""
    for one in node.findall("effectiveTime"):
        if not (one.get("xsi:type") or "").endswith(("PIVL_TS", "EIVL_TS")) and (time := span(one, draft.zone)):
            return time
    return {}


def dosage(draft: Draft, node: Element) -> Resource:
    """How it is taken, as far as the statement says."""
    sometimes, text = node.find("precondition"), draft.text(node.find("text"))
    site = draft.concept(node.find("approachSiteCode"))
    repeat = [one for t in node.findall("effectiveTime") if (one := _repeat(t))]
    whole: Resource = {"text": text, "route": draft.concept(node.find("routeCode")), "site": site}
    whole |= {"asNeededBoolean": True} if sometimes is not None else {}
    whole |= {"timing": {"repeat": repeat[0]}} if repeat else {}
    dose, rate = _dose(node), quantity(node.find("rateQuantity"))
    amount = ({"doseQuantity": dose} if dose else {}) | ({"rateQuantity": rate} if rate else {})
    return {n: v for n, v in (whole | ({"doseAndRate": [amount]} if amount else {})).items() if v}


def _dose(node: Element) -> Resource:
    return quantity(node.find("doseQuantity")) or quantity(node.find("doseQuantity/low"))


def _repeat(time: Element) -> Resource:
    """Every so often (PIVL), or at moments of the day (EIVL)."""
    event = time.find("event")
    if (time.get("xsi:type") or "").endswith("EIVL_TS") and event is not None:
        moment = said("event_timing", event.get("code", ""))
        return {"when": [moment]} if moment else {}
    period = time.find("period")
    low = period.find("low") if period is not None else None
    every = low if low is not None else period
    value = number(every.get("value")) if every is not None else None
    if every is None or value is None or value <= 0 or every.get("unit") not in _UCUM_TIME:
        return {}
    return {"frequency": 1, "period": value, "periodUnit": every.get("unit")}


def _informer(who: Resource | None) -> Resource | None:
    return who if who and not who["reference"].startswith("Device/") else None


def immunization(draft: Draft, node: Element, section: str) -> None:
    """A vaccine given, or refused with its reason; one that is only meant is a request for it."""
    material = node.find(f"{_PRODUCT}/manufacturedMaterial")
    what, key = _product(draft, material), draft.key(node)
    time = _taken(draft, node)
    if not happens(node):
        told = _order(draft, node, section) | {"identifier": identifiers(node.findall("id"))}
        draft.add("MedicationRequest", key, told | {"subject": draft.person, "medicationCodeableConcept": what}, node)
        return
    lot = words(material.find("lotNumberText")) if material is not None else ""
    maker = words(node.find(f"{_PRODUCT}/manufacturerOrganization/name"))
    who = people.clinician(draft, node.find("performer/assignedEntity"))
    refused = [draft.concept(one.find("code")) for one in draft.related(node, "refusal")]
    done = said("procedure_status", state(node), "completed") == "completed"
    told = {
        "identifier": identifiers(node.findall("id")),
        "status": "completed" if done and not denied(node) else "not-done",
        "statusReason": next((why for why in refused if why), None),
        "vaccineCode": what,
        "patient": draft.person,
        "encounter": visit_of(draft, node),
        "lotNumber": lot,
        "manufacturer": {"display": maker} if maker else None,
        "route": draft.concept(node.find("routeCode")),
        "site": draft.concept(node.find("approachSiteCode")),
        "doseQuantity": _dose(node),
        "performer": [{"actor": who}] if who else [],
        "reasonCode": reasons(draft, node),
        "note": notes(draft, node),
    }
    at = {"occurrenceDateTime": time["start"]} if "start" in time else {"occurrenceString": "not told"}
    draft.add("Immunization", key, told | at, node)
