"""What FHIR adds to the language: extensions, references, keys, types and conformance."""

import re
from typing import Any

from . import tree
from .context import Context
from .mistake import Mistake
from .model import model
from .projection import text
from .registry import function
from .subsets import single
from .system import system, type_of
from .values import Node

_CORE = "http://hl7.org/fhir/StructureDefinition/"
_REFERENCE = re.compile(r"(?:.*/)?([A-Za-z]+)/([A-Za-z0-9.-]{1,64})(?:/_history/[A-Za-z0-9.-]{1,64})?")


@function("extension", 1)
def _extension(context: Context, items: list, url: list) -> list:
    wanted = text(url, "the url of an extension")
    if not wanted:
        return []
    return [node for node in tree.named(items, "extension") if node.value.get("url") == wanted]


@function("hasExtension", 1)
def _has_extension(context: Context, items: list, url: list) -> list:
    return [bool(_extension(context, items, url))]


@function("type")
def _type(context: Context, items: list) -> list:
    return [Node({"namespace": space, "name": name}, "") for space, name in map(type_of, items)]


@function("resolve")
def _resolve(context: Context, items: list) -> list:
    """Resources at hand: contained ones and those of the same Bundle. Others are named by type alone, never fetched."""
    found = (_resolved(context, item) for item in items)
    return [node for node in found if node is not None]


def _resolved(context: Context, item: Any) -> Node | None:
    reference = reference_text(item)
    if not reference:
        return None
    if reference.startswith("#"):
        return _contained(context, reference[1:])
    held = _in_bundle(context.within, reference)
    if held is not None:
        return held
    match = _REFERENCE.fullmatch(reference)
    kind = match[1] if match else _stated_type(item)
    return Node({}, kind) if kind in model().resources else None


def reference_text(item: Any) -> str:
    """The text of a Reference, or of a plain uri or canonical."""
    if isinstance(item, Node) and isinstance(item.value, dict):
        given = item.value.get("reference")
        return given if isinstance(given, str) else ""
    value = system(item)
    return value if isinstance(value, str) else ""


def _stated_type(item: Any) -> str:
    given = item.value.get("type") if isinstance(item, Node) and isinstance(item.value, dict) else ""
    return given if isinstance(given, str) else ""


def _contained(context: Context, wanted: str) -> Node | None:
    for holder in (context.resource, context.within):
        if not isinstance(holder, Node) or not isinstance(holder.value, dict):
            continue
        if not wanted:
            return holder
        for node in [*tree.named([holder], "contained"), *_contained_in_entries(holder)]:
            if node.value.get("id") == wanted:
                return node
    return None


def _contained_in_entries(holder: Node) -> list:
    return (
        tree.named(tree.named(tree.named([holder], "entry"), "resource"), "contained")
        if holder.kind == "Bundle"
        else []
    )


def _in_bundle(holder: Any, reference: str) -> Node | None:
    if not isinstance(holder, Node) or holder.kind != "Bundle":
        return None
    wanted = reference.split("/_history/")[0]
    for entry in holder.value.get("entry", ()):
        resource = entry.get("resource")
        if isinstance(resource, dict):
            own = f"{resource.get('resourceType')}/{resource.get('id')}"
            url = entry.get("fullUrl", "")
            if wanted in (own, url) or url.endswith("/" + wanted):
                return tree.root(resource)
    return None


@function("getResourceKey")
def _resource_key(context: Context, items: list) -> list:
    return [f"{node.value['resourceType']}/{node.value['id']}" for node in items if _is_resource(node)]


def _is_resource(item: Any) -> bool:
    return (
        isinstance(item, Node) and isinstance(item.value, dict) and "resourceType" in item.value and "id" in item.value
    )


@function("getReferenceKey", 0, 1)
def _reference_key(context: Context, items: list, kind: str = "") -> list:
    """The key of the resource a reference points to, in the form of getResourceKey(); only of one type if asked."""
    found = (reference_key(reference_text(item), kind) for item in items)
    return [name for name in found if name]


def reference_key(reference: str, kind: str = "") -> str:
    match = _REFERENCE.fullmatch(reference)
    if match is None or match[1] not in model().resources or (kind and match[1] != kind):
        return ""
    return f"{match[1]}/{match[2]}"


@function("conformsTo", 1)
def _conforms_to(context: Context, items: list, profile: list) -> list:
    """Answers for R4's own types only; a profile needs the validator, so asking for one is refused, not guessed."""
    url, item = text(profile, "a profile"), single(items)
    if url is None or item is None:
        return []
    name = url.removeprefix(_CORE)
    if name == url or name not in model().types:
        raise Mistake("conformsTo() knows the types of FHIR R4 only, no other profile.")
    return [isinstance(item, Node) and model().is_a(item.kind, name)]


def _needs_terminology(name: str) -> None:
    @function(name, 0, 3)
    def refuse(context: Context, items: list, *arguments: list) -> list:
        raise Mistake(f"{name}() needs a terminology service; none is reached from here.")


for _name in ("memberOf", "subsumes", "subsumedBy"):
    _needs_terminology(_name)


@function("htmlChecks")
def _html_checks(context: Context, items: list) -> list:
    """Whether a narrative keeps to the elements FHIR allows: no script, no form, no outside object."""
    value = system(single(items))
    if not isinstance(value, str):
        return []
    return [
        re.search(r"<\s*(script|form|input|object|iframe|embed|link|base|style)\b|\son\w+\s*=", value, re.I) is None
    ]


@function("elementDefinition")
def _element_definition(context: Context, items: list) -> list:
    raise Mistake("elementDefinition() needs profiles; none are loaded here.")
