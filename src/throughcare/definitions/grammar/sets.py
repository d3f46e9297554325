"""sets.toml: the named sets of rows a care model speaks of, and the facts on them."""

from typing import Any, Literal

from msgspec import Struct, field

from throughcare.definitions.grammar.entry import Entry


class Pick(Struct, kw_only=True, forbid_unknown_fields=True):
    """Keep the first rows of each group: order is a list of "column", "column high", "column low, blank last"."""

    per: list[str]  # columns that make a group
    order: list[str]  # which row comes first
    first: int = 1  # how many to keep; 0 keeps all
    place: str | None = None  # the name of a column for the place in the order: 1 comes first
    across: bool = False  # over all people: one order for everyone's rows, not one for each person


class SetSum(Struct, kw_only=True, forbid_unknown_fields=True):
    """One column of a grouped set: exactly one verb over the rows of the group."""

    id: str
    count: str | None = None  # "rows", or a condition
    count_of: str | None = None  # distinct values of a column
    sum: str | None = None
    lowest: str | None = None
    highest: str | None = None
    mean: str | None = None
    median: str | None = None
    where: str | None = None


class Group(Struct, kw_only=True, forbid_unknown_fields=True):
    """One row for all rows that agree in these columns; the columns themselves stay, the rest is added up."""

    by: list[str]
    across: bool = False  # over all people: one row per group, of nobody in particular


class Merge(Struct, kw_only=True, forbid_unknown_fields=True):
    """Join stretches of days that touch or nearly touch; a row keeps the key and the columns of its first piece.

    It gains `pieces`, how many there were. A stretch without an end reaches to today, and the whole has no end then.
    """

    start: str  # the first day of a stretch
    end: str  # its last day
    gap_days: int = 0  # how many days may lie between two stretches that are joined
    per: list[str] = []  # columns that joined rows agree in, beside the person


class Each(Struct, kw_only=True, forbid_unknown_fields=True):
    """One row for each day, or the first of each month, from one day to another, both included.

    A row without one of the two days gives none. Ten years of days, or a hundred years of months, are the most.
    """

    unit: Literal["day", "month"]
    from_: str = field(name="from")  # an expression that is a date
    to: str  # an expression that is a date
    as_: str = field(name="as")  # the name of the new column


class Found(Struct, kw_only=True, forbid_unknown_fields=True):
    """One row for each row of an imported table that agrees with this one in the table's keys.

    `in` is a phrase, "table" or "table where condition"; the condition may speak of both rows. A row that agrees with
    none is left out. While a table that a site may do without is missing, every row stays, and what it would take is
    unknown.
    """

    in_: str = field(name="in")
    by: list[str]  # columns of this set, one for each of the table's keys
    take: list[str]  # columns of the table that come along


class AtMost(Struct, kw_only=True, forbid_unknown_fields=True):
    """Keep a row only if fewer than `rows` kept rows lie in the `in_days` before it, left to right along `at`.

    With `until` instead of `in_days`: only if fewer than `rows` kept rows are still running on its day.
    """

    rows: int
    in_days: int | None = None
    until: str | None = None  # the last day of a row
    per: list[str]
    at: str


class Set(Entry, kw_only=True, forbid_unknown_fields=True):
    """A named set of rows: `from` is a phrase, "view" or "set" or "view where condition".

    In turn: rows are kept, extra columns are added, each row is laid out by day or by what a table holds of it, rows
    are grouped or joined, picked, and kept at most so often. Rows of views without people, and groups across people,
    are no person's.
    """

    from_: str = field(name="from")
    also: dict[str, str] = {}  # extra columns: name = "expression"
    keep_unknown: bool = False  # keep rows for which the condition is unknown
    each: Each | None = None
    found: Found | None = None
    merge: Merge | None = None
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
    nth: str | None = None  # phrase; `take` of the n-th row by date
    mean: str | None = None  # phrase; the mean of `take`, to six places
    median: str | None = None  # phrase; the middle `take`, or the mean of the two in the middle
    percentile: str | None = None  # phrase; the lowest `take` that at least the share `p` of all does not exceed
    spread: str | None = None  # phrase; the highest `take` less the lowest
    minutes: str | None = None  # phrase; whole minutes in at least one of the stretches `take = "start_at, end_at"`
    choose: list[Choice] | None = None  # a decision table: the first row that is true
    window: str | None = None  # which days count, for instance "6 months before started_on"
    at: str | None = None  # the date column the window and the order speak of; default: the view's own
    take: str | None = None  # the column to read; default: the date
    n: int | None = None  # of nth: which one, from 1
    p: float | None = None  # of percentile: the share, between 0 and 1
    per: list[str] | None = None  # for previous(x): columns within which rows follow each other; needed without people
    kind: Literal["score"] | None = None  # a score may use power, ln, exp and sqrt; money may not
    ties: str | None = None  # of several rows on one day: "lowest value" or "highest value"
    if_none: Any = None  # what no row means: a value, or "unknown"
    link: str | None = None  # "our_column = their_column", when the rows belong to this row and not just to the person
    skip_unknown: bool = False  # leave rows out of which it is unknown whether they count


class SetsFile(Struct, kw_only=True, forbid_unknown_fields=True):
    """sets.toml"""

    set: list[Set] = []
    fact: list[Fact] = []
