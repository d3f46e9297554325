"""Rhythms: repeating work, on dates that never move (grid) or counted from the last time (from_last)."""

from dataclasses import replace
from typing import Any

from throughcare.definitions.compiled.anchors import Anchors, Compiled, anchor
from throughcare.definitions.compiled.due import Length, length, shifted
from throughcare.definitions.compiled.facts import both, folded
from throughcare.definitions.compiled.frames import Entry, column
from throughcare.definitions.expressions import Mistake, Spelled, spell
from throughcare.definitions.grammar import Fact, Rhythm, Segment

ROWS_MAX = 1000
EPOCH = "date '1970-01-01'"


def anchors(names: Any, made: Compiled, on: str) -> list[Anchors]:
    """The anchors of a step that repeats."""
    rhythm = next(r for r in names.model.work.rhythm if r.id == made.given.rhythm)
    if rhythm.kind == "grid":
        if not rhythm.segment:
            raise Mistake(f'the rhythm "{rhythm.id}" has no segment.')
        return [_grid(names, made, rhythm, nth, segment, on) for nth, segment in enumerate(rhythm.segment)]
    return _from_last(names, made, rhythm, on)


def _grid(names: Any, made: Compiled, rhythm: Rhythm, nth: int, segment: Segment, on: str) -> Anchors:
    """Occurrence k of a segment falls k times `every` after its start; occurrences are numbered from 1."""
    scope = names.row(on)
    start = spell(segment.from_, scope, "date")
    every, lead = length(segment.every, scope), length(rhythm.lead, scope)
    k = Spelled('r."nth"', "integer")
    day = _times(start, every, k, scope)
    until = shifted(day, length(segment.done_within, scope), 1, scope) if segment.done_within else day
    opens = shifted(day, lead, -1, scope)
    rows, where = _bounds(start, every, lead, segment, day, scope)
    extra = f'unnest(coalesce(range(0, {rows}), [0])) as "nth"'
    return anchor(
        names, made, on, opens, until, opens, f'cast({nth * ROWS_MAX + 1} + r."nth" as integer)', extra, where
    )


def _times(start: Spelled, every: Length, k: Spelled, scope: Any) -> Spelled:
    n = Spelled(f"({k.sql} * {every.n.sql})", "integer", every.n.uses)
    return shifted(start, Length(n, every.unit), 1, scope)


def _bounds(start: Spelled, every: Length, lead: Length, segment: Segment, day: Spelled, scope: Any) -> tuple[str, str]:
    """How many occurrences to lay out, and which of them stand: up to `before`, or the first that is still to come."""
    days = {"days": 1, "weeks": 7, "months": 28, "years": 365}.get(every.unit)
    if not days:
        raise Mistake(f'every: "{segment.every}" is not a length in days, weeks, months or years.')
    today = scope.column("", "today")
    if segment.times is not None:
        where = f'r."nth" < {segment.times}'
        rows = f"{min(segment.times, ROWS_MAX)}"
        if segment.before:
            before = spell(segment.before, scope, "date")
            where += f" and ({day.sql} >= {before.sql}) is not true"
        return rows, where
    previous = _times(start, every, Spelled('(r."nth" - 1)', "integer"), scope)
    coming = f'(r."nth" = 0 or {shifted(previous, lead, -1, scope).sql} <= {today.sql} or {start.sql} is null)'
    limit, where = today.sql, coming
    if segment.before:
        before = spell(segment.before, scope, "date")
        limit = f"coalesce({before.sql}, {today.sql})"
        where = f"case when {before.sql} is null then {coming} else ({day.sql} < {before.sql}) is not false end"
    size = f"greatest(1, cast({every.n.sql} as integer) * {days})"
    rows = f"least({ROWS_MAX}, greatest(1, ({limit} - {start.sql}) // {size} + 400 // {size} + 2))"
    return rows, where


def _from_last(names: Any, made: Compiled, rhythm: Rhythm, on: str) -> list[Anchors]:
    """The next one counts from the last that was done; the one before stays, met by the last."""
    scope = names.row(on)
    if not (rhythm.every and rhythm.last and rhythm.starts):
        raise Mistake(f'the rhythm "{rhythm.id}" needs starts, every and last.')
    last, starts = spell(rhythm.last, scope, "date"), spell(rhythm.starts, scope, "date")
    every, lead = length(rhythm.every, scope), length(rhythm.lead, scope)
    today = scope.column("", "today")
    after = Spelled(f"coalesce({last.sql} + 1, {today.sql} + 1)", "date", last.uses | today.uses)
    found = [_counted(names, made, on, last, starts, every, lead, after, "")]
    if made.given.resolved_by:
        before = _one_before(names, made, rhythm, on)
        found.append(_counted(names, made, on, before, starts, every, lead, last, f"{last.sql} is not null"))
    return found


def _counted(
    names: Any, made: Compiled, on: str, last: Spelled, starts: Spelled, every: Length, lead: Length, counts: Spelled,
    where: str,
) -> Anchors:  # fmt: skip
    """Due so long after the last, or when it starts. What is never found done by `last` was never done."""
    scope = names.row(on)
    again = shifted(last, every, 1, scope)
    until = Spelled(f"coalesce({again.sql}, {starts.sql})", "date", again.uses | starts.uses)
    opens = shifted(until, lead, -1, scope)
    occurrence = f"cast(coalesce({last.sql} - {EPOCH}, 0) as integer)"
    return anchor(names, made, on, opens, until, counts, occurrence, where=where)


def _one_before(names: Any, made: Compiled, rhythm: Rhythm, on: str) -> Spelled:
    """The day it was done the time before the last: by the fact that says when it was last done, without that day."""
    name = f"{made.given.id}_before_last"
    fact = next((f for f in names.model.sets.fact if (f.on, f.id) == (on, rhythm.last)), None)
    text = (fact.latest or fact.highest) if fact else None
    given = Fact(
        id=name, on=on, highest=text or made.given.resolved_by, window=fact.window if fact and text else None,
        at=fact.at if fact and text else None, take=fact.take if fact and text else None, if_none="unknown",
        skip_unknown=True, link=fact.link if fact and text else made.given.link,
    )  # fmt: skip

    def make() -> Entry:
        entry = folded(names, given, "highest", given.highest or "")
        assert entry.fold
        last = spell(rhythm.last or "", names.row(on), "date")
        earlier = Spelled(f'v."{entry.fold.take}" < {last.sql}', "boolean", last.uses | {("v", str(entry.fold.take))})
        entry.fold = replace(entry.fold, holds=both(entry.fold.holds, earlier))
        return entry

    names.add(on, name, make)
    return column("r", names.computed(on, name), "date")
