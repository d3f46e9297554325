"""The same answers from Spark: a plan's statements in Spark's words, over tables that need not fit one machine."""

from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime
from graphlib import TopologicalSorter
from zoneinfo import available_timezones

import pyarrow as pa

from throughcare.decide import news, reasons
from throughcare.decide.evaluate import LOOKS_MAX, Answers, Columns, Period, clock, fitted
from throughcare.decide.findings import findings
from throughcare.decide.marked import Marker
from throughcare.definitions.compiled import Plan
from throughcare.definitions.compiled.plan import Statement
from throughcare.definitions.dialects import spark
from throughcare.stores.spark import READ, Thinker

TOLD = ("role", "proposal", "measure_row", "line", "wake", "standing", "obligation")
HANDS = 2  # statements that are worked out at the same time


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be kept by a name, and which relation it stands beside or has no row without."""

    name: str
    sql: str
    onto: str = ""
    nothing_without: str = ""

    @property
    def reads(self) -> set[str]:
        return {*READ.findall(self.sql), self.onto, self.nothing_without}


class SparkEngine:
    """A plan said in Spark's words, and a session that thinks. One run at a time."""

    def __init__(self, plan: Plan, *, master: str = "local[2]", memory: str = "6g") -> None:
        self.plan = plan
        self._tasks = {t.name: t for statement in plan.statements if not statement.screens for t in _tasks(statement)}
        self._marker = Marker(plan.marks)
        self._thinker = Thinker(spark.variables(plan.calendars), master=master, memory=memory)
        for name, table in plan.constants.items():
            self._thinker.give(name, table)

    def run(
        self, tables: dict[str, pa.Table], now: datetime, zone: str, period: Period | None = None,
        own: dict[str, pa.Table] | None = None,
    ) -> Answers:  # fmt: skip
        """All statements over these tables, as of this moment, as Engine.run says it."""
        for view, columns in self.plan.views.items():
            self._thinker.give(f"view_{view}", self._marker.marked(view, fitted(tables.get(view), columns)))
        said = tables["person"].column("zone").unique().to_pylist() if "zone" in tables["person"].column_names else []
        zones = available_timezones()
        self._thinker.give("zones", pa.table({"zone": pa.array([z for z in said if z in zones], pa.string())}))
        self._thinker.give("clock", clock(now, zone, period))
        answers = self._look(now, own or {})
        for _ in range(LOOKS_MAX - 1 if self.plan.own and own is None else 0):
            found = {name: getattr(answers, name) for name in self.plan.own}
            before, answers = answers, self._look(now, found)
            if not news.of_any(self.plan.own, answers.tables(), before.tables()):
                break
        return answers

    def _look(self, now: datetime, own: dict[str, pa.Table]) -> Answers:
        for name, columns in self.plan.own.items():
            self._thinker.give(f"answer_{name}", fitted(own.get(name), columns))
        order = TopologicalSorter({t.name: t.reads & self._tasks.keys() for t in self._tasks.values()})
        order.prepare()
        running: dict[Future[None], str] = {}
        with ThreadPoolExecutor(HANDS) as hands:
            while order.is_active():
                running |= {hands.submit(self._work_out, self._tasks[name]): name for name in order.get_ready()}
                for done in wait(running, return_when=FIRST_COMPLETED).done:
                    done.result()
                    order.done(running.pop(done))
        told = {name: self._thinker.table(name) for name in TOLD}
        people = self._thinker.table(self.plan.people)
        rests_on = {relation for relation, _ in self.plan.rests_on.values()}
        made = {name: _columns(self._thinker.table(name)) for name in rests_on}
        return Answers(
            finding=findings(self.plan.belongs, people, told["standing"], now),
            obligation=reasons.filled(told["obligation"], made, self.plan),
            role=told["role"], proposal=told["proposal"], measure_row=told["measure_row"], line=told["line"],
            wake=told["wake"], relations=made, plan=self.plan,
        )  # fmt: skip

    def _work_out(self, task: Task) -> None:
        if task.nothing_without and not self._thinker.rows(task.nothing_without):
            self._thinker.keep_none(task.name, task.sql, task.onto)
        else:
            self._thinker.keep(task.name, task.sql, task.onto)

    def close(self) -> None:
        self._thinker.close()


def _tasks(statement: Statement) -> list[Task]:
    """A statement as what is to be kept; only the last of it is what the statement is known by."""
    *before, (name, sql) = spark.said(statement)
    return [*(Task(*pair) for pair in before), Task(name, sql, statement.onto, statement.nothing_without)]


def _columns(table: pa.Table) -> Columns:
    return dict(zip(table.column_names, table.columns, strict=True))
