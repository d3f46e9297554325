"""Older: what plans still send in FHIR STU3 (Blue Button 1, BCDA 1), as R4: claims and coverage.

Source: the version maps of R4 (hl7.org/fhir/R4/explanationofbenefit-version-maps.html, coverage-version-maps.html).
What R4 requires and STU3 does not know is said to be not said; what else R4 does not have stays, and is refused.
"""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from throughcare.intake.claims import CARIN, ICD10, TERMS, service_system
from throughcare.intake.rif.values import tables as of_rif
from throughcare.intake.shapes import Resource, coded

CURRENCIES = "urn:iso:std:iso:4217"
_HCPCS = "https://bluebutton.cms.gov/resources/codesystem/hcpcs"
_SYSTEMS = {"http://hl7.org/fhir/ex-claimtype": TERMS + "claim-type", "http://hl7.org/fhir/sid/icd-10": ICD10}
_CLAIM = {"information": "supportingInfo"}
_ITEM = {
    "service": "productOrService", "careTeamLinkId": "careTeamSequence", "diagnosisLinkId": "diagnosisSequence",
    "procedureLinkId": "procedureSequence", "informationLinkId": "informationSequence",
}  # fmt: skip
_CLASSES = ("group", "subGroup", "plan", "subPlan", "class", "subClass")
_NOT_SAID: Resource = {"display": "not said"}


def as_r4(resource: Resource) -> Resource | None:
    """The same in R4; None where it is not of STU3, or of a type that is not turned into R4."""
    kind = resource.get("resourceType")
    of_stu3 = "information" in resource or isinstance(resource.get("insurance"), dict)
    with suppress(AttributeError, TypeError, KeyError):  # of no version at all: refused as it came
        if kind == "ExplanationOfBenefit" and of_stu3:
            return _claim(_renewed(resource))
        if kind == "Coverage" and isinstance(resource.get("grouping"), dict):
            return _coverage(_renewed(resource))
    return None


def _renewed(node: Any) -> Any:
    """Money is no Quantity any more, and systems of codes have their present names."""
    if isinstance(node, list):
        return [_renewed(one) for one in node]
    if not isinstance(node, dict):
        return node
    if node.get("system") == CURRENCIES and "value" in node:
        return {"value": node["value"], "currency": node.get("code", "USD")}
    made = {name: _renewed(value) for name, value in node.items()}
    if isinstance(made.get("system"), str) and "code" in made:
        made["system"] = _SYSTEMS.get(made["system"], made["system"])
        if made["system"] == _HCPCS:
            made["system"] = service_system(str(made["code"]))
    return made


def _claim(old: Resource) -> Resource:
    made = {_CLAIM.get(name, name): value for name, value in old.items()}
    insurance, cost, stay, whole = (
        made.pop(n, None) for n in ("insurance", "totalCost", "hospitalization", "organization")
    )
    period, payment = made.get("billablePeriod", {}), made.get("payment", {})
    informed = made.get("supportingInfo", [])
    if stay:
        sequence = 1 + max((one.get("sequence", 0) for one in informed), default=0)
        admitted = coded("admissionperiod", CARIN + "C4BBSupportingInfoType")
        informed = [*informed, {"sequence": sequence, "category": admitted, "timingPeriod": stay}]
    team = next((one["provider"] for one in made.get("careTeam", []) if "provider" in one), _NOT_SAID)
    made |= {
        "use": "claim",
        "created": made.get("created") or payment.get("date") or period.get("end") or period.get("start"),
        "insurer": made.get("insurer", _NOT_SAID),
        "provider": made.get("provider") or whole or made.get("facility") or team,
        "outcome": "complete",
        "insurance": [{"focal": True, **insurance}] if insurance else [{"focal": True, "coverage": _NOT_SAID}],
        "item": [_item(one) for one in made.get("item", [])],
    }
    made |= {"supportingInfo": informed} if informed else {}
    made |= {"total": [{"category": coded("submitted", TERMS + "adjudication"), "amount": cost}]} if cost else {}
    made |= {"subType": kind} if (kind := next(_settings(made), None)) else {}
    return {name: value for name, value in made.items() if value is not None}


def _settings(made: Resource) -> Iterator[Resource]:
    """Inside a hospital or not: as the claim says, else as CMS's type of the claim has it."""
    yield from made.get("subType", [])
    types = of_rif()["type"]
    for one in made.get("type", {}).get("coding", []):
        if one.get("system", "").endswith("nch_clm_type_cd") and (setting := types.get(one.get("code"), ("", ""))[1]):
            yield coded(setting, CARIN + "C4BBInstitutionalClaimSubType")


def _item(old: Resource) -> Resource:
    made = {_ITEM.get(name, name): value for name, value in old.items()}
    made.setdefault("productOrService", coded("not-said", "urn:throughcare:claim"))
    for inner in ("detail", "subDetail"):
        if inner in made:
            made[inner] = [_item(one) for one in made[inner]]
    return made


def _coverage(old: Resource) -> Resource:
    grouping = old.pop("grouping")
    classes = [
        {"type": coded(name.lower(), TERMS + "coverage-class"), "value": grouping[name],
         **({"name": grouping[f"{name}Display"]} if f"{name}Display" in grouping else {})}
        for name in _CLASSES if name in grouping
    ]  # fmt: skip
    return {**old, "payor": old.get("payor") or [_NOT_SAID], "class": classes}
