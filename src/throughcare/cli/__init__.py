"""The command line: one module per noun, found by looking; each offers `command`, a click command or group."""

import importlib
import pkgutil
import sys

import click

from throughcare.cli._allocator import restart_with_room
from throughcare.faults import Fault
from throughcare.settings import Settings

DATA_DIR = "Folder of this installation (THROUGHCARE_DATA_DIR)."
DATABASE = "DSN of a PostgreSQL server instead of the bundled one (THROUGHCARE_DATABASE)."


class Nouns(click.Group):
    """Commands are the modules of this folder; a module is imported only when its command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_"))

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in self.list_commands(ctx):
            return None
        return _everywhere(importlib.import_module(f"{__name__}.{name}").command)


def _everywhere(command: click.Command) -> click.Command:
    """Which installation is meant may be said before the command or behind it."""
    if not any(p.name == "data_dir" for p in command.params):
        command.params += [_installation("--data-dir", DATA_DIR), _installation("--database", DATABASE)]
    for inner in command.commands.values() if isinstance(command, click.Group) else ():
        _everywhere(inner)
    return command


def _installation(name: str, says: str) -> click.Option:
    return click.Option([name], help=says, expose_value=False, callback=_set)


def _set(ctx: click.Context, option: click.Parameter, value: str | None) -> None:
    if value is None or option.name is None:
        return
    own = ctx.find_root().params
    own[option.name] = value
    ctx.obj = Settings.read(data_dir=own.get("data_dir"), database=own.get("database"))


@click.group(cls=Nouns, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--data-dir", type=click.Path(file_okay=False), help=DATA_DIR)
@click.option("--database", help=DATABASE)
@click.version_option(package_name="throughcare")
@click.pass_context
def throughcare(ctx: click.Context, data_dir: str | None, database: str | None) -> None:
    """Throughcare coordinates care: one record per person, any number of care models on it."""
    ctx.obj = Settings.read(data_dir=data_dir, database=database)


def start() -> None:
    """The installed command: `main`, with room in memory for those that think."""
    restart_with_room()
    main()


def main() -> None:
    """Run; a fault is shown in its own words and ends with 1, never a traceback."""
    try:
        throughcare(prog_name="throughcare")
    except Fault as fault:
        click.echo(f"throughcare: {fault}", err=True)
        sys.exit(1)
