"""throughcare quarantine: see, fix, replay or drop what could not be stored, and take a drop back."""

from datetime import UTC, datetime
from pathlib import Path

import click

from throughcare.flow import door
from throughcare.intake import quarantine
from throughcare.record.changes import Changes, Committed
from throughcare.settings import Settings
from throughcare.stores.postgres import Database
from throughcare.stores.postgres import open as open_database

EPILOG = """\b
Examples:
  throughcare quarantine list
  throughcare quarantine show 17 > entry.json     look at it, correct it in an editor
  throughcare quarantine replay 17 --fixed entry.json
  throughcare quarantine replay --all             after the cause was removed
"""


@click.group(epilog=EPILOG)
def command() -> None:
    """Input that could not be stored, kept whole with its reason."""


@command.command("list")
@click.option("--state", type=click.Choice(quarantine.STATES), default="waiting", show_default=True)
@click.option("--limit", default=200, show_default=True, type=click.IntRange(1, 100_000))
@click.pass_obj
def list_command(settings: Settings, state: str, limit: int) -> None:
    """Every entry with its file, line and reason. The same text is one entry, with how often it came."""
    with open_database(settings) as database:
        database.migrate()
        found = quarantine.listed(database, state=state, limit=limit)
    for one in found:
        often = f"  came {one.times:,} times, last" if one.times > 1 else ""
        click.echo(f"{one.entry_no:>6}  {one.source}{often}  {one.file}:{one.line}\n        {one.reason}")
    times = sum(one.times for one in found)
    together = f", which came {times:,} times" if times > len(found) else ""
    click.echo(f"{len(found)} {state}{together}." if found else f"Nothing is {state}.")


@command.command()
@click.argument("entry_no", type=int)
@click.pass_obj
def show(settings: Settings, entry_no: int) -> None:
    """Print the text of one entry as it came. It may hold personal data."""
    with open_database(settings) as database:
        click.echo(quarantine.entry(database, entry_no).body)


@command.command()
@click.argument("entry_nos", nargs=-1, type=int)
@click.option("--fixed", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="The corrected text.")
@click.option("--all", "everything", is_flag=True, help="Every waiting entry, as it is.")
@click.pass_obj
def replay(settings: Settings, entry_nos: tuple[int, ...], fixed: Path | None, everything: bool) -> None:
    """Take entries in again."""
    if fixed and len(entry_nos) != 1:
        raise click.UsageError("--fixed goes with exactly one entry.")
    with open_database(settings) as database:
        numbers = (
            [one.entry_no for one in quarantine.listed(database, limit=100_000)] if everything else list(entry_nos)
        )
        for number in numbers:
            _replay(database, settings, number, fixed.read_bytes().strip() if fixed else None)


@command.command()
@click.argument("entry_nos", nargs=-1, required=True, type=int)
@click.pass_obj
def drop(settings: Settings, entry_nos: tuple[int, ...]) -> None:
    """Mark entries as not wanted. They stay in the table."""
    with open_database(settings) as database:
        for number in entry_nos:
            done = quarantine.drop(database, number)
            click.echo(f"{number}: dropped." if done else f"{number}: does not wait, so it was not dropped.")


@command.command()
@click.argument("entry_nos", nargs=-1, required=True, type=int)
@click.pass_obj
def restore(settings: Settings, entry_nos: tuple[int, ...]) -> None:
    """Let dropped entries wait again."""
    with open_database(settings) as database:
        for number in entry_nos:
            done = quarantine.restore(database, number)
            click.echo(f"{number}: waits again." if done else f"{number}: was not dropped.")


def _replay(database: Database, settings: Settings, number: int, fixed: bytes | None) -> None:
    def commit(changes: Changes) -> Committed:
        return door.commit(database, changes, stage="intake", at=datetime.now(UTC))

    found = quarantine.entry(database, number)
    reasons = quarantine.replay(database, found, settings=settings, commit=commit, fixed=fixed)
    click.echo(f"{number}: {'; '.join(reasons)}" if reasons else f"{number}: in the record now.")
