"""Search: what each resource can be found by, read by the official R4 search parameters into one compact row."""

from collections.abc import Callable
from functools import cache
from typing import Any

from throughcare.faults import Malformed
from throughcare.fhir import likeness
from throughcare.fhir.search.asking import ask, term
from throughcare.fhir.search.compiler import compile_type
from throughcare.fhir.search.parameters import number_of, of_type
from throughcare.fhir.search.row import SearchRow
from throughcare.fhir.search.terms import normal, number

__all__ = ["SearchRow", "ask", "extractor", "like", "normal", "number_of", "of_type", "term"]


@cache
def extractor(resource_type: str) -> Callable[[dict[str, Any]], SearchRow]:
    """The function that reads a resource of this type; compiled at first use."""
    read = _with_likeness(compile_type(resource_type)) if resource_type == "Patient" else compile_type(resource_type)

    def extract(resource: dict[str, Any]) -> SearchRow:
        try:
            return read(resource)
        except (AttributeError, TypeError, KeyError, ValueError):
            raise Malformed(f"This {resource_type} does not have the form of one, so it cannot be indexed.") from None

    return extract


def like(key: str) -> int:
    """The term under which patients with this key of likeness are found; it is no search parameter of FHIR."""
    return number("Patient?likeness", key)


def _with_likeness(read: Callable[[dict[str, Any]], SearchRow]) -> Callable[[dict[str, Any]], SearchRow]:
    def extract(patient: dict[str, Any]) -> SearchRow:
        row = read(patient)
        row.terms.extend(str(like(key)) for key in likeness.keys(likeness.traits(patient)))
        return row

    return extract
