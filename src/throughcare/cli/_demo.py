"""Building the demo: an invented community loaded source by source, a care team that signs in, the care models run."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from throughcare import app
from throughcare.access import staff, teams
from throughcare.cli._progress import progress
from throughcare.community import places
from throughcare.community.make import make
from throughcare.definitions.grammar import CareModel
from throughcare.flow import door, night, passes, standing
from throughcare.flow.published import publish
from throughcare.intake.load import load
from throughcare.record.changes import Changes, Committed
from throughcare.settings import Settings
from throughcare.stores.postgres import Database

PASSWORD = "throughcare-demo"  # of invented people only, over invented data only
BUILT = "demo.json"
SIDES = ("East side team", "West side team")


@dataclass(slots=True)
class Built:
    """What lives after the demo was built."""

    people: int = 0
    sources: int = 0
    resources: int = 0
    care_models: list[CareModel] = field(default_factory=list)
    models: list[standing.ModelStanding] = field(default_factory=list)
    tasks: dict[str, int] = field(default_factory=dict)
    stories: list[dict[str, Any]] = field(default_factory=list)  # who lives through which program, at which stage


def build(settings: Settings, people: int, seed: int, now: datetime, say: Callable[[str], None]) -> Built:
    """Everything the demo shows as of this moment, in the data directory of these settings."""
    with app.ready(settings) as database:
        return fill(database, settings, people, seed, now, say)


def fill(
    database: Database, settings: Settings, people: int, seed: int, now: datetime, say: Callable[[str], None]
) -> Built:
    """The same in a database that is ready; the community's files go to the data directory."""
    folder, built = settings.data_dir / "community", Built(people)
    on = now.astimezone(ZoneInfo(settings.time_zone)).date()
    with progress("Making people", people) as said:
        manifest = make(folder, people, seed, on, said)
    say(f"Made {people:,} invented people")
    for number, (source, count) in enumerate(manifest["sources"].items(), 1):
        title = manifest["titles"][source]
        with progress(f"Loading {title} ({number} of {len(manifest['sources'])})", count) as said:
            built.resources += _load(database, folder / source, title, settings, now, said)
    built.sources, built.stories = len(manifest["sources"]), manifest["stories"]
    say(f"Loaded {built.resources:,} resources from {built.sources} sources")
    _care_team(database, people, now)
    _run_care_models(database, settings, now, built)
    for side in SIDES:
        teams.share(database, side)
    say(f"Ran {len(built.models)} care models: {sum(m.enrolled for m in built.models):,} enrollments")
    (settings.data_dir / BUILT).write_text(json.dumps({**manifest, "seed": seed}) + "\n")
    return built


def _load(
    database: Database, folder: Path, source: str, settings: Settings, now: datetime, said: Callable[[int], None]
) -> int:
    def commit(changes: Changes) -> Committed:
        return door.commit(database, changes, stage="intake", at=now)

    return load(database, [folder], source=source, settings=settings, commit=commit, said=said).read


def _care_team(database: Database, people: int, now: datetime) -> None:
    """Two teams, each serving the practices of its side of town, and the people who sign in."""
    for side in SIDES:
        served = [f"Organization/{p.organization}" for p in places.practices(people) if p.side == side]
        teams.make_team(database, side, served)
    for one in (*places.STAFF, *places.PROGRAM_STAFF):
        staff.add(
            database, one.sign_in, f"{one.given} {one.family}", roles=list(one.roles),
            teams=list(SIDES) if one.team == "Both" else [one.team] if one.team else [],
            practitioner=f"Practitioner/{one.id}", credentials=one.credentials, password=PASSWORD,
            by="demo", at=now,
        )  # fmt: skip


def _run_care_models(database: Database, settings: Settings, now: datetime, built: Built) -> None:
    published = publish(settings)
    with progress("Running the care models", None) as said:
        done = [0]

        def step(stage: str, number: int) -> None:
            done[0] += number
            said(done[0])

        passes.settle(database, published, now, progress=step)
        night.tell(database, published, now, progress=step)
    built.care_models = list(published.models)
    built.models = standing.by_model(database, [m.model.id for m in published.models])
    built.tasks = standing.tasks(database)
