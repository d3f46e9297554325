"""sets.toml: the named sets of rows a care model speaks of, and the facts on them."""

from typing import Any

from msgspec import Struct, field

from throughcare.definitions.grammar.entry import Entry


class Pick(Struct, kw_only=True, forbid_unknown_fields=True):
    """Keep the first rows of each group: order is a list of "column", "column high", "column low, blank last"."""

    per: list[str]  # columns that make a group
    order: list[str]  # which row comes first
    first: int = 1  # how many to keep


class SetSum(Struct, kw_only=True, forbid_unknown_fields=True):
    """One column of a grouped set: exactly one verb over the rows of the group."""

    id: str
    count: str | None = None  # "rows", or a condition
    count_of: str | None = None  # distinct values of a column
    sum: str | None = None
    lowest: str | None = None
    highest: str | None = None
    where: str | None = None


class Group(Struct, kw_only=True, forbid_unknown_fields=True):
    """One row for all rows that agree in these columns; the columns themselves stay, the rest is added up."""

    by: list[str]
    across: bool = False  # over all people: one row per group, of nobody in particular


class AtMost(Struct, kw_only=True, forbid_unknown_fields=True):
    """Keep a row only if fewer than `rows` kept rows lie in the `in_days` before it, left to right along `at`."""

    rows: int
    in_days: int
    per: list[str]
    at: str


class Set(Entry, kw_only=True, forbid_unknown_fields=True):
    """A named set of rows: `from_` is a phrase, "view" or "set" or "view where condition"."""

    from_: str = field(name="from")
    also: dict[str, str] = {}  # extra columns: name = "expression"
    keep_unknown: bool = False  # keep rows for which the condition is unknown
    pick: Pick | None = None
    group: Group | None = None
    sum: list[SetSum] = []
    at_most: AtMost | None = None
    rule_on: str | None = None  # the date by which parameters are read; default: the first date of the rows


class Choice(Struct, kw_only=True, forbid_unknown_fields=True):
    """One row of a decision table: {if, then, because} or, last, {else}."""

    if_: str | None = field(name="if", default=None)
    then: Any = None
    else_: Any = field(name="else", default=None)
    because: str = ""


class Fact(Entry, kw_only=True, forbid_unknown_fields=True):
    """One value per row of the set `on`. Exactly one verb is given; all but value and choose take a phrase."""

    on: str = "person"  # the set whose rows carry the fact
    value: str | None = None  # an expression over the row
    exists: str | None = None  # phrase: is there a row
    count: str | None = None  # phrase: how many rows
    count_of: str | None = None  # phrase; `take` names the column
    sum: str | None = None  # phrase; the sum of `take`
    lowest: str | None = None  # phrase; the lowest `take`
    highest: str | None = None  # phrase; the highest `take`
    first: str | None = None  # phrase; `take` of the first row by date
    latest: str | None = None  # phrase; `take` of the latest row by date; a newer row without a value gives unknown
    choose: list[Choice] | None = None  # a decision table: the first row that is true
    window: str | None = None  # which days count, for instance "6 months before started_on"
    at: str | None = None  # the date column the window and the order speak of; default: the view's own
    take: str | None = None  # the column to read; default: the date
    ties: str | None = None  # of several rows on one day: "lowest value" or "highest value"
    if_none: Any = None  # what no row means: a value, or "unknown"
    link: str | None = None  # "our_column = their_column", when the rows belong to this row and not just to the person
    skip_unknown: bool = False  # leave rows out of which it is unknown whether they count


class SetsFile(Struct, kw_only=True, forbid_unknown_fields=True):
    """sets.toml"""

    set: list[Set] = []
    fact: list[Fact] = []
