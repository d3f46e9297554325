"""throughcare model assign: who takes whom and in which order, chosen now, kept, and seated in the care teams."""

from collections import Counter
from datetime import UTC, datetime

import click

from throughcare.cli._moment import MOMENT
from throughcare.decide.assignment import Assigned
from throughcare.decide.routes import Trip
from throughcare.definitions.periods import year_of
from throughcare.flow import assigning, passes, population
from throughcare.flow.published import publish
from throughcare.record import views
from throughcare.settings import Settings
from throughcare.stores import postgres


@click.command("assign", epilog="Example: throughcare model assign")
@click.option("--at", "now", type=MOMENT, help="The moment it is chosen for; now unless given.")
@click.pass_context
def assign_command(ctx: click.Context, now: datetime | None) -> None:
    """Give cases to workers and order the day's stops, for every care model that says how; then seat them.

    Done every night as well. Whoever has a fitting worker keeps them. Ends with 1 if something has to be installed.
    """
    settings: Settings = ctx.obj
    clock = datetime.now(UTC)
    now = now or clock
    published = publish(settings)
    with postgres.open(settings) as database:
        database.migrate()
        views.ensure_views(database)
        period = year_of(now, settings.time_zone)
        found = population.look(database, published.models, published.library, now, period)
        chosen = assigning.tell(database, found.answers, now)
        passes.settle(database, published, now, at=clock)
    for one in chosen.assigned:
        click.echo(_as_text(one))
    for trip in chosen.trips:
        click.echo(_as_trip(trip))
    print_waiting(chosen)
    ctx.exit(1 if chosen.waiting else 0)


def print_waiting(chosen: assigning.Chosen) -> None:
    """What could not be chosen, why, and what to install."""
    for one, missing in chosen.waiting:
        click.echo(f"{one.model} {one.given.id} waits. {missing.what} {missing.why} {missing.do}", err=True)


def _as_text(one: Assigned) -> str:
    placed = sum(p.worker is not None for p in one.placed)
    without = Counter(p.because.replace("_", " ") for p in one.placed if p.worker is None)
    why = f"; nobody for {', '.join(f'{n}: {because}' for because, n in sorted(without.items()))}" if without else ""
    fair = f"; fairness {one.fairness}" if one.fairness is not None else ""
    return f"{one.model} {one.given.id}: {placed} of {len(one.placed)} placed with {len(one.used)} workers{fair}{why}"


def _as_trip(one: Trip) -> str:
    made = one.route
    left = f"; left out: {', '.join(made.left_out)}" if made.left_out else ""
    return f"{one.model} {one.routing} {one.trip}: {len(made.order)} stops, {made.travel:.0f} minutes on the way{left}"
