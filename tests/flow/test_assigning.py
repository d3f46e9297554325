"""Assigning on a real record: open seats filled at night, kept while they fit, given up with a worker who left."""

import json
import sys
import tomllib
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import msgspec
import pytest

from throughcare.act.shapes import extension
from throughcare.definitions import grammar as g
from throughcare.definitions.compiled import compile_models
from throughcare.definitions.load import shipped_library
from throughcare.flow import assigning, night, passes
from throughcare.flow.moment import Moment
from throughcare.flow.published import Published, own_types
from throughcare.record import views

from .conftest import patient

NOW = datetime(2026, 7, 3, 13, 0, tzinfo=UTC)
ZONE = "America/New_York"
ROLE = "community_health_worker"
SETS = """[[set]]
id = "members"
from = "enrollment where model = this_model and state = 'active'"
also = { speaks = "person.language", takes = "1" }
rule_on = "started_on"
[[set]]
id = "helpers"
from = "worker where active"
also = { taken = "0" }
[[set]]
id = "halts"
from = "session where known(vehicle_id)"
rule_on = "starts_on"
"""
TEAM = """[[role]]
id = "community_health_worker"
found_in = ["care_team_member where role = 'community_health_worker'"]
lead = true
if_missing = { step = "name_worker", blocks = false }
[[assignment]]
id = "give"
role = "community_health_worker"
cases = "members"
among = "helpers where is_true(listed_in(this.speaks, languages))"
weight = "takes"
cap = "cap"
load = "taken"
worker = "worker_id"
how = "HOW"
[[routing]]
id = "out"
stops = "halts"
trip = "vehicle_id"
x = "3"
y = "4"
starts_x = "0"
starts_y = "0"
starts_at = "480"
shows = ["rooms"]
"""


def helper(ident: str, cap: int, *languages: str, active: bool = True) -> dict:
    return {
        "resourceType": "Practitioner", "id": ident, "active": active, "name": [{"text": ident.title()}],
        "communication": [{"coding": [{"code": language}]} for language in languages],
        "extension": [{"url": "urn:throughcare:cap", "valueInteger": cap}],
    }  # fmt: skip


def speaking(ident: str, language: str) -> dict:
    return patient(ident, communication=[{"language": {"coding": [{"code": language}]}, "preferred": True}])


def care_model(how: str) -> g.CareModel:
    def read(text: str, kind: type) -> object:
        return msgspec.convert(tomllib.loads(text), kind)

    about = g.ModelFile(
        id="helping", title="Helping", version="1", effective_from=date(2026, 1, 1), says="", serves="",
        maturity="trial", service="community_health_worker",
    )  # fmt: skip
    return g.CareModel(
        folder="x", model=about, sets=read(SETS, g.SetsFile),
        eligibility=g.EligibilityFile(
            criterion=[g.Criterion(id="born", where="known(person.birth_date)")], rule=g.Rule(who="born")
        ),
        enrollment=g.EnrollmentFile(enters="active"), team=read(TEAM.replace("HOW", how), g.TeamFile),
        plan=g.PlanFile(), work=g.WorkFile(), parameters={}, tables=[], words={},
    )  # fmt: skip


class Nights:
    """A record with one care model, and its nights: everyone settled, looked at as a whole, given someone, settled."""

    def __init__(self, database, how: str) -> None:
        models, library = [care_model(how)], shipped_library()
        plan = compile_models(models, library, everyone=False)
        reads = own_types(plan.view_needs, ZONE)
        self.published = Published(models, library, plan, ZoneInfo(ZONE), reads)
        self.database, self.now = database, NOW

    def night(self) -> assigning.Chosen:
        self.now += timedelta(days=1)
        passes.settle(self.database, self.published, self.now, everyone=True)
        return night.tell(self.database, self.published, self.now)

    def person(self, ident: str) -> int:
        return Moment(self.database).people([ident])[ident]

    def team(self, ident: str) -> list[tuple[str, str | None, bool]]:
        found = Moment(self.database).current([self.person(ident)], ["CareTeam"])
        members = [p for *_, body in found for p in json.loads(body).get("participant", ())]
        return [(m["member"]["reference"], extension(m, "assigned"), bool(extension(m, "lead"))) for m in members]

    def rows(self, text: str) -> list[tuple]:
        with self.database.connection() as connection:
            return connection.execute(text).fetchall()


@pytest.fixture
def nights(database, put):
    views.ensure_views(database)
    put(speaking("ana", "es"), speaking("ben", "en"), speaking("cam", "vi"))
    put(helper("lia", 10, "es", "en"), helper("tom", 20, "en"))
    return lambda how="one_by_one": Nights(database, how)


def test_an_open_seat_is_filled_at_night_and_the_work_of_finding_someone_ends(nights):
    home = nights()
    chosen = home.night()
    assert home.team("ana") == [("Practitioner/lia", "least_used", True)]
    assert home.team("ben") == [("Practitioner/tom", "least_used", True)]
    assert home.team("cam") == []
    assert chosen.moved == {home.person(p) for p in ("ana", "ben", "cam")}
    told = home.rows("select worker, weight, used, because from think.assigned order by person_id")
    assert [(w, str(a and a.normalize()), str(u and u.normalize()), b) for w, a, u, b in told] == [
        ("Practitioner/lia", "1", "0.1", "least_used"),
        ("Practitioner/tom", "1", "0.05", "least_used"),
        (None, "1", "None", "nobody_fits"),
    ]
    assert home.rows("select cases, placed, fairness from think.sharing") == [(3, 2, Decimal("0.9"))], (
        "Jain: (0.1 + 0.05)² of 2 (0.1² + 0.05²)"
    )
    found = dict(home.rows("select person_id, member from think.role"))
    assert found == {
        home.person("ana"): "Practitioner/lia",
        home.person("ben"): "Practitioner/tom",
        home.person("cam"): None,
    }


def test_a_night_says_which_organizations_of_several_sources_are_one(nights, put):
    number = {"identifier": [{"system": "http://hl7.org/fhir/sid/us-npi", "value": "1234567893"}]}
    put({"resourceType": "Organization", "id": "a", "name": "St. Brigid", **number})
    put({"resourceType": "Organization", "id": "b", "name": "Saint Brigid Hospital", **number}, source="plan")
    home = nights()
    home.night()
    said = [json.loads(body) for *_, body in Moment(home.database).directory(["Linkage"])]
    assert [[i["resource"]["reference"] for i in one["item"]] for one in said] == [["Organization/a", "Organization/b"]]


def test_a_planned_trip_is_kept_with_its_hours_and_what_its_page_shows(nights, put):
    """3 east and 4 north are 5 minutes on a plain: who leaves at 8:00 is there at 8:05."""
    van = {"url": "urn:throughcare:vehicle", "valueReference": {"reference": "Location/van"}}
    rooms = {"url": "urn:throughcare:rooms", "valueInteger": 2}
    hours = {"start": "2026-07-06T09:00:00-04:00", "end": "2026-07-06T11:00:00-04:00"}
    put({"resourceType": "Schedule", "id": "mill", "active": True, "actor": [{"reference": "Location/mill"}],
         "planningHorizon": hours, "extension": [van, rooms]})  # fmt: skip
    home = nights()
    for _ in range(2):
        home.night()
        assert home.rows("select trip, person_id, stops, begins, shows, left_out from think.trip") == [
            ("Location/van", 0, ["Schedule/mill"], [485.0], {"Schedule/mill": {"rooms": "2"}}, [])
        ]


def test_another_night_moves_nobody_and_writes_nothing(nights, put):
    home = nights()
    home.night()
    put(helper("zoe", 100, "es", "en"))
    before = home.rows("select max(commit_no) from record.resource where resource_type = 'CareTeam'")
    assert home.night().moved == set()
    assert home.team("ana") == [("Practitioner/lia", "least_used", True)], "an emptier worker is no reason to change"
    assert home.rows("select max(commit_no) from record.resource where resource_type = 'CareTeam'") == before
    since = home.rows("select distinct since from think.assigned")
    assert since == [(NOW + timedelta(days=1),)]


def test_a_worker_who_left_gives_up_the_seat(nights, put):
    home = nights()
    home.night()
    put(helper("lia", 10, "es", "en", active=False))
    assert home.night().moved == {home.person("ana")}
    assert home.team("ana") == []
    put(helper("zoe", 100, "es"))
    home.night()
    assert home.team("ana") == [("Practitioner/zoe", "least_used", True)]


def test_without_the_solver_nothing_is_lost_and_the_step_says_what_to_install(nights, monkeypatch):
    home = nights("together")
    home.night()
    given = home.rows("select * from think.assigned order by case_key")
    assert [row[8] for row in given].count("balanced") == 2
    monkeypatch.setitem(sys.modules, "highspy", None)
    with home.database.connection() as connection:
        connection.execute("update think.assigned set worker = null, because = 'no_room'")
    kept = home.rows("select * from think.assigned order by case_key")
    ((one, fault),) = home.night().waiting
    assert (one.given.id, "throughcare[optimise]" in fault.do) == ("give", True)
    assert home.rows("select * from think.assigned order by case_key") == kept
