"""Rules between services: which payable lines give way to others, and what one enrollment closes to all the rest."""

import re
from collections.abc import Mapping
from typing import Any

from throughcare.definitions.expressions import Mistake, Spelled, quoted, spell
from throughcare.definitions.functions import FUNCTIONS
from throughcare.definitions.grammar import Blocks, ConcurrencyFile, Exclusive, Limit
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
LOSERS_FOLD = """list_reduce(list([struct_pack("day" := l."limited_on", "key" := l."$id", "units" := l."units")]
    order by l."limited_on", l."$id") filter (where l."in_turn"),
    lambda kept, x: case when coalesce(list_sum(list_transform(list_filter(kept,
        lambda k: k."day" > x[1]."day" - {in_days}), lambda k: k."units")), 0) + x[1]."units" <= {units}
        then list_concat(kept, x) else kept end, [])"""


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


def settled(rules: ConcurrencyFile, candidates: str = "candidates") -> str:
    """The lines with their status: needs first, then what enrollment blocks, then each rule in the order of files."""
    sql = f"""select * exclude ("blocked", "says", "why"),
        case when len("says") > 0 or "blocked" is not null then 'blocked' else 'payable' end as "status",
        array_to_string(list_concat("says", care_listed(["blocked"])), '; ') as "why_not",
        list_concat("why", care_listed([case when "blocked" is not null then 'pay.blocked' end])) as "why",
        "model" || '|' || "line" || '|' || "row_key" || '|' || coalesce(cast("person_id" as varchar), '') as "$id"
        from (select * from "{candidates}") """
    for exclusive in rules.exclusive:
        sql = _exclusive(exclusive, sql)
    for limit in rules.limit:
        sql = _limited(limit, sql)
    return f'select * exclude ("$id", "limited_on") from ({sql})'


def _lost(rule: Exclusive | Limit, lost: str, because: str) -> str:
    return (
        f'case when {lost} then {quoted(rule.losers)} else "status" end as "status", '
        f'case when {lost} then {because} else "why_not" end as "why_not", '
        f'case when {lost} then [{quoted(f"rule.{rule.id}")}] else "why" end as "why"'
    )


def _exclusive(rule: Exclusive, inner: str) -> str:
    """The first line of its group wins, and with it all that share its `between`."""
    among = spell(rule.among, LineScope(), "boolean").sql
    turn = f"(l.\"status\" = 'payable' and coalesce({among}, false))"
    shared = spell(rule.between, LineScope(apart=True)).sql if rule.between else 'l."$id"'
    per = ", ".join([*(f'l."{_named(name)}"' for name in rule.per), '"in_turn"'])
    order = ", ".join([*(_ordered(item) for item in rule.order), 'l."$id"'])
    window = f"over (partition by {per} order by {order})"
    because = f"{quoted(rule.because)} || ' (' || \"winner\" || ')'"
    return f"""select * exclude ("in_turn", "shared", "won", "winner", "status", "why_not", "why"),
        {_lost(rule, '"in_turn" and "won" is distinct from "shared"', because)} from (
        select l.*, first_value(l."shared") {window} as "won", first_value(l."code") {window} as "winner"
        from (select l.*, {turn} as "in_turn", {shared} as "shared" from ({inner}) l) l)"""


def _limited(rule: Limit, inner: str) -> str:
    """From left to right along the days: a line stays while the units kept in the days before it leave room."""
    among = spell(rule.among, LineScope(), "boolean").sql
    turn = f"(l.\"status\" = 'payable' and coalesce({among}, false))"
    per = ", ".join(f'l."{_named(name)}"' for name in rule.per)
    fold = LOSERS_FOLD.format(in_days=rule.in_days, units=rule.units)
    same = " and ".join(f'k."{name}" is not distinct from l."{name}"' for name in rule.per)
    lost = '"in_turn" and not "stays"'
    return f"""select * exclude ("in_turn", "stays", "status", "why_not", "why"),
        {_lost(rule, lost, quoted(rule.because))} from (
        with l as (select l.*, {turn} as "in_turn" from ({inner}) l),
            k as (select {per}, {fold} as "kept" from l group by {per})
        select l.*, coalesce(list_contains(list_transform(k."kept", lambda x: x."key"), l."$id"), false) as "stays"
        from l join k on {same})"""


def _named(name: str) -> str:
    if name not in COLUMNS:
        raise Mistake(f'"{name}" is not a column of a line.{did_you_mean(name, COLUMNS)}')
    return name


def _ordered(item: str) -> str:
    match = re.fullmatch(r"([a-z_]+)( high| low)?", item.strip())
    if not match:
        raise Mistake(f'"{item}" is not an order.', do='Write "priority low" or "amount high".')
    return f'l."{_named(match[1])}" {"desc" if match[2] == " high" else "asc"} nulls last'


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
            _named(name)
    for rule in rules.exclusive:
        for item in rule.order:
            _ordered(item)
        if rule.between:
            spell(rule.between, LineScope(apart=True))
