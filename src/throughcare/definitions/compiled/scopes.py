"""Scopes: what a bare name, this.name and person.name mean where an expression stands."""

from collections.abc import Mapping
from typing import Any, Protocol

from throughcare.definitions import calendar as calendars
from throughcare.definitions.compiled import codes, dated, tables
from throughcare.definitions.compiled.frames import CLOCK, ENTITY, Frame, column
from throughcare.definitions.expressions import Mistake, Spelled, quoted, uses_of
from throughcare.definitions.functions import FUNCTIONS
from throughcare.definitions.grammar import Library, Parameter, Table, ValueSet
from throughcare.definitions.imported import Imported
from throughcare.definitions.near import did_you_mean

MOMENTS = {"today": "date", "now": "timestamp"}
PERIOD = ("start", "end")
PAUSES = "engine_pauses"  # the person's pauses, for unpaused_days_after
PERIOD_IS = "A period has period.start and period.end."


class Place(Protocol):
    """Where a set's names are looked up: its frame, and the author's id of the set."""

    frame: Frame

    def find(self, name: str) -> tuple[str, str] | None: ...
    def names(self) -> list[str]: ...


class Book(Protocol):
    """What a care model as a whole knows: parameters, tables, value sets, the calendar."""

    parameters: dict[str, Parameter]
    tables: dict[str, Table]
    library: Library
    calendar: str
    model_id: str

    def person(self) -> Place: ...
    def imported(self, table: Table) -> Imported: ...
    def pauses(self) -> None: ...
    def marked(
        self, frame: Frame, code: Spelled, system: Spelled | None, value_set: ValueSet
    ) -> tuple[str, int] | None: ...


class RowScope:
    """An expression over the row being described: bare names are its columns, facts and criteria."""

    functions: Mapping[str, Any] = FUNCTIONS

    def __init__(self, book: Book, row: Place, alias: str = "r") -> None:
        self.book, self.row, self.alias = book, row, alias

    def column(self, table: str, name: str) -> Spelled:
        if table == "person":
            return self._person(name)
        if table:
            return self._tabled(table, name)
        found = [x for x in (self._bare(name), self._shared(name)) if x]
        if len(found) > 1:
            raise Mistake(f'"{name}" has two meanings here.', "A name must mean one thing.", "Rename one of them.")
        if not found:
            raise self._not_known(name)
        return found[0]

    def _bare(self, name: str) -> Spelled | None:
        return self._of(self.row, self.alias, name)

    def _tabled(self, table: str, name: str) -> Spelled:
        if table == "period" and name in PERIOD:
            return self.clock(f"period_{name}")
        if table == "this":
            raise Mistake(
                f'"this.{name}" is not needed here.', "The row is already the one described.", f"Write {name}."
            )
        do = f"Write {name}, this.{name} or person.{name}."
        raise Mistake(f'"{table}.{name}" is not allowed.', do=PERIOD_IS if table == "period" else do)

    def _of(self, place: Place, alias: str, name: str) -> Spelled | None:
        found = place.find(name)
        return column(alias, *found) if found else None

    def clock(self, name: str) -> Spelled:
        """What the clock of the site says: for everyone the same."""
        return column("c", name, CLOCK[name])

    def _moment(self, name: str) -> Spelled:
        """A word of the clock: where the person lives, or where the site is when the row is no person's."""
        return self.clock(name) if self.row.frame.subject == ENTITY else self._person(name)

    def _person(self, name: str) -> Spelled:
        if self.row.frame.subject == ENTITY:
            what = f'"person.{name}" means nothing here: these rows are not about one person.'
            why = "They are organizations, sessions, or sums over everyone."
            raise Mistake(what, why, 'Use the columns of the row, or a fact with link = "our_column = their_column".')
        place = self.book.person()
        alias = self._row_alias() if self.row.frame is place.frame else "p"
        found = self._of(place, alias, name)
        if not found:
            raise Mistake(f'person has no "{name}".{did_you_mean(name, place.names())}')
        return found

    def _row_alias(self) -> str:
        return self.alias

    def _shared(self, name: str) -> Spelled | None:
        if name in MOMENTS and self.row.frame is not self.book.person().frame and not self.row.find(name):
            return self._moment(name)
        if name == "this_model":
            return Spelled(quoted(self.book.model_id), "text")
        if parameter := self.book.parameters.get(name):
            return dated.value(self, name, parameter)
        return None

    def rule_day(self) -> Spelled:
        """The row's own date, by which parameters are read."""
        day = self.row.frame.day
        return column(self._row_alias(), day, "date") if day else self._moment("today")

    def member(self, x: Spelled, name: str) -> Spelled:
        return dated.member(self, x, name)

    def own_or_persons(self, name: str) -> Spelled | None:
        """A text column of the row itself, or of the person; where someone lives is not the state of an enrollment."""
        found = None if _of_enrollment(self.row.frame) else self._of(self.row, self._row_alias(), name)
        if not found and self.row.frame.subject != ENTITY and self.book.person().find(name):
            found = self._person(name)
        return found

    def local_day(self, x: Spelled) -> Spelled:
        zone = self._moment("zone")
        return Spelled(f"cast(timezone({zone.sql}, {x.sql}) as date)", "date", x.uses | zone.uses)

    def local_midnight(self, x: Spelled) -> Spelled:
        zone = self._moment("zone")
        return Spelled(f"timezone({zone.sql}, cast({x.sql} as timestamp))", "timestamp", x.uses | zone.uses)

    def business_days(self) -> str:
        return f"{calendars.engine_name(self.book.calendar)}()"

    def pauses(self) -> Spelled:
        """The person's pauses, as a list of first and last days."""
        if self.row.frame.subject == ENTITY:
            why = "The rows are no person's, and only people are paused."
            raise Mistake("unpaused_days_after() means nothing here.", why)
        self.book.pauses()
        return self._person(PAUSES)

    def previous(self, x: Spelled) -> Spelled:
        do = "Write a fact with value or choose, on a set."
        raise Mistake("previous() has no meaning here.", "Only the rows of a set follow each other.", do)

    def scoring(self, name: str) -> None:
        why = "What it gives is not exact, and money and counts must be."
        raise Mistake(f"{name}() is for scores alone.", why, 'Put it into a fact with kind = "score".')

    def in_value_set(self, code: Spelled, system: Spelled | None, name: str) -> Spelled:
        value_set = self.book.library.value_sets.get(name)
        if not value_set:
            known = self.book.library.value_sets
            raise Mistake(f'"{name}" is not a value set of the library.{did_you_mean(name, known)}')
        return self._marked(code, system, value_set) or codes.contains(value_set, code, system)

    def _marked(self, code: Spelled, system: Spelled | None, value_set: ValueSet) -> Spelled | None:
        """The answer from the marks that came with the row, where its code is still that of a view."""
        alias = next((alias for alias, _ in code.uses), "")
        place = self._standing(alias)
        found = place and self.book.marked(place.frame, code, system, value_set)
        marks = self._of(place, alias, found[0]) if place and found else None
        return Spelled(f"({marks.sql} & {found[1]} <> 0)", "boolean", marks.uses) if found and marks else None

    def _standing(self, alias: str) -> Place | None:
        """Whose columns an alias reads, beside the person's and the clock's."""
        return self.row if alias == self.alias else None

    def lookup(self, table: str, keys: list[Spelled]) -> Spelled:
        return tables.looked_up(self._table(table), keys, self)

    def interpolate(self, table: str, x: Spelled) -> Spelled:
        return tables.interpolated(self._table(table), x, self)

    def _table(self, name: str) -> Table:
        if name not in self.book.tables:
            raise Mistake(f'"{name}" is not a table of this care model.{did_you_mean(name, self.book.tables)}')
        return self.book.tables[name]

    def _not_known(self, name: str) -> Mistake:
        known = [*self.row.names(), *self.book.parameters, *MOMENTS]
        hint = did_you_mean(name, known)
        do = "" if hint else f"Known here: {', '.join(sorted(set(known)))}."
        return Mistake(
            f'"{name}" is not known on {self.row.frame.name.rpartition("_")[0] or self.row.frame.name}.{hint}', do=do
        )


class FactScope(RowScope):
    """A fact of a row: it may look at the row before, and a score may use what is not exact."""

    def __init__(self, book: Book, row: Place, per: list[str] | None, *, is_score: bool) -> None:
        super().__init__(book, row)
        self.per, self.is_score = per, is_score

    def previous(self, x: Spelled) -> Spelled:
        """x on the row before, by the set's own date and then its key; unknown where a day of the series is."""
        frame, key = self.row.frame, column("r", "key", "text")
        if frame.kind == "person":
            return super().previous(x)
        if frame.subject == ENTITY and self.per is None:
            why = "The rows are no person's, so it is not said which follow which."
            raise Mistake("previous() needs per.", why, 'Add per = ["column", …], or per = [] if all of them do.')
        if not frame.day:
            raise Mistake("previous() needs a date to follow.", "The set has none.", "Give the set rule_on.")
        day = column("r", frame.day, "date")
        series = [column("r", name, "") for name in frame.per]
        for name in self.per or []:
            found = self._of(self.row, "r", name)
            if not found:
                raise self._not_known(name)
            series.append(found)
        by = f"partition by {', '.join(s.sql for s in series)} " if series else ""
        sql = (
            f"(case when bool_and({day.sql} is not null) over ({by.strip()}) "
            f"then lag({x.sql}) over ({by}order by {day.sql}, {key.sql}) end)"
        )
        return Spelled(sql, x.type, uses_of([x, day, key, *series]))

    def scoring(self, name: str) -> None:
        if not self.is_score:
            super().scoring(name)


class PhraseScope(RowScope):
    """The condition of a phrase: bare names are columns of its view; this.x is the row described."""

    def __init__(self, book: Book, row: Place, target: Place) -> None:
        super().__init__(book, row, "v")
        self.target = target

    def _bare(self, name: str) -> Spelled | None:
        return self._of(self.target, "v", name)

    def _row_alias(self) -> str:
        return "r"

    def _standing(self, alias: str) -> Place | None:
        return {"v": self.target, "r": self.row}.get(alias)

    def _tabled(self, table: str, name: str) -> Spelled:
        if table != "this":
            return super()._tabled(table, name)
        found = self._of(self.row, "r", name)
        if not found:
            raise Mistake(f'this has no "{name}".{did_you_mean(name, self.row.names())}')
        return found

    def _shared(self, name: str) -> Spelled | None:
        if name in MOMENTS:
            return None if self.target.find(name) else self._moment(name)
        return super()._shared(name)

    def _not_known(self, name: str) -> Mistake:
        if self.row is not self.target and self.row.find(name):
            what = f'"{name}" is not a column of {self.target.frame.name}, but of the row described.'
            return Mistake(what, do=f"Write this.{name}.")
        known = [*self.target.names(), *self.book.parameters, *MOMENTS]
        hint = did_you_mean(name, known)
        do = "" if hint else f"Known here: {', '.join(sorted(set(known)))}."
        return Mistake(f'"{name}" is not a column of {self.target.frame.name}.{hint}', do=do)


class EventScope(PhraseScope):
    """What happened, whoever it answers for: the person is whose row it is, numbers are read as of the day of it."""

    def __init__(self, book: Book, target: Place) -> None:
        super().__init__(book, target, target)

    def _row_alias(self) -> str:
        return "v"

    def _tabled(self, table: str, name: str) -> Spelled:
        if table == "this":
            what = f'"this.{name}" speaks of a row, but what resolves or pauses a step is looked for once for all rows.'
            raise Mistake(what, do="Leave out this.x; person.x is the person. A link finds what belongs to a row.")
        return super()._tabled(table, name)


def _of_enrollment(frame: Frame) -> bool:
    """Rows of enrollment have a state too, and it is not where someone lives."""
    while frame.source:
        frame = frame.source
    return frame.name == "enrollment"


def literal(value: Any) -> Spelled:
    """A value written in a definition, in the engine's words."""
    return Spelled(tables.sql(value), tables.kind(value))
