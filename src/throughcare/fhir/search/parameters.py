"""The official search parameters, and the small language their expressions are written in."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from throughcare.faults import Unavailable

_FILE = Path(__file__).parent.parent / "r4" / "generated" / "search_parameters.json"

# Answered by columns of the record itself: the id and the moment of the version.
_OWN_COLUMNS = {"_id", "_lastUpdated"}


class Step(NamedTuple):
    """One step of a path: an element, then which type of it, which of several by a code, which type it refers to."""

    name: str
    as_type: str = ""
    where: tuple[str, str] = ("", "")
    refers_to: str = ""


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    kind: str  # token, reference, string, date, quantity, number, uri, composite
    expressions: tuple[str, ...]  # those of one resource type
    components: tuple[tuple[str, str], ...] = ()  # (address of the part's parameter, its expression)
    target: str = ""  # the type a reference must be to, where the parameter allows only one


@cache
def _all() -> list[dict[str, Any]]:
    try:
        return msgspec.json.decode(_FILE.read_bytes())
    except FileNotFoundError:
        raise Unavailable(
            "The search parameters have not been built.", do="Run `make`, or `python -m throughcare.fhir.generate`."
        ) from None


@cache
def _numbers() -> dict[str, int]:
    return {name: n for n, name in enumerate(sorted({p["name"] for p in _all()}), 1)}


def number_of(name: str) -> int:
    """The number under which a parameter stands in spans and numbers; the same in every resource type."""
    return _numbers()[name]


@cache
def by_url() -> dict[str, dict[str, Any]]:
    return {p["url"]: p for p in _all()}


@cache
def of_type(resource_type: str) -> tuple[Parameter, ...]:
    """The parameters of a resource type, those of every resource included."""
    found = (_for(p, resource_type) for p in _all() if {resource_type, "Resource", "DomainResource"} & set(p["base"]))
    return tuple(p for p in found if p.expressions and p.kind != "special" and p.name not in _OWN_COLUMNS)


def _for(parameter: dict[str, Any], resource_type: str) -> Parameter:
    parts = [part.strip() for part in parameter["expression"].split(" | ")]
    mine = [part for part in parts if _root(part) in (resource_type, "Resource", "DomainResource", "")]
    components = tuple((c["definition"], c["expression"]) for c in parameter.get("component", []))
    target = parameter["target"][0] if len(parameter["target"]) == 1 else ""
    return Parameter(parameter["name"], parameter["type"], tuple(mine), components, target)


def _root(expression: str) -> str:
    """The type an expression begins with; none when it begins with an element."""
    word = re.match(r"\(?(\w+)", expression)
    return word[1] if word and word[1][0].isupper() else ""


_STEP = re.compile(r"""
    \.? (?P<name>[a-z]\w*)
    (?: (?:\s+as\s+|\.as\() (?P<as_type>\w+) \)? )?
    (?: \.where\( (?P<field>\w+) \s*=\s* '(?P<value>[^']*)' \) )?
    (?: \.where\( resolve\(\)\ is\ (?P<refers_to>\w+) \) )?
    """, re.X)  # fmt: skip


def steps(expression: str) -> list[Step] | None:
    """The steps of a plain path; None for an expression that needs the whole of FHIRPath."""
    text = re.sub(r"^(\(?)[A-Z]\w*", r"\1", expression).strip()
    text = text[1:].replace(")", "", 1) if text.startswith("(") else text
    found: list[Step] = []
    at = 0
    while at < len(text):
        step = _STEP.match(text, at)
        if step is None or step.end() == at:
            return None
        where = (step["field"], step["value"]) if step["field"] else ("", "")
        found.append(Step(step["name"], step["as_type"] or "", where, step["refers_to"] or ""))
        at = step.end()
    return found
