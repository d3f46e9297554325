"""Flat views: what the library's view definitions make of each resource, as rows with a person and a time."""

import hashlib
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from throughcare.faults import Fault
from throughcare.fhir import json as fhir_json
from throughcare.fhir.views import View as Compiled
from throughcare.fhir.views import compile_view
from throughcare.record.cells import SQL_TYPES, Cell, cell_maker

ALWAYS = ["key", "person_id", "patient_no", "about", "source", "known_from", "known_to"]
OURS = b"urn:throughcare:"
_SEVERAL = {"forEach", "forEachOrNull", "unionAll", "repeat"}
_ASKS_FOR_OURS = re.compile(
    rf"[\w.]+\.where\((system|url) = '{OURS.decode()}[\w-]+'( and code = '[\w-]+')?\)\.exists\(\)"
)


@dataclass(frozen=True, slots=True)
class Recipe:
    """How one resource type feeds one view."""

    view: str
    compiled: Compiled
    several: bool
    person_at: int | None
    about_at: int | None
    ours: bool  # only resources with a code or an extension of ours give rows
    cells: tuple[tuple[int, Cell], ...]  # per SQL column: which column of the definition, and how it is written


@dataclass(frozen=True, slots=True)
class FlatView:
    """One table of schema flat: its own columns with their SQL types, in order, and a digest of its definitions."""

    name: str
    columns: dict[str, str]
    digest: str
    resource_types: tuple[str, ...]
    of_people: bool = True  # False when no definition has a `person` column: organizations, sessions, costs


@dataclass(slots=True)
class Views:
    """A library of views, compiled for one time zone."""

    zone: str
    tables: dict[str, FlatView] = field(default_factory=dict)
    recipes: dict[str, list[Recipe]] = field(default_factory=dict)  # by resource type


@lru_cache(maxsize=8)
def shipped(zone: str) -> Views:
    """The views of the care library."""
    return load(resources.files("throughcare").joinpath("care_library", "views"), zone)


def load(folder: Traversable | Path, zone: str) -> Views:
    """Compile every view of a folder: one sub-folder per view, one definition per resource type, codes.toml beside."""
    views = Views(zone)
    for sub in sorted((s for s in folder.iterdir() if s.is_dir()), key=lambda s: s.name):
        _add(views, sub)
    return views


def _add(views: Views, folder: Traversable) -> None:
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".json")), key=lambda f: f.name)
    texts = {f.name: f.read_bytes() for f in files}
    if not texts:
        return
    codes_file = folder.joinpath("codes.toml")
    codes_text = codes_file.read_bytes() if codes_file.is_file() else b""
    definitions = {name: fhir_json.read(text, where=f"{folder.name}/{name}") for name, text in texts.items()}
    compiled = {name: compile_view(d) for name, d in definitions.items()}
    columns = _columns(folder.name, compiled)
    codes = tomllib.loads(codes_text.decode())
    types = tuple(d["resource"] for d in definitions.values())
    seal = hashlib.sha256(b"\0".join([_FORM, views.zone.encode(), codes_text, *texts.values()])).hexdigest()
    of_people = any(column.name == "person" for one in compiled.values() for column in one.columns)
    views.tables[folder.name] = FlatView(folder.name, columns, seal, types, of_people)
    for name, definition in definitions.items():
        recipe = _recipe(folder.name, definition, compiled[name], columns, codes, views.zone)
        views.recipes.setdefault(definition["resource"], []).append(recipe)


_FORM = b"1"  # raised when the making of rows changes, so that tables are rebuilt


def _columns(view: str, compiled: dict[str, Compiled]) -> dict[str, str]:
    """The union of the columns of a view's files; a moment x_at also gives its local day x_on."""
    columns: dict[str, str] = {}
    for name, one in compiled.items():
        for column in one.columns:
            if column.name in ("person", "about"):
                continue
            for sql_name, sql_type in _sql_columns(column.name, column.type, where=f"{view}/{name}"):
                before = columns.setdefault(sql_name, sql_type)
                if before != sql_type:
                    what = f"Column {sql_name} is {before} in one file and {sql_type} here."
                    raise Fault(what, where=f"{view}/{name}")
    return columns


def _sql_columns(name: str, kind: str, *, where: str) -> list[tuple[str, str]]:
    if name in ALWAYS:
        raise Fault(f"A view may not define the column {name}; every flat view has it.", where=where)
    sql_type = SQL_TYPES.get(kind)
    if sql_type is None:
        raise Fault(f"Column {name} has type {kind!r}.", where=where, do=f"Use one of {', '.join(sorted(SQL_TYPES))}.")
    own = [(name, sql_type)]
    return [*own, (name[:-3] + "_on", "date")] if sql_type == "timestamptz" and name.endswith("_at") else own


def _recipe(view: str, definition: dict, compiled: Compiled, columns: dict[str, str], codes: dict, zone: str) -> Recipe:
    at = {column.name: i for i, column in enumerate(compiled.columns)}
    cells = []
    for name, sql_type in columns.items():
        source = name if name in at else name[:-3] + "_at" if name.endswith("_on") else name
        cells.append((at.get(source, -1), cell_maker(sql_type, codes.get(name, {}), zone)))
    ours = any(_ASKS_FOR_OURS.fullmatch(test["path"]) for test in definition.get("where", ()))
    return Recipe(view, compiled, _gives_several(definition), at.get("person"), at.get("about"), ours, tuple(cells))


def _gives_several(node: Any) -> bool:
    if isinstance(node, list):
        return any(map(_gives_several, node))
    if not isinstance(node, dict):
        return False
    return not _SEVERAL.isdisjoint(node) or _gives_several(node.get("select"))


def rows_of(recipe: Recipe, resource: dict[str, Any]) -> Iterable[tuple[str, str | None, str | None, list[Any]]]:
    """(what follows "Type/id" in the key, person reference, about reference, values in the form of their columns)."""
    for n, row in enumerate(recipe.compiled.rows(resource), 1):
        person = row[recipe.person_at] if recipe.person_at is not None else None
        about = row[recipe.about_at] if recipe.about_at is not None else None
        values = [None if i < 0 or row[i] is None else make(row[i]) for i, make in recipe.cells]
        yield f"#{n}" if recipe.several else "", person, about, values
