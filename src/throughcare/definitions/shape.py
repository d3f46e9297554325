"""Is a file shaped as the grammar says? Every unknown key, missing key and wrong type, gathered in words."""

import types
import typing
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

import msgspec

from throughcare.definitions.near import did_you_mean
from throughcare.definitions.toml_lines import Path

_WORDS = {
    str: "text in quotes",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    date: "a date such as 2026-01-31",
    datetime: "a moment such as 2026-01-31T09:00:00-05:00",
    list: "a list in [ ]",
    dict: "a table",
}


@dataclass(frozen=True, slots=True)
class Misfit:
    """One place where the data is not what the grammar says."""

    path: Path
    what: str
    do: str = ""


def misfits(kind: Any, data: Any, path: Path = ()) -> list[Misfit]:
    """Everything in `data` that is not a `kind`."""
    if kind is Any:
        return []
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return _struct(kind, data, path)
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return min((misfits(a, data, path) for a in args if a is not type(None)), key=len)
    if origin is typing.Literal:
        return [] if data in args else [_not_one_of(data, args, path)]
    if origin is list:
        return _wrong(list, data, path) or [m for i, x in enumerate(data) for m in misfits(args[0], x, (*path, i))]
    if origin is dict:
        return _wrong(dict, data, path) or [m for k, x in data.items() for m in misfits(args[1], x, (*path, k))]
    return _wrong(kind, data, path)


def name_of(data: Any, path: Path) -> str:
    """How an entry is called in a message: "criterion age_65", "step number 3", or the table's own name."""
    entry, place = data, ""
    for nth, part in enumerate(path):
        entry = _inside(entry, part)
        if isinstance(part, int) and isinstance(entry, dict):
            place = f"{path[nth - 1]} {entry['id'] if isinstance(entry.get('id'), str) else f'number {part + 1}'}"
    return place or (str(path[0]) if len(path) > 1 or (path and isinstance(entry, dict)) else "")


def _inside(entry: Any, part: str | int) -> Any:
    try:
        return entry[part]
    except (KeyError, IndexError, TypeError):
        return None


def _struct(kind: type[msgspec.Struct], data: Any, path: Path) -> list[Misfit]:
    if wrong := _wrong(dict, data, path):
        return wrong
    fields = _fields(kind)
    known = f"Known keys: {', '.join(fields)}."
    found = [
        Misfit((*path, key), f'"{key}" is not a key here.{did_you_mean(key, fields)}', known)
        for key in data
        if key not in fields
    ]
    found += [
        Misfit(path, f'the key "{name}" is missing.', f"Add {name} = … ({_word(f.type)}).")
        for name, f in fields.items()
        if f.required and name not in data
    ]
    return found + [m for key, x in data.items() if key in fields for m in misfits(fields[key].type, x, (*path, key))]


@cache
def _fields(kind: type[msgspec.Struct]) -> dict[str, msgspec.structs.FieldInfo]:
    return {f.encode_name: f for f in msgspec.structs.fields(kind)}


def _wrong(kind: Any, data: Any, path: Path) -> list[Misfit]:
    fits = {
        int: isinstance(data, int) and not isinstance(data, bool),
        float: isinstance(data, int | float | Decimal) and not isinstance(data, bool),
        date: type(data) is date,
        datetime: isinstance(data, datetime) and data.tzinfo is not None,
    }.get(kind, isinstance(data, kind))
    if fits:
        return []
    return [Misfit(path, f'"{path[-1] if path else "the file"}" is {_said(data)}, but must be {_word(kind)}.')]


def _not_one_of(data: Any, words: tuple[str, ...], path: Path) -> Misfit:
    known = ", ".join(f'"{w}"' for w in words if w)
    what = f'"{path[-1]}" is "{data}", which is not one of its words.{did_you_mean(data, words)}'
    return Misfit(path, what, f"Write {known}.")


def _word(kind: Any) -> str:
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return " or ".join(_word(a) for a in args if a is not type(None))
    if origin is typing.Literal:
        return "one of " + ", ".join(f'"{w}"' for w in args if w)
    return _WORDS.get(origin or kind, "a table" if isinstance(kind, type) else "a value")


def _said(data: Any) -> str:
    names = {str: "text", bool: "true or false", int: "a number", Decimal: "a number", list: "a list", dict: "a table"}
    return names.get(type(data), "a date" if isinstance(data, date) else "something else")
