"""The plan of one resource type: which elements to visit, once each, and what to read there for which parameters."""

from dataclasses import dataclass, field
from typing import Any

from throughcare.fhir.path.model import model
from throughcare.fhir.search.parameters import Parameter, Step, steps

# What a search of each kind reads of each data type.
READS = {
    "token": {
        **dict.fromkeys(("code", "string", "boolean", "id", "uri", "canonical", "url", "markdown"), "primitive"),
        "Coding": "coding", "CodeableConcept": "concept", "Identifier": "identifier", "ContactPoint": "contact",
    },
    "reference": {"Reference": "reference", "canonical": "uri", "uri": "uri", "url": "uri"},
    "uri": dict.fromkeys(("uri", "url", "canonical", "oid", "uuid"), "uri"),
    "date": {**dict.fromkeys(("date", "dateTime", "instant"), "of_date"), "Period": "of_period", "Timing": "of_timing"},
    "quantity": {
        **dict.fromkeys(("Quantity", "Age", "Duration", "Count", "Distance", "Money"), "amount"), "Range": "range",
    },
    "number": {**dict.fromkeys(("decimal", "integer", "positiveInt", "unsignedInt"), "number"), "Range": "range"},
    "string": {
        **dict.fromkeys(("string", "markdown", "code", "id", "uri"), "text"),
        "HumanName": "name", "Address": "address", "CodeableConcept": "concept_text",
    },
}  # fmt: skip


@dataclass(slots=True)
class Node:
    """An element: the elements below it, and the parameters that read it, by how they read.

    What is asked for is found by place, not by parameter: parameters that read one place share its terms.
    """

    place: str
    below: dict[tuple[str, bool, tuple[str, str]], "Node"] = field(default_factory=dict)
    leaves: dict[str, list[str]] = field(default_factory=dict)  # reader -> parameters
    pairs: dict[str, tuple[Parameter, str]] = field(default_factory=dict)  # place -> composite of what stands below

    def reads(self) -> bool:
        """Whether anything here or below is read at all."""
        return bool(self.leaves or self.pairs) or any(node.reads() for node in self.below.values())


def leaf_of(kind: str, type_name: str) -> str:
    return READS.get(kind, {}).get(type_name, "")


def add(root: Node, resource_type: str, parameter: Parameter) -> list[str]:
    """Put a parameter's paths into the tree; gives back the expressions that are no plain path."""
    left = []
    for expression in parameter.expressions:
        found = steps(expression)
        if found is None:
            left.append(expression)
        elif parameter.kind == "composite":
            _composite(root, resource_type, parameter, found)
        else:
            _walk(root, resource_type, found, parameter)
    return left


def _composite(root: Node, resource_type: str, parameter: Parameter, path: list[Step]) -> None:
    """Over the whole resource it needs nothing, as its parts stand side by side in the row. Below, pairs matter."""
    if path:
        for node, type_name in reached(root, resource_type, path):
            node.pairs.setdefault(pair_place(node, parameter), (parameter, type_name))


def pair_place(node: Node, parameter: Parameter) -> str:
    """Two composites of the same parts, such as component- and combo-, are one."""
    return f"{node.place}|{'$'.join(expression for _, expression in parameter.components)}"


def _walk(root: Node, resource_type: str, path: list[Step], parameter: Parameter) -> None:
    for node, type_name in reached(root, resource_type, path):
        reader = leaf_of(parameter.kind, type_name)
        if reader:
            names = node.leaves.setdefault(reader, [])
            if parameter.name not in names:
                names.append(parameter.name)


def reached(node: Node, type_name: str, path: list[Step]) -> list[tuple[Node, str]]:
    """The nodes a path leads to, one per form of each choice element on the way, made where they are new."""
    if not path:
        return [(node, type_name)]
    step, found = path[0], []
    element: Any = model().elements.get(type_name, {}).get(step.name)
    for key, option in element.options if element else ():
        if step.as_type in ("", option):
            mid = step.where if len(path) > 1 else ("", "")
            place = f"{node.place}.{key}[{mid[1]}]" if mid[0] else f"{node.place}.{key}"
            below = node.below.setdefault((key, element.many, mid), Node(place))
            found += reached(below, _plain(option), path[1:])
    return found


def _plain(type_name: str) -> str:
    return "string" if type_name == "System.String" else type_name
