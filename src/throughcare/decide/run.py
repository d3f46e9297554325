"""Decide: read some people's rows at one moment, think, and give back the answers that are not the stored ones."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from throughcare.decide import news
from throughcare.decide.evaluate import Answers, evaluate
from throughcare.definitions.compiled import Plan
from throughcare.record.changes import Changes

STORED = ("finding", "role", "obligation", "proposal", "line")


class Moment(Protocol):
    """What decide needs of a view of the record."""

    database: Any

    def tables(self, people: Sequence[int] | None, names: Any = None) -> dict[str, pa.Table]: ...
    def reached(self, people: Sequence[int]) -> list[int]: ...


def run(view: Moment, plan: Plan, now: datetime, people: Sequence[int]) -> Changes:
    """The answers of people for whom something is no longer as stored; and the wake times of all who were asked."""
    settings = view.database.settings
    both = sorted({*people, *view.reached(people)}) if plan.reaches else people
    rows = view.tables(both, plan.view_needs)
    stored = view.tables(people, list(STORED))
    before = {name: stored[name] for name in plan.own}
    answers = evaluate(plan, rows, now, settings.time_zone, settings.calendar, own=before)
    return changes(_about(answers, people) if len(both) > len(people) else answers, stored, people, now)


def _about(answers: Answers, people: Sequence[int]) -> Answers:
    """The answers about these people alone: whoever else's rows were read was not asked about."""
    whose = pa.array(people, pa.int64())
    kept = {n: t.filter(pc.is_in(t.column("person_id"), value_set=whose)) for n, t in answers.tables().items()}
    return replace(answers, **kept)


def changes(answers: Answers, stored: dict[str, pa.Table], people: Sequence[int], now: datetime) -> Changes:
    """What to write: whole answers of the people concerned, nothing of the others.

    Whose own answers are read by a set, and are new, is looked at again at once: the sets may differ now.
    """
    finding = news.dated(answers.finding, stored["finding"])
    fresh = {name: _personal(getattr(answers, name)) for name in STORED} | {"finding": finding}
    concerned = sorted(news.of_any(STORED, fresh, stored) & set(people))
    again = news.of_any(answers.plan.own, fresh, stored) & set(people)
    found = Changes(answers={"wake": _woken(answers.wake, again, now)}, answers_for=list(people))
    if concerned:
        whose = pa.array(concerned, pa.int64())
        found.answers |= {name: t.filter(pc.is_in(t.column("person_id"), value_set=whose)) for name, t in fresh.items()}
        found.answers_for = concerned
    return found


def _woken(wakes: pa.Table, again: set[int], now: datetime) -> pa.Table:
    """The times to look again, which for some people is now."""
    if not again:
        return wakes
    rest = wakes.filter(pc.invert(pc.is_in(wakes.column("person_id"), value_set=pa.array(sorted(again), pa.int64()))))
    rows = [{"person_id": person, "looks_again_at": now} for person in sorted(again)]
    return pa.concat_tables([rest, pa.Table.from_pylist(rows, schema=wakes.schema)])


def _personal(table: pa.Table) -> pa.Table:
    """The rows that are about a person; sums and organizations are told by another look, at everyone."""
    return table.filter(pc.is_valid(table.column("person_id")))
