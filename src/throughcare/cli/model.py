"""throughcare model: list, begin, check, print and export care models; on data, try, explain, replay and assign."""

from pathlib import Path

import click

from throughcare.cli._assigned import assign_command
from throughcare.cli._checked import Checked, checked_measure, checked_model, totals
from throughcare.cli._model_folders import folder_of
from throughcare.cli._model_on_data import explain_command, replay_command, try_command
from throughcare.definitions.export import bundle
from throughcare.definitions.handbook import handbook_index, handbook_page
from throughcare.definitions.load import load_library, load_model, model_folders, site_library
from throughcare.definitions.new import new_model
from throughcare.definitions.pages import grammar_page
from throughcare.definitions.schema import write_schemas
from throughcare.faults import WrongDefinition
from throughcare.fhir import json as fhir_json
from throughcare.settings import Settings


@click.group()
def command() -> None:
    """Care models: folders of data that say who belongs, what is owed, and where each rule comes from.

    A care model is named by its id, or by the path of its folder.
    """


for on_data in (try_command, explain_command, replay_command, assign_command):
    command.add_command(on_data)


@command.command("list", epilog="Example: throughcare model list")
@click.pass_obj
def list_command(settings: Settings) -> None:
    """The care models of this installation: shipped ones and your own."""
    for folder in model_folders(settings):
        try:
            m = load_model(folder).model
            click.echo(f"{m.id:32} {m.title}, version {m.version}, in force from {m.effective_from} ({m.maturity})")
        except WrongDefinition as wrong:
            click.echo(f"{folder.name:32} cannot be read: {len(wrong.findings)} findings; see throughcare model check")


@command.command("new", epilog="Example: throughcare model new evening_calls --to my_models")
@click.argument("model_id", metavar="ID")
@click.option(
    "--to", "home", default="care_models", show_default=True, type=click.Path(path_type=Path, file_okay=False)
)
def new_command(model_id: str, home: Path) -> None:
    """Begin a care model: a small folder that passes the check, to change piece by piece."""
    written = new_model(model_id, home)
    click.echo(f"{len(written)} files in {home / model_id}. Check it with: throughcare model check {home / model_id}")


@command.command("schema", epilog="Example: throughcare model schema --to schemas")
@click.option("--to", "folder", required=True, type=click.Path(path_type=Path, file_okay=False))
def schema_command(folder: Path) -> None:
    """Write a JSON Schema for each kind of file, for editors that complete and check TOML."""
    for path in write_schemas(folder):
        click.echo(str(path))


@command.command("grammar", epilog="Example: throughcare model grammar --to docs/reference/grammar.md")
@click.option("--to", "file", type=click.Path(path_type=Path, dir_okay=False), help="Write it there instead of here.")
def grammar_command(file: Path | None) -> None:
    """Every file, key, function, window, deadline and view, as one page."""
    page = grammar_page(load_library())
    if file is None:
        click.echo(page, nl=False)
    else:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(page, "utf-8")
        click.echo(str(file))


@command.command("check", epilog="Examples: throughcare model check   throughcare model check my_models/evening_calls")
@click.argument("names", nargs=-1, metavar="[ID...]")
@click.option("--turns", "show_turns", is_flag=True, help="List every place where unknown is turned into yes or no.")
@click.pass_context
def check_command(ctx: click.Context, names: tuple[str, ...], show_turns: bool) -> None:
    """Find every mistake: grammar, sources, names, expressions, words, and each case. Ends with 1 if there is one.

    Without an ID: every care model, and every measure of the care library.
    """
    settings: Settings = ctx.obj
    library = site_library(settings)
    folders = [folder_of(name, settings) for name in names] or model_folders(settings)
    models = [_told(checked_model(folder, library, settings), show_turns) for folder in folders]
    measured = [] if names else sorted(library.measures)
    measures = [_told(checked_measure(name, library, settings), show_turns) for name in measured]
    if len(models) + len(measures) > 1:
        click.echo(totals(models, measures))
    ctx.exit(1 if any(one.findings for one in (*models, *measures)) else 0)


@command.command("page", epilog="Example: throughcare model page --to docs/care-models")
@click.argument("names", nargs=-1, metavar="[ID...]")
@click.option("--to", "home", required=True, type=click.Path(path_type=Path, file_okay=False), help="Folder for pages.")
@click.pass_obj
def page_command(settings: Settings, names: tuple[str, ...], home: Path) -> None:
    """A page for each care model, in Markdown: belonging, team, work, plan, measures, money, numbers, sources.

    Without an ID: every care model, and README.md, which lists them.
    """
    library = site_library(settings)
    home.mkdir(parents=True, exist_ok=True)
    models = [load_model(folder) for folder in [folder_of(name, settings) for name in names] or model_folders(settings)]
    pages = {m.model.id: handbook_page(m, library) for m in models}
    for name, page in (pages if names else {"README": handbook_index(models), **pages}).items():
        (home / f"{name}.md").write_text(page, "utf-8")
        click.echo(str(home / f"{name}.md"))


@command.command("export", epilog="Example: throughcare model export evening_calls --to evening_calls.json")
@click.argument("name", metavar="ID")
@click.option("--as", "form", type=click.Choice(["fhir"]), default="fhir", show_default=True, help="In which form.")
@click.option("--to", "file", type=click.Path(path_type=Path, dir_okay=False), help="Write it there instead of here.")
@click.pass_obj
def export_command(settings: Settings, name: str, form: str, file: Path | None) -> None:
    """A care model as a FHIR R4 Bundle: PlanDefinition, ActivityDefinition, Measure, Questionnaire and Library."""
    library = site_library(settings)
    text = fhir_json.write(bundle(load_model(folder_of(name, settings)), library))
    if file is None:
        click.echo(text)
    else:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text + b"\n")
        click.echo(str(file))


def _told(found: Checked, show_turns: bool) -> Checked:
    for finding in found.findings:
        click.echo(f"{finding}\n", err=True)
    click.echo(str(found))
    for turn in found.turned if show_turns else ():
        click.echo(f"  unknown is settled here: {turn}")
    return found
