"""throughcare intake: how the feeds stand: who was heard when, who has fallen silent, what waits in quarantine."""

import json
from datetime import UTC, datetime

import click

from throughcare.intake.status import Feed, feeds
from throughcare.settings import Settings
from throughcare.stores.postgres import open as open_database

EPILOG = """\b
Examples:
  throughcare intake status
  throughcare intake status --json              one JSON object, with what came in each month
"""


@click.group(epilog=EPILOG)
def command() -> None:
    """The feeds: what other systems send."""


@command.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def status(settings: Settings, as_json: bool) -> None:
    """Each source: its last word, how much it says a day, and whether it is quiet for longer than it usually is."""
    at = datetime.now(UTC)
    with open_database(settings) as database:
        database.migrate()
        found = feeds(database, at=at)
    if as_json:
        click.echo(json.dumps({"at": at.isoformat(), "feeds": [one.as_json() for one in found]}))
        return
    for one in found:
        click.echo(_line(one))
    if not found:
        click.echo("Nothing has come in yet.")


def _line(one: Feed) -> str:
    last = f"{one.last:%Y-%m-%d %H:%M} UTC" if one.last else "never"
    usual = f"usually quiet for at most {one.usual_hours:,.0f} h" if one.usual_hours else "no habit yet"
    said = f"{one.source}: last heard {last}, {one.a_day:,.1f} a day, {usual}, {one.quarantined:,} in quarantine"
    if one.silent:
        said += "\n  SILENT for longer than it usually is"
    if one.missed:
        told = ", ".join(f"{month}: {stays}" for month, stays in sorted(one.missed.items()))
        said += f"\n  stays it did not tell of to their end, known from others, by the month they ended in: {told}"
    return f"{said}\n  far less than usual came in {', '.join(one.fallen)}" if one.fallen else said
