"""What surrounds one evaluation: the resource, the variables, the moment, and where traces go."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from .mistake import Mistake
from .tree import root
from .values import Node

Trace = Callable[[str, list[str]], None]
Closure = Callable[["Context", list], list]

_CODE_SYSTEMS = {
    "sct": "http://snomed.info/sct",
    "loinc": "http://loinc.org",
    "ucum": "http://unitsofmeasure.org",
}


class Context:
    """Made anew for every evaluation; `index`, `total` and `defined` change while it runs."""

    __slots__ = ("defined", "env", "index", "now", "resource", "start", "total", "trace", "within")

    def __init__(
        self, start: Any, resource: Any, within: Any, env: dict, now: datetime | None, trace: Trace | None
    ) -> None:
        self.start, self.resource, self.within, self.env, self.now, self.trace = (
            start,
            resource,
            within,
            env,
            now,
            trace,
        )
        self.index: int | None = None
        self.total: list = []
        self.defined: dict[str, list] = {}

    def moment(self) -> datetime:
        """The moment of asking; there is no hidden clock."""
        if self.now is None:
            raise Mistake("The expression asks for the time, but the caller gave no moment.")
        return self.now

    def variable(self, name: str) -> list:
        if name in self.defined:
            return self.defined[name]
        if name in self.env:
            return as_items(self.env[name])
        if name == "context":
            return [self.start]
        if name in ("resource", "rootResource"):
            return [self.resource if name == "resource" else self.within]
        if name in _CODE_SYSTEMS:
            return [_CODE_SYSTEMS[name]]
        if name.startswith("vs-"):
            return ["http://hl7.org/fhir/ValueSet/" + name[3:]]
        if name.startswith("ext-"):
            return ["http://hl7.org/fhir/StructureDefinition/" + name[4:]]
        raise Mistake(f"There is no variable %{name}.")


def as_items(value: Any) -> list:
    """What a caller gave for a variable, as a collection."""
    if value is None:
        return []
    values = value if isinstance(value, list) else [value]
    return [item if isinstance(item, Node) else root(item) for item in values if item is not None]
