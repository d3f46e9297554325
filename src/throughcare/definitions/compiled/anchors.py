"""Anchors: a row of a step's set as one row of a long table: when it opens, when it is due, what cancels it."""

from dataclasses import dataclass, field
from typing import Any

from sqlglot import exp

from throughcare.definitions.compiled import criteria
from throughcare.definitions.compiled.due import Length
from throughcare.definitions.compiled.everyone import ALONE
from throughcare.definitions.compiled.frames import Frame, column
from throughcare.definitions.expressions import Mistake, Spelled, parse, quoted, spell, uses_of, wanted
from throughcare.definitions.grammar import Step

FIELDS = {
    "step": "integer",
    "occurrence": "integer",
    "anchor_key": "varchar",
    "link": "varchar",
    "about": "varchar",
    "applies": "boolean",
    "opens": "date",
    "opens_at": "timestamptz",
    "due": "date",
    "due_at": "timestamptz",
    "counts": "date",
    "counts_at": "timestamptz",
    "resolved_on": "date",
    "resolved_at": "timestamptz",
    "cancelled": "varchar",
    "warn_n": "integer",
}
NOTHING = Spelled("null", "unknown")


@dataclass(slots=True)
class Anchors:
    """One select of anchors: the frame they stand on, where more rows come from, and the fields."""

    frame: Frame
    fields: dict[str, str]
    uses: frozenset[tuple[str, str]]
    extra: str = ""  # a column added to the rows before the fields are read, for a rhythm's dates
    where: str = ""
    rests_on: tuple[str, ...] = ()  # what must be known for its dates to be


@dataclass(slots=True)
class Compiled:
    """A step as the plan needs it."""

    number: int
    model: str
    version: str
    given: Step
    anchors: list[Anchors] = field(default_factory=list)
    events: str | None = None  # resolved_by
    link: tuple[str, str] | None = None  # (our column, their column), when events are found by it
    has_opens: bool = False
    has_due: bool = False
    warn: Length | None = None
    pauses: str | None = None


def anchor(
    names: Any, made: Compiled, on: str, opens: Spelled, until: Spelled, counts: Spelled, occurrence: str = "0",
    extra: str = "", where: str = "",
) -> Anchors:  # fmt: skip
    """The fields of one kind of anchor of a step."""
    scope, given, frame = names.row(on), made.given, names.place(on).frame
    applies = _applies(names, made, on)
    resolved = spell(given.resolved_on, scope, "day") if given.resolved_on else NOTHING
    cancelled = _cancelled(names, given, scope, frame)
    warned = made.warn.n if made.warn else NOTHING
    about = _about(given, scope, frame)
    link = column("r", made.link[0], "text") if made.link else NOTHING
    parts = [opens, until, counts, applies, resolved, cancelled, warned, about, link]
    key = "'person'" if frame.kind == "person" else 'r."key"'
    fields = {
        "step": str(made.number),
        "occurrence": occurrence,
        "anchor_key": key,
        "link": f"coalesce(cast({link.sql} as varchar), '')" if made.link else "null",
        "about": about.sql,
        "applies": applies.sql,
        **_moment("opens", opens),
        **_moment("due", until),
        **_moment("counts", counts),
        **_resolved(resolved),
        "cancelled": cancelled.sql,
        "warn_n": warned.sql,
    }
    uses = frozenset().union(*(p.uses for p in parts))
    _own_rows(names, frame, uses)
    return Anchors(frame, fields, uses, extra, where, _rests_on(frame, [opens, until, applies]))


def _own_rows(names: Any, frame: Frame, uses: frozenset[tuple[str, str]]) -> None:
    """A person's work may not hang on what only everyone's rows together can tell."""
    for alias, name in sorted(uses):
        place = {"r": frame, "p": names.person().frame}.get(alias)
        if place and names.everyone.needed(place, name) and not names.everyone.needed(frame):
            what = f'"{names.called(name)}" needs the rows of everyone.'
            raise Mistake(what, ALONE, "Hang the step on a set across people.")


def _resolved(value: Spelled) -> dict[str, str]:
    """A moment of the row is kept, so that hours are judged by the minute."""
    day, at = ("null", value.sql) if value.type == "timestamp" else (value.sql, "null")
    return {"resolved_on": day, "resolved_at": at}


def _moment(name: str, value: Spelled) -> dict[str, str]:
    """A date fills the day column, a moment the other."""
    day, at = ("null", value.sql) if value.type == "timestamp" else (value.sql, "null")
    return {name: day, f"{name}_at": at}


def _applies(names: Any, made: Compiled, on: str) -> Spelled:
    """`when`, and what opens a step by itself: some answer that is missing, some role that is empty."""
    scope, given = names.row(on), made.given
    parts = [spell(given.when, scope, "boolean")] if given.when else []
    asked = [c for c in names.model.eligibility.criterion if c.if_missing_ask == given.id]
    empty = [r for r in names.model.team.role if r.if_missing and r.if_missing.step == given.id]
    if (asked or empty) and on != "person":
        raise Mistake("a step that asks for what is missing stands on the person.", do='Leave out on = "…".')
    lacking = [spell(f"not known({c.id})", scope, "boolean") for c in asked]
    lacking += [spell(f"not has_{r.id}", scope, "boolean") for r in empty]
    if lacking:
        parts.append(Spelled(f"({' or '.join(p.sql for p in lacking)})", "boolean", uses_of(lacking)))
    if not parts:
        return Spelled("true", "boolean")
    return Spelled(" and ".join(p.sql for p in parts), "boolean", frozenset().union(*(p.uses for p in parts)))


def _cancelled(names: Any, given: Step, scope: Any, frame: Frame) -> Spelled:
    """The first reason that is surely true, in its own words."""
    if not given.cancelled_by:
        return NOTHING
    spell(given.cancelled_by, scope, "boolean")
    cases, uses = [], frozenset()  # type: ignore[var-annotated]
    for part in _either(parse(given.cancelled_by)):
        holds = wanted(spell(part.sql(), scope), "boolean", scope, part.sql())
        cases.append(f"when {holds.sql} then {quoted(_reason(names, part, frame))}")
        uses |= holds.uses
    return Spelled(f"case {' '.join(cases)} end", "text", uses)


def _either(node: Any) -> list[Any]:
    if isinstance(node, exp.Paren):
        return _either(node.this)
    return [x for side in (node.this, node.expression) for x in _either(side)] if isinstance(node, exp.Or) else [node]


def _reason(names: Any, part: Any, frame: Frame) -> str:
    """What a fact or criterion says of itself; an expression as it stands."""
    if not isinstance(part, exp.Column):
        return str(part.sql())
    sayings = {f.id: f.says for f in names.model.sets.fact} | {c.id: c.says for c in names.model.eligibility.criterion}
    return sayings.get(part.name) or part.name.replace("_", " ")


def _about(given: Step, scope: Any, frame: Frame) -> Spelled:
    """The event a touch is about: named, or the row's own, or the row itself; nothing for the person as such."""
    if given.about:
        named = spell(given.about, scope, "text")
        return Spelled(f"coalesce({named.sql}, '')", "text", named.uses)
    if frame.kind == "person":
        return Spelled("''", "text")
    return Spelled('coalesce(r."about", r."key")', "text", frozenset({("r", "about"), ("r", "key")}))


def _rests_on(frame: Frame, parts: list[Spelled]) -> tuple[str, ...]:
    """The columns and folds on which the dates rest: a blank one is why a date cannot be told."""
    names = [n for part in parts for n in criteria.leaves(frame, frozenset(u for u in part.uses if u[0] == "r"))]
    return tuple(dict.fromkeys(names))
