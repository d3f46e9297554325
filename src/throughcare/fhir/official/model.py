"""The typed model as a Python module: one struct per type, unknown fields refused, required code sets narrowed."""

import keyword
from collections.abc import Iterator
from dataclasses import dataclass

from throughcare.fhir.official import codes
from throughcare.fhir.official.definitions import Definitions, Element, Structure
from throughcare.fhir.official.elements import types_of
from throughcare.fhir.official.primitives import annotation

_HEAD = '''"""FHIR R4 as types, made by throughcare.fhir.generate from the official definitions. Not edited by hand."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Struct, UnsetType, field
from msgspec import Meta as Rule
from msgspec.structs import astuple


def _several(name: str) -> None:
    raise ValueError(f"Only one form of `{name}[x]` may be given")


def _missing(name: str) -> None:
    raise ValueError(f"Object missing required field `{name}`")


'''


@dataclass(slots=True)
class _Class:
    """One struct in the making: its fields in order, and what is checked once it is filled."""

    name: str
    tag: str
    fields: list[str]
    siblings: list[str]
    checks: list[str]


def source(definitions: Definitions) -> str:
    """The text of the module."""
    primitives = [s.name for s in definitions.structures.values() if s.kind == "primitive-type"]
    sets: dict[str, str] = {}
    classes = [_class(definitions, owner, elements, sets) for owner, elements in _owners(definitions)]
    concrete = [c.name for c in classes if c.tag]
    parts = [_HEAD]
    parts += [f"type_{name} = {annotation(name)}\n" for name in sorted(primitives)]
    parts += [f"{name} = {text}\n" for text, name in sets.items()]
    parts += [_text(c) for c in classes]
    parts.append("\n\nAnyResource = (\n    " + "\n    | ".join(concrete) + "\n)\n")
    return "".join(parts)


def _owners(definitions: Definitions) -> Iterator[tuple[str, list[Element]]]:
    """Each type and backbone with its direct elements."""
    for structure in definitions.structures.values():
        if structure.kind == "primitive-type" or structure.name in ("Resource", "DomainResource"):
            continue
        owners: dict[str, list[Element]] = {structure.name: []}
        for element in structure.snapshot.element[1:]:
            owner = element.path.rpartition(".")[0]
            owners.setdefault(owner, []).append(element)
        yield from owners.items()


def _class(definitions: Definitions, owner: str, elements: list[Element], sets: dict[str, str]) -> _Class:
    structure = definitions.structures.get(owner)
    made = _Class(class_name(owner), owner if _is_resource(structure) else "", [], [], [])
    for element in sorted(elements, key=lambda e: not e.path.endswith("[x]")):
        if element.path.endswith("[x]"):
            _choice(definitions, made, element)
        else:
            _plain(definitions, made, element, sets)
    return made


def _is_resource(structure: Structure | None) -> bool:
    return structure is not None and structure.kind == "resource" and not structure.abstract


def class_name(path: str) -> str:
    return path.replace(".", "_")


def _choice(definitions: Definitions, made: _Class, element: Element) -> None:
    """Choices come first, so that the fields of one choice stand together and can be counted at once."""
    name = element.path.rpartition(".")[2][:-3]
    low, keys = len(made.fields), []
    for type_name in types_of(element):
        key = name + type_name[0].upper() + type_name[1:]
        primitive = _is_primitive(definitions, type_name)
        made.fields.append(_field(key, _named(type_name, primitive)))
        keys.append(key)
        if primitive:
            made.siblings.append(_field("_" + key, "Element"))
            keys.append("_" + key)
    high = len(made.fields)
    if high - low > 1:
        made.checks.append(f"if astuple(self)[{low}:{high}].count(UNSET) < {high - low - 1}: _several({name!r})")
    if element.min:
        made.checks.append(_needed(f"{name}[x]", keys))


def _plain(definitions: Definitions, made: _Class, element: Element, sets: dict[str, str]) -> None:
    name, many = element.path.rpartition(".")[2], element.max not in ("0", "1")
    type_name = _type_of(element, of_resource=bool(made.tag))
    if element.max == "0":
        return
    if not _is_primitive(definitions, type_name):
        made.fields.append(_field(name, _several(_named(type_name, False), many), required=element.min > 0))
        return
    text = _code_set(definitions, element, sets) or _named(type_name, True)
    strict = name == "id" or element.path == "Extension.url"
    made.fields.append(_field(name, f"list[{text} | None]" if many else text, required=strict and element.min > 0))
    if strict:
        return
    made.siblings.append(_field("_" + name, "list[Element | None]" if many else "Element"))
    if element.min:
        made.checks.append(_needed(name, [_attribute(name), "_" + name]))


def _needed(name: str, keys: list[str]) -> str:
    """A required primitive or choice is there, or an extension says why not."""
    return f"if {' and '.join(f'self.{key} is UNSET' for key in keys)}: _missing({name!r})"


def _type_of(element: Element, *, of_resource: bool = False) -> str:
    types = types_of(element)
    if of_resource and element.path.endswith(".id"):
        return "id"
    return element.path if types in (["BackboneElement"], ["Element"]) else types[0]


def _is_primitive(definitions: Definitions, type_name: str) -> bool:
    found = definitions.structures.get(type_name)
    return found is not None and found.kind == "primitive-type"


def _named(type_name: str, primitive: bool) -> str:
    if primitive:
        return f"type_{type_name}"
    return "AnyResource" if type_name == "Resource" else class_name(type_name)


def _several(text: str, many: bool) -> str:
    return f"Annotated[list[{text}], Rule(min_length=1)]" if many else text


def _code_set(definitions: Definitions, element: Element, sets: dict[str, str]) -> str:
    """The name of the set of codes a required binding allows, or nothing where it is open."""
    if types_of(element) != ["code"] or element.binding.strength != "required":
        return ""
    allowed = codes.expand(definitions, element.binding.valueSet)
    if not allowed:
        return ""
    return sets.setdefault(f"Literal[{', '.join(map(repr, allowed))}]", f"codes_{len(sets)}")


def _attribute(name: str) -> str:
    return name + "_" if keyword.iskeyword(name) or name in ("field", "list") else name


def _field(name: str, text: str, *, required: bool = False) -> str:
    attribute = _attribute(name)
    renamed = f"name={name!r}" if attribute != name else ""
    if required:
        return f"{attribute}: {text}" + (f" = field({renamed})" if renamed else "")
    default = f"field(default=UNSET, {renamed})" if renamed else "UNSET"
    return f"{attribute}: {text} | UnsetType = {default}"


def _text(made: _Class) -> str:
    tag = f", tag_field='resourceType', tag={made.tag!r}" if made.tag else ""
    lines = [f"\n\nclass {made.name}(Struct, kw_only=True, forbid_unknown_fields=True, gc=False{tag}):"]
    lines += [f"    {field}" for field in made.fields + made.siblings] or ["    pass"]
    if made.checks:
        lines += ["", "    def __post_init__(self) -> None:"]
        lines += [f"        {check}" for check in made.checks]
    return "\n".join(lines) + "\n"
