"""The guard of queries: a query that touches people without the access condition on every alias is refused, unread.

A query marks the place with `{allowed:alias}` (or `{auditor:alias}`, `{nobody:alias}`, `{program:alias}`,
`{steward:alias}`), on the top level of the `where` of the same select, or in the `on` of the join that brings the alias
in. Under an `or` or a `not` it would not bind, so there it does not count.
"""

import re
from functools import cache
from typing import Any

import sqlglot
from sqlglot import exp

from throughcare.faults import Refused

SLOT = re.compile(r"\{(allowed|auditor|nobody|program|steward):([a-z][a-z_]*)\}")
# Tables without people in them. Everything else bears people, also a table made tomorrow.
OPEN = frozenset(
    {
        "record.source",
        "record.head",
        "record.commit",
        "flat.session",
        "flat.site",
        "think.cursor",
        "think.score",
        "think.settlement",
        "think.sharing",
        "door.staff",
        "door.staff_role",
        "door.team",
        "door.staff_team",
    }
)
# Other slots that bind one table: audit rows for an auditor; resources that are about no person, such as a clinic;
# work and lines of payment that are about no person, such as an organization's year; and input that could not be
# stored.
OTHER_SLOTS = {
    "door.audit": "slot_auditor",
    "record.resource": "slot_nobody",
    "think.line": "slot_program",
    "think.obligation": "slot_program",
    "think.trip": "slot_program",
    "record.quarantine": "slot_steward",
}
SECRET = ("password_hash", "token_hash", "csrf")


@cache
def checked(name: str, text: str) -> str:
    """The query's text when it is safe to run for people; raises Refused, naming each alias, when it is not."""
    tree: Any = sqlglot.parse_one(_as_calls(text), dialect="postgres")
    problems = [*_shape(tree), *_unguarded(tree)]
    if problems:
        raise Refused(
            "; ".join(problems),
            where=name,
            why="A screen may only read people its reader may see.",
            do="Put {allowed:alias} into the where of the same select, for every alias.",
        )
    return text


def _as_calls(text: str) -> str:
    text = SLOT.sub(lambda slot: f"slot_{slot[1]}('{slot[2]}')", text)
    return re.sub(r"%\((\w+)\)s", r":\1", text).replace("%%", "%")


def _shape(tree: exp.Expression) -> list[str]:
    if not isinstance(tree, exp.Query) or any(
        tree.find_all(exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.Command)
    ):
        return ["only a select may be run"]
    names = {c.name for c in tree.find_all(exp.Column)} & set(SECRET)
    stars = any(tree.find_all(exp.Star)) and any(f"{t.db}.{t.name}" == "door.staff" for t in tree.find_all(exp.Table))
    return [f"column {name} is never shown" for name in sorted(names)] + ["door.staff is read by names"] * stars


def _unguarded(tree: exp.Expression) -> list[str]:
    made_here = {cte.alias for cte in tree.find_all(exp.CTE)}
    problems = []
    for table in tree.find_all(exp.Table):
        name = f"{table.db}.{table.name}" if table.db else table.name
        if (not table.db and table.name in made_here) or name in OPEN or not table.name:
            continue
        if not _bound(table, name):
            problems.append(f"{name} as {table.alias_or_name} is read without its condition")
    return problems


def _bound(table: exp.Table, name: str) -> bool:
    """Whether the select that holds this table ANDs the slot of this very alias."""
    select = table.find_ancestor(exp.Select)
    join = table.find_ancestor(exp.Join)
    if join is not None and join.find_ancestor(exp.Select) is not select:
        join = None
    places = [select.args.get("where") if select else None, join.args.get("on") if join else None]
    slots = {slot for place in places if place is not None for slot in _anded(place)}
    wanted = {("slot_allowed", table.alias_or_name)}
    if name in OTHER_SLOTS:
        wanted.add((OTHER_SLOTS[name], table.alias_or_name))
    return bool(slots & wanted)


def _anded(place: exp.Expression) -> list[tuple[str, str]]:
    inner = place.this if isinstance(place, exp.Where) else place
    parts = inner.flatten() if isinstance(inner, exp.And) else [inner]
    return [
        (part.name.lower(), part.expressions[0].name)
        for part in (p.unnest() for p in parts)
        if isinstance(part, exp.Anonymous) and part.expressions
    ]
