"""throughcare model: read, check, try, explain and begin care models."""

from pathlib import Path

import click

from throughcare.definitions.load import load_model, model_folders
from throughcare.definitions.new import new_model
from throughcare.definitions.schema import write_schemas
from throughcare.settings import Settings


@click.group()
def command() -> None:
    """Care models: folders of data that say who belongs, what is owed, and where each rule comes from."""


@command.command("list", epilog="Example: throughcare model list")
@click.pass_obj
def list_models(settings: Settings) -> None:
    """The care models of this installation: shipped ones and your own."""
    for folder in model_folders(settings):
        m = load_model(folder).model
        click.echo(f"{m.id:32} {m.title}, version {m.version}, in force from {m.effective_from} ({m.maturity})")


@command.command("new", epilog="Example: throughcare model new evening_calls --to my_models")
@click.argument("model_id", metavar="ID")
@click.option(
    "--to", "home", default="care_models", show_default=True, type=click.Path(path_type=Path, file_okay=False)
)
def new(model_id: str, home: Path) -> None:
    """Begin a care model: a small folder that passes the check, to change piece by piece."""
    written = new_model(model_id, home)
    click.echo(f"{len(written)} files in {home / model_id}. Check it with: throughcare model check {home / model_id}")


@command.command("schema", epilog="Example: throughcare model schema --to schemas")
@click.option("--to", "folder", required=True, type=click.Path(path_type=Path, file_okay=False))
def schema(folder: Path) -> None:
    """Write a JSON Schema for each kind of file, for editors that complete and check TOML."""
    for path in write_schemas(folder):
        click.echo(str(path))
