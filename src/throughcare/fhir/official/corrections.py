"""Where a package's copy of the definitions departs from FHIR R4 4.0.1 as published, R4 is put back.

The npm package adds elements of R5 and of its own server to eight types. Left in, they would let unknown fields pass.
Each line was found by comparing it with the published definitions; on those, nothing here changes anything.
"""

from throughcare.fhir.official.definitions import Binding, Definitions, Element, Snapshot, Structure, TypeOf

_NOT_TYPES = ("SubscriptionStatus",)
_NOT_SEARCH_PARAMETERS = ("DetectedIssue-status", "DeviceDefinition-classification", "ServiceRequest-order-detail")
_NOT_ELEMENTS = {
    "Binary": "url",
    "DeviceDefinition": "classification bodySite",
    "EvidenceVariable.characteristic": (
        "linkId note definitionReference definitionCanonical definitionCodeableConcept definitionExpression "
        "definitionId definitionByTypeAndValue definitionByCombination instances[x] duration[x] timeFromEvent"
    ),
    "Meta": "project author onBehalfOf account accounts compartment",
    "ObservationDefinition": "publisher",
    "ResearchStudy": (
        "name label studyDesign region descriptionSummary classifier associatedParty progressStatus whyStopped "
        "recruitment comparisonGroup outcomeMeasure result"
    ),
    "ResearchStudy.objective": "description",
}
_DEFINITION = ("Reference", "canonical", "CodeableConcept", "Expression", "DataRequirement", "TriggerDefinition")
_PARTICIPANT_EFFECTIVE = ("dateTime", "Period", "Duration", "Timing")
_GROUP_MEASURE = Binding("required", "http://hl7.org/fhir/ValueSet/group-measure|4.0.1")
_STATUS = Binding("required", "http://hl7.org/fhir/ValueSet/observation-status|4.0.1")


def _element(path: str, low: int, high: str, *types: str, binding: Binding | None = None) -> Element:
    return Element(path, low, high, [TypeOf(t) for t in types], binding=binding or Binding())


_ELEMENTS = [
    _element("Bundle.entry.response.outcome", 0, "1", "Resource"),
    _element("DetectedIssue.status", 1, "1", "code", binding=_STATUS),
    _element("EvidenceVariable.characteristic", 1, "*", "BackboneElement"),
    _element("EvidenceVariable.characteristic.description", 0, "1", "string"),
    _element("EvidenceVariable.characteristic.definition[x]", 1, "1", *_DEFINITION),
    _element("EvidenceVariable.characteristic.usageContext", 0, "*", "UsageContext"),
    _element("EvidenceVariable.characteristic.participantEffective[x]", 0, "1", *_PARTICIPANT_EFFECTIVE),
    _element("EvidenceVariable.characteristic.timeFromStart", 0, "1", "Duration"),
    _element("EvidenceVariable.characteristic.groupMeasure", 0, "1", "code", binding=_GROUP_MEASURE),
]


def correct(definitions: Definitions) -> None:
    """Make the definitions those of R4 4.0.1."""
    for name in _NOT_TYPES:
        definitions.structures.pop(name, None)
    for name in _NOT_SEARCH_PARAMETERS:
        definitions.search_parameters.pop(f"http://hl7.org/fhir/SearchParameter/{name}", None)
    for structure in definitions.structures.values():
        structure.snapshot = Snapshot([e for e in structure.snapshot.element if not _is_added(e.path)])
    for element in _ELEMENTS:
        _put(definitions.structures[element.path.split(".")[0]], element)


_ADDED = tuple(f"{owner}.{name}" for owner, names in _NOT_ELEMENTS.items() for name in names.split())


def _is_added(path: str) -> bool:
    return any(path == added or path.startswith(added + ".") for added in _ADDED)


def _put(structure: Structure, element: Element) -> None:
    """In the place of the element of the same path, or at the end."""
    held = structure.snapshot.element
    at = next((n for n, e in enumerate(held) if e.path == element.path), None)
    if at is None:
        held.append(element)
    else:
        held[at] = element
