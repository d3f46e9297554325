"""Stays in hospital, the calls that follow and the step that asks for them, and results: what several stories share."""

from datetime import date, timedelta
from decimal import Decimal as D
from typing import Any


def on(month: int, day: int) -> date:
    return date(2026, month, day)


def call(day: date, reached: bool | None = True, **more: Any) -> dict[str, Any]:
    return {"activity": "call", "on_date": day, "reached": reached, **more}


def lab(day: date, value: str | None) -> dict[str, Any]:
    return {"code": "a1c", "effective_on": day, "value": D(value) if value else None}


REACHED = "contact where activity = 'call' and reached"


def stay(key: str, end: date, **more: Any) -> dict[str, Any]:
    return {"key": key, "class": "inpatient", "started_on": end - timedelta(days=3), "ended_on": end, **more}


STAYS = '[[set]]\nid = "stays"\nfrom = "encounter where class = \'inpatient\'"\nrule_on = "ended_on"\n'
STEP = '[[step]]\nid = "call"\non = "stays"\nopens = "ended_on"\nactivity = "call"\nrole = ["nurse"]\n'
TWO = STEP + f'due = "2 business days after ended_on"\nresolved_by = "{REACHED}"\n'
