"""Giving way: which payable lines give way to others, one rule between services after the other."""

from throughcare.definitions.compiled.concurrency import LineScope, named, ordered
from throughcare.definitions.compiled.plan import Statement
from throughcare.definitions.expressions import quoted, spell
from throughcare.definitions.grammar import ConcurrencyFile, Exclusive, Limit

LOSERS_FOLD = """list_reduce(list([struct_pack("day" := l."limited_on", "key" := l."$id", "units" := l."units")]
    order by l."limited_on", l."$id") filter (where l."in_turn"),
    lambda kept, x: case when coalesce(list_sum(list_transform(list_filter(kept,
        lambda k: k."day" > x[1]."day" - {in_days}), lambda k: k."units")), 0) + x[1]."units" <= {units}
        then list_concat(kept, x) else kept end, [])"""


def settled(rules: ConcurrencyFile, candidates: str = "candidates") -> list[Statement]:
    """The lines with their status: needs first, then what enrollment blocks, then each rule in the order of files.

    A rule about lines that nobody has, or about one line alone that can only give way to another, changes nothing.
    """
    rules_in_turn: list[Exclusive | Limit] = [*rules.exclusive, *rules.limit]
    before = Statement("lines before rules", _before_rules(candidates))
    if not rules_in_turn:
        return [before, _told(before)]
    asked = ", ".join(f'{_matters(rule)} as "{rule.id}"' for rule in rules_in_turn)
    screen = Statement("lines under rules", f'select {asked} from "{candidates}" l', screens=True)
    found = [screen, before]
    for rule in rules_in_turn:
        inner = f'select * from "{before.name}"'
        sql = _exclusive(rule, inner) if isinstance(rule, Exclusive) else _limited(rule, inner)
        before = Statement(f"lines after {rule.id}", sql, nothing_where=(screen.name, rule.id), same_as=before.name)
        found.append(before)
    return [*found, _told(before)]


def _told(last: Statement) -> Statement:
    return Statement("line", f'select * exclude ("$id", "limited_on") from (select * from "{last.name}")')


def _before_rules(candidates: str) -> str:
    return f"""select * exclude ("blocked", "says", "why"),
        case when len("says") > 0 or "blocked" is not null then 'blocked' else 'payable' end as "status",
        array_to_string(list_concat("says", care_listed(["blocked"])), '; ') as "why_not",
        list_concat("why", care_listed([case when "blocked" is not null then 'pay.blocked' end])) as "why",
        "model" || '|' || "line" || '|' || "row_key" || '|' || coalesce(cast("person_id" as varchar), '') as "$id"
        from (select * from "{candidates}")"""


def _matters(rule: Exclusive | Limit) -> str:
    """Whether the lines that a rule is about can be such that one of them gives way."""
    among = spell(rule.among, LineScope(), "boolean").sql
    fewest = 2 if isinstance(rule, Exclusive) else 1
    return f"coalesce(sum(case when {among} then 1 else 0 end), 0) >= {fewest}"


def _lost(rule: Exclusive | Limit, lost: str, because: str) -> str:
    return (
        f'case when {lost} then {quoted(rule.losers)} else "status" end as "status", '
        f'case when {lost} then {because} else "why_not" end as "why_not", '
        f'case when {lost} then [{quoted(f"rule.{rule.id}")}] else "why" end as "why"'
    )


def _exclusive(rule: Exclusive, inner: str) -> str:
    """The first line of its group wins, and with it all that share its `between`."""
    among = spell(rule.among, LineScope(), "boolean").sql
    turn = f"(l.\"status\" = 'payable' and coalesce({among}, false))"
    shared = spell(rule.between, LineScope(apart=True)).sql if rule.between else 'l."$id"'
    per = ", ".join([*(f'l."{named(name)}"' for name in rule.per), '"in_turn"'])
    order = ", ".join([*(ordered(item) for item in rule.order), 'l."$id"'])
    window = f"over (partition by {per} order by {order})"
    because = f"{quoted(rule.because)} || ' (' || \"winner\" || ')'"
    return f"""select * exclude ("in_turn", "shared", "won", "winner", "status", "why_not", "why"),
        {_lost(rule, '"in_turn" and "won" is distinct from "shared"', because)} from (
        select l.*, first_value(l."shared") {window} as "won", first_value(l."code") {window} as "winner"
        from (select l.*, {turn} as "in_turn", {shared} as "shared" from ({inner}) l) l)"""


def _limited(rule: Limit, inner: str) -> str:
    """From left to right along the days: a line stays while the units kept in the days before it leave room."""
    among = spell(rule.among, LineScope(), "boolean").sql
    turn = f"(l.\"status\" = 'payable' and coalesce({among}, false))"
    per = ", ".join(f'l."{named(name)}"' for name in rule.per)
    fold = LOSERS_FOLD.format(in_days=rule.in_days, units=rule.units)
    same = " and ".join(f'k."{name}" is not distinct from l."{name}"' for name in rule.per)
    lost = '"in_turn" and not "stays"'
    return f"""select * exclude ("in_turn", "stays", "status", "why_not", "why"),
        {_lost(rule, lost, quoted(rule.because))} from (
        with l as (select l.*, {turn} as "in_turn" from ({inner}) l),
            k as (select {per}, {fold} as "kept" from l group by {per})
        select l.*, coalesce(list_contains(list_transform(k."kept", lambda x: x."key"), l."$id"), false) as "stays"
        from l join k on {same})"""
