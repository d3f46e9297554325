"""Running a plan: its statements in order, each over the columns that it reads, and none whose answer is known."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pyarrow as pa

from throughcare.decide.before import Before
from throughcare.definitions import calendar as calendars
from throughcare.definitions.compiled import Plan, codes
from throughcare.definitions.compiled.plan import Statement
from throughcare.definitions.functions import MACROS
from throughcare.stores.duckdb import Thinker

# The relations that answers are made of.
ANSWERED = ("role", "obligation", "proposal", "measure_row", "line", "wake", "standing")
Columns = dict[str, pa.ChunkedArray]
_FROM = re.compile(r'\b(?:from|join) "([^"]+)"')


@dataclass(frozen=True, slots=True)
class Reading:
    """A statement with the columns it reads of each earlier answer, under a name of its own, and the tables given."""

    statement: Statement
    sql: str
    reads: list[tuple[str, str, list[str]]]
    given: list[str]


class Runner:
    """A thinker with a plan prepared: the first run plans the statements, later ones only run them."""

    def __init__(self, plan: Plan) -> None:
        days = [calendars.macro(name) for name in plan.calendars]
        self.plan = plan
        self.thinker = Thinker((*codes.MACROS, *MACROS, *days))
        self.readings: list[Reading] = []
        self.screened: set[tuple[str, str]] = set()  # what the screens of this run found to have no row
        self._seen: dict[str, pa.Table] = {}  # by statement: no row, or one row that stands for all
        self._counts: dict[str, int] = {}
        self._gone: dict[str, list[str]] = {}  # by statement: the relations that nothing reads after it
        self._before = self._now = Before({})
        self._same: set[str] = set()  # the tables given that are those of the last run
        self._few = True
        for name, table in plan.constants.items():
            self.thinker.give(name, table)

    def run(self, tables: Mapping[str, pa.Table], *, few: bool) -> dict[str, Columns]:
        """The relations that the statements make of the tables given, by name.

        About few people, it is asked first which sets have rows at all, and what nothing has changed for since the
        last run is not worked out again. Of many people, what nothing reads any more is let go.
        """
        self._few, self.screened = few, set()
        self.thinker.hands(1 if few else 2)
        for name, table in tables.items():
            self.thinker.give(name, table)
            self._counts[name] = table.num_rows
        self._now, self._same = Before(tables), self._before.same(tables) if few else set()
        made: dict[str, Columns] = {}
        if not self.readings:
            self.readings = list(self._read_first(made))
            self._gone = {} if self.plan.whole_sets else last_readers(self.plan, self.readings)
        else:
            for reading in self.readings:
                self._answer(reading, made)
                self._let_go(reading, made)
        self._now.made = made
        self._before = self._now if few else Before({})
        return made

    def _read_first(self, made: dict[str, Columns]) -> Iterator[Reading]:
        """The first run finds out which columns each statement reads, so that later ones hand over only those."""
        for nth, statement in enumerate(self.plan.statements):
            sql, reads = statement.sql, []
            named = dict.fromkeys(_FROM.findall(statement.sql))
            for name in (n for n in named if n in made):
                columns = [c for c in made[name] if f'"{c}"' in statement.sql]
                whole = f'select * from "{name}"' in statement.sql
                reads.append((f"{name}/{nth}", name, list(made[name]) if whole or not columns else columns))
            for given, name, _ in reads:
                sql = re.sub(rf'\b(from|join) "{re.escape(name)}"', rf'\1 "{given}"', sql)
            reading = Reading(statement, sql, reads, [n for n in named if n in self._counts and n not in made])
            self._answer(reading, made)
            yield reading

    def _answer(self, reading: Reading, made: dict[str, Columns]) -> None:
        """Run one statement, unless what it would answer is known."""
        statement = reading.statement
        answer = self._known(statement) if not statement.parts else _together(statement.parts, made)
        if answer is None:
            answer = self._before.again(reading, made, self._same)
            if answer is None:
                answer = self._think(reading, made)
            self._now.answers[statement.name] = answer
            self._remember(statement, answer)
        made[statement.name] = columns = made[statement.onto] if statement.onto else {}
        columns.update(zip(answer.column_names, answer.columns, strict=True))
        self._counts[statement.name] = answer.num_rows

    def _think(self, reading: Reading, made: dict[str, Columns]) -> pa.Table:
        for given, name, columns in reading.reads:
            self.thinker.give(given, pa.table({c: made[name][c] for c in columns}))
        run = self.thinker.run_prepared if self._few else self.thinker.run_once
        return run(reading.statement.name, reading.sql)

    def _let_go(self, reading: Reading, made: dict[str, Columns]) -> None:
        """Many people's rows take much memory: what nothing reads any more is given back."""
        if self._few or self.plan.whole_sets:
            return
        for given, name, columns in reading.reads:
            self.thinker.give(given, pa.table({c: made[name][c].slice(0, 0) for c in columns}))
        for name in self._gone.get(reading.statement.name, ()):
            del made[name]

    def _known(self, statement: Statement) -> pa.Table | None:
        """An answer without thinking: no row for no row, or the same for every row."""
        if statement.nothing_without and not self._counts[statement.nothing_without]:
            return self._seen.get(f"no {statement.name}")
        if statement.nothing_where in self.screened or (statement.screens and not self._few):
            return self._seen.get(f"no {statement.name}")
        if statement.plain_without and not self._counts[statement.plain_without]:
            one = self._seen.get(f"one {statement.name}")
            rows = self._counts[statement.onto]
            return one.take(pa.array([0] * rows)) if one else None
        return None

    def _remember(self, statement: Statement, answer: pa.Table) -> None:
        self._seen.setdefault(f"no {statement.name}", answer.slice(0, 0))
        if statement.screens:
            self.screened |= {(statement.name, name) for name, (holds,) in answer.to_pydict().items() if not holds}
        if statement.plain_without and not self._counts[statement.plain_without] and answer.num_rows:
            self._seen.setdefault(f"one {statement.name}", answer.slice(0, 1))


def last_readers(plan: Plan, readings: list[Reading]) -> dict[str, list[str]]:
    """For each statement the relations that it is the last to read, beside those that answers are made of."""
    answers = {*ANSWERED, plan.people, *(relation for relation, _ in plan.rests_on.values())}
    answers |= {assigning.relation for assigning in plan.assigning}
    last: dict[str, str] = {}
    for reading in readings:
        statement = reading.statement
        read = [statement.name, *(name for _, name, _ in reading.reads), *statement.parts]
        last |= dict.fromkeys([*read, *([statement.onto] if statement.onto else [])], statement.name)
    gone: dict[str, list[str]] = {}
    for relation, reader in last.items():
        if relation not in answers:
            gone.setdefault(reader, []).append(relation)
    return gone


def _together(parts: tuple[str, ...], made: dict[str, Columns]) -> pa.Table:
    """The rows of these answers, one after the other."""
    tables = [pa.table(made[name]) for name in parts]
    return pa.concat_tables([table for table in tables if table.num_rows] or tables[:1])
