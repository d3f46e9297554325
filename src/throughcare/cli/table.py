"""throughcare table: bring in a CSV or spreadsheet: begin a mapping of its columns, and check it before a load."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import click

from throughcare.faults import Fault, Malformed
from throughcare.fhir import json as fhir_json
from throughcare.intake import archive
from throughcare.intake.archive import Member
from throughcare.intake.tables import mappings, opened
from throughcare.intake.tables.check import Report, report
from throughcare.intake.tables.guess import first_mapping
from throughcare.intake.tables.opened import Site, Table
from throughcare.settings import Settings

FILE = click.Path(path_type=Path, dir_okay=False, exists=True)


@click.group()
def command() -> None:
    """Tables: CSV files and spreadsheets, taken in by a mapping that says what each column is.

    Mappings of this installation lie in its folder `mappings`; `throughcare load` finds them by a table's columns.
    """


@command.command("new", epilog="Example: throughcare table new clients.csv --source food_bank --to mappings")
@click.argument("file", type=FILE)
@click.option("--source", default="", help="Who says this: the name of the agency. Else the file's name.")
@click.option("--to", "folder", type=click.Path(path_type=Path, file_okay=False), default=".", show_default=True)
@click.pass_obj
def new_command(settings: Settings, file: Path, source: str, folder: Path) -> None:
    """Begin a mapping by looking at the columns of a table. Its guesses are marked: correct them, then check it."""
    path = folder / f"{file.name.partition('.')[0]}.toml"
    if path.exists():
        raise Fault("There is such a mapping already.", where=str(path), do="Move it away, or change it by hand.")
    title = file.name.partition(".")[0]
    name = "".join(c if c.isalnum() and c.isascii() else "_" for c in title.lower()).strip("_")
    with closing(opened.all_of(_member(file, settings), [], settings)) as found:
        head, rows = next(((head, rows) for _, _, head, rows in found), (None, None))
        if head is None or rows is None:
            raise Malformed("The file holds no table.", where=str(file))
        text = first_mapping(title, source or name or "agency", head, rows)
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    click.echo(f"{path} is written. Correct it, then: throughcare table check {file} --mapping {path}")


@command.command("check", epilog="Example: throughcare table check clients.csv --mapping mappings/clients.toml")
@click.argument("file", type=FILE)
@click.option("--mapping", type=FILE, help="The mapping; else the one of this installation that knows the table.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole report as one JSON object.")
@click.pass_context
def check_command(ctx: click.Context, file: Path, mapping: Path | None, as_json: bool) -> None:
    """Say what a table becomes, and which rows are wrong, before anything is stored.

    Ends with 0 when every row can be taken, with 1 when some cannot or the mapping is wrong.
    """
    settings: Settings = ctx.obj
    of_site: Site = [mappings.read(mapping)] if mapping else mappings.of_site(settings)
    for said in mappings.unknowing(of_site):
        click.echo(said, err=True)
    told = [report(table, settings.time_zone) for table in _known_tables(_member(file, settings), of_site, settings)]
    if as_json:
        click.echo(json.dumps({"tables": [one.as_json() for one in told]}, default=str))
    for one in [] if as_json else told:
        _say(one)
    ctx.exit(1 if any(one.refused for one in told) else 0)


def _member(file: Path, settings: Settings) -> Member:
    return next(archive.groups([file], settings.archive_ratio_max))[0]


def _known_tables(member: Member, of_site: Site, settings: Settings) -> Iterator[Table]:
    found = 0
    for table in opened.all_of(member, of_site, settings):
        if table[0] is None:
            click.echo(f"No mapping knows {table[1]}.", err=True)
            continue
        found += 1
        yield table
    if not found:
        raise Malformed("No mapping knows the table.", where=member.shown, do="See: throughcare table new --help")


def _say(told: Report) -> None:
    click.echo(f"{told.where}: {told.mapping}")
    click.echo(f"  {told.rows:,} rows, {told.pieces - told.refused:,} can be taken, {told.refused:,} cannot")
    click.echo("  made: " + (", ".join(f"{n:,} {kind}" for kind, n in sorted(told.made.items())) or "nothing"))
    if told.replaced:
        click.echo(f"  {told.replaced:,} replace what an earlier row of the same key said: is `key` the right one?")
    width = max((len(one.column) for one in told.columns), default=0)
    for one in told.columns:
        bad = f", {one.bad:,} bad" if one.bad else ""
        click.echo(f"  {one.column:{width}}  {one.filled:>8,} filled{bad}  {', '.join(one.becomes) or '(not taken)'}")
    for row in told.bad:
        cell = f" [{row.cell}]" if row.cell else ""
        click.echo(f"  line {row.line}{cell}: {row.reason}\n      {row.fix}")
    for sample in told.samples:
        click.echo("  " + fhir_json.write(sample).decode())
