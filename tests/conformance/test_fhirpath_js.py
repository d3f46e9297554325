"""The cases of fhirpath.js that are about R4 or about no version: every one is accounted for."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

import pytest

from throughcare.faults import Malformed
from throughcare.fhir.path import Node, Quantity, compile
from throughcare.fhir.path.values import Long, Moment

from . import case_yaml
from .conformance_data import cases_or_skip, known_failures, open_archive

ARCHIVE = "02_conformance/fhirpath/fhirpath.js_cases.zip"
NOW = datetime(2026, 3, 4, 15, 16, 17, 18000, UTC)
KNOWN = known_failures("fhirpath_known_failures.toml", "fhirpath.js")


class Case(NamedTuple):
    name: str
    expression: str
    base: str  # the path of the part of a resource that the input is
    given: dict
    subject: Any


def _cases() -> list[Case]:
    return [case for case in _declared() if not case.given.get("disable") and case.given.get("model") in (None, "r4")]


@cache
def _declared() -> list[Case]:
    """Every case of every file, the ones for other versions and the disabled ones included."""
    archive = open_archive(ARCHIVE)
    found: list[Case] = []
    for file in (
        sorted(n for n in archive.namelist() if n.startswith("test/cases/") and n.endswith(".yaml")) if archive else ()
    ):
        document = case_yaml.read(archive.read(file).decode())
        short = file.rsplit("/", 1)[-1].removesuffix(".yaml")
        for given, disabled in _leaves(document["tests"], False):
            expressions = given["expression"] if isinstance(given["expression"], list) else [given["expression"]]
            for expression in expressions:
                given = {**given, "disable": True} if disabled else given
                based = expression if isinstance(expression, dict) else {"base": "", "expression": str(expression)}
                name = f"{short}-{len(found):04d}"
                found.append(Case(name, based["expression"], based["base"], given, document.get("subject")))
    return found


def _leaves(tests: list, disabled: bool) -> Iterator[tuple[dict, bool]]:
    for test in tests:
        off = disabled or bool(test.get("disable"))
        for key, inner in test.items():
            if key.startswith("group"):
                yield from _leaves(inner, off)
        if "expression" in test:
            yield test, off


@cache
def _file(name: str) -> Any:
    return json.loads(open_archive(ARCHIVE).read(f"test/resources/r4/{name}"), parse_float=Decimal)


def _plain(value: Any) -> Any:
    """A result in the form the suite writes it: as JSON, with days, times and amounts as text."""
    if isinstance(value, (Moment, Quantity, Long)):
        return str(value)
    if isinstance(value, dict):
        return {key: _plain(v) for key, v in value.items()}
    return [_plain(v) for v in value] if isinstance(value, list) else value


def _typed(value: Any) -> Any:
    """Numbers compare as numbers, and true is not 1."""
    if isinstance(value, dict):
        return {key: _typed(v) for key, v in value.items()}
    if isinstance(value, list):
        return [_typed(v) for v in value]
    if isinstance(value, (bool, str)) or value is None:
        return (type(value).__name__, value)
    return ("number", round(value, 12))  # the suite writes quotients and logarithms as binary floats


def _run(case: Case) -> None:
    given = case.given
    subject = _file(given["inputfile"]) if "inputfile" in given else case.subject

    def ask() -> list:
        path = compile(case.expression)
        root = compile(str(given["context"]))(subject)[0] if "context" in given else subject
        items = path.items(root, env=given.get("variables"), now=NOW, kind=case.base)
        values = [item.value if isinstance(item, Node) else item for item in items]
        return [value for value in values if value is not None]

    if given.get("error"):
        with pytest.raises(Malformed):
            ask()
        return
    expected = given["result"] if isinstance(given["result"], list) else [given["result"]]
    assert _typed(_plain(ask())) == _typed(expected)


@pytest.mark.parametrize("case", cases_or_skip([pytest.param(case, id=case.name) for case in _cases()]))
def test_case_of_fhirpath_js(case: Case) -> None:
    KNOWN.judge(case.name, lambda: _run(case))


def test_every_declared_case_is_counted() -> None:
    cases_or_skip(_declared(), skip_now=True)
    others = [case for case in _declared() if case.given.get("model") not in (None, "r4")]
    disabled = [case for case in _declared() if case not in others and case.given.get("disable")]
    assert (len(_declared()), len(_cases()), len(disabled), len(others)) == (3646, 2513, 55, 1078)
    KNOWN.all_named_in([case.name for case in _cases()])
