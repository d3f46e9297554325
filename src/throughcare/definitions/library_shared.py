"""Shared sets, facts and parameters of the care library: what several care models mean by the same words."""

from typing import Any

from throughcare.definitions import grammar
from throughcare.definitions.desugar.made import Made
from throughcare.definitions.folder import Reader
from throughcare.definitions.parameters import parameters_of

KNOWN = ["sets/*.toml", "parameters/*.toml", "tables/*.csv"]
SHARED = "shared"  # under this name the library keeps them among what it stands for


def shared_of(library: grammar.Library) -> Made:
    """The shared entries of a library."""
    found: Made = library.stands_for.get(SHARED) or Made()
    return found


def load_shared(reader: Reader) -> Made:
    """sets/*.toml and parameters/*.toml as one; no name may stand in two files."""
    made, homes = Made(), dict[tuple[str, ...], str]()
    for path in sorted(reader.folder.glob("sets/*.toml")):
        name = f"sets/{path.name}"
        file = reader.toml(name, grammar.SetsFile) or grammar.SetsFile()
        for kind, entries in (("set", file.set), ("fact", file.fact)):
            for nth, entry in enumerate(entries):
                _add(reader, made, homes, name, kind, nth, entry)
    for path in sorted(reader.folder.glob("parameters/*.toml")):
        name = f"parameters/{path.name}"
        parameters, tables = parameters_of(reader, name)
        for nth, table in enumerate(tables):
            _add(reader, made, homes, name, "table", nth, table)
        for key, parameter in parameters.items():
            _once(reader, homes, ("parameter", key), name, (key,))
            made.parameters[key] = parameter
    return made


def _add(reader: Reader, made: Made, homes: Any, name: str, kind: str, nth: int, entry: Any) -> None:
    key = (kind, entry.on, entry.id) if kind == "fact" else (kind, entry.id)
    _once(reader, homes, key, name, (kind, nth, "id"))
    lists: dict[str, list[Any]] = {"set": made.sets, "fact": made.facts, "table": made.tables}
    lists[kind].append(entry)
    made.written[key] = (f"{reader.folder}/{name}", (kind, nth))


def _once(reader: Reader, homes: dict[tuple[str, ...], str], key: tuple[str, ...], name: str, path: Any) -> None:
    """Two files with one name: which of them is meant could not be said."""
    if homes.setdefault(key, name) != name:
        what = f"{key[0]} {key[-1]}: {homes[key]} has one of this name already."
        reader.say(name, path, what, "Care models call it by its name alone.", "Give each its own name.")
