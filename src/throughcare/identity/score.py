"""The score: how much speaks for two records being of one person, in bits, and which rules outrank it.

The levels and weights that Splink trains, told for any number of pairs by one statement (Fellegi and Sunter, 1969).
"""

import threading
from collections.abc import Iterable, Sequence
from functools import cache
from typing import NamedTuple

import pyarrow as pa

from throughcare.identity.comparisons import Comparison, Weights, comparisons, rules
from throughcare.stores.duckdb import Thinker

COLUMNS = (
    "id", "given", "root", "more", "family", "suffix", "born", "sex", "phone", "email", "street", "postcode", "city",
    "ssn", "mbi",
)  # fmt: skip
SHAPE = pa.schema([(name, pa.string()) for name in COLUMNS])
_PAIR = pa.schema([("left", pa.string()), ("right", pa.string())])
FEW = 2_000  # pairs; so few are scored by one thread with a plan kept ready


class Scored(NamedTuple):
    """A pair: its weight in bits (8 is 256 to 1), the level of each comparison, and what outranks the weight."""

    left: str
    right: str
    bits: float
    levels: dict[str, str]  # comparison -> level; "" where a value is missing
    outcome: str  # apart, against or doubt: what outranks the weight; "" when nothing does
    rule: str  # the rule that says so


def table(rows: Iterable[Sequence[str | None]]) -> pa.Table:
    """Records in the order of COLUMNS; an empty text is a missing value."""
    columns = zip(*([value or None for value in row] for row in rows), strict=True)
    return pa.table([pa.array(c, pa.string()) for c in columns] or [[]] * len(COLUMNS), schema=SHAPE)


def scored(records: pa.Table, pairs: Iterable[tuple[str, str]], weights: Weights) -> list[Scored]:
    """Every pair with its score. `pairs` name records by id."""
    asked = list(pairs)
    if not asked:
        return []
    left, right = zip(*asked, strict=True)
    engine = _engine()
    engine.hands(1 if len(asked) <= FEW else 2)
    engine.give("record", records)
    engine.give("asked", pa.table([pa.array(left), pa.array(right)], schema=_PAIR))
    names = [c.id for c in comparisons()]
    outcomes = {rule.id: rule.outcome for rule in rules()}
    found = engine.run_prepared("likeness", statement()).to_pylist()
    return [
        Scored(
            row["left"], row["right"], _bits(levels, weights), levels, outcomes.get(row["rule"], ""), row["rule"] or ""
        )
        for row in found
        for levels in [{name: row[name] or "" for name in names}]
    ]


def _bits(levels: dict[str, str], weights: Weights) -> float:
    return weights.prior_bits + sum(weights.bits(name, level) for name, level in levels.items())


@cache
def statement(records: str = "record", pairs: str = "asked") -> str:
    """The SQL that gives each pair its levels and what outranks them."""
    sides = ", ".join(f"{side}.{c} as {c}_{end}" for c in COLUMNS[1:] for side, end in (("one", "l"), ("two", "r")))
    return f"""
        with paired as (
            select "left", "right", {sides}
            from {pairs} join {records} one on one.id = "left" join {records} two on two.id = "right"),
        compared as (select *, {", ".join(f"{level(c)} as {c.id}" for c in comparisons())} from paired)
        select "left", "right", {", ".join(c.id for c in comparisons())},
            case {" ".join(f"when {r.when} then '{r.id}'" for r in rules())} end as rule
        from compared"""  # noqa: S608 the parts are ours: comparisons.toml


def level(comparison: Comparison) -> str:
    """The id of the level that holds, null where a value is missing."""
    tried = " ".join(f"when {one.when} then '{one.id}'" for one in comparison.levels[:-1])
    return f"case when {comparison.missing} then null {tried} else '{comparison.levels[-1].id}' end"


_own = threading.local()


def _engine() -> Thinker:
    """One engine for each thread: its plan is kept from one patient to the next."""
    if not hasattr(_own, "engine"):
        _own.engine = Thinker()
    return _own.engine
