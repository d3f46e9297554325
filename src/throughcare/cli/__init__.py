"""The command line: one module per noun, found by looking; each offers `command`, a click command or group."""

import importlib
import pkgutil
import sys

import click

from throughcare.faults import Fault
from throughcare.settings import Settings


class Nouns(click.Group):
    """Commands are the modules of this folder; a module is imported only when its command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_"))

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in self.list_commands(ctx):
            return None
        return importlib.import_module(f"{__name__}.{name}").command


@click.group(cls=Nouns, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--data-dir", type=click.Path(file_okay=False), help="Folder of this installation (THROUGHCARE_DATA_DIR).")
@click.option("--database", help="DSN of a PostgreSQL server instead of the bundled one (THROUGHCARE_DATABASE).")
@click.version_option(package_name="throughcare")
@click.pass_context
def throughcare(ctx: click.Context, data_dir: str | None, database: str | None) -> None:
    """Throughcare coordinates care: one record per person, any number of care models on it."""
    ctx.obj = Settings.read(data_dir=data_dir, database=database)


def main() -> None:
    """Run; a fault is shown in its own words and ends with 1, never a traceback."""
    try:
        throughcare(prog_name="throughcare")
    except Fault as fault:
        click.echo(f"throughcare: {fault}", err=True)
        sys.exit(1)
