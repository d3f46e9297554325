"""Grammar: what a mapping says of a table: whose it is, how it is written, and which FHIR its rows become.

In `has`, words are the elements of R4. A text names a column, a text that begins with "=" is itself, true and numbers
are themselves; `{ ... }` with a key of CELL says how else a value comes from the row. Lists of one need no [ ].
"""

from typing import Any, Literal

from msgspec import Struct, field

CELL = ("column", "columns", "refers", "each_row", "counts", "sum")
BESIDE = {
    "column": {"values", "split"},
    "columns": {"joined"},
    "refers": {"by"},
    "each_row": set[str](),
    "counts": set[str](),
    "sum": set[str](),
}


class Knows(Struct, frozen=True):
    """How the table is told from others: it has all these columns, and lies in a file, or sheet, of such a name."""

    columns: list[str]
    files: str = "*"
    sheet: str = "*"


class Reads(Struct, frozen=True):
    """How it is written. `dates` are patterns, tried in order, as %d.%m.%Y; 2026-01-31 is always understood.

    `together`: rows that follow each other with the same of these are one piece. `updated`: the column that says for
    which day or moment a row speaks, so that older rows undo no newer ones.
    """

    separator: Literal["", ",", ";", "\t", "|"] = ""
    encoding: Literal["", "utf-8", "cp1252", "latin-1", "utf-16"] = ""
    decimal: Literal[".", ","] = "."
    dates: list[str] = []
    blank: list[str] = []
    header_line: int = 1
    together: list[str] = []
    updated: str = ""


class Made(Struct, frozen=True):
    """A resource of a row. `name` is what others refer to it by; `key` are the columns that tell it from others.

    It is made only of rows that have something in `only_with`, and one of the words given for each of `only_where`.
    """

    type: str
    name: str
    key: list[str]
    has: dict[str, Any]
    only_with: list[str] = []
    only_where: dict[str, list[str]] = {}


class Mapping(Struct, frozen=True):
    """One file. `source` names who says this; ids are made of it, so it never changes."""

    title: str
    source: str
    knows: Knows
    resource: list[Made]
    reads: Reads = field(default_factory=Reads)
    values: dict[str, dict[str, Any]] = {}
    leaves_out: list[str] = []  # columns, or sheets, that are known and not taken
