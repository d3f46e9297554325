"""throughcare db: the database of this installation: start, stop, look, bring up to date, check the audit."""

import click

from throughcare.faults import Fault
from throughcare.record import audit, views
from throughcare.settings import Settings
from throughcare.stores import bundled, postgres


@click.group()
def command() -> None:
    """Start, stop and check the database, and bring its schema up to date.

    \b
    throughcare db migrate
    throughcare --data-dir /srv/throughcare db status
    """


@command.command()
@click.pass_obj
def start(settings: Settings) -> None:
    """Start the bundled database, or adopt it when it already runs.

    \b
    throughcare db start
    """
    _only_bundled(settings)
    click.echo(bundled.start(settings.data_dir, settings.postgres_bin or None))


@command.command()
@click.pass_obj
def stop(settings: Settings) -> None:
    """Stop the bundled database cleanly.

    \b
    throughcare db stop
    """
    _only_bundled(settings)
    stopped = bundled.stop(settings.data_dir, settings.postgres_bin or None)
    click.echo("The database is stopped." if stopped else "The database was not running.")


@command.command()
@click.pass_obj
def status(settings: Settings) -> None:
    """Say whether the database answers, its version and what it holds; ends with 1 when it does not run.

    \b
    throughcare db status
    """
    if not settings.database and bundled.running(settings.data_dir) is None:
        raise Fault("The database is not running.", where=str(settings.data_dir), do="throughcare db start")
    with postgres.open(settings) as database:
        for name, value in postgres.facts(database).items():
            click.echo(f"{name:<12} {value}")


@command.command()
@click.pass_obj
def migrate(settings: Settings) -> None:
    """Bring the schema and the flat views up to this version of Throughcare.

    \b
    throughcare db migrate
    """
    with postgres.open(settings) as database:
        applied = database.migrate()
        made = views.ensure_views(database)
    click.echo(f"Migrations applied: {', '.join(applied) or 'none were missing'}.")
    click.echo(f"Flat views made: {', '.join(made) or 'all were up to date'}.")


@command.command("verify-audit")
@click.pass_obj
def verify_audit(settings: Settings) -> None:
    """Walk the audit chain from its beginning; names the first line that was changed, and then ends with 1.

    \b
    throughcare db verify-audit
    """
    with postgres.open(settings) as database:
        broken = audit.verify(database)
    if broken:
        raise Fault(
            f"The audit is broken at {broken}.",
            why="From that line on, it can no longer prove who did what.",
            do="Keep the database as it is, compare with a backup, and find out who could write to it.",
        )
    click.echo("The audit is whole: every line matches its seal.")


def _only_bundled(settings: Settings) -> None:
    if settings.database:
        raise Fault("A DSN is given, so the database is not ours to start or stop.", where="THROUGHCARE_DATABASE")
