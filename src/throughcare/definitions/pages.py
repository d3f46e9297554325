"""The reference page of the grammar, made from the types, the functions and the views themselves."""

import inspect
import re
import types
import typing
from collections.abc import Iterator
from typing import Any

import msgspec

from throughcare.definitions import grammar
from throughcare.definitions.compiled import due, own, rhythms
from throughcare.definitions.compiled.names import RHYTHM
from throughcare.definitions.functions import FUNCTIONS
from throughcare.definitions.library import SHIPPED_LIBRARY
from throughcare.definitions.load import FILES, LIBRARY_FILES
from throughcare.definitions.schema import demanded
from throughcare.definitions.view_notes import Notes, view_notes
from throughcare.definitions.windows import SHAPES as WINDOWS

HIDDEN = {"known_from", "known_to", "source", "person_id", "key", "about"}
_KEYS = ("Key", "Holds", "Required", "Means")
_COMMENT = re.compile(r"^    (\w+): .*?#\s(.+)$", re.MULTILINE)


def grammar_page(library: grammar.Library) -> str:
    """The whole grammar as one page of Markdown."""
    parts = [
        "# The grammar of care models",
        "Made from the code by `throughcare model grammar`; it cannot be out of date. "
        "How to write a care model is told in the guide, docs/guides/write-a-care-model.md.",
        *(_file(name, kind) for name, kind in FILES.items()),
        _file("cases/<story>/expect.toml", grammar.ExpectFile),
        *(_file(name, kind) for name, kind in LIBRARY_FILES.items()),
        "## Functions\n\nAny unknown argument gives unknown, unless the function says otherwise.",
        _table(("Write", "Gives", "Means"), ((f"`{f.call}`", f.gives, f.says) for f in FUNCTIONS.values())),
        "## Windows\n\n" + "\n".join(f"- `{shape}`" for shape in WINDOWS),
        "## Deadlines\n\n" + "\n".join(f"- `{shape}`" for shape in due.SHAPES),
        _views(library),
        _sources(),
        _ready_sets(library),
        _pathways(library),
    ]
    return "\n\n".join(parts) + "\n"


def _file(name: str, kind: type[msgspec.Struct]) -> str:
    parts = [f"## {name}"]
    if name == "parameters.toml":
        parts.append(_entry("[name]", grammar.Parameter))
    for heading, one in _kinds("", kind):
        parts.append(_entry(heading, one))
    return "\n\n".join(parts)


def _kinds(heading: str, kind: type[msgspec.Struct]) -> Iterator[tuple[str, type[msgspec.Struct]]]:
    """A file's own keys, then its tables, each under its TOML heading."""
    if kind is not grammar.ParametersFile:
        yield heading, kind
    for field in msgspec.structs.fields(kind):
        many, inner = _struct_in(field.type)
        if inner and inner is not grammar.Parameter:
            name = f"{heading.strip('[]')}.{field.encode_name}".strip(".")
            yield from _kinds(f"[[{name}]]" if many else f"[{name}]", inner)


def _struct_in(kind: Any) -> tuple[bool, type[msgspec.Struct] | None]:
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return False, kind
    found = [_struct_in(arg)[1] for arg in typing.get_args(kind) if arg is not type(None)]
    return typing.get_origin(kind) in (list, dict), next((f for f in found if f), None)


def _entry(heading: str, kind: type[msgspec.Struct]) -> str:
    said, needed = _said(kind), demanded(kind.__name__)
    rows = (
        (
            f"`{f.encode_name}`",
            _word(f.type),
            "yes" if f.required or f.name in needed else "",
            said.get(f.name.rstrip("_"), ""),
        )
        for f in msgspec.structs.fields(kind)
        if heading or not _struct_in(f.type)[1]
    )
    own = kind.__dict__.get("__doc__") or ""
    parts = (
        f"### `{heading}`" if heading else "",
        "" if own.endswith(".toml") else inspect.cleandoc(own),
        _table(_KEYS, rows),
    )
    return "\n\n".join(part for part in parts if part)


def _said(kind: type) -> dict[str, str]:
    """The comments beside the fields: what the names alone cannot say."""
    ours = [c for c in reversed(kind.__mro__) if c.__module__.startswith("throughcare")]
    found = dict(pair for c in ours for pair in _COMMENT.findall(inspect.getsource(c)))
    return {name.rstrip("_"): text.replace("|", "or") for name, text in found.items()}


def _word(kind: Any) -> str:
    origin, args = typing.get_origin(kind), [a for a in typing.get_args(kind) if a is not type(None)]
    if origin in (typing.Union, types.UnionType):
        return " or ".join(_word(a) for a in args)
    if origin is typing.Literal:
        return ", ".join(f'"{a}"' for a in args if a)
    if origin is list:
        return f"list of {_word(args[0])}"
    names = {str: "text", int: "whole number", float: "number", bool: "true or false", dict: "table", Any: "any value"}
    return names.get(origin or kind, getattr(kind, "__name__", "table").lower())


def _views(library: grammar.Library) -> str:
    """Each view with what it reads and its columns, and what their names alone cannot say."""
    notes = view_notes(SHIPPED_LIBRARY / "views")
    rows = ((name, notes.get(name, Notes()), columns) for name, columns in sorted(library.views.items()))
    nobody = library.without_people
    table = [
        (f"`{name}`", _reads(said) + (" (no person's)" if name in nobody else ""), _columns(columns, said.columns))
        for name, said, columns in rows
    ]
    return f"## Views\n\n{_OF_ROWS}\n\n{_table(('View', 'Reads', 'Columns'), table)}"


_OF_ROWS = (
    "Every row also has key, person_id, about and source; rows of organizations, places and workers have no person. "
    "A column with _at also gives the local day with _on. What R4 has no place for is read from an extension "
    "`urn:throughcare:` and the column's name with dashes: `is_x` from `x`, `stay_key` from `stay`."
)


def _sources() -> str:
    """What a set may start from besides views and sets: the engine's own answers, and the dates of rhythms."""
    answers = [(f"`{name}`", _columns(columns, {})) for name, columns in sorted(own.COLUMNS.items())]
    dates = (f"`{RHYTHM}<id>`", f"those of the set it runs on, {_columns(rhythms.COLUMNS, {})}")
    return f"## Other sources\n\n{_OF_SOURCES}\n\n{_table(('Source', 'Columns'), [*answers, dates])}"


_OF_SOURCES = (
    "`obligation`, `finding` and `line` are what the engine found at its last look, with days as they are where the "
    "person lives: a missed decision is `obligation where model = this_model and step = 'decide' and status = "
    "'breached'`. The dates of a rhythm of this care model are rows too. `today`, `now`, `period.start` and "
    "`period.end` stand in every expression; the period is the calendar year of today unless a report asks for another."
)


def _ready_sets(library: grammar.Library) -> str:
    """The sets that a care model gets by naming them: forms, loops, opened pathways, sets told once for all."""
    made = [(m, s) for m in library.stands_for.values() for s in m.sets if not s.id.endswith("_answer")]
    rows = [(f"`{s.id}`", s.says, ", ".join(_facts(m.facts, s.id))) for m, s in sorted(made, key=lambda p: p[1].id)]
    return f"## Sets of the care library\n\n{_OF_SETS}\n\n{_table(('Set', 'Holds', 'Facts'), rows)}"


_OF_SETS = (
    "Name one in a phrase and it is there; rows have the columns of the view they come from, and these facts. "
    "Every `form_<id>` with a score also has score_low and score_high (what the missing answers leave open), and "
    "`form_<id>_answer` has a row for each answer, with asked, points and declined."
)


def _facts(facts: list[grammar.Fact], on: str) -> Iterator[str]:
    return (f.id for f in facts if f.on == on and not re.search("_(low|high|lowest|highest)$|^(low|high)est$", f.id))


def _pathways(library: grammar.Library) -> str:
    rows = [(f"`{name}`", file.title, ", ".join(p.id for p in file.pathway)) for name, file in library.pathways.items()]
    return f"## Pathways of the care library\n\n{_table(('Use', 'Title', 'Pathways'), sorted(r for r in rows if r[2]))}"


def _reads(notes: Notes) -> str:
    return "; ".join(f"{kind}: {title}" for kind, title in notes.reads.items())


def _columns(columns: dict[str, str], said: dict[str, str]) -> str:
    shown = ((name, kind) for name, kind in columns.items() if name not in HIDDEN)
    return ", ".join(f"{name} ({kind}{f': {said[name]}' if name in said else ''})" for name, kind in shown)


def _table(head: tuple[str, ...], rows: Any) -> str:
    listed = [row for row in rows]
    if not listed:
        return ""
    lines = [head, ("---",) * len(head), *listed]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
