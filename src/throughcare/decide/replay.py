"""Replay: a past period, week by week, as if a care model's rules had been in force and everyone had said yes."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from throughcare.decide.looks import Looks
from throughcare.definitions.compiled import Plan, compile_models
from throughcare.definitions.compiled.returning import RULE as AGAIN
from throughcare.definitions.grammar import CareModel, Library
from throughcare.definitions.scores import Added, added

Tables = dict[str, pa.Table]
ENDED = ("finished", "cancelled")
OPENED = ("open", "met", "late", "breached")
NOTHING = Decimal(0)


@dataclass(slots=True)
class Stay:
    """One person's time in the program."""

    person_id: int
    started_on: date
    state: str
    ended_on: date | None = None
    reason: str = ""


@dataclass(slots=True)
class Replayed:
    """What came out: who was in when, what the work was by week and role, how it went and what it paid."""

    version: str
    stays: list[Stay] = field(default_factory=list)
    tasks: dict[tuple[date, str], int] = field(default_factory=dict)  # (Monday, role) -> pieces of work opened
    minutes: dict[tuple[date, str], int] = field(default_factory=dict)
    scores: dict[str, Added] = field(default_factory=dict)
    paid: dict[str, Decimal] = field(default_factory=dict)  # service -> payable, USD
    blocked: Counter[str] = field(default_factory=Counter)

    @property
    def people(self) -> set[int]:
        return {s.person_id for s in self.stays}


class Plans(NamedTuple):
    """A care model compiled twice: for people week by week, and for everyone's rows together at the end."""

    weeks: Plan
    end: Plan


def plans(model: CareModel, library: Library, calendar: str = "US") -> Plans:
    weeks = compile_models([model], library, calendar, everyone=False, whole_sets=False)
    return Plans(weeks, compile_models([model], library, calendar, whole_sets=False))


def replay(
    model: CareModel,
    plans: Plans,
    known_at: Callable[[datetime], Tables],
    days: Sequence[date],
    zone: str,
    said: Callable[[int], None] = lambda done: None,
) -> Replayed:
    """Look on each of these days with what was known then; enrollments of this care model are played, not read.

    Whoever belongs is taken as joining that day, and leaves by the program's own moves. Work is counted in the week it
    opens. Measures and payment are those of the last day, over the whole period.
    """
    found, seen = Replayed(model.model.version), set[str]()
    minutes = {s.id: s.minutes for s in model.work.step}
    with closing(Looks(plans.weeks, zone)) as weeks, closing(Looks(plans.end, zone, together=True)) as end:
        for nth, day in enumerate(days):
            now = datetime.combine(day, time(12), ZoneInfo(zone)).astimezone(UTC)
            tables, period = known_at(now), (days[0], day)
            weeks.at(_playing(tables, found.stays, model, now), now, period)
            if changed := _moved(found.stays, weeks, model, day) | _joined(found.stays, weeks, model, day):
                # what the moves of today imply is owed today, not a week later
                weeks.again(changed, _playing(tables, found.stays, model, now), now, period)
            _opened(found, weeks, model, day, seen, minutes)
            said(nth + 1)
        end.own = weeks.own
        end.at(_playing(tables, found.stays, model, now), now, period)
        _opened(found, end, model, day, seen, minutes)
        _ended(found, end, model)
    return found


def weekly(start: date, end: date) -> list[date]:
    """The days looked at: every seventh from the start, and the last."""
    days = [start + timedelta(days=n) for n in range(0, (end - start).days + 1, 7)]
    return days if days[-1] == end else [*days, end]


def _playing(tables: Tables, stays: list[Stay], model: CareModel, now: datetime) -> Tables:
    """The tables with this program's enrollments replaced by those that were played."""
    enrollment = tables["enrollment"]
    others = enrollment.filter(pc.fill_null(pc.not_equal(enrollment["model"], model.model.id), True))
    columns: dict[str, list[Any]] = {
        "key": [f"played/{nth}" for nth in range(len(stays))],
        "person_id": [s.person_id for s in stays],
        "model": [model.model.id] * len(stays),
        "state": [s.state for s in stays],
        "started_on": [s.started_on for s in stays],
        "ended_on": [s.ended_on for s in stays],
        "reason": [s.reason for s in stays],
        "known_from": [now] * len(stays),
    }
    schema = enrollment.schema
    played = pa.table(
        [pa.array(columns.get(f.name, [None] * len(stays)), f.type) for f in schema],
        schema=schema,
    )
    return tables | {"enrollment": pa.concat_tables([others, played])}


def _moved(stays: list[Stay], looks: Looks, model: CareModel, day: date) -> set[int]:
    """The program's own moves, the first that is due for each person."""
    changed = set()
    due = {m.id: looks.of_people(model.model.id, f"move:{m.id}") for m in model.enrollment.move}
    for stay in (s for s in stays if s.state not in ENDED):
        for move in model.enrollment.move:
            if stay.state in move.from_ and due[move.id].get(stay.person_id):
                stay.state, stay.reason = move.to, move.id
                stay.ended_on = day if move.to in ENDED else None
                changed.add(stay.person_id)
                break
    return changed


def _joined(stays: list[Stay], looks: Looks, model: CareModel, day: date) -> set[int]:
    """Whoever belongs and is not in: those never in, and those for whom something newer asks again."""
    standing = {s.person_id for s in stays if s.state not in ENDED}
    left = {s.person_id: s for s in stays}
    asks = looks.of_people(model.model.id, AGAIN) if model.enrollment.again_after else {}
    new = []
    for person, fits in looks.of_people(model.model.id, "eligible").items():
        ended = left.get(person)
        today = ended is not None and ended.ended_on == day
        again = ended is None or asks.get(person) or not model.enrollment.again_after
        if fits and person not in standing and not today and again:
            new.append(Stay(person, day, "active"))
    stays += new
    return {s.person_id for s in new}


def _opened(
    found: Replayed, looks: Looks, model: CareModel, day: date, seen: set[str], minutes: Mapping[str, int]
) -> None:
    """Work that opened since the last look, by the week it opened in and the role that comes first."""
    for table in looks.obligations():
        mine = table.filter(pc.equal(table["model"], model.model.id))
        columns = [mine[c].to_pylist() for c in ("obligation_key", "status", "opens_at", "roles", "step")]
        for key, status, opens, roles, step in zip(*columns, strict=True):
            if status in OPENED and key not in seen:
                seen.add(key)
                opened = min(opens.date(), day) if opens else day
                week = opened - timedelta(days=opened.weekday())
                place = (week, roles[0] if roles else "")
                found.tasks[place] = found.tasks.get(place, 0) + 1
                found.minutes[place] = found.minutes.get(place, 0) + minutes.get(step, 0)


def _ended(found: Replayed, looks: Looks, model: CareModel) -> None:
    """How it went and what it paid, by the last look at everyone."""
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in looks.last.measure_row.to_pylist():
        rows[row["measure"]].append(row)
    found.scores = {m.id: added(m, rows[m.id]) for m in model.measures.measure}
    for line in looks.last.line.to_pylist():
        if line["model"] != model.model.id or line["amount"] is None:
            continue
        if line["status"] == "payable":
            found.paid[line["service"]] = found.paid.get(line["service"], NOTHING) + line["amount"]
        else:
            found.blocked[line["service"]] += 1


@dataclass(frozen=True, slots=True)
class Compared:
    """Two replays side by side: who is in under one and not the other, and each number before and after."""

    before: Replayed
    after: Replayed

    @property
    def enter(self) -> set[int]:
        return self.after.people - self.before.people

    @property
    def leave(self) -> set[int]:
        return self.before.people - self.after.people

    def workload(self) -> Iterator[tuple[date, str, int, int]]:
        """(Monday, role, minutes before, minutes after), wherever either has work."""
        for place in sorted({*self.before.minutes, *self.after.minutes}):
            yield (*place, self.before.minutes.get(place, 0), self.after.minutes.get(place, 0))

    def by_group(self, groups: Mapping[int, str]) -> dict[str, list[int]]:
        """Group -> how many people are in before, in after, enter, and leave."""
        sides = (self.before.people, self.after.people, self.enter, self.leave)
        names = sorted({groups.get(p, "unknown") for side in sides for p in side})
        return {name: [sum(groups.get(p, "unknown") == name for p in side) for side in sides] for name in names}
