"""What it earns: every candidate for payment as a line, with units, price and amount, or the reasons why not."""

from collections import defaultdict
from functools import partial
from typing import Any

from throughcare.definitions.compiled.facts import choice
from throughcare.definitions.compiled.frames import Entry, column
from throughcare.definitions.compiled.plan import Statement, listed
from throughcare.definitions.compiled.schedule import Schedule
from throughcare.definitions.expressions import Mistake, Spelled, quoted, spell, wanted
from throughcare.definitions.grammar import Calc, Line

EMPTY = """select '' as model, '' as version, '' as line, '' as row_key, null::bigint as person_id, '' as about,
    '' as service, '' as code, null::date as on_date, null::date as limited_on, null::date as month,
    null::decimal(18,6) as units, null::decimal(18,6) as price, null::decimal(18,2) as amount,
    1 as priority, '' as "by", null::date as enrolled_on, null::varchar as blocked,
    []::varchar[] as says, []::varchar[] as why where false"""
MONEY = "cast(round({0}, 2) as decimal(18,2))"


def prepare(names: Any) -> None:
    """Every part of every line, and every step of a settlement, as computed columns of their sets."""
    for nth, line in enumerate(names.model.payment.line):
        for part, text, want in _parts(line):
            make = partial(_entry, names, line, part, text, want)
            names.add(line.on, f"line:{line.id}:{part}", make, "payment.toml", ("line", nth))
    for nth, calc in enumerate(names.model.payment.calc):
        names.add(calc.on, calc.id, partial(_calc, names, calc), "payment.toml", ("calc", nth), own=False)


def _parts(line: Line) -> list[tuple[str, str, str]]:
    parts = [("when", line.when, "boolean"), ("units", line.units, "number"), ("price", line.price, "number")]
    parts += [("code", line.code[2:], "text")] if line.code.startswith("= ") else []
    parts += [(f"need_{n}", need.if_, "boolean") for n, need in enumerate(line.needs, 1)]
    return parts + ([("by", line.by, "text")] if line.by else [])


def _entry(names: Any, line: Line, part: str, text: str, want: str) -> Entry:
    value = spell(text, names.row(line.on), want)
    return Entry(f"line:{line.id}:{part}", value.type, line.says, value)


def _calc(names: Any, calc: Calc) -> Entry:
    """An amount; rounded where the step says so, so that every step can be told as it was used."""
    if (calc.value is None) == (calc.choose is None):
        raise Mistake("a step of a settlement has a value or a choose table, and not both.")
    scope = names.row(calc.on)
    value = spell(calc.value, scope) if calc.value is not None else choice(names, calc.on, calc.choose or [])
    if calc.round is not None:
        value = wanted(value, "number", scope, calc.value or calc.id)
        value = Spelled(
            f"cast(round(cast({value.sql} as decimal(18,6)), {calc.round}) as decimal(18,6))", "decimal", value.uses
        )
    return Entry(calc.id, value.type, calc.says, value)


def lines(models: list[Any], schedule: Schedule, place: Any) -> list[Statement]:
    """All candidates of all care models, before rules between services. `place` says which sets stand."""
    selects: dict[str, list[str]] = defaultdict(list)
    for names in models:
        for line in names.model.payment.line:
            frame = names.place(line.on).frame
            if place(frame):
                selects[schedule.final(frame)].append(_selected(names, line, schedule))
    return listed("candidates", {table: " union all ".join(each) for table, each in selects.items()}, EMPTY)


def _selected(names: Any, line: Line, schedule: Schedule) -> str:
    frame = names.place(line.on).frame
    table = schedule.final(frame)

    def part(name: str) -> str:
        return f'r."{names.computed(line.on, f"line:{line.id}:{name}")}"'

    day = _day(names, line)
    code = part("code") if line.code.startswith("= ") else quoted(line.code)
    units, price = part("units"), part("price")
    is_person = frame.kind == "person"
    personal = "person_id" in frame.columns
    about = 'r."about"' if "about" in frame.columns and not is_person else "''"
    needs = [(n, part(f"need_{n}"), need.because) for n, need in enumerate(line.needs, 1)]
    needs_sql = [f"case when {sql} then null else {quoted(because)} end" for _, sql, because in needs]
    why_sql = [f"case when {sql} then null else {quoted(f'need.{line.id}_{n}')} end" for n, sql, _ in needs]
    unknown = (
        f"case when {units} is null then 'the number of units is not known' end",
        f"case when {units} is not null and {price} is null then 'the price is not known' end",
    )
    says = f"care_listed([{', '.join([*needs_sql, *unknown])}])"
    whys = [
        *why_sql,
        f"case when {units} is null then 'pay.units_unknown' end",
        f"case when {units} is not null and {price} is null then 'pay.price_unknown' end",
    ]
    why = f"care_listed([{', '.join(whys)}])"
    standing, joined = "null::date", ""
    condition = f"({part('when')}) and ({units} is null or {units} > 0)"
    if personal:
        standing = 's."started_on"'
        joined = f' left join "standing" s on s."person_id" = r."person_id" and s."model" = {quoted(names.model_id)}'
        if line.while_ == "enrolled":
            condition += (
                f" and s.\"phase\" in ('enrolled', 'onhold', 'left') and ({day} is null or s.\"started_on\" is null"
                f' or ({day} >= s."started_on" and (s."ended_on" is null or s."phase" <> \'left\''
                f' or {day} <= s."ended_on")))'
            )
    amount = MONEY.format(f"cast({units} as decimal(38,6)) * cast({price} as decimal(38,6))")
    blocked = 's."blocked_pay"' if personal else "null::varchar"
    return f"""select {quoted(names.model_id)} as "model", {quoted(names.model.model.version)} as "version",
        {quoted(line.id)} as "line", cast(r."{frame.identity}" as varchar) as "row_key",
        {'cast(r."person_id" as bigint)' if personal else "null::bigint"} as "person_id", {about} as "about",
        {quoted(line.service)} as "service", {code} as "code",
        {day} as "on_date", {_limited_by(names, line, day)} as "limited_on",
        cast(date_trunc('month', {day}) as date) as "month",
        cast({units} as decimal(18,6)) as "units", cast({price} as decimal(18,6)) as "price", {amount} as "amount",
        {line.priority} as "priority", {part("by") if line.by else "null::varchar"} as "by",
        {standing} as "enrolled_on",
        {blocked} as "blocked", {says} as "says", {why} as "why" from {table} r{joined} where {condition}"""


def _limited_by(names: Any, line: Line, day: str) -> str:
    """The day by which a limit counts the line: named, or the date of service."""
    return spell(line.limited_by, names.row(line.on), "date").sql if line.limited_by else day


def _day(names: Any, line: Line) -> str:
    """The date of service: named, or the set's own."""
    scope, frame = names.row(line.on), names.place(line.on).frame
    if line.at:
        return spell(line.at, scope, "date").sql
    if not frame.day:
        raise Mistake("the set has no date.", "A line needs the day or month it is for.", 'Add at = "…".')
    return column("r", frame.day, "date").sql
