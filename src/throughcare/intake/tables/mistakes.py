"""Mistakes: what a mapping asks that FHIR, or the mapping itself, does not have; each with its place and what to do."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from throughcare.definitions.near import did_you_mean
from throughcare.definitions.toml_lines import Path as Place
from throughcare.fhir.path.model import model
from throughcare.intake.tables.grammar import BESIDE, CELL, Mapping
from throughcare.record.sources import OURS

HEADER_LINE_MAX = 50
_SOURCE = re.compile(r"[a-z0-9][a-z0-9_.-]{0,62}")
_PATTERN = re.compile(r"(%[dmYHMSbBpIjzf]|[^%])+")
Mistake = tuple[Place, str, str]


def mistakes(mapping: Mapping) -> Iterator[Mistake]:
    if not _SOURCE.fullmatch(mapping.source) or mapping.source == OURS:
        yield ("source",), f'"{mapping.source}" cannot name a source.', "Use small letters, digits, dash, dot and _."
    if not mapping.knows.columns:
        yield ("knows", "columns"), "it names no column.", "Name those by which the table is told from others."
    if not 1 <= mapping.reads.header_line <= HEADER_LINE_MAX:
        yield ("reads", "header_line"), f"it is not between 1 and {HEADER_LINE_MAX}.", "Give the line of the columns."
    for nth, pattern in enumerate(mapping.reads.dates):
        yield from _pattern(pattern, ("reads", "dates", nth))
    names = [made.name for made in mapping.resource]
    if not names:
        yield ("resource",), "no resource is made of a row.", "Add [[resource]]."
    for nth, made in enumerate(mapping.resource):
        place: Place = ("resource", nth)
        if names.index(made.name) < nth:
            yield (*place, "name"), f'"{made.name}" is the name of an earlier resource.', "Give it another."
        if not made.key:
            yield (*place, "key"), f"nothing tells one {made.name} from another.", "Name the columns that do."
        if made.type not in model().resources:
            yield (*place, "type"), f'"{made.type}" is no type of FHIR.{did_you_mean(made.type, model().resources)}', ""
            continue
        for said in ("id", "resourceType"):
            if said in made.has:
                yield (*place, "has", said), f'"{said}" is made of the type and the key.', "Leave it out."
        yield from _misnamed(made.has, made.type, (*place, "has"), mapping, each=bool(mapping.reads.together))


def _pattern(pattern: str, place: Place) -> Iterator[Mistake]:
    known = "%d %m %Y, %b or %B for a month's name, %H %M %S, %I %p"
    if "%y" in pattern:
        yield place, "a year of two figures says no century.", "Have the table written with four: %Y."
    elif not _PATTERN.fullmatch(pattern) or not all(part in pattern for part in ("%d", "%Y")):
        yield place, f'"{pattern}" is no pattern of a date.', f"Known: {known}."
    else:
        try:
            datetime.strptime(datetime(2026, 1, 31).strftime(pattern), pattern)
        except ValueError:
            yield place, f'"{pattern}" is no pattern of a date.', f"Known: {known}."


def _misnamed(node: dict[str, Any], kind: str, place: Place, mapping: Mapping, *, each: bool) -> Iterator[Mistake]:
    """Elements that the type does not have, and what cannot stand under those that it has."""
    keys = model().keys[kind]
    for name, inner in node.items():
        here = (*place, name)
        if name not in keys:
            yield here, f'{kind} has no "{name}" in FHIR.{did_you_mean(name, keys)}', f"Known: {', '.join(keys)}."
            continue
        element, inner_kind = keys[name]
        many = model().elements[kind][element].many
        if isinstance(inner, list) and not many:
            yield here, f'{kind} has one "{name}", not several.', "Take the [ ] away."
            continue
        for nth, one in enumerate(inner if isinstance(inner, list) else [inner]):
            at = (*here, nth) if isinstance(inner, list) else here
            yield from _misplaced(one, inner_kind, at, mapping, many=many, each=each)


def _misplaced(
    node: Any, kind: str, place: Place, mapping: Mapping, *, many: bool, each: bool
) -> Iterator[Mistake]:  # fmt: skip
    primitive = kind in model().primitives
    word = next((word for word in CELL if isinstance(node, dict) and word in node), "")
    if word:
        yield from _miswritten(word, node, kind, place, mapping, many=many, each=each)
        if word == "each_row":
            yield from _misplaced(node[word], kind, place, mapping, many=False, each=each)
    elif isinstance(node, dict) and primitive:
        yield place, f"it is a {kind}, which has no parts.", 'Name a column, or write "=..." for what is always so.'
    elif isinstance(node, dict):
        yield from _misnamed(node, kind, place, mapping, each=each)
    elif not primitive:
        yield place, f"a {kind} has parts: say which the column is.", f"Known: {', '.join(model().keys.get(kind, ()))}."


def _miswritten(
    word: str, node: dict[str, Any], kind: str, place: Place, mapping: Mapping, *, many: bool, each: bool
) -> Iterator[Mistake]:  # fmt: skip
    if unknown := next((key for key in node if key != word and key not in BESIDE[word]), ""):
        known = ", ".join(sorted(BESIDE[word])) or "nothing"
        yield place, f'"{unknown}" cannot stand beside "{word}".', f"Known beside it: {known}."
    primitive = kind in model().primitives
    if word == "refers":
        if kind != "Reference":
            yield place, f"it is a {kind}, not a reference.", 'Take "refers" away.'
        yield from _lost(str(node["refers"]), "by" in node, place, mapping)
    elif word != "each_row" and not primitive:
        yield place, f"a {kind} has parts: say which the column is.", f"Known: {', '.join(model().keys.get(kind, ()))}."
    if (table := node.get("values", "")) and table not in mapping.values:
        yield place, f"there is no [values.{table}].{did_you_mean(table, mapping.values)}", f"Add [values.{table}]."
    if word in ("each_row", "sum", "counts") and not each:
        yield place, f'"{word}" asks several rows, and [reads] says of none that they belong together.', "Add together."
    if (word == "each_row" or "split" in node) and not many:
        yield place, "it holds one value, not a list.", "Take another element for it."


def _lost(named: str, has_columns: bool, place: Place, mapping: Mapping) -> Iterator[Mistake]:
    kind, _, name = named.rpartition("/")
    names = [made.name for made in mapping.resource]
    if kind and kind not in model().resources:
        yield place, f'"{kind}" is no type of FHIR.{did_you_mean(kind, model().resources)}', ""
    elif kind and not has_columns:
        yield place, f'"{named}" stands in another table.', "Say by which columns of this one: by = [...]."
    elif not kind and name not in names:
        near = did_you_mean(name, names)
        yield place, f'no resource here is called "{name}".{near}', 'Or say "Type/name", and by = [...].'
