"""Marks: which value sets a code of a view is in, as the bits of a column that is worked out before any statement runs.

A set's codes are looked up once for each different code that the rows hold, not in every statement that asks.
"""

from dataclasses import dataclass, field

from throughcare.definitions.compiled.frames import Frame
from throughcare.definitions.expressions import Spelled
from throughcare.definitions.grammar import ValueSet

BITS = 62  # of each column: the engines' integers have a sign
SIGN = "$"  # stands in no name that an author can write


@dataclass(frozen=True, slots=True)
class Coded:
    """Columns of a view that name a code: the code, and the one that says its system, or nothing."""

    code: str
    system: str


@dataclass(slots=True)
class Marks:
    """The value sets that a plan asks of the codes of its views, in the order in which they were asked."""

    of: dict[str, dict[Coded, list[ValueSet]]] = field(default_factory=dict)  # view -> columns -> value sets

    def asked(self, frame: Frame, code: Spelled, system: Spelled | None, value_set: ValueSet) -> tuple[str, int] | None:
        """The column of a frame and the bit in it that answer; None when the code is no longer that of a view's row."""
        if not value_set.codes:
            return None  # a licensed set that the site has not imported: unknown, whatever the code
        names = [_column(x) for x in (code, system) if x]
        view = _view(frame)
        if not view or not all(name and name in view.columns and name in frame.columns for name in names):
            return None
        coded = Coded(names[0], names[1] if system else "")
        listed = self.of.setdefault(view.name, {}).setdefault(coded, [])
        if value_set not in listed:
            listed.append(value_set)
        nth = listed.index(value_set)
        column = named(coded, nth // BITS)
        view.inherited[column] = "integer"
        return column, 1 << nth % BITS


def named(coded: Coded, nth: int) -> str:
    """The nth column of marks of a code."""
    return f"{coded.code}{SIGN}{nth}" if coded.system else f"{coded.code}{SIGN}{SIGN}{nth}"


def width(value_sets: list[ValueSet]) -> int:
    """How many columns the marks of so many value sets take."""
    return -(-len(value_sets) // BITS)


def _column(x: Spelled) -> str:
    """The column that an expression only repeats."""
    return next((name for alias, name in x.uses if x.sql == f'{alias}."{name}"'), "")


def _view(frame: Frame) -> Frame | None:
    """The view whose rows a frame still has, one for one or fewer."""
    while frame.source and not frame.grouped:
        frame = frame.source
    return frame if frame.kind == "view" else None
