"""Spans: a stretch as one row per day or month, and stretches that touch joined to one."""

from throughcare.definitions.compiled.frames import Frame
from throughcare.definitions.compiled.scopes import RowScope
from throughcare.definitions.expressions import Mistake, Spelled, spell
from throughcare.definitions.grammar import Each, Merge

DAYS_MAX = 3660  # ten years of days
MONTHS_MAX = 36600  # a hundred years of months, in days
ENGINE = '"$from", "$to", "$at"'


def each(made: Frame, given: Each, scope: RowScope, select: str, uses: list[Spelled]) -> str:
    """One row per day, or first of the month, of a stretch; its key says which row and which day."""
    if given.as_ in made.columns:
        raise Mistake(f'each: "{given.as_}" is a column already.', do="Give the new column its own name.")
    first, last = (spell(text, scope, "date") for text in (given.from_, given.to))
    uses += [first, last]
    if given.unit == "month":
        first, last = (Spelled(f"cast(date_trunc('month', {d.sql}) as date)", "date") for d in (first, last))
    made.columns[given.as_], made.day = "date", given.as_
    most = DAYS_MAX if given.unit == "day" else MONTHS_MAX
    rows = select.replace("$ALSO$", f'$ALSO$, {first.sql} as "$from", {last.sql} as "$to"', 1)
    listed = f'range(e."$from", care_smaller(e."$to", e."$from" + {most}) + 1, interval 1 {given.unit})'
    key = """e."key" || '/' || cast(cast(e."$at" as date) as varchar)"""
    return (
        f'select e.* exclude ({ENGINE}) replace ({key} as "key"), cast(e."$at" as date) as "{given.as_}" '
        f'from (select e.*, unnest({listed}) as "$at" from ({rows}) e) e'
    )


def today_beside(scope: RowScope, select: str, uses: list[Spelled]) -> str:
    """The rows with the day on which they are looked at, for stretches that have no end yet."""
    today = scope.column("", "today")
    uses.append(today)
    return select.replace("$ALSO$", f'$ALSO$, {today.sql} as "$today"', 1)


def merged(made: Frame, rule: Merge, select: str) -> str:
    """Left to right: a stretch that begins after all before it have ended, and the gap has passed, begins a new row."""
    for name in (rule.start, rule.end):
        if made.columns.get(name) != "date":
            raise Mistake(f'merge: "{name}" is not a date of this set.')
    for name in rule.per:
        if name not in made.columns:
            raise Mistake(f'merge: "{name}" is not a column of this set.')
    if "pieces" in made.columns:
        raise Mistake('merge: "pieces" is a column already.', do="Call the other one differently.")
    made.columns["pieces"], made.day, made.grouped = "integer", rule.start, True
    start, end = f'l."{rule.start}"', f'l."{rule.end}"'
    per = [f'l."{name}"' for name in dict.fromkeys([*made.per, *rule.per])]
    by, order = ", ".join(per), f'{start} nulls last, l."key"'
    rows = f"partition by {by} order by {order}" if per else f"order by {order}"
    reached = f'max(l."$end") over ({rows} rows between unbounded preceding and 1 preceding)'
    whole = [*per, 'l."$span"']
    same = " and ".join(f"{name} is not distinct from m.{name.removeprefix('l.')}" for name in whole)
    return f"""with l as (
        select l.*, sum(l."$new") over ({rows} rows unbounded preceding) as "$span" from (
        select l.*, case when {start} <= {reached} + {rule.gap_days + 1} then 0 else 1 end as "$new" from (
        select l.*, coalesce({end}, greatest(l."$today", {start})) as "$end" from ({select}) l) l) l),
        m as (select {", ".join(whole)}, case when bool_and({end} is not null) then max({end}) end as "$until",
            count(*) as "pieces" from l group by {", ".join(whole)})
        select l.* exclude ("$today", "$end", "$new", "$span") replace (m."$until" as "{rule.end}"), m."pieces"
        from l join m on {same} where l."$new" = 1"""
