"""throughcare load: files into the record, whatever their format."""

import json
import time
from datetime import UTC, datetime
from pathlib import Path

import click

from throughcare.cli._progress import progress
from throughcare.flow import door
from throughcare.intake.counts import Counts
from throughcare.intake.load import load
from throughcare.record.changes import Changes, Committed
from throughcare.record.views import ensure_views
from throughcare.settings import Settings
from throughcare.stores.postgres import open as open_database

EPILOG = """\b
Examples:
  throughcare load export/                      a folder of NDJSON, gzipped or not
  throughcare load bundles.zip --source clinic  Bundles in a zip, from a source of that name
  throughcare load export/ --json               the counts as one JSON object
  throughcare load export/ --again              also the files that were loaded before
"""


@click.command(epilog=EPILOG)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--source", default="files", show_default=True, help="Who says this: the name of the system it comes from."
)
@click.option("--id-prefix", default="", help="Put before this source's ids, when another source uses the same ones.")
@click.option("--again", is_flag=True, help="Read also files that were loaded to their end before.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as one JSON object.")
@click.pass_obj
def command(
    settings: Settings, paths: tuple[Path, ...], source: str, id_prefix: str, again: bool, as_json: bool
) -> None:
    """Load what a source sends, plain, gzipped or zipped: FHIR, and every other known format, told apart by looking.

    Loading again is safe: a file that was loaded to its end is skipped, and a load that was stopped goes on where it
    was. What cannot be stored is kept in quarantine, and never stops what comes after it.
    """
    began = time.monotonic()
    counts = load_files(settings, list(paths), source, id_prefix, again)
    if as_json:
        click.echo(json.dumps(counts.as_json()))
    else:
        _say(counts, time.monotonic() - began)
    for said in counts.wrong_here:
        click.echo(said, err=True)
    for name in counts.left_out:
        click.echo(f"Left out, in no known format: {name}", err=True)
    for name in counts.skipped:
        click.echo(f"Skipped, loaded before (--again reads it again): {name}", err=True)


def load_files(settings: Settings, paths: list[Path], source: str, id_prefix: str = "", again: bool = False) -> Counts:
    """Open the installation and load into it."""
    with open_database(settings) as database, progress(f"Loading {source}", None) as said:
        database.migrate()
        ensure_views(database)

        def commit(changes: Changes) -> Committed:
            return door.commit(database, changes, stage="intake", at=datetime.now(UTC))

        return load(
            database, paths, source=source, id_prefix=id_prefix, settings=settings, commit=commit, said=said,
            again=again,
        )  # fmt: skip


def _say(counts: Counts, seconds: float) -> None:
    rate = f", {counts.read / seconds:,.0f} a second" if seconds > 1 else ""
    click.echo(f"Read {counts.read:,} resources in {seconds:.1f} s{rate}.")
    click.echo(f"  stored       {counts.stored:>10,}")
    click.echo(f"  known        {counts.known:>10,}   already in the record, skipped")
    where = f"   {_entries(counts)}; see: throughcare quarantine list" if counts.quarantined else ""
    click.echo(f"  quarantined  {counts.quarantined:>10,}{where}")
    for title, number in sorted(counts.pieces.items()):
        refused = counts.refused[title]
        click.echo(f"  {title}: {number:,} pieces read, {number - refused:,} taken, {refused:,} in quarantine")
    for reason, number in counts.reasons.most_common(10):
        click.echo(f"    {number:>8,} x {reason}")


def _entries(counts: Counts) -> str:
    """The same text is kept once, so the list may be shorter than the count: how many of its lines are new."""
    again = counts.quarantined - counts.entries - counts.refused_before
    told = [f"{counts.entries:,} new {'entry' if counts.entries == 1 else 'entries'}"]
    told += [f"{again:,} came again as an entry that is there"] * bool(again)
    told += [f"{counts.refused_before:,} in files read before"] * bool(counts.refused_before)
    return ", ".join(told)
