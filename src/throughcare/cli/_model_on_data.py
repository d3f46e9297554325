"""Care models on people's data: try one, explain an answer, replay a past period."""

from collections import Counter, defaultdict
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
import pyarrow as pa

from throughcare.cli._explained import explained
from throughcare.cli._model_folders import folder_of
from throughcare.cli._moment import DAY, MOMENT
from throughcare.cli._progress import progress
from throughcare.cli._replayed import compared, replayed
from throughcare.cli._resources import resources
from throughcare.decide import past
from throughcare.decide.evaluate import evaluate
from throughcare.decide.lives import Lives, lives
from throughcare.decide.replay import Compared, plans, replay, weekly
from throughcare.decide.trial import Trial, trial
from throughcare.definitions.compiled import compile_models
from throughcare.definitions.grammar import CareModel
from throughcare.definitions.load import load_library, load_model, site_library
from throughcare.faults import Unavailable
from throughcare.record.view import View
from throughcare.settings import Settings
from throughcare.stores import postgres

PEOPLE_SHOWN = 20


@click.command("try", epilog="Example: throughcare model try my_models/evening_calls --on export/")
@click.argument("name", metavar="ID")
@click.option(
    "--on", "path", required=True, type=click.Path(path_type=Path), help="FHIR files: NDJSON, Bundles, zip, gz."
)
@click.option("--at", "now", type=MOMENT, help="The moment asked about; now unless given.")
@click.option("--all", "show_all", is_flag=True, help="Name everyone, not only the first ones.")
@click.pass_obj
def try_command(settings: Settings, name: str, path: Path, now: datetime | None, show_all: bool) -> None:
    """Who would join, and what would be owed, on FHIR data as it is. Needs no installation and changes nothing."""
    model, library, now = (
        load_model(folder_of(name, settings)),
        site_library(settings),
        now or datetime.now(UTC),
    )
    plan = compile_models([model], library, settings.calendar)
    _tell_trial(
        model, trial(model, plan, read_lives(path, now, settings), now, settings.time_zone), now, settings, show_all
    )


@click.command("explain", epilog="Example: throughcare model explain evening_calls --person Patient/ana --on export/")
@click.argument("name", metavar="ID")
@click.option("--person", required=True, metavar="REF", help="Whom: Patient/<id>.")
@click.option(
    "--on", "path", type=click.Path(path_type=Path), help="FHIR files; the installation's record unless given."
)
@click.option("--at", "now", type=MOMENT, help="The moment asked about; now unless given.")
@click.pass_obj
def explain_command(settings: Settings, name: str, person: str, path: Path | None, now: datetime | None) -> None:
    """Why someone belongs or not, and why each piece of work is owed: every rule, its inputs, evidence and source."""
    model, now = load_model(folder_of(name, settings)), now or datetime.now(UTC)
    plan = compile_models([model], site_library(settings), settings.calendar)
    known = read_lives(path, now, settings) if path else recorded(person, settings)
    if person not in known.people:
        raise Unavailable(f"{person} is not there.", do="Write Patient/ and the id, as the source gave it.")
    answers = evaluate(plan, known.tables, now, settings.time_zone)
    local = now.astimezone(ZoneInfo(settings.time_zone))
    click.echo(f"{model.model.title}, version {model.model.version}: {person} on {local:%Y-%m-%d %H:%M}\n")
    for line in explained(model, answers, known.people[person], settings.time_zone):
        click.echo(line)


@click.command("replay", epilog="Example: throughcare model replay evening_calls --from 2026-01-01 --to 2026-06-30")
@click.argument("name", metavar="ID")
@click.option("--from", "start", required=True, type=DAY, help="First day.")
@click.option("--to", "end", required=True, type=DAY, help="Last day.")
@click.option("--with", "changed", type=click.Path(exists=True, file_okay=False), help="Folder with changed rules.")
@click.option(
    "--on", "path", type=click.Path(path_type=Path), help="FHIR files; the installation's record if not given."
)
@click.option("--by", type=click.Choice(["sex", "language", "age"]), default="language", show_default=True)
@click.option("--as-known", is_flag=True, help="By when the record heard of things, not by when they happened.")
@click.pass_obj
def replay_command(
    settings: Settings, name: str, start: date, end: date, changed: str | None, path: Path | None, by: str,
    as_known: bool,
) -> None:  # fmt: skip
    """A past period under a care model's rules, and beside it under changed ones: who enters and leaves, the work by
    week and role, measures and payment. Whoever belongs is taken as joining; nothing is written."""
    library = load_library(value_sets_dir=settings.value_sets_dir)
    models = [load_model(folder_of(name, settings)), *([load_model(changed)] if changed else [])]
    sides = [plans(model, library, settings.calendar) for model in models]
    needs: dict[str, set[str]] = defaultdict(set)
    for view, columns in (item for side in sides for plan in side for item in plan.views.items()):
        needs[view] |= set(columns)
    tables = read_lives(path, datetime.now(UTC), settings).tables if path else everyone(settings, needs)
    zone, days = settings.time_zone, weekly(start, end)

    def known_at(now: datetime) -> dict[str, pa.Table]:
        return past.known(tables, now) if as_known else past.happened(tables, now, zone)

    found = []
    for model, side in zip(models, sides, strict=True):
        with progress(f"Replaying {model.model.title}, version {model.model.version}", len(days)) as said:
            found.append(replay(model, side, known_at, days, zone, said))
    if len(found) == 1:
        told = replayed(models[0], found[0])
    else:
        both = Compared(found[0], found[1])
        told = compared(models[0], both, both.by_group(_groups(tables["person"], by, end)))
    for line in told:
        click.echo(line)


def _groups(people: pa.Table, by: str, on: date) -> dict[int, str]:
    """Each person's group; ages in tens."""
    if by != "age":
        return {p: v or "unknown" for p, v in zip(*(people[c].to_pylist() for c in ("person_id", by)), strict=True)}
    born = zip(*(people[c].to_pylist() for c in ("person_id", "birth_date")), strict=True)
    return {p: f"{(on.year - b.year) // 10 * 10} to {(on.year - b.year) // 10 * 10 + 9}" for p, b in born if b}


def everyone(settings: Settings, needs: dict[str, set[str]]) -> dict[str, pa.Table]:
    """Everyone's rows as the installation's record has them."""
    with postgres.open(settings) as database:
        return View(database).tables(None, needs)


def recorded(person: str, settings: Settings) -> Lives:
    """One person as the installation's record has them."""
    with postgres.open(settings) as database:
        view = View(database)
        people = {f"Patient/{patient}": number for patient, number in view.people([person.partition("/")[2]]).items()}
        return Lives(view.tables(list(people.values())), people)


def read_lives(path: Path, now: datetime, settings: Settings) -> Lives:
    """The people of some files."""
    with progress("Reading", None) as said:
        found, refused = resources(path, settings, said)
    if refused:
        click.echo(f"{refused} could not be read and were left out.", err=True)
    return lives(found, now, settings.time_zone)


def _tell_trial(model: CareModel, found: Trial, now: datetime, settings: Settings, show_all: bool) -> None:
    zone = ZoneInfo(settings.time_zone)
    says = {c.id: c.says for c in model.eligibility.criterion} | {s.id: s.says for s in model.work.step}
    counts = Counter({answer: len(people) for answer, people in found.people.items()})
    click.echo(f"{model.model.title}, version {model.model.version}, on {now.astimezone(zone):%Y-%m-%d %H:%M}")
    click.echo(
        f"People: {counts.total()}. {counts['met']} belong, {counts['not_met']} do not, {counts['unknown']} unknown"
    )
    for word, counted in (("does not hold", found.unmet), ("missing", found.missing)):
        for name, number in counted.most_common():
            click.echo(f"  {number:>6}  {word}: {says.get(name, name)}")
    shown = found.people["met"] if show_all else found.people["met"][:PEOPLE_SHOWN]
    if shown:
        more = f" and {counts['met'] - len(shown)} more (--all names them)" if len(shown) < counts["met"] else ""
        click.echo(f"Belong: {', '.join(shown)}{more}")
    click.echo(f"If all of them joined now ({found.joined} new), this would be owed:")
    for step, statuses in found.owed.items():
        due = f", next due {found.next_due[step].astimezone(zone):%Y-%m-%d}" if step in found.next_due else ""
        told = ", ".join(f"{number} {status}" for status, number in statuses.most_common())
        click.echo(f"  {step}: {told}{due}   {says[step]}")
    if not found.owed:
        click.echo("  nothing")
