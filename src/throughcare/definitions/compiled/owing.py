"""What is owed: the long table of anchors, the events that resolve them, and the one statement over both."""

from dataclasses import dataclass

import pyarrow as pa

from throughcare.definitions.compiled.anchors import FIELDS, Anchors, Compiled
from throughcare.definitions.compiled.frames import ENTITY, PERSON, Frame, beside
from throughcare.definitions.expressions import Spelled, quoted

STEPS = pa.schema(
    [("step", pa.int32()), ("model", pa.string()), ("version", pa.string()), ("id", pa.string()),
    ("activity", pa.string()),
     ("roles", pa.list_(pa.string())), ("escalates_to", pa.string()), ("needs", pa.int32()), ("needs_days", pa.int32()),
     ("during", pa.string()), ("has_opens", pa.bool_()), ("has_due", pa.bool_()), ("warn_unit", pa.string()),
     ("calendar", pa.string()),
     ("event", pa.int32()), ("pause", pa.int32())]
)  # fmt: skip
# Whose event: the person's; or, with a link, that of the row it names. A step with a link has no person to match.
LINKED = """e."person_id" is not distinct from case when a."link" is null then a."person_id" end
            and e."link" is not distinct from a."link\""""
# What only steps on rows without a person need: the standing of nobody, in each care model, by the site's clock.
NOBODY = """(select "person_id", "zone", "today", "now", "died", "model", "eligible", "started_on", "ended_on",
    "reason", "phase", "blocked_work" from "standing" union all select 0::bigint, c."zone", c."today", c."now", false,
    d."model", null::boolean, null::date, null::date, null::varchar, 'none', null::varchar
    from (select distinct "model" from "steps") d cross join "clock" c)"""

# Whether someone has come so far in the program that the step is asked of them: most are in few programs, so this is
# asked before anything else.
REACHED = """case d."during" when 'always' then true when 'enrolled' then s."phase" in ('enrolled', 'onhold', 'left')
            when 'planned' then s."phase" <> 'none'
            else s."phase" <> 'none' or coalesce(s."eligible", false) end"""


@dataclass(frozen=True, slots=True)
class Phrase:
    """What resolves or pauses a step: a condition over the rows of a view, and the column that links them."""

    holds: Spelled
    link: str | None = None


def definitions(
    steps: list[Compiled], calendars: dict[str, str], events: dict[int, int], pauses: dict[int, int]
) -> pa.Table:
    """Steps as rows of a table, so that one statement serves them all."""
    rows = [
        {
            "step": s.number, "model": s.model, "version": s.version, "id": s.given.id, "activity": s.given.activity,
            "roles": s.given.role, "escalates_to": s.given.escalates_to, "needs": max(1, s.given.needs),
            "needs_days": s.given.needs_days or 1, "during": s.given.while_, "has_opens": s.has_opens,
            "has_due": s.has_due,
            "warn_unit": s.warn.unit if s.warn else None, "calendar": calendars[s.model],
            "event": events.get(s.number), "pause": pauses.get(s.number),
        }
        for s in steps
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=STEPS)


def anchors_of(frame: Frame, listed: list[Anchors], table: str, people: str) -> str:
    """All anchors of one frame: plain ones as one list per row, rhythms as rows of their own."""
    plain = [a for a in listed if not a.extra and not a.where]
    selects = [_select(frame, a, table, people) for a in listed if a.extra or a.where]
    if plain:
        items = ", ".join("struct_pack(" + ", ".join(f'"{n}" := {_cast(a, n)}' for n in FIELDS) + ")" for a in plain)
        join = beside(_uses(plain), "r", people)
        selects.insert(0, f"select {_whose(frame)}, unnest([{items}], recursive := true) from {table} r{join}")
    return " union all ".join(selects)


def _cast(a: Anchors, name: str) -> str:
    return f"cast({a.fields[name]} as {FIELDS[name]})"


def _whose(frame: Frame) -> str:
    """The person of a row; 0 when it is nobody's."""
    return '0::bigint as "person_id"' if frame.subject == ENTITY else 'r."person_id"'


def _uses(listed: list[Anchors]) -> set[tuple[str, str]]:
    """The aliases their fields, and the columns and conditions of a rhythm, speak of."""
    texts = [sql for a in listed for sql in (*a.fields.values(), a.where, a.extra)]
    return {(alias, "") for alias in ("p", "c") if any(f'{alias}."' in sql for sql in texts)}


def _select(frame: Frame, a: Anchors, table: str, people: str) -> str:
    fields = ", ".join(f'{_cast(a, n)} as "{n}"' for n in FIELDS)
    join = beside(_uses([a]), "r", people)
    rows = f"(select r.*, {a.extra} from {table} r{join})" if a.extra else table
    where = f" where {a.where}" if a.where else ""
    return f"select {_whose(frame)}, {fields} from {rows} r{join}{where}"


def events_of(target: Frame, phrases: dict[int, Phrase], table: str, people: str) -> str:
    """The rows of one view that are events of some step, once per phrase they answer.

    Whose event a row is, its person says; or, for a step with a link, a column of the row.
    """
    day, moment = target.day, instant(target)
    join = beside({use for p in phrases.values() for use in p.holds.uses}, "v", people)
    on = f'v."{day}"' if day else "null::date"
    at = f'v."{moment}"' if moment else "null::timestamptz"
    person = 'v."person_id"' if target.subject == PERSON else "null::bigint"
    rows = f'v."key", {on} as "on_date", {at} as "moment" from {table} v{join}'
    if not any(p.link for p in phrases.values()):
        listed = ", ".join(f"case when {p.holds.sql} then {nth} end" for nth, p in phrases.items())
        whose = f'{person} as "person_id", null::varchar as "link"'
        return f'select unnest(care_listed([{listed}])) as "event", {whose}, {rows}'
    listed = ", ".join(f"case when {p.holds.sql} then {_linked(nth, p)} end" for nth, p in phrases.items())
    return (
        'select e."e"."event" as "event", case when e."e"."link" is null then e."person_id" end as "person_id", '
        'e."e"."link" as "link", e."key", e."on_date", e."moment" '
        f'from (select unnest(care_listed([{listed}])) as "e", {person} as "person_id", {rows}) e'
    )


def _linked(nth: int, phrase: Phrase) -> str:
    """The number of a phrase with what links its row; a row without it answers no step with a link."""
    link = f'cast(v."{phrase.link}" as varchar)' if phrase.link else "null::varchar"
    packed = f'struct_pack("event" := {nth}, "link" := {link})'
    return f'case when v."{phrase.link}" is not null then {packed} end' if phrase.link else packed


def instant(target: Frame) -> str | None:
    """The moment that belongs to a frame's own date: started_at of started_on, happened_at of on_date."""
    if not target.day:
        return None
    names = ["happened_at"] if target.day == "on_date" else [target.day.removesuffix("_on") + "_at"]
    return next((n for n in names if target.columns.get(n) == "timestamp"), None)


def pauses_of(target: Frame, phrases: dict[int, Phrase], table: str, people: str) -> str:
    """The rows that pause some step, once per phrase they answer."""
    listed = ", ".join(f"case when {p.holds.sql} then {nth} end" for nth, p in phrases.items())
    join = beside({use for p in phrases.values() for use in p.holds.uses}, "v", people)
    return (
        f'select unnest(care_listed([{listed}])) as "pause", v."person_id", v."from_on", v."to_on" from {table} v{join}'
    )


def obligations(
    anchors: list[str], events: list[str], pauses: list[str], calendars: dict[str, str], units: set[str],
    *, only: str = "", links: bool = False, nobody: bool = False,
) -> str:  # fmt: skip
    """Every obligation with its status, from anchors, events, pauses and the standing of its person.

    `links` when some step finds its events by a link, `nobody` when some stands on rows without a person.
    """
    rows = " union all ".join(f'select * from "{name}"' for name in anchors)
    happened = " union all ".join(f'select * from "{name}"' for name in events) or (
        'select 0 as "event", 0::bigint as "person_id", \'\' as "link", \'\' as "key", null::date as "on_date", '
        'null::timestamptz as "moment" where false'
    )
    paused = _paused(pauses) if pauses else ""
    due, due_at, is_paused = _due(bool(pauses))
    days = 'z."days"' if pauses else "null"
    join_pauses = 'left join pausing z on z."n" = a."n"' if pauses else ""
    whose = LINKED if links else 'e."person_id" = a."person_id"'
    person = 'nullif("person_id", 0) as "person_id"' if nobody else '"person_id"'
    return f"""
    with a as materialized (
        select row_number() over () as "n", u.*, d.* exclude ("step"), s.* exclude ("person_id", "model")
        from ({rows}) u join "steps" d on d."step" = u."step" join {NOBODY if nobody else '"standing"'} s
            on s."person_id" = u."person_id" and s."model" = d."model"
        where u."applies" is distinct from false and {REACHED} {only}
    ), happened as ({happened}), hit as (
        select a."n", a."needs", a."needs_days", e."key", e."on_date", e."moment",
            row_number() over (partition by a."n" order by e."on_date", e."moment" nulls first, e."key") as "nth",
            dense_rank() over (partition by a."n" order by e."on_date") as "nth_day"
        from a join happened e on e."event" = a."event" and {whose}
        where e."on_date" <= a."today" and (e."moment" is null or e."moment" <= a."now")
            and e."on_date" >= coalesce(a."counts", cast(timezone(a."zone", a."counts_at") as date), e."on_date")
            and (a."counts_at" is null or e."moment" is null or e."moment" >= a."counts_at")
    ), done as (
        select "n", count(*) as "done", arg_min(struct_pack("key" := "key", "on_date" := "on_date",
            "moment" := "moment"), "nth") filter (where "nth" >= "needs" and "nth_day" >= "needs_days") as "by"
        from hit group by "n"
    ){paused}, dated as (
        select a.*, coalesce(done."done", 0) as "done",
            coalesce(a."resolved_on", cast(timezone(a."zone", a."resolved_at") as date), done."by"."on_date")
                as "met_on",
            coalesce(a."resolved_at", done."by"."moment") as "met_at",
            case when a."resolved_on" is not null or a."resolved_at" is not null then a."anchor_key"
                else done."by"."key" end as "met_by",
            {due} as "due_day", {is_paused} as "paused", {days} as "paused_days",
            coalesce(a."opens_at", timezone(a."zone", cast(a."opens" as timestamp))) as "open_moment",
            coalesce({due_at}, timezone(a."zone", cast({due} as timestamp) + interval '23:59:59')) as "due_moment",
            a."due_at" is not null as "to_minute"
        from a left join done on done."n" = a."n" {join_pauses}
    ), judged as (
        select *,
            coalesce("met_at", timezone("zone", cast("met_on" as timestamp))) as "met_moment",
            case when "to_minute" then coalesce("met_at", timezone("zone", cast("met_on" as timestamp))) > "due_moment"
                else "met_on" > coalesce("due_day", cast(timezone("zone", "due_moment") as date)) end as "was_late",
            case when "phase" = 'left' and "during" in ('enrolled', 'planned') then
                'left the program: ' || coalesce(nullif("reason", ''), 'no reason given') end as "left_because",
            case "during" when 'always' then true when 'enrolled' then "phase" in ('enrolled', 'onhold')
                when 'planned' then "phase" = 'planned' else "phase" = 'none' and coalesce("eligible", false) end
                    as "live",
            "applies" is null or ("has_opens" and "open_moment" is null)
                or ("has_due" and "due_moment" is null and not "paused") as "blank"
        from dated
    ), told as (
        select *, case
            when "met_on" is not null and "was_late" then 'late'
            when "met_on" is not null then 'met'
            when "died" or "left_because" is not null or "cancelled" is not null or "blocked_work" is not null
                then 'cancelled'
            when "during" = 'enrolled' and "phase" = 'onhold' then 'paused'
            when "blank" then 'unknown'
            when "paused" then 'paused'
            when "now" < "open_moment" then 'future'
            when "now" > "due_moment" then 'breached'
            else 'open' end as "status"
        from judged
        where "live" or "met_on" is not null
            or ("left_because" is not null and ("opens" is null or "ended_on" is null or "opens" <= "ended_on"))
    )
    select "model" || '|' || "id" || '|' || "anchor_key" || '|' || "occurrence" || '|' || "person_id"
        as "obligation_key",
        {person}, "model", "version", "id" as "step", "anchor_key", cast("occurrence" as integer) as "occurrence",
        "activity", "about", "roles", "escalates_to", "open_moment" as "opens_at", "due_moment" as "due_at",
        case when "to_minute" then 'minute' else 'day' end as "due_precision",
        {_warned(calendars, units)} as "warn_at", "status",
        "met_moment" as "resolved_at", "met_by" as "resolved_by",
        case when "status" = 'cancelled' then case when "died" then 'the person has died'
                else coalesce("cancelled", "left_because", "blocked_work") end
            when "status" = 'unknown' then 'the due date is not known'
            when "status" = 'paused' then case when "phase" = 'onhold' and "during" = 'enrolled'
                then 'enrollment is on hold'
                else 'paused, ' || "paused_days" || ' days so far' end
            else '' end as "reason",
        cast(least("done", "needs") as integer) as "done_count", "needs"
    from told"""


def _warned(calendars: dict[str, str], units: set[str]) -> str:
    """When to warn: hours before the moment, or the beginning of a day so many days before. Only the units in use."""
    if not units:
        return "null::timestamptz"
    day = 'coalesce("due_day", cast(timezone("zone", "due_moment") as date))'
    business = " ".join(
        f'when "calendar" = {quoted(name)} then care_business_days_before({day}, "warn_n", {variable}())'
        for name, variable in calendars.items()
    )
    before = {
        "days": f'{day} - "warn_n"',
        "weeks": f'{day} - 7 * "warn_n"',
        "months": f'cast({day} - to_months("warn_n") as date)',
        "years": f'cast({day} - to_months(12 * "warn_n") as date)',
        "business days": f"case {business} end",
    }
    cases = [
        f'when {quoted(u)} then timezone("zone", cast({before[u]} as timestamp))' for u in sorted(units - {"hours"})
    ]
    cases += ['when \'hours\' then "due_moment" - to_hours("warn_n")'] if "hours" in units else []
    return f'case "warn_unit" {" ".join(cases)} end'


def _paused(pauses: list[str]) -> str:
    """How far pauses move a deadline: to the day before which as many days were not paused as it leaves from opening.

    Both ends of a pause are paused. One without an end, or that has not ended, is still open, and pauses what it began
    before; a pause that begins after the day on which the work is due anyway touches nothing.
    """
    rows = " union all ".join(f'select * from "{name}"' for name in pauses)
    return f""", pausing as (
        select p.*, case when p."day" <= p."from" then p."day" else
            cast(list_filter(list_transform(range(1, date_diff('day', p."from", p."day") + p."days" + 1),
                lambda i: cast(p."from" + cast(i as integer) as timestamp)),
                lambda d: not list_contains(p."covered", d))[date_diff('day', p."from", p."day")] as date) end
                as "moved",
            p."open_from" is not null and coalesce(p."open_from" <= "moved", true) as "is_open"
        from (select a."n", any_value(a."from") as "from", any_value(a."day") as "day",
            list_sort(list_distinct(flatten(list(case when z."from_on" is not null then
                range(greatest(z."from_on", a."from"), least(coalesce(z."to_on", a."today"), a."from" + 3650) + 1,
                    interval 1 day) else [] end)))) as "covered",
            min(case when z."from_on" <= a."today" and (z."to_on" is null or z."to_on" >= a."today")
                then z."from_on" end) as "open_from",
            len("covered") as "days"
        from (select *, coalesce("opens", cast(timezone("zone", "opens_at") as date)) as "from",
                coalesce("due", cast(timezone("zone", "due_at") as date)) as "day" from a) a
            join ({rows}) z on z."pause" = a."pause" and z."person_id" = a."person_id"
        where a."from" is not null group by a."n") p
    )"""


def _due(pauses: bool) -> tuple[str, str, str]:
    if not pauses:
        return 'a."due"', 'a."due_at"', "false"
    moved = """(case when z."n" is null then a."due" when z."is_open" then null
        when a."due" is not null then z."moved" end)"""
    moment = """(case when z."n" is null then a."due_at" when z."is_open" then null
        else a."due_at" + to_days(cast(date_diff('day', z."day", z."moved") as integer)) end)"""
    return moved, moment, 'coalesce(z."is_open", false)'


def wakes(today: bool) -> str:
    """The next moment at which time alone may change an answer of a person."""
    midnight = (
        'union all select "person_id", timezone("zone", cast("today" + 1 as timestamp)) from "standing"'
        if today
        else ""
    )
    return f"""
    select w."person_id", min(w."moment") as "looks_again_at" from (
        select o."person_id", unnest([o."opens_at", o."warn_at", o."due_at" + interval 1 second]) as "moment"
        from "obligation" o where o."status" in ('future', 'open') and o."person_id" is not null
        union all select o."person_id", timezone(s."zone", cast(s."today" + 1 as timestamp)) from "obligation" o
            join "standing" s on s."person_id" = o."person_id" and s."model" = o."model" where o."status" = 'paused'
        {midnight}
    ) w cross join "clock" c where w."moment" > c."now" group by w."person_id" """
