"""Mappings: the site's own files of TOML, read and checked against FHIR; and which of them knows a table.

One with mistakes still knows its tables, as far as that can be read of it: they alone are refused.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from throughcare.definitions.folder import Reader
from throughcare.definitions.near import did_you_mean
from throughcare.definitions.toml_lines import Path as Place
from throughcare.faults import Malformed, WrongDefinition
from throughcare.intake.tables.grammar import CELL, Knows, Mapping, Reads
from throughcare.intake.tables.making import Header, plain
from throughcare.intake.tables.mistakes import HEADER_LINE_MAX, mistakes
from throughcare.settings import Settings

Use = tuple[str, str, Place]  # column, element, place in the mapping


def folder_of(settings: Settings) -> Path:
    return Path(settings.table_mappings_dir) if settings.table_mappings_dir else settings.data_dir / "mappings"


@dataclass(frozen=True, slots=True)
class Wrong:
    """A mapping with mistakes; without a column where not even what it knows can be read."""

    title: str
    fault: WrongDefinition
    knows: Knows
    reads: Reads
    leaves_out: tuple[str, ...] = ()

    @property
    def says(self) -> str:
        first, more = self.fault.findings[0], len(self.fault.findings)
        many = "a mistake" if more == 1 else f"{more} mistakes, the first"
        return f"{self.title} has {many} in line {first.line}: {first.what}"


def of_site(settings: Settings) -> list[Mapping | Wrong]:
    """Every mapping of the site, those with mistakes too."""
    folder = folder_of(settings)
    files = sorted(folder.glob("*.toml")) if folder.is_dir() else []
    return _read(tuple((path, path.stat().st_mtime_ns) for path in files))


@lru_cache(maxsize=4)
def _read(files: tuple[tuple[Path, int], ...]) -> list[Mapping | Wrong]:
    return [_read_or_wrong(path) for path, _ in files]


def _read_or_wrong(path: Path) -> Mapping | Wrong:
    try:
        return read(path)
    except WrongDefinition as wrong:
        data = Reader(path.parent).read(path.name) or {}
        knows, reads = Knows([]), Reads()
        with suppress(msgspec.ValidationError):
            knows = msgspec.convert(data.get("knows", {}), Knows)
        with suppress(msgspec.ValidationError):
            reads = msgspec.convert(data.get("reads", {}), Reads)
        return Wrong(path.name, wrong, knows, reads if 1 <= reads.header_line <= HEADER_LINE_MAX else Reads())


def unknowing(of_site: Iterable[Mapping | Wrong]) -> list[str]:
    """What is wrong with mappings of which not even that can be read which tables they know."""
    wrong = [one for one in of_site if isinstance(one, Wrong) and not one.knows.columns]
    return [f"{one.says} Which tables it knows cannot be read." for one in wrong]


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


def fits(mapping: Mapping | Wrong, name: str, titles: list[str], sheet: str = "") -> bool:
    """Whether a table has the columns by which the mapping knows it, in a file, and sheet, of such a name."""
    parts = [part.removesuffix(".gz").casefold() for part in re.split(r"[/!\\]", name)]
    return (
        bool(mapping.knows.columns)
        and {plain(column) for column in mapping.knows.columns} <= {plain(title) for title in titles}
        and any(fnmatch(part, mapping.knows.files.casefold()) for part in parts)
        and fnmatch(sheet.casefold(), mapping.knows.sheet.casefold())
    )


def best_of(fitting: Iterable[Mapping | Wrong]) -> Mapping | None:
    """Of those that fit, the one that names most columns. Raises Malformed when two do alike, or it has mistakes."""
    fitting = list(fitting)
    most = max((len(one.knows.columns) for one in fitting), default=0)
    best = [one for one in fitting if len(one.knows.columns) == most]
    if len(best) > 1:
        raise Malformed(
            f"Two mappings know the table: {best[0].title}, and {best[1].title}.",
            do="Tell them apart by `files`, `sheet` or more of `columns` in [knows].",
        )
    one = best[0] if best else None
    if isinstance(one, Wrong):
        raise Malformed(f"Its mapping {one.says}", do="Correct the mapping: throughcare table check --help")
    return one


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
