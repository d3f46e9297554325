"""A made-up program beside the fourteen: a folder is all it takes to belong, be served, owe, measure and earn.

Nothing but the folder is written here: no migration, no view, no screen, no word of Python knows the program.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from throughcare.definitions.load import model_folders
from throughcare.definitions.new import new_model
from throughcare.flow import population
from throughcare.flow.door import commit
from throughcare.flow.moment import Moment
from throughcare.flow.passes import settle
from throughcare.flow.published import publish
from throughcare.record.changes import Changes, Put
from throughcare.settings import Settings

NOW = datetime(2026, 7, 3, 13, 0, tzinfo=UTC)
PROGRAM = "porch_visits"
CODES = "http://terminology.hl7.org/CodeSystem"

TEAM = """[[role]]
id = "nurse"
says = "Knocks at the door"
found_in = ["care_team_member where role = 'nurse' and not known(model)"]
cites = "Our own way of working"
"""
MEASURES = """[[measure]]
id = "home_soon"
says = "Stays of at most four nights"
on = "discharges"
denominator = "ended_on >= period.start and ended_on <= period.end"
numerator = "days_between(started_on, ended_on) <= 4"
score = "share"
better = "higher"
target = 90
cites = "Our own way of working"
"""
PAYMENT = """[[line]]
id = "porch"
says = "A visit on the porch after hospital"
on = "discharges"
service = "porch_visit"
code = "PORCH"
price = "porch_fee"
at = "ended_on"
while = "always"
cites = "Our own way of working"
"""
FEE = """
[porch_fee]
says = "Fee for a visit on the porch"
unit = "USD"
cites = "Our own way of working"
values = { 2026-01-01 = 41.50 }
"""
EVA = [
    {"resourceType": "Patient", "id": "eva", "birthDate": "1960-05-06", "gender": "female"},
    {
        "resourceType": "CareTeam",
        "id": "team",
        "status": "active",
        "subject": {"reference": "Patient/eva"},
        "participant": [
            {
                "role": [{"coding": [{"system": "urn:throughcare:role", "code": "nurse"}]}],
                "member": {"reference": "Practitioner/zoe"},
            }
        ],
    },
    {
        "resourceType": "Encounter",
        "id": "stay",
        "status": "finished",
        "class": {"system": f"{CODES}/v3-ActCode", "code": "IMP"},
        "subject": {"reference": "Patient/eva"},
        "period": {"start": "2026-06-29T08:00:00-04:00", "end": "2026-07-02T15:00:00-04:00"},
    },
]


@pytest.fixture
def site(tmp_path: Path) -> Settings:
    """A site that wrote one folder."""
    new_model(PROGRAM, tmp_path)
    folder = tmp_path / PROGRAM
    for name, text in (("team", TEAM), ("measures", MEASURES), ("payment", PAYMENT)):
        (folder / f"{name}.toml").write_text(text)
    with (folder / "parameters.toml").open("a") as parameters:
        parameters.write(FEE)
    return replace(Settings(), care_models_dir=tmp_path)


@pytest.fixture
def told(site: Settings, database) -> Callable[[str, str], list]:
    """Eva came home; everything is thought and told once. told(table, columns) are the program's answers."""
    puts = [Put(json.dumps(one).encode(), source="hospital") for one in EVA]
    commit(database, Changes(puts=puts), stage="intake", at=NOW)
    published = publish(site)
    settle(database, published, NOW)
    population.tell(database, published, NOW)

    def rows(table: str, columns: str) -> list:
        with database.connection() as connection:
            return connection.execute(f"select {columns} from think.{table} where model = %s", [PROGRAM]).fetchall()

    return rows


def test_it_runs_beside_the_shipped_ones(site: Settings) -> None:
    assert len(model_folders(site)) == len(model_folders(Settings())) + 1 == 15


def test_eva_belongs_is_served_has_work_counts_and_earns(told, database) -> None:
    assert ("eligible", "met") in told("finding", "rule, answer")
    assert told("role", "role") == [("nurse",)]
    assert told("obligation", "status") == [("open",)]
    assert told("score", "measure, numerator, denominator") == [("home_soon", 1, 1)]
    lines = told("line", "code, amount, status")
    assert [(code, str(amount), status) for code, amount, status in lines] == [("PORCH", "41.50", "payable")]
    people = list(Moment(database).people(["eva"]).values())
    kept = Moment(database).current(people, ["EpisodeOfCare", "CareTeam", "Task"])
    assert {kind for _, kind, _, _, body in kept if PROGRAM in body.decode()} == {"EpisodeOfCare", "CareTeam", "Task"}
