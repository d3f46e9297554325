"""sets.toml: the named sets of rows a care model speaks of, and the facts on them."""

from typing import Any

from msgspec import Struct, field

from throughcare.definitions.grammar.entry import Entry


class Pick(Struct, kw_only=True, forbid_unknown_fields=True):
    """Keep the first rows of each group: order is a list of "column", "column high", "column low, blank last"."""

    per: list[str]
    order: list[str]
    first: int = 1


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
    by: list[str]


class AtMost(Struct, kw_only=True, forbid_unknown_fields=True):
    """Keep a row only if fewer than `rows` kept rows lie in the `in_days` before it, left to right along `at`."""

    rows: int
    in_days: int
    per: list[str]
    at: str


class Set(Entry, kw_only=True, forbid_unknown_fields=True):
    """A named set of rows: `from_` is a phrase, "view" or "set" or "view where condition"."""

    from_: str = field(name="from")
    also: dict[str, str] = {}
    keep_unknown: bool = False
    pick: Pick | None = None
    group: Group | None = None
    sum: list[SetSum] = []
    at_most: AtMost | None = None
    rule_on: str | None = None


class Choice(Struct, kw_only=True, forbid_unknown_fields=True):
    """One row of a decision table: {if, then, because} or, last, {else}."""

    if_: str | None = field(name="if", default=None)
    then: Any = None
    else_: Any = field(name="else", default=None)
    because: str = ""


class Fact(Entry, kw_only=True, forbid_unknown_fields=True):
    """One value per row of the set `on`. Exactly one verb is given; all but value and choose take a phrase."""

    on: str = "person"
    value: str | None = None
    exists: str | None = None
    count: str | None = None
    count_of: str | None = None  # phrase; `take` names the column
    sum: str | None = None
    lowest: str | None = None
    highest: str | None = None
    first: str | None = None
    latest: str | None = None
    choose: list[Choice] | None = None
    window: str | None = None
    at: str | None = None  # the date column the window and the order speak of; default: the view's own
    take: str | None = None
    ties: str | None = None
    if_none: Any = None
    link: str | None = None
    skip_unknown: bool = False


class SetsFile(Struct, kw_only=True, forbid_unknown_fields=True):
    """sets.toml"""

    set: list[Set] = []
    fact: list[Fact] = []
