"""Asking: the terms that a resource must carry one of, to match a parameter and a value."""

from functools import cache
from typing import NamedTuple

from throughcare.faults import Refused
from throughcare.fhir.search.parameters import of_type, steps
from throughcare.fhir.search.plan import Node, leaf_of, pair_place, reached
from throughcare.fhir.search.terms import number


class _Place(NamedTuple):
    """Where a parameter reads, and what it takes there: only references to one type, only one kind of contact."""

    name: str
    reader: str
    only: str


def ask(resource_type: str, parameter: str, value: str) -> list[int]:
    """Terms, any of which will do. `parameter` may carry the modifiers :identifier or :of-type.

    A value is asked for as FHIR says: code, system|code, |code, system|, Type/id, id, an address.
    """
    name, _, modifier = parameter.partition(":")
    suffix = f":{modifier}" if modifier else ""
    forms = [(p.name + suffix, value if suffix else _form(p, value)) for p in _places(resource_type, name)]
    return [number(place, form) for place, form in forms if form]


def term(parameter: str, value: str) -> int:
    """The term of a parameter that reads one place, such as "Patient?identifier" and "system|value"."""
    resource_type, _, name = parameter.partition("?")
    found = ask(resource_type, name, value)
    if len(found) != 1:
        raise Refused(f"{parameter} reads {len(found)} places.", do="Ask for any of the terms `ask` gives.")
    return found[0]


def _form(place: _Place, value: str) -> str:
    """The value as it stands at this place; nothing where the place cannot hold it."""
    if place.reader == "primitive":
        return value.rpartition("|")[2]
    if place.reader == "contact":
        return f"{place.only}|{value}" if place.only else value
    if place.only and "/" in value:
        return value if f"/{place.only}/" in f"/{value}" else ""
    return f"{place.only}/{value}" if place.only else value


@cache
def _places(resource_type: str, name: str) -> list[_Place]:
    parameter = next((p for p in of_type(resource_type) if p.name == name), None)
    if parameter is None:
        raise Refused(f"{resource_type} has no search parameter {name}.")
    places = []
    for expression in parameter.expressions:
        path = steps(expression)
        if path is None:
            places.append(_Place(f"{resource_type}?{name}", parameter.kind, parameter.target))
            continue
        for node, type_name in reached(Node(resource_type), resource_type, path):
            if parameter.kind == "composite" and path:
                places.append(_Place(pair_place(node, parameter), "", ""))
            elif reader := leaf_of(parameter.kind, type_name):
                contact_kind = path[-1].where[1] if reader == "contact" else ""
                places.append(_Place(node.place, reader, path[-1].refers_to or contact_kind))
    return places
