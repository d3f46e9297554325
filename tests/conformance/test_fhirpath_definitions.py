"""R4's own definitions use the language: every invariant and search expression is read, and holds on HL7's examples."""

import gzip
import json
from collections import defaultdict
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache

import pytest

from throughcare.fhir.path import Node, compile, tree

from .conformance_data import HOW, open_archive, shared

EXAMPLES = "02_conformance/r4_examples_json.zip"
NOW = datetime(2026, 3, 4, tzinfo=UTC)
# `answer is Boolean` of a FHIR boolean: the HL7 suite (testType12) says no, R4's rule expects yes; R5 says `boolean`.
CONTRADICTED = "que-7"


def _definitions(name: str) -> list[dict]:
    path = shared(f"02_conformance/r4_definitions/{name}.ndjson.gz")
    if not path.exists():
        pytest.skip(HOW)
    with gzip.open(path, "rt") as lines:
        return [json.loads(line) for line in lines]


@cache
def _invariants() -> dict[str, dict[str, str]]:
    """Rules whose breach is an error, by type or element path, then by key."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for definition in _definitions("StructureDefinition-base"):
        if definition.get("derivation") == "constraint" or definition["kind"] == "logical":
            continue
        for element in definition["snapshot"]["element"]:
            for rule in element.get("constraint", ()):
                if rule["severity"] == "error" and "expression" in rule and rule["key"] != CONTRADICTED:
                    found[element["path"]][rule["key"]] = rule["expression"]
    return found


def test_every_search_parameter_and_invariant_of_r4_compiles() -> None:
    searches = [d["expression"] for d in _definitions("SearchParameter") if "expression" in d]
    rules = {text for rules in _invariants().values() for text in rules.values()}
    assert len(searches) > 1300 and len(rules) > 150
    for text in (*searches, *rules):
        compile(text, as_filters=True)


@pytest.mark.parametrize("part", range(4))
def test_the_invariants_of_r4_hold_on_the_official_examples_and_everything_in_them(part: int) -> None:
    archive = open_archive(EXAMPLES)
    if archive is None:
        pytest.skip(HOW)
    asked, broken = 0, []
    for name in sorted(n for n in archive.namelist() if n.endswith(".json"))[part::4]:
        resource = json.loads(archive.read(name), parse_float=Decimal)
        if len(archive.read(name)) > 100_000 or resource["resourceType"] in ("Bundle", "Parameters"):
            continue
        whole = tree.root(resource)
        for node in [whole, *tree.descendants([whole])]:
            for key, text in _invariants().get(node.kind, {}).items():
                asked += 1
                if _breaks(text, node, whole):
                    broken.append((name.rsplit("/", 1)[-1], node.kind, key))
    assert asked > 1000
    assert not broken


def _breaks(text: str, node: Node, whole: Node) -> bool:
    """An unknown is not a breach: many rules speak of elements that may be absent."""
    return compile(text, as_filters=True).items(node, resource=whole, now=NOW) == [False]
