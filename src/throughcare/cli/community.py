"""throughcare community: make an invented community with its truth beside it."""

import time
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from throughcare.cli._progress import progress
from throughcare.community.make import make
from throughcare.settings import Settings


@click.group()
def command() -> None:
    """Invented people, households and sources, for trying things out and for grading answers."""


@command.command("make", epilog="Example: throughcare community make --people 2000 --seed 7 --to ./community")
@click.option("--people", default=2000, show_default=True, type=click.IntRange(1, 1_000_000), help="How many people.")
@click.option("--seed", default=7, show_default=True, help="The same seed and day give the same community.")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="The day it is there; today unless given.")
@click.option(
    "--to", "folder", default="community", show_default=True, type=click.Path(path_type=Path, file_okay=False)
)
@click.pass_obj
def make_command(settings: Settings, people: int, seed: int, on: datetime | None, folder: Path) -> None:
    """Write FHIR NDJSON, one folder per source, and truth.ndjson: what is really so about each person."""
    began = time.monotonic()
    day: date = on.date() if on else datetime.now(ZoneInfo(settings.time_zone)).date()
    with progress("Making people", people) as said:
        manifest = make(folder, people, seed, day, said)
    sources, seconds = manifest["sources"], time.monotonic() - began
    made = f"{people:,} people, {sum(sources.values()):,} resources from {len(sources)} sources"
    click.echo(f"{made} in {seconds:.1f} s: {folder}")
    click.echo(
        f"Load it with: throughcare load {folder}/SOURCE --source SOURCE   (the truth is in {folder}/truth.ndjson)"
    )
