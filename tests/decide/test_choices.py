"""Cases that expect a choice: X8.3 and X8.4 of the reference as lives, and every difference told in words."""

import json
from pathlib import Path
from typing import Any

import pytest

from throughcare.decide.cases import run_cases
from throughcare.definitions.cases import load_cases
from throughcare.definitions.check import check
from throughcare.definitions.compiled import compile_models
from throughcare.definitions.load import load_model, shipped_library
from throughcare.definitions.new import new_model

SETS = """
[[set]]
id = "crew"
says = "Workers with room"
from = "worker where known(cap)"

[[fact]]
on = "crew"
id = "taken"
says = "Room taken"
value = "lookup(taken_now, worker_id)"

[[set]]
id = "new_cases"
says = "Cases, by their weight"
from = "observation where code = 'case-weight'"
also = { speaks = "person.language" }

[[set]]
id = "visits"
says = "Places to visit"
from = "site where kind = 'home'"
also = { asked_on = "today" }
rule_on = "asked_on"
"""
TEAM = """role = []

[[assignment]]
id = "who_takes_whom"
says = "Give each case a worker who speaks the language"
role = "community_health_worker"
cases = "new_cases"
among = "crew where this.speaks = 'en' or is_true(listed_in(this.speaks, languages))"
weight = "value"
cap = "cap"
load = "taken"
worker = "worker_id"
cites = "X8.3"

[[routing]]
id = "the_day"
says = "The order of a day that drives least"
stops = "visits"
trip = "organization_id"
x = "lon"
y = "lat"
opens = "lookup(opens_at, site_id)"
closes = "lookup(closes_at, site_id)"
minutes = "visit_minutes"
starts_x = "0"
starts_y = "0"
starts_at = "day_starts"
cites = "X8.4"
"""
TABLES = {
    "taken_now": {"Practitioner/w1": 12, "Practitioner/w2": 9, "Practitioner/w3": 4},
    "opens_at": {"Location/a": 540, "Location/b": 0, "Location/c": 0, "Location/e": 510},
    "closes_at": {"Location/a": 600, "Location/b": 1440, "Location/c": 1440, "Location/e": 545},
}
HEAD = 'says = "A day"\nnow = 2026-06-15T09:00:00-04:00\n'
FIXTURES = """
[[assigned]]
assignment = "who_takes_whom"
person = "Patient/c1"
worker = "Practitioner/w2"
weight = 5
used = 0.7

[[assigned]]
assignment = "who_takes_whom"
case = "Observation/weight-c3#1"
worker = "Practitioner/w1"
because = "least_used"
used = 0.8

[[assigned]]
assignment = "who_takes_whom"
person = "Patient/c2"
worker = "Practitioner/w3"

[[assigned]]
assignment = "who_takes_whom"
person = "Patient/c4"
worker = "Practitioner/w2"

[[shared]]
assignment = "who_takes_whom"
fairness = 0.9962
used = { "Practitioner/w1" = 0.8, "Practitioner/w2" = 0.8, "Practitioner/w3" = 0.7 }

[[routed]]
routing = "the_day"
trip = "Organization/agency"
order = ["Location/e", "Location/a", "Location/b", "Location/c"]
travel = 50.0
finish = 680
left_out = []
"""


def worker(name: str, cap: int, *languages: str) -> dict[str, Any]:
    spoken = [{"coding": [{"system": "urn:ietf:bcp:47", "code": code}]} for code in languages]
    room = [{"url": "urn:throughcare:cap", "valueInteger": cap}]
    return {"resourceType": "Practitioner", "id": name, "active": True, "communication": spoken, "extension": room}


def person(name: str, weight: int, language: str = "en") -> list[dict[str, Any]]:
    spoken = {"language": {"coding": [{"system": "urn:ietf:bcp:47", "code": language}]}, "preferred": True}
    code = {"coding": [{"system": "urn:throughcare:test", "code": "case-weight"}]}
    return [
        {"resourceType": "Patient", "id": name, "birthDate": "1980-03-01", "communication": [spoken]},
        {"resourceType": "Observation", "id": f"weight-{name}", "status": "final", "code": code,
         "subject": {"reference": f"Patient/{name}"}, "effectiveDateTime": "2026-06-14",
         "valueQuantity": {"value": weight}},
    ]  # fmt: skip


def place(name: str, x: int, y: int) -> dict[str, Any]:
    kind = {"coding": [{"system": "urn:throughcare:site", "code": "home"}]}
    return {"resourceType": "Location", "id": name, "status": "active", "type": [kind],
            "position": {"longitude": x, "latitude": y},
            "managingOrganization": {"reference": "Organization/agency"}}  # fmt: skip


LIFE = [
    worker("w1", 20, "en"), worker("w2", 20, "en", "es"), worker("w3", 10, "en"),
    *person("c1", 5, "es"), *person("c2", 3), *person("c3", 4), *person("c4", 2),
    place("a", 0, 10), place("b", 10, 10), place("c", 10, 0), place("e", 0, -5),
]  # fmt: skip


def _number(name: str, value: int) -> str:
    return f'\n[{name}]\nsays = "{name}"\nunit = "minutes"\ncites = "X8.4"\nvalues = {{ 2026-01-01 = {value} }}\n'


def _table(name: str) -> str:
    rows = json.dumps([list(row) for row in TABLES[name].items()])
    return f'\n[[table]]\nid = "{name}"\nsays = "{name}"\ncites = "X8"\nkind = "exact"\nrows = {rows}\n'


PARAMETERS = _number("visit_minutes", 30) + _number("day_starts", 510) + "".join(map(_table, TABLES))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A care model with one assignment and one routing, and no cases."""
    new_model("calls", tmp_path)
    folder = tmp_path / "calls"
    for name, text in (("sets.toml", SETS), ("team.toml", TEAM), ("parameters.toml", PARAMETERS)):
        with (folder / name).open("a") as file:
            file.write(text)
    return folder


def said(folder: Path, expect: str) -> list[str]:
    """What the check and the run say of the one case with this expectation."""
    case = folder / "cases/a_day"
    case.mkdir(exist_ok=True)
    (case / "life.json").write_text(
        json.dumps({"resourceType": "Bundle", "type": "collection", "entry": [{"resource": r} for r in LIFE]})
    )
    (case / "expect.toml").write_text(HEAD + expect)
    model, library = load_model(folder), shipped_library()
    findings = check(model, library)
    if not findings:
        cases = [c for c in load_cases(folder) if c.story == "a_day"]
        (findings,) = run_cases([(c, model) for c in cases], compile_models([model], library))
    return [f"{f.line}: {f.what.removeprefix('case a_day: ')}" for f in findings]


def test_the_worked_examples_of_the_reference_hold_as_a_case(folder: Path) -> None:
    assert said(folder, FIXTURES) == []


PLACED = '[[assigned]]\nassignment = "who_takes_whom"\nperson = "Patient/c1"\n'
SHARED = '[[shared]]\nassignment = "who_takes_whom"\n'
ROUTED = '[[routed]]\nrouting = "the_day"\ntrip = "Organization/agency"\n'
SAID = [
    (
        PLACED + 'worker = "Practitioner/w1"',
        "3: who_takes_whom: expected Patient/c1 to go to Practitioner/w1, got Practitioner/w2 (least_used).",
    ),
    (PLACED + "weight = 4", "3: who_takes_whom: expected weight 4 of Patient/c1, got 5.000000."),
    (PLACED + "used = 0.75", "3: who_takes_whom: expected used 0.75 of Patient/c1, got 0.7."),
    (PLACED.replace("c1", "zoe"), "3: Patient/zoe is not in the life."),
    (PLACED + 'case = "Observation/weight-c1"', "3: name the case by its person, or by its key, and not by both."),
    (
        PLACED.replace('person = "Patient/c1"', 'case = "Observation/x"'),
        "3: who_takes_whom: expected Observation/x to be one case, got 0.",
    ),
    (PLACED.replace("who_takes_whom", "who_takes_who"), '3: there is no assignment "who_takes_who".'),
    (SHARED + "fairness = 1", "3: who_takes_whom: expected a fairness of 1, got 0.9962."),
    (
        SHARED + 'used = { "Practitioner/w3" = 0.8 }',
        "3: who_takes_whom: expected Practitioner/w3 to be used 0.8, got 0.7.",
    ),
    (ROUTED + "travel = 46.18", "3: Organization/agency: expected travel 46.18, got 50.00."),
    (ROUTED + "finish = 679", "3: Organization/agency: expected finish 679, got 680.00."),
    (
        ROUTED + 'order = ["Location/a"]',
        "3: Organization/agency: expected order Location/a, got Location/e, Location/a, Location/b, Location/c.",
    ),
    (ROUTED.replace("agency", "x"), "3: the_day: there is no trip Organization/x. Trips: Organization/agency."),
]  # fmt: skip


@pytest.mark.parametrize(("expect", "told"), SAID, ids=[told[3:60] for _, told in SAID])
def test_a_difference_is_told_in_words_at_its_line(folder: Path, expect: str, told: str) -> None:
    (found,) = said(folder, expect)
    assert found.startswith(told)
