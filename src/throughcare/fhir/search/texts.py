"""Texts: what a name, an address or a description says, in the form in which it is searched."""

from collections.abc import Callable
from typing import Any

from throughcare.fhir.search.terms import normal

_NAME = ("family", "given", "text", "prefix", "suffix")
_ADDRESS = ("line", "city", "district", "state", "postalCode", "country", "text")


def _parts(keys: tuple[str, ...]) -> Callable[[dict[str, Any]], list[str]]:
    def read(value: dict[str, Any]) -> list[str]:
        found: list[str] = []
        for key in keys:
            part = value.get(key)
            if part is not None:
                found += [normal(p) for p in part if p] if isinstance(part, list) else [normal(part)]
        return found

    return read


def _concept_text(value: dict[str, Any]) -> list[str]:
    said = [value.get("text"), *(c.get("display") for c in value.get("coding", ()))]
    return [normal(s) for s in said if s]


SAID: dict[str, Callable[[Any], list[str]]] = {
    "text": lambda value: [normal(value)],
    "name": _parts(_NAME),
    "address": _parts(_ADDRESS),
    "concept_text": _concept_text,
}
