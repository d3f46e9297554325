"""Rhythms: repeating work, on dates that never move (grid) or counted from the last time (from_last)."""

from dataclasses import dataclass
from typing import Any

from throughcare.definitions.compiled import earlier
from throughcare.definitions.compiled.anchors import Anchors, Compiled, anchor
from throughcare.definitions.compiled.due import Length, length, shifted
from throughcare.definitions.compiled.frames import Frame, beside
from throughcare.definitions.compiled.scopes import RowScope
from throughcare.definitions.expressions import Mistake, Spelled, quoted, spell, uses_of
from throughcare.definitions.grammar import Rhythm, Segment
from throughcare.definitions.near import did_you_mean

ROWS_MAX = 1000
EPOCH = "date '1970-01-01'"
COLUMNS = {"segment": "text", "nth": "integer", "planned_on": "date", "closes_on": "date"}


@dataclass(frozen=True, slots=True)
class LaidOut:
    """The dates of a segment: those of one occurrence, how many to lay out, and which of them stand."""

    day: Spelled
    until: Spelled
    opens: Spelled
    rows: str = "1"
    where: str = "true"
    uses: frozenset[tuple[str, str]] = frozenset()


def named(names: Any, name: str) -> Rhythm:
    """A rhythm of this care model by its id."""
    known: dict[str, Rhythm] = {r.id: r for r in names.model.work.rhythm}
    if name not in known:
        raise Mistake(f'"{name}" is not a rhythm of this care model.{did_you_mean(name, known)}')
    return known[name]


def anchors(names: Any, made: Compiled, on: str) -> list[Anchors]:
    """The anchors of a step that repeats."""
    rhythm = named(names, made.given.rhythm or "")
    if rhythm.kind == "grid":
        if not rhythm.segment:
            raise Mistake(f'the rhythm "{rhythm.id}" has no segment.')
        return [_grid(names, made, rhythm, nth, segment, on) for nth, segment in enumerate(rhythm.segment)]
    return _from_last(names, made, rhythm, on)


def frame(names: Any, rhythm: Rhythm) -> Frame:
    """The dates of a rhythm as rows of their own, each beside the row for which it runs."""
    source = names.place(rhythm.on)
    above = source.frame
    if taken := sorted(COLUMNS.keys() & above.columns.keys()):
        raise Mistake(f'"{taken[0]}" is a column of {rhythm.on} already.', do="Call that one differently.")
    scope, k = RowScope(names, source, "v"), Spelled('v."$k"', "integer")
    if rhythm.kind == "grid":
        parts = [(s.id, _laid_out(rhythm, s, scope, k)) for s in rhythm.segment]
    else:
        last, every = spell(rhythm.last or "", scope, "date"), length(rhythm.every or "", scope)
        until, opens = _next(rhythm, scope, last, every)
        parts = [("", LaidOut(until, until, opens))]
    made = Frame(rhythm.id, "set", {**above.columns, **COLUMNS}, "planned_on", above, subject=above.subject)
    made.base_uses = frozenset().union(*(uses_of([p.day, p.until, p.opens]) | p.uses for _, p in parts))
    together = beside(made.base_uses, "v", "$P$")
    made.base = " union all ".join(_dates(above, name, laid, together) for name, laid in parts)
    return made


def _dates(above: Frame, name: str, laid: LaidOut, together: str) -> str:
    """One segment's dates, each row with a key of its own: that of its row, the segment and the number."""
    nth = 'cast(v."$k" + 1 as bigint)'
    key = f'v."key" || {quoted(f"/{name}/" if name else "/")} || {nth} as "key"'
    columns = ", ".join(key if column == "key" else f'v."{column}"' for column in above.columns)
    rows = f'select v.*, unnest(coalesce(range(0, {laid.rows}), [0])) as "$k" from $V$ v{together}'
    return (
        f'select {columns}$MORE$, {quoted(name)} as "segment", {nth} as "nth", {laid.day.sql} as "planned_on", '
        f'{laid.until.sql} as "closes_on" from ({rows}) v{together} where {laid.where}'
    )


def _grid(names: Any, made: Compiled, rhythm: Rhythm, nth: int, segment: Segment, on: str) -> Anchors:
    """Occurrence k of a segment falls k times `every` after its start; occurrences are numbered from 1."""
    k = Spelled('r."nth"', "integer")
    laid = _laid_out(rhythm, segment, names.row(on), k)
    extra = f'unnest(coalesce(range(0, {laid.rows}), [0])) as "nth"'
    number = f"cast({nth * ROWS_MAX + 1} + {k.sql} as integer)"
    return anchor(names, made, on, laid.opens, laid.until, laid.opens, number, extra, laid.where)


def _laid_out(rhythm: Rhythm, segment: Segment, scope: Any, k: Spelled) -> LaidOut:
    """A segment's occurrence number k, counted from 0."""
    start = spell(segment.from_, scope, "date")
    every, lead = length(segment.every, scope), length(segment.lead or rhythm.lead, scope)
    day = _times(start, every, k, scope)
    until = shifted(day, length(segment.done_within, scope), 1, scope) if segment.done_within else day
    before = spell(segment.before, scope, "date") if segment.before else None
    today = scope.column("", "today")
    rows, where = _bounds(start, every, lead, segment, day, before, k, scope)
    uses = uses_of([start, every.n, lead.n, today, *([before] if before else [])])
    return LaidOut(day, until, shifted(day, lead, -1, scope), rows, where, uses)


def _times(start: Spelled, every: Length, k: Spelled, scope: Any) -> Spelled:
    n = Spelled(f"({k.sql} * {every.n.sql})", "integer", every.n.uses)
    return shifted(start, Length(n, every.unit), 1, scope)


def _bounds(
    start: Spelled, every: Length, lead: Length, segment: Segment, day: Spelled, before: Spelled | None, k: Spelled,
    scope: Any,
) -> tuple[str, str]:  # fmt: skip
    """How many occurrences to lay out, and which of them stand: up to `before`, or the first that is still to come."""
    days = {"days": 1, "weeks": 7, "months": 28, "years": 365}.get(every.unit)
    if not days:
        raise Mistake(f'every: "{segment.every}" is not a length in days, weeks, months or years.')
    today = scope.column("", "today")
    if segment.times is not None:
        where = f"{k.sql} < {segment.times}"
        if before:
            where += f" and ({day.sql} >= {before.sql}) is not true"
        return f"{min(segment.times, ROWS_MAX)}", where
    previous = _times(start, every, Spelled(f"({k.sql} - 1)", "integer"), scope)
    coming = f"({k.sql} = 0 or {shifted(previous, lead, -1, scope).sql} <= {today.sql} or {start.sql} is null)"
    limit, where = today.sql, coming
    if before:
        limit = f"coalesce({before.sql}, {today.sql})"
        where = f"case when {before.sql} is null then {coming} else ({day.sql} < {before.sql}) is not false end"
    size = f"greatest(1, cast({every.n.sql} as integer) * {days})"
    rows = f"least({ROWS_MAX}, greatest(1, date_diff('day', {start.sql}, {limit}) // {size} + 400 // {size} + 2))"
    return rows, where


def _from_last(names: Any, made: Compiled, rhythm: Rhythm, on: str) -> list[Anchors]:
    """The next one counts from the last that was done; the one before stays, met by the last."""
    scope = names.row(on)
    if not (rhythm.every and rhythm.last and rhythm.starts):
        raise Mistake(f'the rhythm "{rhythm.id}" needs starts, every and last.')
    last = spell(rhythm.last, scope, "date")
    today = scope.column("", "today")
    after = Spelled(f"coalesce({last.sql} + 1, {today.sql} + 1)", "date", last.uses | today.uses)
    every = length(rhythm.every, scope)
    found = [_counted(names, made, on, rhythm, last, every, after, "")]
    if made.given.resolved_by:
        before, was = earlier.done_on(names, made, rhythm, on), earlier.interval(names, made, rhythm, on)
        found.append(_counted(names, made, on, rhythm, before, was, last, f"{last.sql} is not null"))
    return found


def _counted(
    names: Any, made: Compiled, on: str, rhythm: Rhythm, last: Spelled, every: Length, counts: Spelled, where: str
) -> Anchors:
    """One time of it. What is never found done by `last` was never done."""
    until, opens = _next(rhythm, names.row(on), last, every)
    occurrence = f"cast(coalesce(date_diff('day', {EPOCH}, {last.sql}), 0) as integer)"
    return anchor(names, made, on, opens, until, counts, occurrence, where=where)


def _next(rhythm: Rhythm, scope: Any, last: Spelled, every: Length) -> tuple[Spelled, Spelled]:
    """When it is due and when it opens: so long after the last, or when it starts."""
    starts = spell(rhythm.starts or "", scope, "date")
    lead = length(rhythm.lead, scope)
    again = shifted(last, every, 1, scope)
    until = Spelled(f"coalesce({again.sql}, {starts.sql})", "date", again.uses | starts.uses)
    return until, shifted(until, lead, -1, scope)
