"""throughcare status: how the care models stand, from the record, without running anything."""

import json

import click

from throughcare.cli.settle import print_standing
from throughcare.definitions.load import load_all
from throughcare.flow import standing
from throughcare.record import views
from throughcare.settings import Settings
from throughcare.stores import postgres


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def command(settings: Settings, as_json: bool) -> None:
    """How the care models stand: people eligible and enrolled, obligations open, late and resolved, tasks by status.

    \b
    throughcare status
    throughcare status --json
    """
    with postgres.open(settings) as database:
        database.migrate()
        views.ensure_views(database)
        models = standing.by_model(database, [m.model.id for m in load_all(settings)])
        tasks = standing.tasks(database)
    if as_json:
        click.echo(json.dumps(standing.as_json(models, tasks)))
    else:
        print_standing(models, tasks)
