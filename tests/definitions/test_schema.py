"""The published JSON Schemas accept every care model that ships and refuse what the loader refuses."""

import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from throughcare.definitions.library import SHIPPED_LIBRARY
from throughcare.definitions.load import SHIPPED
from throughcare.definitions.schema import schemas, write_schemas


def as_json(folder: Path, name: str) -> Any:
    return json.loads(json.dumps(tomllib.loads((folder / name).read_text()), default=str))


def check(name: str, data: Any) -> None:
    jsonschema.Draft202012Validator(schemas()[name], format_checker=jsonschema.FormatChecker()).validate(data)


def files_of(folder: Path) -> list[tuple[str, Path]]:
    own = [(name, folder / f"{name}.toml") for name in schemas() if (folder / f"{name}.toml").is_file()]
    return own + [("case", path) for path in sorted(folder.glob("cases/*/expect.toml"))]


@pytest.mark.parametrize("name", sorted(schemas()))
def test_every_schema_is_a_schema(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(schemas()[name])


def test_every_shipped_folder_fits() -> None:
    folders = [f for f in SHIPPED.iterdir() if (f / "model.toml").is_file()]
    for folder in folders:
        for name, path in files_of(folder):
            check(name, as_json(folder, str(path.relative_to(folder))))
    assert folders


def test_a_good_folder_fits(tiny: Callable[..., Path]) -> None:
    folder = tiny()
    assert len(files_of(folder)) == 9
    for name, path in files_of(folder):
        check(name, as_json(folder, str(path.relative_to(folder))))


@pytest.mark.parametrize("name", ["forms", "pathways", "loops"])
def test_every_form_pathway_and_loop_of_the_library_fits(name: str) -> None:
    files = sorted((SHIPPED_LIBRARY / name).glob("*.toml"))
    for path in files:
        check(name, as_json(path.parent, path.name))
    assert files


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("work.toml", "opens =", "open ="),
        ("work.toml", 'role = ["nurse"]', 'role = "nurse"'),
        ("work.toml", 'cites = "Our own"\n', ""),
        ("eligibility.toml", 'says = "Is an adult"', 'says = ""'),
        ("parameters.toml", 'cites = "Our own"\n', ""),
        ("model.toml", 'maturity = "trial"', 'maturity = "perfect"'),
    ],
)
def test_what_the_loader_refuses_does_not_fit(tiny: Callable[..., Path], file: str, old: str, new: str) -> None:
    folder = tiny(file, old, new)
    with pytest.raises(jsonschema.ValidationError):
        check(file.removesuffix(".toml"), as_json(folder, file))


def test_schemas_are_written_where_asked(tmp_path: Path) -> None:
    written = write_schemas(tmp_path / "schemas")
    assert sorted(p.name for p in written) == sorted(f"{name}.schema.json" for name in schemas())
    assert all(json.loads(p.read_text())["$schema"] for p in written)
