"""Element types: which elements each FHIR type has and what they hold, read from the official R4 definitions."""

from functools import cache
from pathlib import Path
from typing import NamedTuple

import msgspec

from throughcare.faults import Unavailable

ELEMENTS = Path(__file__).parent.parent / "r4" / "generated" / "elements.json"

# R4 types these two by FHIRPath's own String, not by a FHIR type (definitions of Element.id and Extension.url).
_SYSTEM_STRINGS = {"id": ("System.String",), "url": ("System.String",)}


class Element(NamedTuple):
    """One element: the JSON keys it may stand under, each with its type. Only a choice element has several."""

    name: str
    many: bool
    choice: bool
    options: tuple[tuple[str, str], ...]

    @property
    def types(self) -> tuple[str, ...]:
        return tuple(type_name for _, type_name in self.options)


class Model:
    """The FHIR types: their base, kind and elements, inherited ones included."""

    def __init__(self, definitions: dict[str, dict]) -> None:
        self._definitions = definitions
        self.elements: dict[str, dict[str, Element]] = {name: {} for name in definitions}
        self.keys: dict[str, dict[str, tuple[str, str]]] = {}
        for name in definitions:
            self.elements[name] = self._elements(name)
        for name, elements in self.elements.items():
            self.keys[name] = {key: (e.name, kind) for e in elements.values() for key, kind in e.options}
        self.primitives = frozenset(n for n, d in definitions.items() if d["kind"] == "primitive") | {"System.String"}
        self.resources = frozenset(n for n, d in definitions.items() if d["kind"] == "resource")
        self.types = frozenset(n for n in definitions if "." not in n)
        self.ancestors = {name: self._ancestors(name) for name in definitions}

    def _elements(self, name: str) -> dict[str, Element]:
        found: dict[str, Element] = {}
        for ancestor in reversed(self._lineage(name)):
            for element, given in self._definitions[ancestor]["elements"].items():
                found[element] = _element(ancestor, element, given)
        return found

    def _lineage(self, name: str) -> list[str]:
        lineage = []
        while name in self._definitions and name not in lineage:
            lineage.append(name)
            name = self._definitions[name]["base"]
        return lineage

    def _ancestors(self, name: str) -> frozenset[str]:
        return frozenset(self._lineage(name))

    def is_a(self, name: str, ancestor: str) -> bool:
        return name == ancestor or ancestor in self.ancestors.get(name, ())


def _element(owner: str, name: str, given: dict) -> Element:
    types = tuple(given["types"])
    if name == "id" or (owner, name) == ("Extension", "url"):
        types = _SYSTEM_STRINGS[name]
    choice = bool(given.get("choice"))
    options = tuple((name + t[0].upper() + t[1:] if choice else name, t) for t in types)
    return Element(name, bool(given["many"]), choice, options)


@cache
def model() -> Model:
    """The R4 model, read once."""
    try:
        return Model(msgspec.json.decode(ELEMENTS.read_bytes()))
    except FileNotFoundError:
        raise Unavailable(
            "The table of FHIR element types has not been built.",
            where=str(ELEMENTS.name),
            do="Run `make` or `python -m throughcare.fhir.generate`.",
        ) from None
