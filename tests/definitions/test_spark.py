"""Spark's spelling: every statement of the published set is said without a warning, with nothing of DuckDB left."""

import re
from functools import lru_cache

import pytest
from sqlglot import exp, parse_one
from sqlglot.dialects.spark import Spark

from throughcare.definitions.compiled import Plan, codes, compile_models
from throughcare.definitions.compiled.plan import Statement
from throughcare.definitions.dialects import spark
from throughcare.definitions.dialects.macros import heads
from throughcare.definitions.functions import MACROS
from throughcare.definitions.load import shipped_library
from throughcare.stores.spark import READ

from ..shipped import care_models

FOREIGN = re.compile(
    r"\b(care_\w+|list_\w+|create_sort_key|getvariable|to_(months|days|hours|minutes)|arg_(min|max)|epoch\w*|get_bit|"
    r"struct_pack|timezone|regexp_full_match|unnest|qualify|hugeint|recursive|materialized|lambda)\b(?=\s*\(|\s)",
    re.IGNORECASE,
)
CALLS = {"calendar": "business_days_us()"}


@lru_cache(maxsize=1)
def plan() -> Plan:
    return compile_models(care_models(), shipped_library())


@lru_cache(maxsize=1)
def of_plan() -> list[tuple[str, str]]:
    """Every statement of the plan in Spark's words, with the name of what it keeps."""
    return [kept for statement in plan().statements for kept in spark.said(statement)]


def said(sql: str, onto: str = "") -> str:
    return spark.said(Statement("one", sql, onto))[-1][1]


def without_texts(sql: str) -> str:
    return re.sub(r"'(?:[^'\\]|\\.|'')*'|`[^`]*`", "''", sql)


def test_every_statement_of_the_published_set_is_said_in_spark_s_words() -> None:
    assert len(of_plan()) >= len(plan().statements)
    left = {(name, match[0]) for name, sql in of_plan() if (match := FOREIGN.search(without_texts(sql)))}
    assert not left


def test_what_a_statement_reads_is_told_from_its_words() -> None:
    """So later statements wait for it; names that only stand inside the statement are not quoted."""
    for name, sql in of_plan():
        with spark._no_warning():
            read = {table.name for table in parse_one(sql, read=Spark).find_all(exp.Table) if table.this.quoted}
        assert set(READ.findall(sql)) == read, name


@pytest.mark.parametrize("head", [head for head, _ in heads((*codes.MACROS, *MACROS))])
def test_every_function_of_ours_is_written_out(head: str) -> None:
    name, _, listed = head.rstrip(")").partition("(")
    given = ", ".join(CALLS.get(part.strip(), f't."{part.strip()}"') for part in listed.split(","))
    sql = said(f'select {name}({given}) as "x" from "t" t')
    assert "care_" not in sql and not FOREIGN.search(without_texts(sql)), sql
    assert parse_one(sql, read=Spark).find(exp.Select)


def test_what_sqlglot_would_only_warn_of_is_an_error() -> None:
    with pytest.raises(ValueError, match="not supported"):
        said('select max("x", 2) as "y" from "t"')


def test_days_are_all_that_is_counted_between_two_days() -> None:
    assert said('select date_diff(\'day\', "a", "b") as "x" from "t"').startswith("SELECT CAST(DATEDIFF(")
    with pytest.raises(ValueError, match="unit MONTH"):
        said('select date_diff(\'month\', "a", "b") as "x" from "t"')


def test_a_number_that_is_written_out_is_rounded_where_a_whole_one_is_wanted() -> None:
    assert said('select cast(2.5 as bigint) as "x", cast(2 as bigint) as "y" from "t"') == (
        "SELECT CAST(ROUND(2.5) AS BIGINT) AS `x`, CAST(2 AS BIGINT) AS `y` FROM `t`"
    )


def test_rows_joined_by_name_are_refused() -> None:
    with pytest.raises(ValueError, match="by the place of their columns"):
        said('select 1 as "a" union all by name select 2 as "a"')


def test_rows_beside_others_carry_the_number_of_the_row_they_stand_beside() -> None:
    sql = said('select r."a" + 1 as "b" from "t" r order by r."$n"', onto="t")
    assert sql == "SELECT r.`a` + 1 AS `b`, `r`.`$n` FROM `t` AS r"
    with pytest.raises(ValueError, match="in which order"):
        said('select r."a" from "t" r', onto="t")


def test_rows_read_twice_are_kept_under_a_name_of_their_own() -> None:
    kept = spark.said(Statement("s", 'with a as materialized (select row_number() over () as "n" from "t") '
                                     'select a."n" from a join a b on a."n" = b."n"'))  # fmt: skip
    assert kept == [
        ("s a", "SELECT MONOTONICALLY_INCREASING_ID() AS `n` FROM `t`"),
        ("s", "SELECT a.`n` FROM `s a` AS a JOIN `s a` AS b ON a.`n` = b.`n`"),
    ]


def test_two_queries_inside_a_statement_may_use_one_name() -> None:
    nested = 'select x.* from (with l as (select "b" from ({inner})) select * from l) x'
    sql = said(nested.format(inner=nested.format(inner='select "a" as "b" from "t"')))
    assert sql == (
        "SELECT x.* FROM (WITH l AS (SELECT `b` FROM (SELECT x.* FROM (WITH l AS (SELECT `b` FROM (SELECT `a` AS `b` "
        "FROM `t`)) SELECT * FROM l) AS x)) SELECT * FROM l) AS x"
    )


def test_rows_kept_by_a_name_are_not_those_of_the_same_name_further_inside() -> None:
    kept = spark.said(Statement("s", 'with a as materialized (select "n" from "t") select * from a join a b on '
                                     'a."n" = b."n" join (with a as (select "n" from "u") select * from a) c on '
                                     'c."n" = a."n"'))  # fmt: skip
    assert kept == [
        ("s a", "SELECT `n` FROM `t`"),
        ("s", "SELECT * FROM `s a` AS a JOIN `s a` AS b ON a.`n` = b.`n` JOIN (WITH a AS (SELECT `n` FROM `u`) "
              "SELECT * FROM a) AS c ON c.`n` = a.`n`"),
    ]  # fmt: skip


def test_a_calendar_says_its_business_days_and_how_many_lie_before_a_day() -> None:
    """1990-01-01 is a holiday on a Monday: the first business days are the 2nd to the 5th."""
    told = spark.variables(["US"])
    assert set(told) == {"business_days_us_days", "business_days_us_before"}
    assert "split('1,2,3,4,7," in told["business_days_us_days"]
    assert "split('0,0,1,2,3,4,4,4,5," in told["business_days_us_before"]
