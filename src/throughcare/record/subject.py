"""Whose record a resource belongs to: the patient it names first, as its source knows that patient."""

from typing import Any

_NAMES = ("subject", "patient", "for", "beneficiary", "individual", "candidate")


def patient_id(resource: dict[str, Any]) -> str | None:
    """The id of the patient a resource is about; none for organizations, clinicians, groups and value sets."""
    if resource["resourceType"] == "Patient":
        return resource["id"]
    for name in _NAMES:
        found = of_reference(_reference(resource.get(name)))
        if found:
            return found
    return next((p for p in map(_actor, resource.get("participant") or ()) if p), None)


def of_reference(reference: object) -> str | None:
    """The id in a reference to a Patient, relative or absolute, with or without a version."""
    if not isinstance(reference, str):
        return None
    parts = reference.split("/_history/")[0].rsplit("/", 2)
    return parts[-1] if len(parts) >= 2 and parts[-2] == "Patient" else None


def _reference(value: object) -> object:
    if isinstance(value, list):
        return next((r for r in map(_reference, value) if of_reference(r)), None)
    return value.get("reference") if isinstance(value, dict) else None


def _actor(participant: object) -> str | None:
    return of_reference(_reference(participant.get("actor"))) if isinstance(participant, dict) else None
