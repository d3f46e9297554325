"""What the definition resources share: addresses, status, sources, roles and expressions."""

from typing import Any

from throughcare.definitions.grammar import CareModel

LANGUAGE = "text/x-throughcare"  # the expression language of care models
ROLE = "urn:throughcare:role"
ACTIVITY = "urn:throughcare:activity"
CONFIDENCE = "urn:throughcare:confidence"


def fhir_id(*parts: str) -> str:
    """Names joined as a FHIR id: letters, digits and dashes, 64 at most."""
    return "-".join(parts).replace("_", "-").replace(".", "-")[:64]


def canonical(kind: str, *parts: str) -> str:
    return f"urn:throughcare:{kind}:{':'.join(parts)}"


def named(*parts: str) -> str:
    """A name for machines: words with capitals, no signs."""
    return "".join(word.capitalize() for part in parts for word in part.split("_"))


def head(kind: str, model: CareModel, *parts: str) -> dict[str, Any]:
    """The first lines of a definition resource of a care model."""
    about = model.model
    return {
        "resourceType": kind,
        "id": fhir_id(about.id, *parts),
        "url": canonical(kind, about.id, *parts),
        "version": about.version,
        "name": named(about.id, *parts),
        "status": "active" if about.maturity == "ready" else "draft",
        "experimental": about.maturity != "ready",
        "publisher": "Throughcare",
    }


def period(model: CareModel) -> dict[str, str]:
    about = model.model
    until = {"end": about.effective_to.isoformat()} if about.effective_to else {}
    return {"start": about.effective_from.isoformat()} | until


def expression(text: str, says: str = "") -> dict[str, str]:
    """An expression of a care model, with its sentence."""
    said = {"description": says} if says else {}
    return said | {"language": LANGUAGE, "expression": text}


def cited(entry: Any) -> list[dict[str, Any]]:
    """Where a rule comes from, with the reference's confidence."""
    if not entry.cites:
        return []
    found: dict[str, Any] = {"type": "citation", "citation": entry.cites}
    if entry.confidence:
        found = {"extension": [{"url": CONFIDENCE, "valueCode": entry.confidence}]} | found
    return [found]


def concept(system: str, code: str, words: str = "") -> dict[str, Any]:
    shown = {"display": words} if words else {}
    return {"coding": [{"system": system, "code": code} | shown]}
