"""Mappings: the site's own files of TOML, read and checked against FHIR; and which of them knows a table."""

import re
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import lru_cache
from pathlib import Path
from typing import Any

from throughcare.definitions.folder import Reader
from throughcare.definitions.near import did_you_mean
from throughcare.definitions.toml_lines import Path as Place
from throughcare.faults import Malformed, WrongDefinition
from throughcare.intake.tables.grammar import CELL, Mapping
from throughcare.intake.tables.making import Header, plain
from throughcare.intake.tables.mistakes import mistakes
from throughcare.settings import Settings

Use = tuple[str, str, Place]  # column, element, place in the mapping


def folder_of(settings: Settings) -> Path:
    return Path(settings.table_mappings_dir) if settings.table_mappings_dir else settings.data_dir / "mappings"


def of_site(settings: Settings) -> list[Mapping]:
    """Every mapping of the site. Raises WrongDefinition with the mistakes of all."""
    folder = folder_of(settings)
    files = sorted(folder.glob("*.toml")) if folder.is_dir() else []
    return _read(tuple((path, path.stat().st_mtime_ns) for path in files))


@lru_cache(maxsize=4)
def _read(files: tuple[tuple[Path, int], ...]) -> list[Mapping]:
    found, findings = [], []
    for path, _ in files:
        try:
            found.append(read(path))
        except WrongDefinition as wrong:
            findings += wrong.findings
    if findings:
        raise WrongDefinition(findings)
    return found


def read(path: Path) -> Mapping:
    """One file. Raises WrongDefinition with every mistake in it."""
    reader = Reader(path.parent)
    if not path.is_file():
        reader.say(path.name, (), "there is no such file.", do="See: throughcare table new --help")
    mapping: Mapping | None = reader.toml(path.name, Mapping, entries=False)
    if mapping is not None:
        for place, what, do in mistakes(mapping):
            reader.say(path.name, place, what, do=do)
    reader.done()
    assert mapping is not None
    return mapping


def fits(mapping: Mapping, name: str, titles: list[str], sheet: str = "") -> bool:
    """Whether a table has the columns by which the mapping knows it, in a file, and sheet, of such a name."""
    parts = [part.removesuffix(".gz").casefold() for part in re.split(r"[/!\\]", name)]
    return (
        {plain(column) for column in mapping.knows.columns} <= {plain(title) for title in titles}
        and any(fnmatch(part, mapping.knows.files.casefold()) for part in parts)
        and fnmatch(sheet.casefold(), mapping.knows.sheet.casefold())
    )


def best_of(fitting: list[Mapping]) -> Mapping | None:
    """Of those that fit, the one that names most columns. Raises Malformed when two do alike."""
    most = max((len(one.knows.columns) for one in fitting), default=0)
    best = [one for one in fitting if len(one.knows.columns) == most]
    if len(best) > 1:
        raise Malformed(
            f"Two mappings know the table: {best[0].title}, and {best[1].title}.",
            do="Tell them apart by `files`, `sheet` or more of `columns` in [knows].",
        )
    return best[0] if best else None


def bound(mapping: Mapping, titles: list[str]) -> Header:
    """The columns in their places. Raises Malformed where one that the mapping asks is not there, or there twice."""
    header = Header.of(titles)
    for column, _, _ in uses(mapping):
        if plain(column) not in header.places:
            near = did_you_mean(column, titles)
            raise Malformed(f'The table has no column "{column}".{near}', do="Correct the mapping, or the table.")
        if sum(plain(title) == plain(column) for title in titles) > 1:
            raise Malformed(f'The table has two columns called "{column}".', do="Rename one.")
    return header


def uses(mapping: Mapping) -> Iterator[Use]:
    """Every column that the mapping asks, and what it becomes."""
    for nth, made in enumerate(mapping.resource):
        place: Place = ("resource", nth)
        yield from ((column, f"{made.type}.id", (*place, "key")) for column in made.key)
        yield from ((column, f"when there is a {made.name}", (*place, "only_with")) for column in made.only_with)
        yield from ((column, f"when there is a {made.name}", (*place, "only_where")) for column in made.only_where)
        yield from _asked(made.has, made.type, (*place, "has"))
    yield from ((column, "what belongs together", ("reads", "together")) for column in mapping.reads.together)
    if mapping.reads.updated:
        yield mapping.reads.updated, "for when a row speaks", ("reads", "updated")


def _asked(node: Any, element: str, place: Place) -> Iterator[Use]:
    if isinstance(node, str) and not node.startswith("="):
        yield node, element, place
    elif isinstance(node, list):
        for nth, one in enumerate(node):
            yield from _asked(one, element, (*place, nth))
    elif isinstance(node, dict) and "each_row" in node:
        yield from _asked(node["each_row"], element, (*place, "each_row"))
    elif isinstance(node, dict) and any(word in node for word in CELL):
        named = [node.get("column"), node.get("sum"), *node.get("columns", []), *node.get("by", [])]
        yield from ((column, element, place) for column in named if isinstance(column, str))
    elif isinstance(node, dict):
        for name, inner in node.items():
            yield from _asked(inner, f"{element}.{name}", (*place, name))
