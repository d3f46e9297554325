"""Frames: the relations a plan is made of, and the computed columns that stand on them."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from throughcare.definitions.expressions import Spelled

COMMON = {"key": "text", "person_id": "integer", "about": "text", "source": "text"}
CLOCK = {"now": "timestamp", "zone": "text", "today": "date", "period_start": "date", "period_end": "date"}
PERSON, ENTITY = "person", "entity"  # whose a row is: one person's, or that of something without a person


@dataclass(frozen=True, slots=True)
class Fold:
    """Many rows to one value: the rows of `target` for which `holds` is true, for each row of a frame."""

    target: "Frame"
    holds: Spelled  # aliases: v the target's row, r the row described, p the person
    verb: str
    take: str | None
    day: str | None
    ties: tuple[tuple[str, str], ...]
    none: str  # what no row means, in the engine's words
    skip_unknown: bool
    link: tuple[str, str] | None  # (column of the target, column of the row)
    nth: int = 1  # of nth: which row
    share: str = ""  # of percentile: how many of the values it reaches
    until: str | None = None  # of minutes: where a stretch ends; it begins at `take`

    @property
    def columns(self) -> list[str]:
        """The columns of the target that it reads, beside those of its condition."""
        ties = [name.split('"')[1] for name, _ in self.ties]
        return [name for name in (self.take, self.until, self.day, *ties) if name]

    @property
    def text(self) -> str:
        more = (self.nth, self.share, self.until) if self.verb in ("nth", "percentile", "minutes", "spans") else ()
        return repr((self.target.name, self.holds.sql, self.verb, self.take, self.day, self.ties, self.none,
                     self.skip_unknown, self.link, *more))  # fmt: skip


@dataclass(slots=True)
class Entry:
    """One computed column of a frame: an expression over the row, or a fold over other rows."""

    name: str
    type: str
    says: str
    value: Spelled | None = None
    fold: Fold | None = None
    parts: tuple[str, ...] = ()  # ids of the author's own, for explanations

    @property
    def uses(self) -> frozenset[tuple[str, str]]:
        return self.value.uses if self.value else self.fold.holds.uses if self.fold else frozenset()


@dataclass(slots=True, eq=False)
class Frame:
    """A relation: a flat view as given, the people, or a named set of rows."""

    name: str
    kind: str  # "view" | "person" | "set"
    columns: dict[str, str]
    day: str | None
    source: "Frame | None" = None
    base: str = ""  # SQL; $V$ stands for the source's table, $P$ the people's, $TAKEN$ and $MORE$ its columns
    base_uses: frozenset[tuple[str, str]] = frozenset()
    grouped: bool = False
    subject: str = PERSON
    across: bool = False  # made of the rows of all people
    one_row: bool = False  # everything added up in one row, even when there is nothing to add up
    entries: dict[str, Entry] = field(default_factory=dict)
    inherited: dict[str, str] = field(default_factory=dict)
    taken: list[str] = field(default_factory=list)  # the source's columns for which $TAKEN$ stands in the base
    screen: Spelled | None = None  # what must hold for a row of the source, alias v, or it gives no row

    @property
    def identity(self) -> str:
        return "person_id" if self.kind == "person" else "key"

    @property
    def per(self) -> list[str]:
        """What every group of its rows has in common at the least: the person, where there is one."""
        return ["person_id"] if self.subject == PERSON else []

    def type_of(self, column: str) -> str | None:
        """The type of a column, or of a computed one; None when it is neither."""
        if column in self.columns:
            return self.columns[column]
        if column in self.entries:
            return self.entries[column].type
        return self.inherited.get(column)


def column(alias: str, name: str, kind: str) -> Spelled:
    return Spelled(f'{alias}."{name}"', kind, frozenset({(alias, name)}))


def common(subject: str) -> dict[str, str]:
    """The columns that every relation has; only a person's rows have a person."""
    return COMMON if subject == PERSON else {name: kind for name, kind in COMMON.items() if name != "person_id"}


def beside(uses: Iterable[tuple[str, str]], row: str, people: str) -> str:
    """What must stand beside a row so that its expressions can be read: the person, the clock."""
    aliases = {alias for alias, _ in uses}
    person = f' join {people} p on p."person_id" = {row}."person_id"' if "p" in aliases else ""
    return person + (' cross join "clock" c' if "c" in aliases else "")


def first_day(columns: dict[str, str]) -> str | None:
    """A relation's own date: its first column that is a date."""
    return next((name for name, kind in columns.items() if kind == "date"), None)
