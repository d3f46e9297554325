"""Value sets of required bindings, expanded where the definitions alone suffice."""

from collections.abc import Iterator
from typing import Any

from throughcare.fhir.official.definitions import Definitions


def expand(definitions: Definitions, canonical: str) -> list[str] | None:
    """The codes a value set allows, sorted; None where it needs a code system from elsewhere (UCUM, MIME types)."""
    try:
        return sorted(_value_set(definitions, canonical, ()))
    except _Unknown:
        return None


class _Unknown(Exception):
    """The value set reaches outside what the definitions hold."""


def _value_set(definitions: Definitions, canonical: str, within: tuple[str, ...]) -> set[str]:
    url = canonical.split("|")[0]
    found = definitions.value_sets.get(url)
    if found is None or url in within or not found.get("compose", {}).get("include"):
        raise _Unknown
    compose, inner = found["compose"], (*within, url)
    allowed = set().union(*(_included(definitions, part, inner) for part in compose["include"]))
    return allowed.difference(*(_included(definitions, part, inner) for part in compose.get("exclude", [])))


def _included(definitions: Definitions, part: dict[str, Any], within: tuple[str, ...]) -> set[str]:
    sets = [_value_set(definitions, url, within) for url in part.get("valueSet", [])]
    if "system" in part:
        sets.append(_of_system(definitions, part))
    return set.intersection(*sets) if sets else set()


def _of_system(definitions: Definitions, part: dict[str, Any]) -> set[str]:
    if part.get("concept"):
        return {concept["code"] for concept in part["concept"]}
    system = definitions.code_systems.get(part["system"])
    if system is None or system.get("content") not in ("complete", None) or not system.get("concept"):
        raise _Unknown
    codes = {code for code, _ in _concepts(system["concept"], ())}
    for chosen in part.get("filter", []):
        codes &= _filtered(system["concept"], chosen)
    return codes


def _filtered(concepts: list[dict[str, Any]], chosen: dict[str, str]) -> set[str]:
    if chosen["op"] not in ("is-a", "descendent-of"):
        raise _Unknown
    below = {code for code, above in _concepts(concepts, ()) if chosen["value"] in above}
    return below | {chosen["value"]} if chosen["op"] == "is-a" else below


def _concepts(concepts: list[dict[str, Any]], above: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every code with the codes above it: parents by nesting, and those a subsumedBy property names."""
    for concept in concepts:
        named = tuple(p["valueCode"] for p in concept.get("property", []) if p["code"] == "subsumedBy")
        yield concept["code"], above + named
        yield from _concepts(concept.get("concept", []), (*above, concept["code"]))
