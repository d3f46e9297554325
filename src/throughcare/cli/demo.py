"""throughcare demo: a running Throughcare over an invented community, or (--check) proof that all of it lives."""

import sys
import tempfile
import time
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click

from throughcare.cli import _demo, _demo_check, _demo_hospital, serve
from throughcare.community import places
from throughcare.faults import Fault
from throughcare.settings import Settings
from throughcare.stores import bundled

EPILOG = """\b
Examples:
  throughcare demo                    build it the first time, then serve it
  throughcare demo --people 300       a smaller community, quicker
  throughcare demo --no-hospital      without the hospital that sends messages as it runs
  throughcare demo --check            build it afresh elsewhere, look at every page, say what lives
"""


@click.command(epilog=EPILOG)
@click.option("--people", default=2000, show_default=True, type=click.IntRange(50, 200_000))
@click.option("--seed", default=7, show_default=True)
@click.option("--port", type=int, help="Port to listen on (THROUGHCARE_PORT).")
@click.option("--hospital/--no-hospital", default=True, help="Let a hospital send HL7 v2 messages while it runs.")
@click.option("--check", is_flag=True, help="Build in a fresh folder, print what lives; exit 0 only if all of it does.")
@click.pass_obj
def command(settings: Settings, people: int, seed: int, port: int | None, hospital: bool, check: bool) -> None:
    """Make an invented community, run the care models on it, and serve it on this machine."""
    if check:
        sys.exit(_check(settings, people, seed))
    if not (settings.data_dir / _demo.BUILT).exists():
        _build(settings, people, seed)
    _say_who()
    _serve(replace(settings, port=port or settings.port), hospital)


def _build(settings: Settings, people: int, seed: int) -> _demo.Built:
    if any(settings.data_dir.glob("*")) and not (settings.data_dir / "community").exists():
        raise Fault(
            f"{settings.data_dir} already holds an installation that is not a demo.",
            why="The demo adds invented people and sign-ins with a known password.",
            do="Give another folder: throughcare --data-dir ./demo-data demo",
        )
    began = time.monotonic()

    def say(line: str) -> None:
        click.echo(f"{time.monotonic() - began:6.1f} s  {line}")

    return _demo.build(settings, people, seed, datetime.now(UTC), say)


def _serve(settings: Settings, hospital: bool) -> None:
    serve.export(settings)
    click.echo(f"Throughcare is at http://{settings.host}:{settings.port}  (Ctrl C ends it)")
    if hospital:
        click.echo(f"A hospital sends it a message every {_demo_hospital.EVERY_SECONDS:.0f} seconds, as HL7 v2")
    try:
        with _demo_hospital.sending(settings) if hospital else nullcontext():
            serve.listen(settings)
    finally:
        bundled.stop(settings.data_dir, settings.postgres_bin or None)


def _say_who() -> None:
    click.echo(f"\nSign in as one of these; the password is {_demo.PASSWORD}\n")
    for one in (*places.STAFF, *places.PROGRAM_STAFF):
        name = f"{one.given} {one.family}" + (f", {one.credentials}" if one.credentials else "")
        where = one.team or one.field_role.replace("_", " ")
        click.echo(f"  {one.sign_in:<9} {name:<24} {', '.join(one.roles).replace('_', ' '):<26} {where}")
    click.echo("")


def _check(settings: Settings, people: int, seed: int) -> int:
    with tempfile.TemporaryDirectory(prefix="tc-demo-", dir="/tmp") as folder:
        Path(folder).chmod(0o711)
        fresh = replace(settings, data_dir=Path(folder) / "data", database="")
        try:
            built = _build(fresh, people, seed)
            return _demo_check.check(fresh, built, click.echo)
        finally:
            bundled.stop(fresh.data_dir, fresh.postgres_bin or None)
