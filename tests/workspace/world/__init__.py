"""An invented town for the tests of screens: two teams, their staff, thirty people, two care models, work of all kinds.

It is always Tuesday, March 17, 2026, 8:40 am in New York. Every name and number is made up.
"""

from datetime import timedelta
from unittest.mock import patch

from throughcare.access import indexes, passwords
from throughcare.definitions.library import shipped_library
from throughcare.fhir import json
from throughcare.record.changes import Changes, Put
from throughcare.record.commit import commit
from throughcare.settings import Settings
from throughcare.workspace.site import Site

from .measured import measured
from .names import GIVEN
from .people import life, new_patient, stranger, teammate
from .programs import care_models
from .staff import QUICK, hire, panels, places
from .town import NEW_YORK, NOW, PASSWORD, World
from .work import new_task, owed

__all__ = ["NEW_YORK", "NOW", "PASSWORD", "World", "build", "care_models", "new_patient", "new_task"]


def build(
    database, *, people: int = len(GIVEN), clock=lambda: NOW, settle=lambda ids: None, models=None, library=None
) -> World:
    """Fill an empty database with the town, and give the site that stands on it."""
    indexes.ensure(database)
    known = models if models is not None else {m.model.id: m for m in care_models()}
    settings = Settings(time_zone="America/New_York", languages="en,es")
    site = Site(
        database=database,
        settings=settings,
        models=known,
        library=library or shipped_library(),
        settle=settle,
        clock=clock,
    )
    world = World(site)
    with patch.object(passwords, "_hash", QUICK):
        hire(database)
    _put(database, [*places(), *[r for i in range(people) for r in life(i)], *stranger(), *teammate()])
    _numbers(world, people)
    panels(world, people)
    owed(world, people)
    measured(world)
    return world


def _put(database, resources: list[dict]) -> None:
    at = NOW - timedelta(hours=1)
    ours = ("Task", "EpisodeOfCare", "CareTeam", "Communication", "Goal")
    for source, some in (
        ("St. Brigid", [r for r in resources if r["resourceType"] not in ours]),
        ("throughcare", [r for r in resources if r["resourceType"] in ours]),
    ):
        done = commit(
            database,
            Changes([Put(json.write(r), source) for r in some]),
            door="flow",
            stage="test",
            actor="tests",
            at=at,
        )
        assert not done.refused, done.refused
    with database.connection() as connection:
        connection.execute("update record.source set last_heard = %s", [NOW - timedelta(minutes=1)])


def _numbers(world: World, people: int) -> None:
    with world.site.database.connection() as connection:
        found = dict(connection.execute("select patient_id, person_id from record.patient_person").fetchall())
    world.people = found | {"own": found["p0"], "team": found["mate"], "other": found["canary"]}
    world.tasks = {f"p{i}": f"t-p{i}" for i in range(people)} | {"own": "t-p0", "team": "t-mate", "other": "t-canary"}
