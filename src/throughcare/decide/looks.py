"""Looks: everyone at one moment, then again only whoever has news, as passes look; each person's last look counts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from throughcare.decide import news
from throughcare.decide.evaluate import LOOKS_MAX, Answers, Engine, Period
from throughcare.definitions.compiled import Plan

Tables = Mapping[str, pa.Table]


class Looks:
    """One moment after another over the same people; what the engine thought last is what its rules read next."""

    def __init__(self, plan: Plan, zone: str, *, together: bool = False) -> None:
        """`together` looks at everyone again too: for sums over them, or where answers rest on others' rows."""
        self.plan, self.zone, self.together = plan, zone, together or plan.reaches
        self.own: dict[str, pa.Table] = {}
        self._engine = Engine(plan)
        self._parts: list[Answers] = []

    def at(self, tables: Tables, now: datetime, period: Period) -> None:
        """A new moment: everyone is looked at."""
        self._parts = []
        self._settle(tables, now, period, None)

    def again(self, people: set[int], tables: Tables, now: datetime, period: Period) -> None:
        """The same moment, for people whose rows are others now."""
        self._settle(tables, now, period, None if self.together else people)

    def of_people(self, model: str, name: str) -> dict[int, Any]:
        """A fact or criterion of each person, as it was last looked at."""
        relation, column = self.plan.columns[model, "person", name]
        found: dict[int, Any] = {}
        for answers in self._parts:
            rows = answers.relations[relation]
            found |= zip(rows["person_id"].to_pylist(), rows[column].to_pylist(), strict=True)
        return found

    def obligations(self) -> list[pa.Table]:
        """All that is owed, as it was last looked at."""
        return self._last("obligation")

    @property
    def last(self) -> Answers:
        """The last look, at whomever it was."""
        return self._parts[-1]

    def close(self) -> None:
        self._engine.close()

    def _settle(self, tables: Tables, now: datetime, period: Period, people: set[int] | None) -> None:
        """Look until nothing new follows from the answers themselves, or as often as a pass would."""
        for _ in range(LOOKS_MAX):
            rows = dict(tables) if people is None else {name: _about(table, people) for name, table in tables.items()}
            own = {name: table if people is None else _about(table, people) for name, table in self.own.items()}
            answers = self._engine.run(rows, now, self.zone, period, own)
            self._parts.append(answers)
            fresh = {name: getattr(answers, name) for name in self.plan.own}
            again = news.of_any(fresh, fresh, {n: own.get(n, t.slice(0, 0)) for n, t in fresh.items()}) - {None}
            self.own = {name: pa.concat_tables(self._last(name)) for name in fresh}
            if not again:
                return
            people = None if self.together else again

    def _last(self, name: str) -> list[pa.Table]:
        """The rows of each person's last look."""
        found: list[pa.Table] = []
        later: set[int] = set()
        for answers in reversed(self._parts):
            table = getattr(answers, name)
            found.append(table.filter(pc.invert(_among(table, later))) if later else table)
            later |= set(answers.relations[self.plan.people]["person_id"].to_pylist())
        return found


def _about(table: pa.Table, people: set[int]) -> pa.Table:
    """The rows of these people, and those that are nobody's."""
    if "person_id" not in table.column_names:
        return table
    return table.filter(pc.or_(_among(table, people), pc.is_null(table["person_id"])))


def _among(table: pa.Table, people: set[int]) -> Any:
    return pc.is_in(table["person_id"], value_set=pa.array(sorted(people), pa.int64()))
