"""Deadlines as a definition writes them, read for drawing: "2 business days after ended_on" is about 3 days."""

import re
from collections.abc import Iterator
from datetime import date

from throughcare.definitions.grammar import CareModel, Parameter, Segment, Step

PHRASE = re.compile(
    r"^\s*(\w+)\s+(business\s+days?|hours?|days?|weeks?|months?|years?)\b(?:\s+(after|before)\s+(\w+))?"
)
IN_DAYS = {"business day": 1.4, "hour": 1 / 24, "day": 1.0, "week": 7.0, "month": 30.4, "year": 365.0}
REPEATS_DRAWN_MAX = 24


def days(text: str | None, model: CareModel, on: date) -> float | None:
    """How many days a phrase means, negative for "before"; None when it names a column or cannot be drawn."""
    found = PHRASE.match(text or "")
    if not found:
        return None
    number = _number(found[1], model.parameters, on)
    if number is None:
        return None
    unit = re.sub(r"\s+", " ", found[2]).removesuffix("s")
    return number * IN_DAYS[unit] * (-1 if found[3] == "before" else 1)


def _number(word: str, parameters: dict[str, Parameter], on: date) -> float | None:
    if word.isdigit():
        return float(word)
    known = parameters.get(word)
    return float(value) if known and isinstance(value := current(known, on), int | float) else None


def current(parameter: Parameter, on: date) -> object:
    """The value in force on a day: the last one dated not after it, else the first."""
    dated = sorted(parameter.values.items())
    in_force = [value for day, value in dated if day <= on.isoformat()]
    return in_force[-1] if in_force else dated[0][1]


def repeats(step: Step, model: CareModel, on: date) -> list[float]:
    """The days on which a repeating step comes again, as far as one year or a few dozen times."""
    rhythm = next((r for r in model.work.rhythm if r.id == step.rhythm), None)
    if rhythm is None:
        return []
    if rhythm.kind == "grid":
        return list(_grid(rhythm.segment, model, on))
    every = days(rhythm.every, model, on)
    return [every * n for n in range(1, max(int(365 / every), 1) + 1)][:REPEATS_DRAWN_MAX] if every else []


def _grid(segments: list[Segment], model: CareModel, on: date) -> Iterator[float]:
    at = 0.0
    for segment in segments:
        every = days(segment.every, model, on) or 30.4
        for _ in range(min(segment.times or 6, REPEATS_DRAWN_MAX)):
            at += every
            yield at
