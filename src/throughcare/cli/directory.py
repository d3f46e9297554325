"""throughcare directory: the directory of services, out of the record, and how fresh it is."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

from throughcare.fhir import json as fhir_json
from throughcare.intake.hsds import write
from throughcare.record.view import View
from throughcare.settings import Settings
from throughcare.stores import postgres

MOST = 200_000  # entries of one kind
FRESH_DAYS = 180


@click.group()
def command() -> None:
    """The directory of services: what came in as HSDS or FHIR, and how old it is."""


@command.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def export(settings: Settings, file: Path) -> None:
    """Write every service as HSDS 3.0, with its organization and places, as one JSON array into FILE.

    \b
    throughcare directory export directory.json
    """
    with postgres.open(settings) as database:
        view = View(database)
        organizations, locations = _all(view, "Organization"), _all(view, "Location")
        found = list(write.services(_all(view, "HealthcareService").values(), organizations, locations))
    file.write_bytes(fhir_json.write(found))
    click.echo(f"Wrote {len(found):,} services to {file}.")


@command.command()
@click.option("--days", default=FRESH_DAYS, show_default=True, help="Older than so many days is stale.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def freshness(settings: Settings, days: int, as_json: bool) -> None:
    """How many services somebody vouched for lately, and which are stale or were never vouched for.

    \b
    throughcare directory freshness
    throughcare directory freshness --days 365 --json
    """
    with postgres.open(settings) as database:
        found = list(_all(View(database), "HealthcareService").values())
    told = standing(found, datetime.now(UTC).date(), days)
    if as_json:
        click.echo(json.dumps(told))
        return
    click.echo(f"{len(told['fresh']):,} fresh, {len(told['stale']):,} stale, {len(told['never']):,} never vouched for.")
    for name in ("stale", "never"):
        for one in told[name][:20]:
            click.echo(f"  {name}: {one['name']}" + (f", last on {one['assured_on']}" if one["assured_on"] else ""))


def standing(found: list[dict[str, Any]], today: date, days: int) -> dict[str, list[dict[str, str]]]:
    """Services by freshness, the oldest first."""
    told: dict[str, list[dict[str, str]]] = {"fresh": [], "stale": [], "never": []}
    for one in sorted(found, key=lambda s: (write.assured_on(s) or date.min, s.get("name", ""))):
        on = write.assured_on(one)
        how = "never" if on is None else "fresh" if (today - on).days <= days else "stale"
        told[how].append({"id": one["id"], "name": one.get("name", ""), "assured_on": on.isoformat() if on else ""})
    return told


def _all(view: View, kind: str) -> dict[str, dict[str, Any]]:
    keys = view.search(kind, [], MOST)
    return {key: fhir_json.read(body) for key, (_, body) in view.read_many(keys).items()}
