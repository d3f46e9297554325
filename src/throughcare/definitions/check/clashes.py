"""One name, one meaning: nothing on a set may be called like something else that is in sight there."""

from typing import Any

from throughcare.definitions.check.kinds import Names, source_of
from throughcare.definitions.check.reading import At, Reading
from throughcare.definitions.check.scope import CLOCK, names_of
from throughcare.definitions.library_shared import shared_of

ENGINE = ("person", "this", "period", "eligible", "rows")


def check_clashes(reading: Reading) -> None:
    """Facts, criteria, extra columns and parameters against columns and each other."""
    _shared(reading)
    names = names_of(reading)
    taken: dict[tuple[str, str], str] = {}
    for at in reading.entries():
        if at.kind in ("fact", "criterion"):
            on = getattr(at.entry, "on", "person")
            _clash(reading, at, at.entry.id, names.columns(on), f"a column of {on}")
            _clash(reading, at, at.entry.id, reading.model.parameters, "a parameter")
            _clash(reading, at, at.entry.id, (*CLOCK, *ENGINE), "a word of the grammar")
            first = taken.setdefault((on, at.entry.id), at.kind)
            if first != at.kind:
                reading.say(at, f"a {first} on {on} has the same name.", _WHY, _DO, ("id",))
        if at.kind == "set":
            _extra_columns(reading, at, names)
    for name in reading.model.parameters:
        if name in (*CLOCK, *ENGINE):
            reading.say_in("parameters.toml", (name,), f"parameter {name}: is a word of the grammar.", _WHY, _DO)


def _shared(reading: Reading) -> None:
    """A set, fact, number or table of the care library means the same everywhere, so nobody may mean another by it."""
    shared = {key for kind, entry in shared_of(reading.library).entries() for key in [_key(kind, entry)]}
    why = "Care models that share a word must mean one thing by it."
    for at in reading.entries():
        own = at.kind in ("set", "fact", "table") and (at.kind, at.path[1]) not in reading.model.written
        if own and _key(at.kind, at.entry) in shared:
            what = f"the care library has a {at.kind} of this name."
            reading.say(at, what, why, "Use that one, or call yours differently.", ("id",))
    lines = reading.model.lines.get("parameters.toml", {})
    for name in reading.model.parameters:
        if ("parameter", name) in shared and (name,) in lines:
            what = f"parameter {name}: the care library has a parameter of this name."
            reading.say_in("parameters.toml", (name,), what, why, "Use that one, or call yours differently.")


def _key(kind: str, entry: Any) -> tuple[str, ...]:
    if kind == "parameter":
        return (kind, entry[0])
    return (kind, entry.on, entry.id) if kind == "fact" else (kind, entry.id)


_WHY = "An expression could mean either."
_DO = "Give it another id."


def _extra_columns(reading: Reading, at: At, names: Names) -> None:
    chosen = reading.sets[at.entry.id]
    for name in (*chosen.also, *(s.id for s in chosen.sum)):
        inside = names.columns(source_of(chosen.from_)) if not chosen.group else {}
        _clash(reading, at, name, inside, f"a column of {source_of(chosen.from_)}")
        _clash(reading, at, name, reading.model.parameters, "a parameter")


def _clash(reading: Reading, at: At, name: str, known: object, meaning: str) -> None:
    if name in known:  # type: ignore[operator]
        reading.say(at, f'"{name}" is also {meaning}.', _WHY, _DO, ("id",) if name == at.entry.id else ("also", name))
