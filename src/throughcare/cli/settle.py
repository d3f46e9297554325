"""throughcare settle: run the care models now, for whoever has news, and say how things stand after it."""

from datetime import UTC, datetime

import click

from throughcare.cli._assigned import print_waiting
from throughcare.cli._progress import progress
from throughcare.flow import night, passes, standing
from throughcare.flow.published import publish
from throughcare.record import views
from throughcare.settings import Settings
from throughcare.stores import postgres


@click.command()
@click.option("--everyone", is_flag=True, help="Look at everyone, not only at whoever has news.")
@click.option(
    "--at", "instant", metavar="INSTANT", help="Answer as of this instant, such as 2026-07-03T09:00:00-04:00."
)
@click.pass_obj
def command(settings: Settings, everyone: bool, instant: str | None) -> None:
    """Run the care models now: enroll, form teams, propose plans, open and close tasks.

    \b
    throughcare settle
    throughcare settle --everyone
    throughcare settle --at 2026-07-03T09:00:00-04:00
    """
    clock = datetime.now(UTC)
    now = _instant(instant) if instant else clock
    published = publish(settings)
    with postgres.open(settings) as database:
        database.migrate()
        views.ensure_views(database)
        with progress("Running the care models", None) as said:
            done = [0]

            def step(stage: str, people: int) -> None:
                done[0] += people
                said(done[0])

            settled = passes.settle(database, published, now, everyone=everyone, at=clock, progress=step)
        if everyone:
            print_waiting(night.tell(database, published, now, at=clock))
        click.echo(f"{settled.people} people looked at, {settled.resources} resources written, {settled.links} links.")
        print_standing(standing.by_model(database, [m.model.id for m in published.models]), standing.tasks(database))


def _instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is not an instant.", param_hint="--at") from None
    if at.tzinfo is None:
        raise click.BadParameter(f"{text!r} has no time zone: add one, such as -04:00 or Z.", param_hint="--at")
    return at


def print_standing(models: list[standing.ModelStanding], tasks: dict[str, int]) -> None:
    """The numbers as a table a terminal of 100 columns holds."""
    heads = ["eligible", "unknown", "offered", "enrolled", "ended", "future", "open", "late", "resolved", "cancelled"]
    width = max([len("care model"), *(len(m.model) for m in models)])
    click.echo(f"{'care model':<{width}} " + " ".join(f"{h:>9}" for h in heads))
    for one in models:
        click.echo(f"{one.model:<{width}} " + " ".join(f"{getattr(one, h):>9}" for h in heads))
    by_status = ", ".join(f"{number} {status}" for status, number in tasks.items()) or "none"
    click.echo(f"Tasks: {by_status}.")
