"""Evaluate: tables and a moment in, answers out. No database: cases, trials and passes all think here."""

import threading
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

import pyarrow as pa
import pyarrow.compute as pc

from throughcare.decide import news, reasons
from throughcare.decide.findings import findings
from throughcare.decide.marked import Marker
from throughcare.decide.running import ANSWERED, Columns, Runner
from throughcare.definitions.compiled import Plan, frames

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


class Engine:
    """A thinker with a plan prepared: the first run plans the statements, later ones only run them."""

    def __init__(self, plan: Plan, hands: int | None = None) -> None:
        """`hands` is how many think about a few people side by side; as many as there are processors unless given."""
        self.plan, self.runner = plan, Runner(plan, hands)
        self._marker = Marker(plan.marks)
        self._lock = threading.Lock()

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
        given = self._given(tables, moment, own)
        made = self.runner.run(given, few=given["view_person"].num_rows <= FEW)
        told = {name: pa.table(made[name]) for name in ANSWERED}
        people = pa.table(made[self.plan.people])
        return Answers(
            finding=findings(self.plan.belongs, people, told["standing"], now),
            obligation=reasons.filled(told["obligation"], made, self.plan),
            role=told["role"], proposal=told["proposal"], measure_row=told["measure_row"], line=told["line"],
            wake=told["wake"], relations=made, plan=self.plan,
        )  # fmt: skip

    def _given(self, tables: dict[str, pa.Table], moment: pa.Table, own: dict[str, pa.Table]) -> dict[str, pa.Table]:
        """What the statements read by name: the views with the marks of their codes, own answers, zones and clock."""
        given = {f"answer_{name}": fitted(own.get(name), columns) for name, columns in self.plan.own.items()}
        for view, columns in self.plan.views.items():
            rows = _of_known(fitted(tables.get(view), columns), tables["person"])
            given[f"view_{view}"] = self._marker.marked(view, rows)
        said = tables["person"].column("zone").unique().to_pylist() if "zone" in tables["person"].column_names else []
        valid = [name for name in said if name in _zones()]
        return {**given, "zones": pa.table({"zone": pa.array(valid, pa.string())}), "clock": moment}

    def close(self) -> None:
        self.runner.hands.close()


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
    none = _no_rows(tuple(columns.items()))
    if table is None or not table.num_rows:
        return none
    schema, there = none.schema, dict(zip(table.column_names, table.columns, strict=True))
    return pa.table([_fitted(there.get(field.name), field, table.num_rows) for field in schema], schema=schema)


@lru_cache(maxsize=1024)
def _no_rows(columns: tuple[tuple[str, str], ...]) -> pa.Table:
    return pa.schema([(name, TYPES[kind]) for name, kind in columns]).empty_table()


def _of_known(table: pa.Table, people: pa.Table) -> pa.Table:
    """The rows of people who are there, and of nobody: a source may speak of someone whose own record was refused."""
    if not table.num_rows or "person_id" not in table.column_names:
        return table
    whose = table["person_id"]
    kept = pc.or_(pc.is_null(whose), pc.is_in(whose, value_set=people["person_id"].combine_chunks().cast(whose.type)))
    return table if pc.all(kept).as_py() else table.filter(kept)


def _fitted(column: pa.ChunkedArray | None, field: pa.Field, rows: int) -> pa.ChunkedArray | pa.Array:
    if column is None:
        return pa.nulls(rows, field.type)
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
