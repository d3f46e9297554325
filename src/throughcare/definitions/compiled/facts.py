"""Facts: each verb of the grammar as a fold over a person's rows, or as an expression over the row itself."""

import re
from typing import Any

from throughcare.definitions.compiled.frames import ENTITY, Entry, Fold, Frame, column
from throughcare.definitions.compiled.scopes import PAUSES, FactScope, literal
from throughcare.definitions.expressions import Mistake, Spelled, same, spell, uses_of, wanted
from throughcare.definitions.grammar import Choice, Fact
from throughcare.definitions.windows import window

ONE_ROW = ("first", "latest", "nth")
NUMBERS = ("sum", "mean", "median", "percentile")
PHRASES = ("exists", "count", "count_of", *NUMBERS, "lowest", "highest", "spread", "minutes", *ONE_ROW)
VERBS = ("value", *PHRASES, "choose")
GIVES = {"exists": "boolean", "count": "integer", "count_of": "integer", "minutes": "integer", "mean": "decimal",
         "median": "decimal"}  # fmt: skip


def fact(names: Any, given: Fact) -> Entry:
    """The one verb of a fact, compiled."""
    verbs = [verb for verb in VERBS if getattr(given, verb) not in (None, [])]
    if len(verbs) != 1:
        raise Mistake(
            f"a fact has exactly one verb, this one has {', '.join(verbs) or 'none'}.", do=f"Verbs: {', '.join(VERBS)}."
        )
    verb = verbs[0]
    if verb == "value":
        value = spell(given.value or "", _scope(names, given))
        return Entry(given.id, value.type, given.says, value)
    if verb == "choose":
        value = choice(names, given.on, given.choose or [], _scope(names, given))
        return Entry(given.id, value.type, given.says, value)
    return folded(names, given, verb, getattr(given, verb))


def _scope(names: Any, given: Fact) -> FactScope:
    return FactScope(names, names.place(given.on), given.per, is_score=given.kind == "score")


def folded(names: Any, given: Fact, verb: str, text: str) -> Entry:
    """A fold over the rows of a phrase, inside its window."""
    scope, target, holds = names.phrase(given.on, text)
    day = _day(given, target)
    if given.window:
        if not day:
            raise Mistake(f"{target.name} has no date for the window.", do="Name one with at = …")
        holds = both(holds, window(given.window, names.row(given.on)).holds(column("v", day, "date")))
    taken = _taken(given, verb, day, scope)
    kind = GIVES.get(verb) or taken[0][1]
    if verb == "spread" and kind == "date":
        kind = "integer"
    fold = Fold(
        target, holds, verb, taken[0][0] if taken else None, day, _ties(given, target), _none(given, verb, kind),
        given.skip_unknown, _link(given, names, scope), *_which(given, verb), taken[1][0] if len(taken) > 1 else None,
    )  # fmt: skip
    return Entry(given.id, kind, given.says, fold=fold)


def _taken(given: Fact, verb: str, day: str | None, scope: Any) -> list[tuple[str, str]]:
    """The columns to read, with their types: one, or for minutes the two ends of a stretch."""
    take = given.take or (day if verb in ("lowest", "highest", *ONE_ROW) else None)
    if not take and verb not in ("exists", "count"):
        what = 'take = "start_at, end_at"' if verb == "minutes" else 'take = "column"'
        raise Mistake(f"{verb} needs take, the column to read.", do=f"Add {what}.")
    found = []
    for name in (take or "").replace(" ", "").split(",") if take else []:
        column_of = scope.target.find(name)
        if not column_of:
            known = ", ".join(scope.target.names())
            raise Mistake(f'take: {scope.target.frame.name} has no column "{name}".', do=f"Columns: {known}.")
        found.append(column_of)
        if verb in NUMBERS or (verb == "spread" and column_of[1] != "date"):
            wanted(Spelled("", column_of[1]), "number", scope, name)
    if (len(found) > 1) != (verb == "minutes") and found:
        what = f'take: "{take}" is not what {verb} reads.'
        raise Mistake(what, do='minutes takes "start_at, end_at", all others one column.')
    if verb == "minutes" and {kind for _, kind in found} != {"timestamp"}:
        raise Mistake(f'take: "{take}" are not two moments.', do='Write take = "start_at, end_at".')
    return found


def _which(given: Fact, verb: str) -> tuple[int, str]:
    """Which row nth means, and how many percentile reaches."""
    if verb == "nth" and not (given.n and given.n >= 1):
        raise Mistake("nth does not say which one.", do="Add n = 2 for the second.")
    if verb == "percentile" and not (given.p and 0 < given.p <= 1):
        raise Mistake("percentile does not say how many it reaches.", do="Add p = 0.9 for nine of ten.")
    share = f"cast({given.p} as decimal(9,6))" if verb == "percentile" else ""
    return (given.n or 1, share)


def pauses(names: Any) -> Entry:
    """Every pause of a person: its first and its last day, which is unknown while it is open."""
    target = names.place("pause").frame
    if not {"from_on", "to_on"} <= target.columns.keys():
        raise Mistake("the view pause has no from_on and to_on.")
    holds = Spelled('v."from_on" is not null', "boolean", frozenset({("v", "from_on")}))
    fold = Fold(target, holds, "spans", "from_on", None, (), "[]", True, None, until="to_on")
    return Entry(PAUSES, "pauses", "Pauses", fold=fold)


def _day(given: Fact, target: Frame) -> str | None:
    if given.at and target.type_of(given.at) != "date":
        raise Mistake(f'at: "{given.at}" is not a date of {target.name}.')
    return given.at or target.day


def both(a: Spelled, b: Spelled) -> Spelled:
    return b if a.sql == "true" else Spelled(f"({a.sql} and {b.sql})", "boolean", a.uses | b.uses)


def _ties(given: Fact, target: Frame) -> tuple[tuple[str, str], ...]:
    """ "lowest value" or "highest value": which of several rows of one day."""
    parts = []
    for item in (given.ties or "").split(",") if given.ties else []:
        match = re.fullmatch(r"\s*(lowest|highest) ([a-z_0-9]+)\s*|\s*([a-z_0-9]+)( high| low)?\s*", item)
        name = (match[2] or match[3]) if match else ""
        if not match or not target.type_of(name):
            raise Mistake(f'ties: "{item}" is not an order.', do='Write "lowest value" or "highest value".')
        high = match[1] == "highest" or match[4] == " high"
        parts.append((f'v."{name}"', "desc" if high else "asc"))
    return tuple(parts)


def _none(given: Fact, verb: str, kind: str) -> str:
    """What no row means: unknown, or the value the author gives; for exists and counts, no and zero."""
    if given.if_none is None:
        sure = {"exists": "false", "count": "0", "count_of": "0", "sum": "0", "minutes": "0"}
        return sure.get(verb, "null")
    if given.if_none == "unknown":
        return "null"
    said = literal(given.if_none)
    numbers = ("integer", "decimal")
    if said.type != kind and not (said.type in numbers and kind in numbers):
        raise Mistake(
            f"if_none is {given.if_none!r}, but the fact is of another kind.", do='Write "unknown" or a fitting value.'
        )
    return said.sql


def _link(given: Fact, names: Any, scope: Any) -> tuple[str, str] | None:
    if given.link:
        return linked(given.link, names.place(given.on), scope.target, names.row(given.on))
    if ENTITY in (names.place(given.on).frame.subject, scope.target.frame.subject):
        what = f"nothing says which rows of {scope.target.on} belong to a row of {given.on}."
        why = "Rows that are no person's are found by a column of theirs."
        raise Mistake(what, why, 'Add link = "our_column = their_column".')
    return None


def linked(text: str, ours: Any, theirs: Any, scope: Any) -> tuple[str, str]:
    """ "our_column = their_column" as (theirs, ours), both of one kind."""
    match = re.fullmatch(r"\s*([a-z_0-9]+)\s*=\s*([a-z_0-9]+)\s*", text)
    if not match:
        raise Mistake(f'link: "{text}" is not "column = column".')
    one, other = ours.find(match[1]), theirs.find(match[2])
    if not one or not other:
        wrong = match[2] if one else match[1]
        raise Mistake(f'link: "{wrong}" is not a column there.', do='Write "column of this row = column of theirs".')
    same(Spelled("", one[1]), Spelled("", other[1]), scope, f"link {text}")
    return other[0], one[0]


def choice(names: Any, on: str, rows: list[Choice], scope: Any = None) -> Spelled:
    """First true row wins; an earlier row that is unknown makes the answer unknown."""
    scope = scope or names.row(on)
    cases, values, uses = [], [], []
    for row in rows:
        if row.if_ is None:
            values.append(_chosen(row.else_, scope))
            cases.append(f"else {values[-1].sql}")
            break
        holds = spell(row.if_, scope, "boolean")
        values.append(_chosen(row.then, scope))
        cases.append(f"when {holds.sql} is null then null when {holds.sql} then {values[-1].sql}")
        uses.append(holds)
    if rows[-1].if_ is not None:
        raise Mistake("choose has no last row { else = … }.", do='Add { else = "unknown" } or a value.')
    kinds = {value.type for value in values} - {"unknown"}
    if len(kinds) > 1 and kinds != {"integer", "decimal"}:
        raise Mistake("choose gives values of different kinds.", do="Give all rows one kind.")
    kind = "decimal" if len(kinds) > 1 else next(iter(kinds), "unknown")
    return Spelled(f"(case {' '.join(cases)} end)", kind, uses_of([*uses, *values]))


def _chosen(value: Any, scope: Any) -> Spelled:
    """A value as written; "unknown"; or "= expression"."""
    if value == "unknown":
        return Spelled("null", "unknown")
    if isinstance(value, str) and value.startswith("= "):
        return spell(value[2:], scope)
    return literal(value)
