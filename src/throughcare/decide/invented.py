"""Invented tables: random rows for every view a plan reads, with the words its rules ask for; to test and to time."""

import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pyarrow as pa

from throughcare.decide.evaluate import TYPES
from throughcare.definitions.compiled import Plan
from throughcare.definitions.grammar import CareModel, Library

ROWS = {"person": 1, "observation": 30, "diagnosis": 8, "encounter": 8, "contact": 8, "form_answer": 6, "medication": 4}
ROWS_OTHER = 2
YEARS_BACK = 3
_EQUAL = re.compile(r"([a-z_0-9]+) (?:=|<>) '([^']*)'")
_IN = re.compile(r"([a-z_0-9]+) (?:not )?in \(([^)]*)\)")


def invented(
    plan: Plan, models: Sequence[CareModel], library: Library, people: int, now: datetime, seed: int, blank: float = 0.1
) -> dict[str, pa.Table]:
    """Rows for so many people. One value in ten is blank, and dates lie in the last years, or a little ahead."""
    chance = random.Random(seed)
    words = _words(models)
    codes = [(s, c.rstrip("*")) for v in library.value_sets.values() for s, listed in v.codes.items() for c in listed]
    return {
        view: _table(chance, view, columns, words, codes, [m.model.id for m in models], people, now, blank)
        for view, columns in plan.views.items()
    }


def _words(models: Sequence[CareModel]) -> dict[str, list[str]]:
    """Column -> the words that some rule compares it with."""
    found: dict[str, set[str]] = defaultdict(set)
    for text in (
        t for model in models for t in _texts(msgspec.to_builtins(model.sets), msgspec.to_builtins(model.work))
    ):
        for column, word in _EQUAL.findall(text):
            found[column].add(word)
        for column, listed in _IN.findall(text):
            found[column] |= set(re.findall(r"'([^']*)'", listed))
    return {column: sorted(listed) for column, listed in found.items()}


def _texts(*values: Any) -> Iterator[str]:
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict | list):
            yield from _texts(*(value.values() if isinstance(value, dict) else value))


def _table(
    chance: random.Random, view: str, columns: dict[str, str], words: dict[str, list[str]], 
    codes: list[tuple[str, str]],
    models: list[str], people: int, now: datetime, blank: float,
) -> pa.Table:  # fmt: skip
    owners = [p for p in range(1, people + 1) for _ in range(_count(chance, view))]
    picked = [chance.choice(codes) if codes else ("", "") for _ in owners]
    made: dict[str, list[Any]] = {}
    for name, kind in columns.items():
        if name == "person_id":
            made[name] = owners
        elif name == "key":
            made[name] = [f"{view}/{p}-{nth}" if view != "person" else f"Patient/{p}" for nth, p in enumerate(owners)]
        elif name in ("system", "code") and "system" in columns:
            made[name] = [pair[0 if name == "system" else 1] for pair in picked]
        elif name == "model":
            made[name] = [chance.choice(models) for _ in owners]
        else:
            made[name] = [
                None if chance.random() < blank else _value(chance, name, kind, words, owners[n], now)
                for n in range(len(owners))
            ]
    if view == "enrollment" and "state" in made:
        made["state"] = [
            chance.choice(("planned", "active", "active", "active", "onhold", "finished", "cancelled")) for _ in owners
        ]
    return pa.table({n: pa.array(made[n], TYPES[k]) for n, k in columns.items()})


def _count(chance: random.Random, view: str) -> int:
    if view == "person":
        return 1
    return chance.randint(0, 2 * ROWS.get(view, ROWS_OTHER))


def _value(chance: random.Random, name: str, kind: str, words: dict[str, list[str]], person: int, now: datetime) -> Any:
    if kind == "text":
        return _text(chance, name, words, person)
    if kind == "boolean":
        return chance.random() < (0.1 if name in ("died",) else 0.6)
    if kind == "integer":
        return chance.randint(0, 12)
    if kind == "decimal":
        return Decimal(chance.randint(0, 16000)).scaleb(-2)
    moment = now - timedelta(minutes=chance.randint(-60 * 24 * 30, 60 * 24 * 365 * YEARS_BACK))
    if name == "birth_date":
        return date(chance.randint(1930, 2010), chance.randint(1, 12), chance.randint(1, 28))
    if name == "died_on":
        return None if chance.random() < 0.95 else moment.date()
    return moment if kind == "timestamp" else moment.date()


def _text(chance: random.Random, name: str, words: dict[str, list[str]], person: int) -> str:
    if name in ("encounter_key", "request_key", "about"):
        return f"encounter/{person}-{chance.randint(0, 20)}"
    if name == "zone":
        return chance.choice(("America/New_York", "America/Denver", "Pacific/Honolulu", "Nowhere/Nothing"))
    return chance.choice(words.get(name) or [f"{name}-{chance.randint(1, 4)}"])
