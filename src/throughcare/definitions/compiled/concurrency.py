"""Rules between services: the words they are written in, and what one enrollment closes to all the rest."""

import re
from collections.abc import Mapping
from typing import Any

from throughcare.definitions.expressions import Mistake, Spelled, quoted, spell
from throughcare.definitions.functions import FUNCTIONS
from throughcare.definitions.grammar import Blocks
from throughcare.definitions.near import did_you_mean

COLUMNS = {
    **{name: "text" for name in ("service", "code", "by", "line", "model", "row_key", "about")},
    "person_id": "integer",
    "on_date": "date",
    "month": "date",
    "units": "decimal",
    "price": "decimal",
    "amount": "decimal",
    "priority": "integer",
    "enrolled_on": "date",
}


class LineScope:
    """What names mean in a rule between services: the columns of a line, and nothing else."""

    functions: Mapping[str, Any] = FUNCTIONS

    def __init__(self, *, apart: bool = False) -> None:
        self.apart = apart  # lines may be told apart by care model, but none may be meant

    def column(self, table: str, name: str) -> Spelled:
        if table or name not in COLUMNS:
            raise Mistake(f'"{name}" is not a column of a line.{did_you_mean(name, COLUMNS)}')
        if name == "model" and not self.apart:
            raise Mistake("a rule between services names no care model.", do="Speak of service.")
        return Spelled(f'l."{name}"', COLUMNS[name])

    def local_day(self, x: Spelled) -> Spelled:
        return x

    local_midnight = local_day

    def in_value_set(self, code: Spelled, system: Spelled | None, name: str) -> Spelled:
        raise Mistake("a rule between services has no code sets.", do="List the codes.")

    def lookup(self, table: str, keys: list[Spelled]) -> Spelled:
        raise Mistake("a rule between services has no tables.")

    def member(self, x: Spelled, name: str) -> Spelled:
        raise Mistake("a rule between services has no parameters.", do="List the values.")

    def business_days(self) -> str:
        return ""


def named(name: str) -> str:
    if name not in COLUMNS:
        raise Mistake(f'"{name}" is not a column of a line.{did_you_mean(name, COLUMNS)}')
    return name


def ordered(item: str) -> str:
    match = re.fullmatch(r"([a-z_]+)( high| low)?", item.strip())
    if not match:
        raise Mistake(f'"{item}" is not an order.', do='Write "priority low" or "amount high".')
    return f'l."{named(match[1])}" {"desc" if match[2] == " high" else "asc"} nulls last'


def closed(rules: list[Blocks], services: dict[str, str], what: str, other: str, own: str) -> str:
    """Why a care model's work or pay is closed to someone: a CASE over the services of their other enrollments.

    `other` is the list of the care models someone is enrolled in, `own` the care model asked about.
    """
    cases = []
    for rule in (r for r in rules if what in r.what):
        holders = [model for model, service in services.items() if service in rule.while_enrolled]
        shut = [m for m, service in services.items() if rule.blocks == ["*"] or service in rule.blocks]
        shut = [m for m in shut if services[m] not in rule.while_enrolled]
        if holders and shut:
            held = f"list_has_any({other}, [{', '.join(map(quoted, holders))}])"
            cases.append(f"when {own} in ({', '.join(map(quoted, shut))}) and {held} then {quoted(rule.because)}")
    return f"case {' '.join(cases)} end" if cases else "null::varchar"


def check(rules: Any) -> None:
    """Every rule can be read; a Mistake otherwise."""
    for rule in (*rules.exclusive, *rules.limit):
        spell(rule.among, LineScope(), "boolean")
        for name in rule.per:
            named(name)
    for rule in rules.exclusive:
        for item in rule.order:
            ordered(item)
        if rule.between:
            spell(rule.between, LineScope(apart=True))
