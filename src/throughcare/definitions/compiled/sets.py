"""Sets: from, also, each, found, group, merge, pick and at_most, each a layer of SQL around the rows before it."""

import re
from typing import Any

from throughcare.definitions.compiled import spans
from throughcare.definitions.compiled.found import found
from throughcare.definitions.compiled.frames import ENTITY, Frame, beside, common, first_day
from throughcare.definitions.compiled.scopes import RowScope
from throughcare.definitions.expressions import Mistake, Spelled, phrase, spell, wanted
from throughcare.definitions.grammar import AtMost, Pick, Set, SetSum

FOLD = """list_reduce(
    list([struct_pack("day" := l."{at}", "until" := {until}, "key" := l."key")] order by l."{at}", l."key")
        filter (where l."{at}" is not null),
    lambda kept, x: case when len(list_filter(kept, lambda k: {near})) < {rows}
        then list_concat(kept, x) else kept end, [])"""


ADDED = {
    "count_of": "count(distinct {x}) {where}",
    "sum": "sum({x}) {where}",
    "lowest": "min({x}) {where}",
    "highest": "max({x}) {where}",
    "mean": "care_mean(sum({x}) {where}, count({x}) {where})",
    "median": "care_middle(list_sort(list({x}) {where}))",
}
SUMS = ("count", *ADDED)


def frame(names: Any, definition: Set) -> Frame:
    """The frame of a set: its columns, and the SQL that makes its rows from the rows of its source."""
    view, condition = phrase(definition.from_)
    source = names.place(view)
    above = source.frame
    made = Frame(definition.id, "set", dict(above.columns), above.day, above, subject=above.subject)
    scope = RowScope(names, source, "v")
    uses: list[Spelled] = []
    select = _rows(made, scope, condition, definition, uses)
    added = _also(made, definition, scope, uses)
    if definition.group and definition.merge:
        raise Mistake("a set is grouped or merged, not both.", do="Start a second set from the first.")
    if definition.each:
        select = spans.each(made, definition.each, _Also(names, source, added), select, uses)
    if definition.merge:
        select = spans.today_beside(scope, select, uses)
    select = select.replace("$ALSO$", "".join(f', {value.sql} as "{name}"' for name, value in added.items()))
    if definition.found:
        select = found(made, definition.found, names, select)
    if definition.group:
        made.grouped = True
        select = _grouped(made, definition, names, select)
    if definition.merge:
        select = spans.merged(made, definition.merge, select)
    if made.grouped:
        select = select.replace("$MORE$", "")
    if definition.pick:
        select = _picked(made, definition.pick, select)
    if definition.at_most:
        select = _at_most(made, definition, select)
    made.base_uses = frozenset().union(*(u.uses for u in uses))
    made.base = select.replace("$BESIDE$", beside(made.base_uses, "v", "$P$"))
    made.day = _rule_on(made, definition)
    return made


def _rows(made: Frame, scope: RowScope, condition: str | None, definition: Set, uses: list[Spelled]) -> str:
    made.taken = list(made.columns)
    where = ""
    if condition:
        holds = spell(condition, scope, "boolean")
        uses.append(holds)
        kept = f"({holds.sql}) is distinct from false" if definition.keep_unknown else holds.sql
        made.screen, where = Spelled(kept, "boolean", holds.uses), f" where {kept}"
    return f"select $TAKEN$$MORE$$ALSO$ from $V$ v$BESIDE${where}"


def _also(made: Frame, definition: Set, scope: RowScope, uses: list[Spelled]) -> dict[str, Spelled]:
    """Extra columns, each of which may use those before it."""
    added: dict[str, Spelled] = {}
    for name, text in definition.also.items():
        if name in made.columns:
            raise Mistake(f'also: "{name}" is a column already.', do="Give the extra column its own name.")
        value = spell(text, _Also(scope.book, scope.row, added))
        added[name] = value
        uses.append(value)
        made.columns[name] = value.type
    return added


class _Also(RowScope):
    """Where an extra column stands: the source's names and the extra columns before it."""

    def __init__(self, book: Any, row: Any, before: dict[str, Spelled]) -> None:
        super().__init__(book, row, "v")
        self.before = before

    def _bare(self, name: str) -> Spelled | None:
        return self.before.get(name) or super()._bare(name)


class _Grouped(RowScope):
    """Where an amount of a group stands: the columns of the rows before grouping."""

    def __init__(self, names: Any, rows: Frame) -> None:
        super().__init__(names, _Plain(rows), "g")


class _Plain:
    """A frame's own columns and no more."""

    def __init__(self, rows: Frame) -> None:
        self.frame = rows

    def find(self, name: str) -> tuple[str, str] | None:
        return (name, self.frame.columns[name]) if name in self.frame.columns else None

    def names(self) -> list[str]:
        return list(self.frame.columns)


def _grouped(made: Frame, definition: Set, names: Any, select: str) -> str:
    """One row per group. The key says which group, with blanks shown, so that no two groups share one."""
    assert definition.group
    across = definition.group.across
    if across and made.subject == ENTITY:
        raise Mistake("across: these rows are about nobody in particular already.", do="Take across out.")
    by = list(dict.fromkeys([*([] if across else made.per), *definition.group.by]))
    for name in by:
        if name not in made.columns:
            raise Mistake(f'group: "{name}" is not a column of {definition.from_}.')
    if across and "person_id" in by:
        raise Mistake("across: a group across people cannot be by person_id.", do="Take across or person_id out.")
    scope = _Grouped(names, Frame(definition.id, "set", dict(made.columns), made.day, subject=made.subject))
    sums = {item.id: _sum(item, scope) for item in definition.sum}
    if any(u[0] in ("p", "c") for s in sums.values() for u in s.uses):
        raise Mistake("group: an amount may not speak of the person or the clock.", do="Put it into also first.")
    key = " || '/' || ".join(f"coalesce(cast(g.\"{name}\" as varchar), '?')" for name in by) or "'all'"
    columns = "".join([f', g."{name}"' for name in by] + [f', {value.sql} as "{name}"' for name, value in sums.items()])
    grouped = ", ".join(f'g."{name}"' for name in by)
    if across:
        made.subject, made.across = ENTITY, True
    standing = common(made.subject)
    made.columns = {
        **standing,
        **{n: made.columns[n] for n in by if n not in standing},
        **{n: s.type for n, s in sums.items()},
    }
    made.day, made.one_row = first_day(made.columns), not by
    rows = f'select {key} as "key"{columns}, null::varchar as "about", null::varchar as "source"'
    return f"{rows} from ({select}) g{f' group by {grouped}' if by else ''}"


def _sum(item: SetSum, scope: RowScope) -> Spelled:
    verbs = {v: getattr(item, v) for v in SUMS if getattr(item, v) is not None}
    if len(verbs) != 1:
        raise Mistake(f'sum: "{item.id}" needs exactly one of {", ".join(SUMS)}.')
    ((verb, text),) = verbs.items()
    where = spell(item.where, scope, "boolean") if item.where else Spelled("true", "boolean")
    if verb == "count":
        holds = where if text == "rows" else spell(text, scope, "boolean")
        both = f"({holds.sql} and {where.sql})"
        sql = f"case when bool_or({both} is null) then null else count(*) filter (where {both}) end"
        return Spelled(sql, "integer", holds.uses | where.uses)
    amount = spell(text, scope)
    if verb in ("sum", "mean", "median"):
        amount = wanted(amount, "number", scope, text)
    kind = {"count_of": "integer", "mean": "decimal", "median": "decimal"}.get(verb, amount.type)
    blank = f"bool_or({where.sql} is null or ({where.sql} and {amount.sql} is null))"
    added = ADDED[verb].format(x=amount.sql, where=f"filter (where {where.sql})")
    sql = f"case when {blank} then null else {added} end"
    if verb == "sum":
        sql = f"cast({sql} as {'bigint' if kind == 'integer' else 'decimal(18,6)'})"
    return Spelled(sql, kind, amount.uses | where.uses)


def ordering(made: Frame, items: list[str], alias: str) -> str:
    """ "visits high, blank last" in the engine's words, made total by the key."""
    parts = []
    for item in items:
        match = re.fullmatch(r"([a-z_0-9]+)( high| low)?(?:, blank (first|last))?", item.strip())
        if not match or not made.type_of(match[1]):
            raise Mistake(f'"{item}" is not an order.', do='Write "column", "column high" or "column low, blank last".')
        way = "desc" if match[2] == " high" else "asc"
        parts.append(f'{alias}."{match[1]}" {way} nulls {match[3] or "last"}')
    return ", ".join([*parts, f'{alias}."key"'])


def _picked(made: Frame, pick: Pick, select: str) -> str:
    per = list(dict.fromkeys([*([] if pick.across else made.per), *pick.per]))
    for name in per:
        if name not in made.columns:
            raise Mistake(f'pick: "{name}" is not a column of this set.')
    groups = "partition by " + ", ".join(f'k."{name}"' for name in per) if per else ""
    made.across = made.across or pick.across
    nth = f"row_number() over ({groups} order by {ordering(made, pick.order, 'k')})"
    place = ""
    if pick.place:
        if pick.place in made.columns:
            raise Mistake(f'pick: "{pick.place}" is a column already.', do="Call the place differently.")
        made.columns[pick.place], place = "integer", f', {nth} as "{pick.place}"'
    few = f" qualify {nth} <= {pick.first}" if pick.first else ""
    return f"select k.*{place} from ({select}) k{few}"


def _at_most(made: Frame, definition: Set, select: str) -> str:
    """A fold from left to right: a row is kept when few enough kept rows lie in the days before it."""
    rule = definition.at_most
    assert rule
    if made.columns.get(rule.at) != "date":
        raise Mistake(f'at_most: "{rule.at}" is not a date of this set.')
    per = list(dict.fromkeys([*made.per, *rule.per]))
    groups = " and ".join(f'm."{n}" is not distinct from l."{n}"' for n in per) or "true"
    listed = "".join(f'l."{n}", ' for n in per)
    by = f" group by {listed.removesuffix(', ')}" if per else ""
    fold = FOLD.format(at=rule.at, rows=rule.rows, **_near(made, rule))
    made.columns["kept"] = "boolean"
    return (
        f"with l as (select * from ({select})), m as (select {listed}{fold} as kept from l{by}) "
        f'select l.*, case when l."{rule.at}" is not null then coalesce(list_contains('
        f'list_transform(m.kept, lambda x: x."key"), l."key"), false) end as "kept" from l join m on {groups}'
    )


def _near(made: Frame, rule: AtMost) -> dict[str, str]:
    """When a kept row still counts: within so many days, or until its own last day; without one it counts for good."""
    if (rule.in_days is None) == (rule.until is None):
        raise Mistake("at_most: needs in_days, or until, and not both.")
    if rule.until is None:
        return {"until": "null::date", "near": f'k."day" > x[1]."day" - {rule.in_days}'}
    if made.columns.get(rule.until) != "date":
        raise Mistake(f'at_most: "{rule.until}" is not a date of this set.')
    return {"until": f'l."{rule.until}"', "near": """coalesce(k."until" >= x[1]."day", true)"""}


def _rule_on(made: Frame, definition: Set) -> str | None:
    if definition.rule_on and made.columns.get(definition.rule_on) != "date":
        raise Mistake(f'rule_on: "{definition.rule_on}" is not a date of this set.')
    return definition.rule_on or made.day
