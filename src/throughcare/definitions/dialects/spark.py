"""Spark's spelling of a compiled statement: read as DuckDB, our functions written out, and said in Spark's words.

sqlglot says the plain part. What it would say wrongly, or not at all, is in words.py; its warnings are errors.
"""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import ClassVar

from sqlglot import exp, parse_one
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.dialects.spark import Spark
from sqlglot.generators.spark import SparkGenerator

from throughcare.definitions import calendar
from throughcare.definitions.compiled import codes
from throughcare.definitions.compiled.plan import Statement
from throughcare.definitions.dialects import macros, words
from throughcare.definitions.functions import MACROS

# Where Spark has no integers of 128 bits, no bits to look up, or a sign that is no integer; in Spark's words.
SPELLED = {
    "care_scaled(x)": "cast(cast(x as decimal(38,6)) * 1000000 as decimal(38,0))",
    "care_floor(x, size)": """case when size > 0 then (care_scaled(x)
        - ((care_scaled(x) % care_scaled(size)) + care_scaled(size)) % care_scaled(size)) div care_scaled(size) end""",
    "care_sign(x)": "case when x > 0 then 1 when x < 0 then -1 else 0 end",
    "care_ratio(a, b, scale, rest)": """case when b <> 0 and a is not null then cast(cast(
        (2 * abs(care_scaled(a)) * scale + abs(care_scaled(b))) div (2 * abs(care_scaled(b))) as decimal(20,0)) * rest
        * care_sign(care_scaled(a)) * care_sign(care_scaled(b)) as decimal(30,0))
        * cast(0.000001 as decimal(7,6)) end""",
    "care_lottery(seed, id)": "cast(conv(substr(md5(concat(seed, '|', id)), 1, 12), 16, 10) as bigint)",
    "care_exact(x)": "case when not isnan(x) and abs(x) < double('infinity') then try_cast(x as decimal(18,6)) end",
    "care_span(first, last)": """named_struct('s', unix_micros(first), 'e', unix_micros(last),
        't', unix_micros(last) - unix_micros(first))""",
    # The business days are listed, and beside each day stands how many of them lie before it.
    "care_business_days_after(day, n, days, before)": """case when n >= 1
        and day between date '1990-01-01' and date '2060-01-01'
        then get(days, get(before, datediff(day, date '1990-01-01') + 1) + n - 1) end""",
    "care_business_days_before(day, n, days, before)": """case when n >= 1
        and day between date '1992-01-01' and date '2060-01-01'
        then get(days, get(before, datediff(day, date '1990-01-01')) - n) end""",
}


DEPTH = 20_000


class Written(DuckDB):
    """DuckDB as our compiler writes it: a place in a list stays the number that is written."""

    INDEX_OFFSET = 0


class Said(Spark):
    """Spark as it is today: rows that are named inside a query stay there, where two queries may use one name."""

    class Generator(SparkGenerator):
        EXPRESSIONS_WITHOUT_NESTED_CTES: ClassVar[set[type[exp.Expr]]] = set()


def said(statement: Statement) -> list[tuple[str, str]]:
    """The statement as (name, SQL) to keep one after the other; the last has the statement's own name.

    Rows that are read twice are kept under a name of their own, so that both readings see the same rows. A statement
    that stands `onto` others gives each of its rows the "$n" of the row it stands beside, instead of their order.
    """
    with _no_warning():
        tree = parse_one(statement.sql, read=Written)
        if statement.onto:
            _numbered(tree, statement.name)
        kept = []
        tree = words.said(macros.written_out(words.asked(tree), _macros()))
        for cte in [c for c in tree.find_all(exp.CTE) if c.args.get("materialized") and len(_readings(c)) > 1]:
            name = f"{statement.name} {cte.alias}"
            for table in _readings(cte):
                table.set("alias", table.args.get("alias") or exp.TableAlias(this=exp.to_identifier(cte.alias)))
                table.set("this", exp.to_identifier(name, quoted=True))
            kept.append((name, _sql(cte.this)))
            cte.pop()
        for cte in tree.find_all(exp.CTE):
            cte.set("materialized", None)
        return [*kept, (statement.name, _sql(tree))]


def variables(calendars: list[str]) -> dict[str, str]:
    """What statements read by name beside tables: the business days of each calendar, and how many lie before a day."""
    found = {}
    for name in calendars:
        bits, before = calendar.business_bits(name), [0]
        for bit in bits:
            before.append(before[-1] + (bit == "1"))
        days = [str(n) for n, bit in enumerate(bits) if bit == "1"]
        listed = f"cast(split('{','.join(days)}', ',') as array<int>)"
        found[f"{calendar.engine_name(name)}_days"] = f"transform({listed}, n -> date_add(date'1990-01-01', n))"
        found[f"{calendar.engine_name(name)}_before"] = (
            f"cast(split('{','.join(map(str, before))}', ',') as array<int>)"
        )
    return found


@cache
def _macros() -> macros.Macros:
    own = macros.read(SPELLED.items(), Spark)
    listed = macros.heads((*codes.MACROS, *MACROS))
    theirs = macros.read([(head, body) for head, body in listed if head.split("(")[0] not in own], Written)
    return {**theirs, **own}


def _numbered(tree: exp.Expr, name: str) -> None:
    order = tree.args.get("order")
    if not order or [o.this.sql() for o in order.expressions] != ['r."$n"']:
        raise ValueError(f"{name} does not say in which order its rows are.")
    tree.set("order", None)
    tree.append("expressions", exp.column("$n", "r", quoted=True))


def _readings(cte: exp.CTE) -> list[exp.Table]:
    """Where these rows are read: not where a query further inside has given their name to others."""
    query = cte.find_ancestor(exp.Query)
    return [t for t in query.find_all(exp.Table) if t.name == cte.alias and _naming(t) is query] if query else []


def _naming(table: exp.Table) -> exp.Query | None:
    """The query, nearest to a table, that says what its name means."""
    query = table.find_ancestor(exp.Query)
    while query and not any(c.alias == table.name for c in query.ctes):
        query = query.find_ancestor(exp.Query)
    return query


def _sql(tree: exp.Expr) -> str:
    return tree.sql(dialect=Said, comments=False)


class _Raising(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        raise ValueError(record.getMessage())


@contextmanager
def _no_warning() -> Iterator[None]:
    """sqlglot only warns of what it drops; here that is an error. It reads as deep as a table of lookups is long."""
    logger, handler, depth = logging.getLogger("sqlglot"), _Raising(logging.WARNING), sys.getrecursionlimit()
    logger.addHandler(handler)
    sys.setrecursionlimit(max(depth, DEPTH))
    try:
        yield
    finally:
        sys.setrecursionlimit(depth)
        logger.removeHandler(handler)
