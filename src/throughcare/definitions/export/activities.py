"""ActivityDefinition: a word of the shared vocabulary, as a task that someone in a role does."""

from typing import Any

from throughcare.definitions.export.shapes import ACTIVITY, canonical, concept, fhir_id, named
from throughcare.definitions.grammar import Activity, Library


def activity_definition(activity: Activity, library: Library) -> dict[str, Any]:
    """The same for every care model that names it: one touch can satisfy all of them."""
    spanish = library.words.get("es", {}).get(f"activity.{activity.id}")
    title: dict[str, Any] = {"title": activity.verb}
    if spanish:
        translation = [{"url": "lang", "valueCode": "es"}, {"url": "content", "valueString": spanish}]
        address = "http://hl7.org/fhir/StructureDefinition/translation"
        title["_title"] = {"extension": [{"url": address, "extension": translation}]}
    return {
        "resourceType": "ActivityDefinition",
        "id": fhir_id(activity.id),
        "url": canonical("ActivityDefinition", activity.id),
        "name": named(activity.id),
        **title,
        "status": "active",
        "publisher": "Throughcare",
        "description": activity.says or activity.verb,
        "kind": "Task",
        "code": concept(ACTIVITY, activity.id, activity.verb),
        "intent": "order",
        "timingDuration": {
            "value": activity.minutes, "unit": "min", "system": "http://unitsofmeasure.org", "code": "min",
        },
    }  # fmt: skip
