"""Type tests: is, as and ofType, over FHIR's types and FHIRPath's own."""

from .mistake import Mistake
from .model import model
from .system import type_of
from .values import Node

SYSTEM_TYPES = frozenset("Any Boolean String Integer Long Decimal Date DateTime Time Quantity".split())


class TypeTest:
    """One type name. Without a namespace it means the FHIR type, or the System type of that name, or either."""

    def __init__(self, fhir: str, system: str) -> None:
        self.fhir, self.system = fhir, system
        # `as` and `ofType` take a code for a code, not for a string (official suite, testInheritance).
        self.exact = fhir in model().primitives

    def matches(self, item: object) -> bool:
        namespace, name = type_of(item)
        if namespace == "System":
            return bool(self.system) and self.system in (name, "Any")
        return bool(self.fhir) and model().is_a(name, self.fhir)

    def _same(self, item: object) -> bool:
        if (
            self.exact
            and type(item) is Node
            and item.kind in model().primitives
            and not item.kind.startswith("System.")
        ):
            return item.kind == self.fhir
        return self.matches(item)

    def answers(self, items: list) -> list:
        """`is`: empty for nothing, refused for several."""
        if not items:
            return []
        if len(items) > 1:
            raise Mistake(f"`is` asks about one item; there are {len(items)}.")
        return [self.matches(items[0])]

    def only(self, items: list) -> list:
        """`ofType`: the items of the type."""
        return [item for item in items if self._same(item)]

    def cast(self, items: list) -> list:
        """`as`: the item when it is of the type; refused for several."""
        if len(items) > 1:
            raise Mistake(f"`as` takes one item; there are {len(items)}. Use ofType() for several.")
        return self.only(items)


def type_test(name: str) -> TypeTest:
    """The test for a type name; a name that no type has is a mistake."""
    namespace, _, plain = name.rpartition(".")
    if namespace == "System":
        return TypeTest("", plain)
    fhir = plain if plain in model().types else ""
    system = plain if not namespace and plain in SYSTEM_TYPES else ""
    if name in model().elements:  # a backbone type written with its path, Patient.contact
        fhir = name
    if (not fhir and not system) or (namespace not in ("", "FHIR") and not fhir):
        raise Mistake(f"There is no type {name}.")
    return TypeTest(fhir, system)
