"""throughcare identity: train the weights of linkage, judge them on a labelled sample, see what waits for a person."""

import csv
import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from throughcare.faults import Refused
from throughcare.fhir import json as fhir_json
from throughcare.flow import door
from throughcare.flow.moment import Moment
from throughcare.identity import comparisons, directory, judge, records, train
from throughcare.settings import Settings
from throughcare.stores import postgres

EPILOG = """\b
Examples:
  throughcare identity status
  throughcare identity train weights.toml             from the patients of this installation
  throughcare identity judge patients.ndjson truth.csv
  throughcare identity judge patients.ndjson truth.csv --weights weights.toml --json
"""
PATIENTS_AT_ONCE = 5_000


@click.group(epilog=EPILOG)
def command() -> None:
    """Who is the same person: weights, how well they do, and what is left to a person."""


@command.command("judge")
@click.argument("patients", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("truth", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--weights", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Those of this site.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def judge_command(settings: Settings, patients: Path, truth: Path, weights: Path | None, as_json: bool) -> None:
    """Link a labelled sample and compare: NDJSON of FHIR Patients, and a CSV with record_id and person_id."""
    used = comparisons.read(weights) if weights else comparisons.of_site(settings.identity_weights)
    with patients.open("rb") as lines:
        people = judge.patients(fhir_json.read(line) for line in lines if line.strip())
    with truth.open(newline="") as rows:
        person = {row["record_id"]: row["person_id"] for row in csv.DictReader(rows)}
    missing = {p.patient_id for p in people} ^ person.keys()
    if missing:
        raise Refused(f"{len(missing)} records stand in one of the two files only.", do="Give both the same records.")
    found = judge.judged(people, person, used)
    said = asdict(found) | {"precision": found.precision, "recall": found.recall, "wrong": len(found.wrong)}
    if as_json:
        click.echo(json.dumps(said))
        return
    click.echo(f"{found.records} records, {found.true} pairs are one person.")
    click.echo(f"Linked: {found.linked} pairs, {found.right} rightly.")
    click.echo(f"Left to a person: {found.asked} pairs, {found.asked_right} of them one person.")
    click.echo(f"Precision {found.precision:.4f}, recall {found.recall:.4f}.")


@command.command("train")
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--recall-of-sure",
    default=0.7,
    show_default=True,
    type=click.FloatRange(0.05, 1),
    help="Share of true pairs with equal names and birth dates, or equal numbers.",
)
@click.pass_obj
def train_command(settings: Settings, out: Path, recall_of_sure: float) -> None:
    """Learn weights from the patients of this installation with Splink, and write them to OUT. No label is needed."""
    with postgres.open(settings) as database:
        database.migrate()
        people = judge.patients(_patients(Moment(database)))
    learned = train.trained(
        records.table(people), trained_on=f"{len(people)} patients of this site", recall_of_sure=recall_of_sure,
        untaught=comparisons.read(),
    )  # fmt: skip
    out.write_text(comparisons.written(learned))
    click.echo(f"Learned from {len(people)} patients: {out}.")
    click.echo("Judge it on a labelled sample, then name it in THROUGHCARE_IDENTITY_WEIGHTS.")


@command.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def status(settings: Settings, as_json: bool) -> None:
    """How many patients are how many people, and how many pairs wait for a person, by what stands against them."""
    with postgres.open(settings) as database:
        database.migrate()
        patients, people, waiting = Moment(database).linked()
    if as_json:
        click.echo(json.dumps({"patients": patients, "people": people, "waiting": waiting}))
        return
    click.echo(f"{patients} patients are {people} people. {sum(waiting.values())} pairs wait for a person.")
    for rule, pairs in waiting.items():
        click.echo(f"  {pairs:>6}  {rule.replace('_', ' ') or 'too little speaks for one person'}")


@command.command("directory")
@click.pass_obj
def directory_command(settings: Settings) -> None:
    """Say which organizations, locations and clinicians of several sources are one, by NPI or name and address.

    The worker says so every night; this says it now.
    """
    with postgres.open(settings) as database:
        database.migrate()
        entries, changes = directory.run(Moment(database))
        if changes:
            door.commit(database, changes, stage="identity", at=datetime.now(UTC))
    said, gone = len(changes.puts), len(changes.deletes)
    click.echo(f"{entries} entries. Groups that are one: {said} new or changed, {gone} no longer.")


def _patients(view: Moment) -> Any:
    after = 0
    while batch := view.everyone(after, PATIENTS_AT_ONCE):
        after = batch[-1]
        yield from (fhir_json.read(body) for *_, body in view.current(batch, ["Patient"], ours=False))
