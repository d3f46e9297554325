"""`throughcare serve`: the workspace in a browser, with the care models running beside it."""

import os
from dataclasses import fields
from datetime import UTC, datetime

import click
from granian import Granian
from granian.constants import Interfaces

from throughcare import app
from throughcare.access import staff
from throughcare.settings import Settings
from throughcare.stores import bundled


@click.command()
@click.option("--host", help="Address to listen on (THROUGHCARE_HOST).")
@click.option("--port", type=int, help="Port to listen on (THROUGHCARE_PORT).")
@click.pass_obj
def command(settings: Settings, host: str | None, port: int | None) -> None:
    """Serve the workspace on this machine until interrupted."""
    export(settings, host=host, port=port)
    settings = Settings.read()
    app.refuse_open_door(settings)
    ours = not settings.database and bundled.running(settings.data_dir) is None
    try:
        first_run(settings)
        click.echo(f"Throughcare is at http://{settings.host}:{settings.port}  (Ctrl C ends it)")
        listen(settings)
    finally:
        if ours:
            bundled.stop(settings.data_dir, settings.postgres_bin or None)


def export(settings: Settings, **given: object) -> None:
    """Put the settings in the environment: the server's own process reads them from there."""
    for f in fields(settings):
        os.environ[f"THROUGHCARE_{f.name.upper()}"] = str(getattr(settings, f.name))
    for name, value in given.items():
        if value is not None:
            os.environ[f"THROUGHCARE_{name.upper()}"] = str(value)


def first_run(settings: Settings) -> None:
    """Bring the database up to date; where nobody can sign in yet, make an administrator and show the password once."""
    with app.ready(settings) as database:
        secret = staff.first_run(database, at=datetime.now(UTC))
    if secret:
        click.echo(f"First run. Sign in as {staff.FIRST}; this password is shown only now and is good for one sign-in:")
        click.echo(f"\n    {secret}\n")


def listen(settings: Settings) -> None:
    """Serve in one worker process, whose threads share the work; quiet but for faults."""
    Granian(
        "throughcare.app:asgi",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        factory=True,
        workers=1,
        log_enabled=True,
        log_access=False,
    ).serve()
