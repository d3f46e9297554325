"""throughcare measure: how well each care model does over a period, whole and by group, with the rows that prove it."""

import json
from dataclasses import asdict
from datetime import UTC, date, datetime

import click

from throughcare.cli._moment import MOMENT, PERIOD
from throughcare.cli._one_of import one_of
from throughcare.definitions.grammar import CareModel
from throughcare.definitions.load import load_all, site_library
from throughcare.definitions.periods import year_of
from throughcare.flow import months, population
from throughcare.flow.published import publish
from throughcare.intake import status
from throughcare.measure.fhir import measure_report
from throughcare.measure.reports import Report, proof
from throughcare.settings import Settings
from throughcare.stores import postgres

Period = tuple[date, date]
Silent = list[tuple[str, datetime]]

ROWS_SHOWN = 50


@click.group()
def command() -> None:
    """How well each care model does: measures as scores, by group, and row by row."""


@command.command(
    "report", epilog="Examples: throughcare measure report   throughcare measure report --period 2026-Q3 --groups"
)
@click.option("--period", type=PERIOD, help="2026, 2026-Q3 or 2026-07; this year unless given.")
@click.option("--model", "only", metavar="ID", help="One care model only.")
@click.option("--as-of", type=MOMENT, help="By what was known then; now unless given.")
@click.option("--groups", is_flag=True, help="Also by group: language, site, age band, whatever the measure names.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per line.")
@click.option("--fhir", is_flag=True, help="Print a FHIR MeasureReport per line.")
@click.pass_obj
def report_command(
    settings: Settings,
    period: Period | None,
    only: str | None,
    as_of: datetime | None,
    groups: bool,
    as_json: bool,
    fhir: bool,
) -> None:
    """Every measure of the period: who counts, who is left out, who reached it, and the score against its target."""
    models = load_all(settings)
    only = only and one_of(only, [m.model.id for m in models], "care model")
    found, silent = _look(settings, models, period, as_of)
    shown = [r for r in found.reports if only in (None, r.model)]
    if fhir:
        _print_fhir(shown, groups, silent)
        return
    for one in shown:
        if one.stratum and not groups:
            continue
        click.echo(json.dumps(_as_json(one, silent), default=str) if as_json else _as_line(one))
    for source, last in [] if as_json else silent:
        click.echo(f"{source} has been silent since {last:%Y-%m-%d %H:%M} UTC: what it did not send is not counted.")


@command.command("rows", epilog="Example: throughcare measure rows my_program reached_in_time --period 2026")
@click.argument("book", metavar="MODEL")
@click.argument("measure", metavar="MEASURE")
@click.option("--period", type=PERIOD, help="2026, 2026-Q3 or 2026-07; this year unless given.")
@click.option("--place", help="Only rows that stand there: numerator, denominator, exclusion, exception, cannot_tell.")
@click.option("--all", "show_all", is_flag=True, help=f"Every row, not only the first {ROWS_SHOWN}.")
@click.pass_obj
def rows_command(
    settings: Settings, book: str, measure: str, period: Period | None, place: str | None, show_all: bool
) -> None:
    """The rows behind a score, each with its place and its proof. MODEL is where the measure is defined."""
    models, library = load_all(settings), site_library(settings)
    books = {m.model.id: m for m in models if m.measures.measure} | library.measures
    one_of(book, books, "care model or library measure")
    one_of(measure, [m.id for m in books[book].measures.measure], "measure", f" in {book}")
    rows = _look(settings, models, period, None)[0].answers.measure_row.to_pylist()
    mine = proof(r for r in rows if (r["model"], r["measure"]) == (book, measure))
    mine = [r for r in mine if place in (None, r["place"])]
    for row in mine if show_all else mine[:ROWS_SHOWN]:
        click.echo(json.dumps(row, default=str))
    if len(mine) > ROWS_SHOWN and not show_all:
        click.echo(f"… and {len(mine) - ROWS_SHOWN} more (--all shows them)", err=True)


@command.command("months", epilog="Example: throughcare measure months --last 24")
@click.option("--last", type=click.IntRange(1, 60), default=12, show_default=True, help="How many months back.")
@click.pass_obj
def months_command(settings: Settings, last: int) -> None:
    """Tell the last months once more, for the charts: each that has ended and settled, by what is known today.

    Every night does so for the last month alone; this is for a record that was filled with what happened before.
    """
    now = datetime.now(UTC)
    with postgres.open(settings) as database:
        wanted = months.ended(now, settings.time_zone, last)
        told = months.tell(
            database, publish(settings), now, wanted, progress=lambda first: click.echo(f"{first:%Y-%m}")
        )
    click.echo(f"{told} months told.")


def _look(
    settings: Settings, models: list[CareModel], period: Period | None, as_of: datetime | None
) -> tuple[population.Population, Silent]:
    """What is found, and the sources that were silent at that moment."""
    now = as_of or datetime.now(UTC)
    with postgres.open(settings) as database:
        within = period or year_of(now, settings.time_zone)
        found = population.look(database, models, site_library(settings), now, within, as_of)
        return found, status.silent(database, status.habits(database, at=now), at=now)


def _as_line(r: Report) -> str:
    a = r.added
    score = "no score" if a.score is None else f"{a.score}{' %' if r.measure.score == 'share' else ''}"
    target = f", target {r.target} {'met' if r.reached else 'not met'}" if r.target is not None else ""
    unsure = f", {a.cannot_tell} cannot be told" if a.cannot_tell else ""
    where = f"  {r.stratum}" if r.stratum else f"{r.model}: {r.measure.says or r.measure.id}"
    counted = f"{a.numerator} of {a.denominator - a.exclusion - a.exception}"
    return f"{where}\n    {score} ({counted}; {a.exclusion} excluded, {a.exception} excepted{unsure}){target}"


def _as_json(r: Report, silent: Silent) -> dict:
    counts = {name: value for name, value in asdict(r.added).items() if not name.startswith("_")}
    return {
        "model": r.model,
        "book": r.book,
        "measure": r.measure.id,
        "start": r.start,
        "end": r.end,
        "stratum": r.stratum,
        **counts,
        "target": r.target,
        "reached": r.reached,
        "silent": [{"source": source, "last_heard": last.isoformat()} for source, last in silent],
    }


def _print_fhir(shown: list[Report], groups: bool, silent: Silent) -> None:
    at = datetime.now(UTC).isoformat(timespec="seconds")
    for whole in (r for r in shown if not r.stratum):
        key = (whole.model, whole.book, whole.measure.id)
        parts = [r for r in shown if r.stratum and (r.model, r.book, r.measure.id) == key] if groups else []
        click.echo(json.dumps(measure_report(whole, parts, "urn:throughcare", at, silent), default=float))
