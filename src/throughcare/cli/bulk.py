"""throughcare bulk: fetch everything a server knows, over FHIR Bulk Data, and load it."""

import json
import shutil
from hashlib import blake2b
from pathlib import Path
from typing import Any

import click
import httpx2

from throughcare.cli.load import load_files
from throughcare.intake.bulk.export import Export
from throughcare.intake.bulk.sign_in import SignIn
from throughcare.settings import Settings

EPILOG = """\b
Examples:
  throughcare bulk import https://server/fhir/Group/ours/$export --source payer \\
      --client-id throughcare --token-url https://server/token --key key.json
"""
SECONDS_MAX = 60.0


@click.group(epilog=EPILOG)
def command() -> None:
    """FHIR Bulk Data: everything at once, from another server."""


@command.command("import")
@click.argument("url")
@click.option("--source", required=True, help="Who says this: the name of the system it comes from.")
@click.option("--id-prefix", default="", help="Put before this source's ids, when another source uses the same ones.")
@click.option("--client-id", default="", help="What the server calls us; none for a server that is open.")
@click.option("--token-url", default="", help="Where the server gives tokens.")
@click.option("--key", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Our private JWK or PEM.")
@click.option("--scope", default="system/*.rs", show_default=True, help="What to ask the server for.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as one JSON object.")
@click.pass_obj
def import_command(
    settings: Settings, url: str, source: str, id_prefix: str, client_id: str, token_url: str, key: Path | None,
    scope: str, as_json: bool,
) -> None:  # fmt: skip
    """Ask for an export (or take a published manifest), wait, fetch its files and load them.

    Stopped at any point, the same command goes on where it was. What the server deleted is deleted here as well.
    """
    if client_id and not (token_url and key):
        raise click.UsageError("--client-id goes with --token-url and --key.")
    sign_in = SignIn(client_id, token_url, key.read_text(), scope) if key and client_id else None
    folder = settings.data_dir / "bulk" / blake2b(f"{source} {url}".encode(), digest_size=16).hexdigest()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with httpx2.Client(timeout=SECONDS_MAX) as client:
        told = fetched(settings, Export(client, folder, sign_in), url, source, id_prefix)
    shutil.rmtree(folder)
    click.echo(json.dumps(told) if as_json else ", ".join(f"{name} {number:,}" for name, number in told.items()))


def fetched(settings: Settings, export: Export, url: str, source: str, id_prefix: str) -> dict[str, Any]:
    """Load what the export gives: first what there is, then what is gone. Nothing is let go before it is loaded."""
    files = list(export.run(url))
    there = [path for kind, path in files if kind == "output"]
    gone = [one for kind, path in files if kind == "deleted" for one in _bundles(path)]
    counts = load_files(settings, [*there, *gone], source, id_prefix).as_json()
    export.let_go()
    complaints = sum(_lines(path) for kind, path in files if kind == "outcome")
    return {"files": len(there), **counts, "deletions": len(gone), "complaints": complaints}


def _bundles(path: Path) -> list[Path]:
    """A `deleted` file has a transaction Bundle of deletions on each line: each becomes a document of its own."""
    made = []
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                made.append(path.with_name(f"{path.stem}-gone-{number}.json"))
                made[-1].write_bytes(line)
    return made


def _lines(path: Path) -> int:
    with path.open("rb") as lines:
        return sum(1 for line in lines if line.strip())
