"""Load the care library: the words, roles, code sets and views that every care model shares."""

import json
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from throughcare.definitions import grammar, library_shared
from throughcare.definitions.compiled.concurrency import check
from throughcare.definitions.desugar import complete_model, needs_library
from throughcare.definitions.expressions import Mistake
from throughcare.definitions.folder import Reader
from throughcare.definitions.library_forms import entries_of, load_forms
from throughcare.definitions.library_measures import load_measures
from throughcare.definitions.library_pathways import load_loops, load_pathways
from throughcare.definitions.value_set_files import with_imports

SHIPPED_LIBRARY = Path(__file__).parent.parent / "care_library"
COMMON = {
    "key": "text",
    "person_id": "integer",
    "about": "text",
    "source": "text",
    "known_from": "timestamp",
    "known_to": "timestamp",
}
TYPES = {
    "date": "date",
    "dateTime": "timestamp",
    "instant": "timestamp",
    "boolean": "boolean",
    "decimal": "decimal",
    "integer": "integer",
    "positiveInt": "integer",
    "unsignedInt": "integer",
}
KNOWN = ["activities.toml", "roles.toml", "value_sets/*.toml", "words/*.toml", "views/*/*.json", "views/*/codes.toml"]
KNOWN += ["concurrency/*.toml", "measures/*/*", "measures/*/*/*", "measures/*/*/*/*"]
KNOWN += ["forms/*.toml", "forms/*.json", "pathways/*.toml", "loops/*.toml"]


def load_library(
    folder: Path | str | None = None, value_sets_dir: Path | str = "", tables_dir: Path | str = ""
) -> grammar.Library:
    """care_library as one value; WrongDefinition with every mistake in its files."""
    reader = Reader(Path(folder) if folder else SHIPPED_LIBRARY)
    reader.expect(("activities.toml", "roles.toml"), [*KNOWN, *library_shared.KNOWN, "README.md"])
    activities = reader.toml("activities.toml", grammar.ActivitiesFile)
    roles = reader.toml("roles.toml", grammar.RolesFile)
    value_sets = _value_sets(reader)
    words = {path.stem: reader.words(path) for path in sorted(reader.folder.glob("words/*.toml"))}
    views = {p.name: _columns(reader, p) for p in sorted(reader.folder.glob("views/*")) if p.is_dir()}
    concurrency = _concurrency(reader)
    forms = load_forms(reader, shipped=True)
    stands_for = entries_of(reader, forms, absolute=True)
    known = (_by_id(activities.activity if activities else ()), _by_id(roles.role if roles else ()))
    pathways, outcomes = load_pathways(reader, known)
    loops, looping = load_loops(reader)
    shared = library_shared.load_shared(reader)
    reader.done()
    library = grammar.Library(
        activities=known[0],
        roles=known[1],
        value_sets=with_imports(value_sets, Path(value_sets_dir)) if value_sets_dir else value_sets,
        words=words,
        views=views,
        without_people=frozenset(name for name in views if "person_id" not in views[name]),
        tables_dir=str(tables_dir),
        concurrency=concurrency,
        measures=load_measures(reader.folder / "measures"),
        forms=forms,
        pathways=pathways,
        loops=loops,
        folder=str(reader.folder),
        stands_for=stands_for | outcomes | looping | {library_shared.SHARED: shared},
        lines={str(reader.folder / name): lines for name, lines in reader.lines.items() if "/" in name},
    )
    measures = {m: complete_model(x, library) if needs_library(x, library) else x for m, x in library.measures.items()}
    return msgspec.structs.replace(library, measures=measures)


def _by_id(entries: Iterable[Any]) -> dict[str, Any]:
    return {entry.id: entry for entry in entries}


@lru_cache(maxsize=1)
def shipped_library() -> grammar.Library:
    """The library as shipped, read once: for what a care model takes from it while it is itself being read."""
    return load_library()


def _concurrency(reader: Reader) -> grammar.ConcurrencyFile:
    """Rules between services, all files as one, in the order of their names."""
    together = grammar.ConcurrencyFile()
    for path in sorted(reader.folder.glob("concurrency/*.toml")):
        file = reader.toml(f"concurrency/{path.name}", grammar.ConcurrencyFile)
        try:
            check(file or together)
        except Mistake as wrong:
            reader.say(f"concurrency/{path.name}", (), wrong.what, wrong.why, wrong.do)
        for kind in ("exclusive", "limit", "blocks", "one_lead", "contact_cap"):
            getattr(together, kind).extend(getattr(file, kind) if file else ())
    return together


def _value_sets(reader: Reader) -> dict[str, grammar.ValueSet]:
    found: dict[str, grammar.ValueSet] = {}
    for path in sorted(reader.folder.glob("value_sets/*.toml")):
        name = f"value_sets/{path.name}"
        file = reader.toml(name, grammar.ValueSetsFile)
        for nth, value_set in enumerate(file.value_set if file else []):
            if value_set.id in found:
                what = f'another file has the value set "{value_set.id}" already.'
                reader.say(name, ("value_set", nth, "id"), what, do="Give each its own id.")
            found[value_set.id] = value_set
    return found


def _columns(reader: Reader, view: Path) -> dict[str, str]:
    """The columns of one view: the union over its files, which must agree in type. Without `person`, it is nobody's."""
    columns = {name: kind for name, kind in COMMON.items() if name != "person_id"}
    for path in sorted(view.glob("*.json")):
        name = path.relative_to(reader.folder).as_posix()
        for column, kind in _file_columns(reader, name):
            if columns.setdefault(column, kind) != kind:
                what = f"the column {column} is {kind} here and {columns[column]} in another file of the view."
                reader.say(name, (), what, do="Give it one type in every file.")
    return columns


def _file_columns(reader: Reader, name: str) -> list[tuple[str, str]]:
    try:
        definition = json.loads((reader.folder / name).read_bytes())
        declared = [c for select in definition["select"] for c in _declared(select)]
        return [pair for c in declared for pair in _flat(c["name"], c.get("type", "string"))]
    except (ValueError, KeyError, TypeError):
        reader.say(name, (), "the file is not a ViewDefinition in JSON.", do="Give it a select with named columns.")
        return []


def _declared(select: dict[str, Any]) -> list[dict[str, Any]]:
    inner = [c for part in (*select.get("select", []), *select.get("unionAll", [])) for c in _declared(part)]
    return [*select.get("column", []), *inner]


def _flat(name: str, kind: str) -> list[tuple[str, str]]:
    """A column as models see it: `person` is the engine's own person_id; started_at also gives the day, started_on."""
    if name == "person":
        return [("person_id", COMMON["person_id"])]
    flat = TYPES.get(kind, "text")
    if flat == "timestamp" and name.endswith("_at"):
        return [(name, flat), (f"{name[:-3]}_on", "date")]
    return [(name, flat)]
