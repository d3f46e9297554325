"""The official FHIRPath suite for R4: every case is accounted for, checked against the types and then asked."""

import json
import xml.etree.ElementTree as ET
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from zipfile import ZipFile

import pytest

from throughcare.faults import Malformed
from throughcare.fhir.path import Node, compile
from throughcare.fhir.path.values import Date, DateTime, Moment, Time

from .conformance_data import cases_or_skip, known_failures, open_archive
from .fhir_xml import read

ARCHIVE = "02_conformance/fhirpath/fhir-test-cases_r4.zip"
NOW = datetime(2026, 3, 4, 15, 16, 17, 18000, UTC)
KNOWN = known_failures("fhirpath_known_failures.toml", "fhir-test-cases")


def _cases() -> list:
    archive = open_archive(ARCHIVE)
    if archive is None:
        return []
    seen: dict[str, int] = {}
    found = []
    for test in ET.fromstring(archive.read("r4/fhirpath/tests-fhir-r4.xml")).iter("test"):
        name = test.attrib["name"]
        seen[name] = seen.get(name, 0) + 1
        found.append(pytest.param(test, id=name if seen[name] == 1 else f"{name}-{seen[name]}"))
    return found


@cache
def _resource(name: str) -> dict | None:
    if not name:
        return None
    archive: ZipFile = open_archive(ARCHIVE)
    text = archive.read(f"r4/{name}").decode()
    return read(text) if name.endswith(".xml") else json.loads(text, parse_float=Decimal)


def _written(item: object) -> str:
    value = item.value if isinstance(item, Node) else item
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Moment):
        return f"@T{value}" if isinstance(value, Time) else f"@{value}"
    if isinstance(item, Node) and item.kind in ("date", "dateTime", "instant"):
        return f"@{value}"
    return str(value)


_SYSTEM = {
    bool: "boolean",
    int: "integer",
    Decimal: "decimal",
    str: "string",
    Date: "date",
    DateTime: "dateTime",
    Time: "time",
}


def _kind(item: object) -> str:
    if isinstance(item, Node) and item.kind:
        return item.kind.removeprefix("System.").lower() if item.kind.startswith("System.") else item.kind
    item = item.value if isinstance(item, Node) else item
    return _SYSTEM.get(type(item), type(item).__name__)


def _matches(item: object, output: ET.Element) -> bool:
    kind, text = output.attrib.get("type"), output.text or ""
    if kind == "decimal":
        return Decimal(_written(item)) == Decimal(text)
    # R4 types Resource.id and Extension.url by FHIRPath's String; the suite calls them by their FHIR name.
    same_kind = kind is None or kind == _kind(item) or (kind == "id" and _kind(item) == "string")
    return same_kind and _written(item) == text


def _run(test: ET.Element) -> None:
    expression = test.find("expression")
    resource = _resource(test.attrib.get("inputfile", ""))
    invalid = expression.attrib.get("invalid")

    def ask() -> list:
        path = compile(expression.text)
        path.check(resource["resourceType"] if resource else "")
        return path.items(resource, now=NOW)

    if invalid:
        with pytest.raises(Malformed):
            ask()
        return
    items, outputs = ask(), test.findall("output")
    if test.attrib.get("predicate") == "true":
        items = [bool(items)]
    assert len(items) == len(outputs), f"{len(items)} items, {len(outputs)} expected"
    if test.attrib.get("ordered") == "false":
        items = sorted(items, key=_written)
        outputs = sorted(outputs, key=lambda output: output.text)
    for item, output in zip(items, outputs, strict=True):
        assert _matches(item, output), (
            f"{_kind(item)}:{_written(item)} instead of {output.attrib.get('type')}:{output.text}"
        )


@pytest.mark.parametrize("test", cases_or_skip(_cases()))
def test_official_case(test: ET.Element, request: pytest.FixtureRequest) -> None:
    KNOWN.judge(request.node.callspec.id, lambda: _run(test))


def test_every_declared_case_is_counted() -> None:
    cases_or_skip(_cases(), skip_now=True)
    assert len(_cases()) == 935
    KNOWN.all_named_in([case.id for case in _cases()])
