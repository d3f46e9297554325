"""Running a plan: its statements in order, each over the columns that it reads, and none whose answer is known."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import pyarrow as pa

from throughcare.decide.before import Before
from throughcare.decide.earlier import Earlier, Read
from throughcare.decide.hands import Hands, count
from throughcare.definitions import calendar as calendars
from throughcare.definitions.compiled import Plan, codes
from throughcare.definitions.compiled.plan import Statement
from throughcare.definitions.functions import MACROS
from throughcare.stores.duckdb import Thinker

# The relations that answers are made of.
ANSWERED = ("role", "obligation", "proposal", "measure_row", "line", "wake", "standing")
Columns = dict[str, pa.ChunkedArray]
_FROM = re.compile(r'\b(?:from|join) "([^"]+)"')


class Answer(NamedTuple):
    """What a statement answers: how many rows, and its columns by name, made ready once for all that read them."""

    rows: int
    columns: Columns

    @classmethod
    def of(cls, table: pa.Table) -> "Answer":
        return cls(table.num_rows, dict(zip(table.column_names, table.columns, strict=True)))

    def first_row(self, times: int) -> "Answer":
        taken = pa.array([0] * times, pa.int64())
        return Answer(times, {name: column.take(taken) for name, column in self.columns.items()})


@dataclass(frozen=True, slots=True)
class Reading:
    """A statement with the columns it reads of each earlier answer, under a name of its own, and the tables given.

    Relations are called by their first names. `waits` are the numbers of the statements it needs answered, `home` the
    hand that has it prepared.
    """

    statement: Statement
    sql: str
    reads: list[Read]
    given: list[str]
    onto: str
    without: tuple[str, str]  # nothing_without and plain_without of the statement
    waits: set[int]
    home: int


class Runner:
    """Thinkers with a plan prepared: the first run plans the statements, later ones only run them."""

    def __init__(self, plan: Plan, hands: int | None = None) -> None:
        days = [calendars.macro(name) for name in plan.calendars]
        macros = (*codes.MACROS, *MACROS, *days)
        self.plan = plan
        self.hands = Hands([Thinker(macros) for _ in range(hands or count())])
        self.readings: list[Reading] = []
        self.screened: set[tuple[str, str]] = set()  # what the screens of this run found to have no row
        self._seen: dict[str, Answer] = {}  # by statement: no row, or one row that stands for all
        self._counts: dict[str, int] = {}
        self._gone: dict[str, list[str]] = {}  # by statement: the relations that nothing reads after it
        self._before = self._now = Before({})
        self._same: set[str] = set()  # the tables given that are those of the last run
        self._few = True
        for name, table in plan.constants.items():
            self._give(name, table, counted=True)

    def run(self, tables: Mapping[str, pa.Table], *, few: bool) -> dict[str, Columns]:
        """The relations that the statements make of the tables given, by name.

        About few people, it is asked first which sets have rows at all, and what nothing has changed for since the
        last run is not worked out again; what does not rest on each other is worked out side by side. Of many people,
        one statement at a time is thought about by all, and what nothing reads any more is let go.
        """
        self._few, self.screened = few, set()
        self.hands.thinkers[0].hands(1 if few else 2)
        for name, table in tables.items():
            self._give(name, table, counted=not few)
            self._counts[name] = table.num_rows
        self._now, self._same = Before(tables), self._before.same(tables) if few else set()
        made: dict[str, Columns] = {}
        if not self.readings:
            self.readings = list(self._read_first(made))
            self._gone = {} if self.plan.whole_sets else last_readers(self.plan, self.readings)
        elif few and len(self.hands.thinkers) > 1:
            waits, homes = [r.waits for r in self.readings], [r.home for r in self.readings]
            self.hands.through(waits, homes, lambda number: self._answer(self.readings[number], made))
        else:
            for reading in self.readings:
                self._answer(reading, made)
                self._let_go(reading, made)
        self._now.made = made
        self._before = self._now if few else Before({})
        return made

    def _give(self, name: str, table: pa.Table, *, counted: bool) -> None:
        for thinker in self.hands.thinkers:
            thinker.give(name, table, counted=counted)

    def _read_first(self, made: dict[str, Columns]) -> Iterator[Reading]:
        """The first run finds out which columns each statement reads, so that later ones hand over only those."""
        earlier = Earlier()
        load = [0] * len(self.hands.thinkers)
        for nth, statement in enumerate(self.plan.statements):
            sql, reads = statement.sql, []
            named = dict.fromkeys(_FROM.findall(statement.sql))
            for name in (n for n in named if n in made):
                columns = [c for c in made[name] if f'"{c}"' in statement.sql]
                whole = f'select * from "{name}"' in statement.sql
                columns = list(made[name]) if whole or not columns else columns
                reads.append((f"{name}/{nth}", earlier.first_name(name), columns))
                sql = re.sub(rf'\b(from|join) "{re.escape(name)}"', rf'\1 "{name}/{nth}"', sql)
            home = load.index(min(load))
            load[home] += len(sql)
            reading = Reading(
                statement, sql, reads, [n for n in named if n in self._counts and n not in made],
                earlier.first_name(statement.onto),
                (earlier.first_name(statement.nothing_without), earlier.first_name(statement.plain_without)),
                earlier.needed(statement, reads), home,
            )  # fmt: skip
            before = set(made.get(reading.onto, ()))
            self._answer(reading, made)
            earlier.add(statement, set(made[statement.name]) - before)
            yield reading

    def _answer(self, reading: Reading, made: dict[str, Columns]) -> None:
        """Run one statement, unless what it would answer is known."""
        statement = reading.statement
        answer = self._known(reading, made) if not statement.parts else _together(reading.reads, made)
        if answer is None:
            answer = self._before.again(reading, made, self._same)
            if answer is None:
                answer = self._think(reading, made)
            self._now.answers[statement.name] = answer
            self._remember(reading, answer)
        made[statement.name] = columns = made[reading.onto] if reading.onto else {}
        columns.update(answer.columns)
        self._counts[statement.name] = answer.rows

    def _think(self, reading: Reading, made: dict[str, Columns]) -> Answer:
        thinker = self.hands.thinkers[reading.home if self._few else 0]
        for given, name, columns in reading.reads:
            thinker.give(given, pa.table({c: made[name][c] for c in columns}), counted=not self._few)
        run = thinker.run_prepared if self._few else thinker.run_once
        return Answer.of(run(reading.statement.name, reading.sql))

    def _let_go(self, reading: Reading, made: dict[str, Columns]) -> None:
        """Many people's rows take much memory: what nothing reads any more is given back."""
        if self._few or self.plan.whole_sets:
            return
        for given, name, columns in reading.reads:
            self.hands.thinkers[0].give(given, pa.table({c: made[name][c].slice(0, 0) for c in columns}))
        for name in self._gone.get(reading.statement.name, ()):
            del made[name]

    def _known(self, reading: Reading, made: dict[str, Columns]) -> Answer | None:
        """An answer without thinking: no row for no row, the same for every row, or what another statement answered."""
        statement, (nothing, plain) = reading.statement, reading.without
        if nothing and not self._counts[nothing]:
            return self._seen.get(f"no {statement.name}")
        if statement.nothing_where in self.screened or (statement.screens and not self._few):
            none = self._seen.get(f"no {statement.name}")
            same = statement.same_as
            return Answer(self._counts[same], made[same]) if none and same else none
        if plain and not self._counts[plain]:
            rows, one = self._counts[reading.onto], self._seen.get(f"one {statement.name}")
            return one if one is None or rows == 1 else one.first_row(rows)
        return None

    def _remember(self, reading: Reading, answer: Answer) -> None:
        statement, (_, plain) = reading.statement, reading.without
        if f"no {statement.name}" not in self._seen:
            self._seen[f"no {statement.name}"] = answer.first_row(0)
        if statement.screens:
            self.screened |= {(statement.name, name) for name, holds in answer.columns.items() if not holds[0].as_py()}
        if plain and not self._counts[plain] and answer.rows and f"one {statement.name}" not in self._seen:
            self._seen[f"one {statement.name}"] = answer.first_row(1)


def last_readers(plan: Plan, readings: list[Reading]) -> dict[str, list[str]]:
    """For each statement the relations that it is the last to read, beside those that answers are made of."""
    answers = {*ANSWERED, plan.people, *(relation for relation, _ in plan.rests_on.values())}
    answers |= {assigning.relation for assigning in plan.assigning} | plan.asked
    last: dict[str, str] = {}
    for reading in readings:
        statement = reading.statement
        read = [statement.name, *(name for _, name, _ in reading.reads), *([reading.onto] if reading.onto else [])]
        last |= dict.fromkeys(read, statement.name)
    gone: dict[str, list[str]] = {}
    for relation, reader in last.items():
        if relation not in answers:
            gone.setdefault(reader, []).append(relation)
    return gone


def _together(reads: list[Read], made: dict[str, Columns]) -> Answer:
    """The rows of these answers, one after the other."""
    some = [(name, columns) for _, name, columns in reads if len(made[name][columns[0]])]
    some = some or [(name, columns) for _, name, columns in reads[:1]]
    return Answer.of(pa.concat_tables([pa.table({c: made[name][c] for c in columns}) for name, columns in some]))
