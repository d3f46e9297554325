"""Steps through a record: from a node to the nodes under a name, to all children, to everything below."""

from typing import Any

from .model import Model, model
from .values import Node, Quantity

_BESIDE = {"id": "System.String", "extension": "Extension"}


def root(value: Any, kind: str = "") -> Any:
    """A value from outside as an item: an object becomes a node of its resource type, a node stays itself."""
    if isinstance(value, dict):
        return Node(value, _kind_of(value, kind, model()))
    return Node(value, kind) if kind and not isinstance(value, Node) else value


def _kind_of(value: dict, kind: str, types: Model) -> str:
    """The actual type where only a resource is promised, or nothing is."""
    if kind in ("", "Resource", "DomainResource"):
        named = value.get("resourceType", "")
        return named if isinstance(named, str) and named in types.resources else ("" if named else kind)
    return kind


def named(items: list, name: str) -> list:
    """All nodes under an element name, in document order."""
    types, found = model(), []  # type: Model, list
    for item in items:
        if type(item) is not Node:
            if type(item) is Quantity and name in ("value", "unit"):
                found.append(getattr(item, name))
            continue
        value = item.value
        if type(value) is not dict:
            if item.extra is not None and name in _BESIDE:
                _append(item.extra, name, _BESIDE[name], types, found)
            continue
        element = types.elements.get(item.kind, {}).get(name)
        if element is None:
            _append(value, name, types.keys.get(item.kind, {}).get(name, ("", ""))[1], types, found)
        elif not element.choice:
            _append(value, name, element.options[0][1], types, found)
        else:
            for key, kind in element.options:
                if key in value or "_" + key in value:
                    _append(value, key, kind, types, found)
    return found


def _append(value: dict, key: str, kind: str, types: Model, found: list) -> None:
    given, beside = value.get(key), value.get("_" + key)
    if beside is not None and (kind in types.primitives or not kind or given is None):
        _append_pairs(given, beside, kind, found)
        return
    if type(given) is not list:
        given = (given,)
    if kind in ("", "Resource"):
        found.extend(Node(v, _kind_of(v, kind, types) if type(v) is dict else kind) for v in given if v is not None)
    else:
        found.extend(Node(v, kind) for v in given if v is not None)


def _append_pairs(given: Any, beside: Any, kind: str, found: list) -> None:
    """Simple values with what stands beside them (ids and extensions); either list may be the longer one."""
    values = given if type(given) is list else [given]
    extras = beside if type(beside) is list else [beside]
    for i in range(max(len(values), len(extras))):
        value = values[i] if i < len(values) else None
        extra = extras[i] if i < len(extras) and isinstance(extras[i], dict) else None
        if value is not None or extra is not None:
            found.append(Node(value, kind, extra))


def children(items: list) -> list:
    """All nodes directly below, in the order they stand in the record."""
    types, found = model(), []  # type: Model, list
    for item in items:
        if type(item) is not Node:
            continue
        if type(item.value) is not dict:
            if item.extra is not None:
                for name, kind in _BESIDE.items():
                    _append(item.extra, name, kind, types, found)
            continue
        keys = types.keys.get(item.kind, {})
        for key in dict.fromkeys(k.removeprefix("_") for k in item.value):
            if key != "resourceType":
                _append(item.value, key, keys.get(key, ("", ""))[1], types, found)
    return found


def descendants(items: list) -> list:
    """Everything below, level by level."""
    found, level = [], children(items)
    while level:
        found.extend(level)
        level = children(level)
    return found
