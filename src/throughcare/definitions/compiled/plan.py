"""The plan: a published set of care models as statements to run in order, with what they need and what they answer."""

from dataclasses import dataclass, field

import pyarrow as pa

from throughcare.definitions.compiled.belonging import Belongs
from throughcare.definitions.compiled.marks import Marks
from throughcare.definitions.grammar import Assignment, Measure, Routing

QUOTE = '"'


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement; what it answers is known to later ones by its name.

    With `onto`, its columns are set beside the rows of an earlier answer: it gives one row for each, in their order.
    """

    name: str
    sql: str
    onto: str = ""
    nothing_without: str = ""  # when this relation has no row, neither has the answer
    plain_without: str = ""  # when this relation has no row, every row of the answer is the same
    nothing_where: tuple[str, str] = ("", "")  # a screen and its column: when that is false, the answer has no row
    same_as: str = ""  # with nothing_where: then the answer is this relation's, as it is
    screens: bool = False  # one row that tells which later statements have nothing to answer; asked about few people
    parts: tuple[str, ...] = ()  # the answers whose rows, one after the other, are this one's


def together_as(name: str, parts: list[Statement]) -> Statement:
    """The rows of some answers, all of the same columns, one after the other."""
    names = tuple(part.name for part in parts)
    return Statement(name, " union all ".join(f'select * from "{n}"' for n in names), parts=names)


def listed(name: str, by_table: dict[str, str], empty: str) -> list[Statement]:
    """One answer from many sets: a statement for each set, known to be empty when the set is, then all together."""
    if not by_table:
        return [Statement(name, empty)]
    parts = [
        Statement(f"{name} {table.strip(QUOTE)}", sql, nothing_without=table.strip(QUOTE))
        for table, sql in by_table.items()
    ]
    return [*parts, together_as(name, parts)]


@dataclass(frozen=True, slots=True)
class Assigning:
    """Where the pairs of one assignment, or the stops of one routing, stand, and how they are to be chosen from."""

    model: str
    given: Assignment | Routing
    relation: str


@dataclass(slots=True)
class Plan:
    """Compiled once, at publish; run as often as needed."""

    statements: list[Statement]
    constants: dict[str, pa.Table]
    views: dict[str, dict[str, str]]  # view -> column -> type, as the statements expect them
    marks: Marks  # the value sets that are looked up for the codes of the views beforehand
    own: dict[str, dict[str, str]]  # the engine's own answers that it reads -> column -> type
    calendars: list[str]
    versions: dict[str, str]  # care model -> version
    columns: dict[tuple[str, str, str], tuple[str, str]] = field(default_factory=dict)  # (model, on, id) -> where it is
    relations: dict[tuple[str, str], str] = field(default_factory=dict)  # (model, on) -> the set's relation
    belongs: list[Belongs] = field(default_factory=list)
    people: str = ""  # the relation of the people, whole
    whole_sets: bool = True  # whether someone may ask for the rows of any set; if not, they go once nothing reads them
    asked: frozenset[str] = frozenset()  # relations whose rows someone asks for, where not all are kept
    whole: frozenset[tuple[str, str]] = frozenset()  # (model, on) of sets that are no person's, or need everyone
    rests_on: dict[tuple[str, str], tuple[str, tuple[tuple[str, str], ...]]] = field(default_factory=dict)
    reaches: bool = False  # one person's answers may rest on another's rows: a mother's, a household's
    assigning: list[Assigning] = field(default_factory=list)  # chosen when everyone is thought about
    measures: dict[tuple[str, str], Measure] = field(default_factory=dict)  # (care model or library measure, id)
    evidence: dict[str, str] = field(default_factory=dict)  # column of the person -> column of its keys

    @property
    def view_needs(self) -> dict[str, set[str]]:
        return {view: set(columns) for view, columns in self.views.items()}
