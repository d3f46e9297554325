"""Load the care library: the words, roles, code sets and views that every care model shares."""

import json
from pathlib import Path
from typing import Any

from throughcare.definitions import grammar
from throughcare.definitions.compiled.concurrency import check
from throughcare.definitions.expressions import Mistake
from throughcare.definitions.folder import Reader
from throughcare.definitions.library_measures import load_measures

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


def load_library(folder: Path | str | None = None) -> grammar.Library:
    """care_library as one value; WrongDefinition with every mistake in its files."""
    reader = Reader(Path(folder) if folder else SHIPPED_LIBRARY)
    reader.expect(("activities.toml", "roles.toml"), [*KNOWN, "README.md"])
    activities = reader.toml("activities.toml", grammar.ActivitiesFile)
    roles = reader.toml("roles.toml", grammar.RolesFile)
    value_sets = _value_sets(reader)
    words = {path.stem: reader.words(path) for path in sorted(reader.folder.glob("words/*.toml"))}
    views = {p.name: _columns(reader, p) for p in sorted(reader.folder.glob("views/*")) if p.is_dir()}
    concurrency = _concurrency(reader)
    reader.done()
    return grammar.Library(
        activities={a.id: a for a in activities.activity},
        roles={r.id: r for r in roles.role},
        value_sets=value_sets,
        words=words,
        views=views,
        without_people=frozenset(name for name in views if "person_id" not in views[name]),
        concurrency=concurrency,
        measures=load_measures(reader.folder / "measures"),
    )


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
