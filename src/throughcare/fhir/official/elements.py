"""The element table: every type and backbone with its elements, which FHIRPath and the typed model read."""

from typing import Any

from throughcare.fhir.official.definitions import Definitions, Element, Structure

_FHIR_TYPE = "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type"
_KINDS = {"resource": "resource", "complex-type": "complex", "primitive-type": "primitive"}


def table(definitions: Definitions) -> dict[str, dict[str, Any]]:
    """Type or backbone path -> its base, kind and elements; choice elements once, by their bare name."""
    made: dict[str, dict[str, Any]] = {}
    for structure in definitions.structures.values():
        made[structure.name] = {"base": base_of(structure), "kind": _KINDS[structure.kind], "elements": {}}
        for element in structure.snapshot.element[1:]:
            _add(made, structure, element)
    return made


def base_of(structure: Structure) -> str:
    return structure.baseDefinition.rsplit("/", 1)[-1]


def _add(made: dict[str, dict[str, Any]], structure: Structure, element: Element) -> None:
    owner, _, name = element.path.rpartition(".")
    types = types_of(element)
    if types in (["BackboneElement"], ["Element"]) and element.path not in ("Element.extension",):
        made[element.path] = {"base": types[0], "kind": "backbone", "elements": {}}
        types = [element.path]
    entry: dict[str, Any] = {"types": types, "many": element.max not in ("0", "1")}
    if name.endswith("[x]"):
        name, entry["choice"] = name[:-3], True
    made[owner]["elements"][name] = entry


def types_of(element: Element) -> list[str]:
    """Type names of an element; a content reference is the path it points to."""
    if element.contentReference:
        return [element.contentReference.rpartition("#")[2]]
    return [_named(t.code, t.extension) for t in element.type]


def _named(code: str, extensions: list[dict[str, Any]]) -> str:
    """System types carry the FHIR type they stand for in an extension; an element's id has no other."""
    if not code.startswith("http://hl7.org/fhirpath/"):
        return code
    stated = next((e.get("valueUrl") or e.get("valueUri") for e in extensions if e.get("url") == _FHIR_TYPE), None)
    return stated or code.rsplit(".", 1)[-1].lower()
