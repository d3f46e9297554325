"""Validation: a resource is what FHIR R4 says it is: known fields, right types, required elements, allowed codes, real dates."""

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
    """One decoder over the union of all resource types; made at first use, since the model takes a third of a second."""
    try:
        from throughcare.fhir.r4.generated import model
    except ModuleNotFoundError:
        raise Unavailable("The FHIR model has not been built.", do="Run `make`, or `python -m throughcare.fhir.generate`.") from None
    return msgspec.json.Decoder(model.AnyResource)


def _said(problem: str) -> str:
    """msgspec's words, made ours: the place first, and no pattern or list of codes as long as a page."""
    what, _, place = problem.partition(" - at ")
    if what.startswith("Expected `str` matching regex"):
        what = "A text does not have the form its type asks for"
    return f"{_path(place)}{what[:200]}."


def _path(place: str) -> str:
    path = place.strip("`").removeprefix("$").removeprefix(".")
    return f"{path}: " if path else ""
