"""Validation: known fields, right types, required elements, allowed codes and real dates, as FHIR R4 says."""

from functools import cache
from typing import Any

import msgspec

from throughcare.faults import Malformed, Unavailable


def check(data: bytes, *, where: str = "") -> None:
    """Refuse a resource that breaks the base specification. Profiles and warnings are another matter."""
    try:
        _decoder().decode(data)
    except msgspec.ValidationError as problem:
        raise Malformed(_said(str(problem)), where=where, do=_DO) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise Malformed(f"It is not JSON: {problem}", where=where, do=_DO) from None


_DO = "Correct it at its source, or fix it in quarantine and replay it."


@cache
def _decoder() -> msgspec.json.Decoder[Any]:
    """One decoder over the union of all resource types; made at first use, as it takes a third of a second."""
    try:
        from throughcare.fhir.r4.generated import model
    except ModuleNotFoundError:
        raise Unavailable(
            "The FHIR model has not been built.", do="Run `make`, or `python -m throughcare.fhir.generate`."
        ) from None
    return msgspec.json.Decoder(model.AnyResource)


def _said(problem: str) -> str:
    """msgspec's words, made ours: the place first, no pattern as long as a page, and no value of the record."""
    what, _, place = problem.partition(" - at ")
    if what.startswith("Expected `str` matching regex"):
        what = "A text does not have the form its type asks for"
    elif what.startswith("Invalid enum value"):
        what = "The code is not one of those FHIR allows here"
    return f"{_path(place)}{what[:200]}."


def _path(place: str) -> str:
    path = place.strip("`").removeprefix("$").removeprefix(".")
    return f"{path}: " if path else ""
