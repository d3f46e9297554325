"""Evaluate: tables and a moment in, answers out. No database: cases, trials and passes all think here."""

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

import pyarrow as pa
import pyarrow.compute as pc

from throughcare.decide import news, reasons
from throughcare.decide.findings import findings
from throughcare.decide.marked import Marker
from throughcare.definitions import calendar as calendars
from throughcare.definitions.compiled import Plan, codes, frames
from throughcare.definitions.compiled.plan import Statement
from throughcare.definitions.functions import MACROS
from throughcare.stores.duckdb import Thinker

TYPES = {
    "text": pa.string(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us", tz="UTC"),
    "boolean": pa.bool_(),
    "integer": pa.int64(),
    "decimal": pa.decimal128(18, 6),
}
LOOKS_MAX = 3  # at the same rows, for what the answers of one look change in the next; as many as a pass takes
FEW = 500  # people that one thread decides sooner than two
ANSWERS = ("finding", "role", "obligation", "proposal", "measure_row", "line", "wake")
Columns = dict[str, pa.ChunkedArray]
_FROM = re.compile(r'\b(?:from|join) "([^"]+)"')
CLOCK = pa.schema([(name, TYPES[kind]) for name, kind in frames.CLOCK.items()])
Period = tuple[date, date]  # its first and its last day


@dataclass(slots=True)
class Answers:
    """What the engine thinks now: relations with the columns of think.*, and the sets behind them."""

    finding: pa.Table
    role: pa.Table
    obligation: pa.Table
    proposal: pa.Table
    measure_row: pa.Table
    line: pa.Table
    wake: pa.Table
    relations: dict[str, Columns]
    plan: Plan

    def tables(self) -> dict[str, pa.Table]:
        return {name: getattr(self, name) for name in ANSWERS}

    def rows(self, model: str, on: str) -> dict[str, dict[str, object]]:
        """The rows of a set by key, each with its columns, facts and criteria by the author's names."""
        names = {i: column for (m, o, i), (_, column) in self.plan.columns.items() if (m, o) == (model, on)}
        relation = self.relations[self.plan.relations[model, on]]
        columns = {name: relation[column].to_pylist() for name, column in names.items()}
        return {key: {name: values[nth] for name, values in columns.items()} for nth, key in enumerate(columns["key"])}


@dataclass(frozen=True, slots=True)
class Reading:
    """A statement with the columns it reads of each earlier answer, under a name of its own."""

    statement: Statement
    sql: str
    reads: list[tuple[str, str, list[str]]]


class Engine:
    """A thinker with a plan prepared: the first run plans the statements, later ones only run them."""

    def __init__(self, plan: Plan) -> None:
        days = [calendars.macro(name) for name in plan.calendars]
        self.plan = plan
        self._thinker = Thinker((*codes.MACROS, *MACROS, *days))
        self._readings: list[Reading] | None = None
        self._seen: dict[str, pa.Table] = {}  # by statement: no row, or one row that stands for all
        self._counts: dict[str, int] = {}
        self._gone: dict[str, list[str]] = {}  # by statement: the relations that nothing reads after it
        self._screened: set[tuple[str, str]] = set()  # what the screens of this look found to have no row
        self._few = True
        self._lock = threading.Lock()
        self._marker = Marker(plan.marks)
        for name, table in plan.constants.items():
            self._thinker.give(name, table)

    def run(
        self,
        tables: dict[str, pa.Table],
        now: datetime,
        zone: str,
        period: Period | None = None,
        own: dict[str, pa.Table] | None = None,
    ) -> Answers:
        """All statements in order over these tables, as of this moment. One run at a time.

        `period` is what period.start and period.end mean; the calendar year of today unless given. `own` are the
        answers of the look before. Without them the engine looks until nothing new follows, as passes would.
        """
        moment = clock(now, zone, period)
        with self._lock:
            answers = self._run(tables, moment, now, own or {})
            if self.plan.own and own is None:
                for _ in range(LOOKS_MAX - 1):
                    found = {name: getattr(answers, name) for name in self.plan.own}
                    before, answers = answers, self._run(tables, moment, now, found)
                    if not news.of_any(self.plan.own, answers.tables(), before.tables()):
                        break
            return answers

    def _run(self, tables: dict[str, pa.Table], moment: pa.Table, now: datetime, own: dict[str, pa.Table]) -> Answers:
        self._give(tables, moment, own)
        made: dict[str, Columns] = {}
        if self._readings is None:
            self._readings = list(self._read_first(made))
            self._gone = {} if self.plan.whole_sets else _last_readers(self.plan, self._readings)
        else:
            for reading in self._readings:
                self._answer(reading, made)
                self._let_go(reading, made)
        told = {name: pa.table(made[name]) for name in ("role", "proposal", "measure_row", "line", "wake", "standing")}
        people = pa.table(made[self.plan.people])
        return Answers(
            finding=findings(self.plan.belongs, people, told["standing"], now),
            obligation=reasons.filled(pa.table(made["obligation"]), made, self.plan),
            role=told["role"], proposal=told["proposal"], measure_row=told["measure_row"], line=told["line"],
            wake=told["wake"], relations=made, plan=self.plan,
        )  # fmt: skip

    def _read_first(self, made: dict[str, Columns]) -> Iterator["Reading"]:
        """The first run finds out which columns each statement reads, so that later ones hand over only those."""
        for nth, statement in enumerate(self.plan.statements):
            sql, reads = statement.sql, []
            for name in dict.fromkeys(n for n in _FROM.findall(statement.sql) if n in made):
                columns = [c for c in made[name] if f'"{c}"' in statement.sql]
                whole = f'select * from "{name}"' in statement.sql
                reads.append((f"{name}/{nth}", name, list(made[name]) if whole or not columns else columns))
            for given, name, _ in reads:
                sql = re.sub(rf'\b(from|join) "{re.escape(name)}"', rf'\1 "{given}"', sql)
            reading = Reading(statement, sql, reads)
            self._answer(reading, made)
            yield reading

    def _answer(self, reading: "Reading", made: dict[str, Columns]) -> None:
        """Run one statement, unless what it would answer is known because it has nothing to read."""
        statement = reading.statement
        answer = self._known(statement) if not statement.parts else _together(statement.parts, made)
        if answer is None:
            for given, name, columns in reading.reads:
                source = made[name]
                self._thinker.give(given, pa.table({c: source[c] for c in columns}))
            run = self._thinker.run_prepared if self._few else self._thinker.run_once
            answer = run(statement.name, reading.sql)
            self._remember(statement, answer)
        more = dict(zip(answer.column_names, answer.columns, strict=True))
        made[statement.name] = {**made[statement.onto], **more} if statement.onto else more
        self._counts[statement.name] = answer.num_rows

    def _let_go(self, reading: "Reading", made: dict[str, Columns]) -> None:
        """Many people's rows take much memory: what nothing reads any more is given back."""
        if self._few or self.plan.whole_sets:
            return
        for given, name, columns in reading.reads:
            self._thinker.give(given, pa.table({c: made[name][c].slice(0, 0) for c in columns}))
        for name in self._gone.get(reading.statement.name, ()):
            del made[name]

    def _known(self, statement: Statement) -> pa.Table | None:
        """An answer without thinking: no row for no row, or the same for every row."""
        if statement.nothing_without and not self._counts[statement.nothing_without]:
            return self._seen.get(f"no {statement.name}")
        if statement.nothing_where in self._screened or (statement.screens and not self._few):
            return self._seen.get(f"no {statement.name}")
        if statement.plain_without and not self._counts[statement.plain_without]:
            one = self._seen.get(f"one {statement.name}")
            rows = self._counts[statement.onto]
            return one.take(pa.array([0] * rows)) if one else None
        return None

    def _remember(self, statement: Statement, answer: pa.Table) -> None:
        self._seen.setdefault(f"no {statement.name}", answer.slice(0, 0))
        if statement.screens:
            self._screened |= {(statement.name, name) for name, (holds,) in answer.to_pydict().items() if not holds}
        if statement.plain_without and not self._counts[statement.plain_without] and answer.num_rows:
            self._seen.setdefault(f"one {statement.name}", answer.slice(0, 1))

    def _give(self, tables: dict[str, pa.Table], moment: pa.Table, own: dict[str, pa.Table]) -> None:
        for name, columns in self.plan.own.items():
            table = fitted(own.get(name), columns)
            self._thinker.give(f"answer_{name}", table)
            self._counts[f"answer_{name}"] = table.num_rows
        for view, columns in self.plan.views.items():
            table = fitted(tables.get(view), columns)
            self._thinker.give(f"view_{view}", self._marker.marked(view, table))
            self._counts[f"view_{view}"] = table.num_rows
        self._few, self._screened = self._counts["view_person"] <= FEW, set()
        self._thinker.hands(1 if self._few else 2)
        said = tables["person"].column("zone").unique().to_pylist() if "zone" in tables["person"].column_names else []
        valid = [name for name in said if name in _zones()]
        self._thinker.give("zones", pa.table({"zone": pa.array(valid, pa.string())}))
        self._thinker.give("clock", moment)

    def close(self) -> None:
        self._thinker.close()


def _last_readers(plan: Plan, readings: list[Reading]) -> dict[str, list[str]]:
    """For each statement the relations that it is the last to read, beside those that answers are made of."""
    answers = {*ANSWERS, "standing", plan.people, *(relation for relation, _ in plan.rests_on.values())}
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


def clock(now: datetime, zone: str, period: Period | None = None) -> pa.Table:
    """The site's moment, its day there, and the period asked about: the calendar year of that day unless given."""
    today = now.astimezone(ZoneInfo(zone)).date()
    start, end = period or (date(today.year, 1, 1), date(today.year, 12, 31))
    row = {"now": now, "zone": zone, "today": today, "period_start": start, "period_end": end}
    return pa.Table.from_pylist([row], schema=CLOCK)


def evaluate(
    plan: Plan,
    tables: dict[str, pa.Table],
    now: datetime,
    zone: str,
    calendar: str = "US",
    period: Period | None = None,
    own: dict[str, pa.Table] | None = None,
) -> Answers:
    """The answers for everyone in the tables. A plan keeps its engine, so the second call is the fast one.

    The calendar of a plan is chosen when it is compiled; the argument says which one the caller counts on.
    """
    return _engine(_Same(plan)).run(tables, now, zone, period, own)


def fitted(table: pa.Table | None, columns: dict[str, str]) -> pa.Table:
    """A table with exactly these columns and types; a column it lacks is blank."""
    schema = pa.schema([(name, TYPES[kind]) for name, kind in columns.items()])
    if table is None:
        return schema.empty_table()
    return pa.table([_fitted(table, field) for field in schema], schema=schema)


def _fitted(table: pa.Table, field: pa.Field) -> pa.ChunkedArray | pa.Array:
    if field.name not in table.column_names:
        return pa.nulls(table.num_rows, field.type)
    column = table.column(field.name)
    if column.type == field.type:
        return column
    if pa.types.is_floating(column.type) and pa.types.is_decimal(field.type):
        column = pc.round(column, 6)
    return column.cast(field.type, safe=False)


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


class _Same:
    """A plan as a key of the cache: the same object is the same plan."""

    __slots__ = ("plan",)

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    def __hash__(self) -> int:
        return id(self.plan)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.plan is self.plan


@lru_cache(maxsize=4)
def _engine(plan: _Same) -> Engine:
    return Engine(plan.plan)
