"""Dates and deadlines told in words: the day, the rule that made it, and the dates the rule was applied to."""

import re
from datetime import date, datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from throughcare.definitions.grammar import CareModel


class Sets(Protocol):
    """Whoever knows the rows of a care model's sets."""

    def rows(self, model: str, on: str) -> dict[str, dict[str, Any]]: ...


_WORD = re.compile(r"[a-z_][a-z0-9_]*")


def told_day(moment: datetime | None, like: Any, zone: ZoneInfo) -> str:
    """A moment as a local day, or with its time when the one it is compared with has one."""
    if moment is None:
        return "none"
    local = moment.astimezone(zone)
    return local.isoformat(timespec="minutes") if isinstance(like, datetime) else local.date().isoformat()


def told_due(model: CareModel, sets: Sets, obligation: dict[str, Any]) -> str:
    """ " because it is due 2 business days after ended_on, and ended_on is 2026-07-02"; empty when no rule says."""
    step = next(s for s in model.work.step if s.id == obligation["step"])
    rhythm = next((r for r in model.work.rhythm if r.id == step.rhythm), None)
    rule = step.due or (f"every {rhythm.every} after {rhythm.last}" if rhythm and rhythm.every else "")
    if not rule:
        return f" because of the rhythm {step.rhythm}" if step.rhythm else ""
    on = rhythm.on if rhythm else step.on
    known = told_values(model, sets, on, obligation["anchor_key"], rule)
    return f" because it is due {rule}{f', and {known}' if known else ''}"


def told_values(model: CareModel, sets: Sets, on: str, key: str, text: str) -> str:
    """What the names in an expression stand for on one row: "ended_on is 2026-07-02, age_min is 65"."""
    row = sets.rows(model.model.id, on).get(key, {})
    names = list(dict.fromkeys(n for n in _WORD.findall(text) if n in row or n in model.parameters))
    return ", ".join(f"{n} is {_value(row[n] if n in row else _parameter(model, n))}" for n in names)


def _parameter(model: CareModel, name: str) -> Any:
    """The newest value; what an author means when reading the rule."""
    values = model.parameters[name].values
    return values[max(values)]


def _value(value: Any) -> str:
    if value is None:
        return "unknown"
    if isinstance(value, list):
        return ", ".join(map(_value, value))
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")
    return (
        value.isoformat() if isinstance(value, date) else str(value).lower() if isinstance(value, bool) else str(value)
    )
