"""Facts: each verb of the grammar as a fold over a person's rows, or as an expression over the row itself."""

import re
from typing import Any

from throughcare.definitions.compiled.frames import ENTITY, Entry, Fold, Frame, column
from throughcare.definitions.compiled.scopes import literal
from throughcare.definitions.expressions import Mistake, Spelled, same, spell, uses_of, wanted
from throughcare.definitions.grammar import Choice, Fact
from throughcare.definitions.windows import window

PHRASES = ("exists", "count", "count_of", "sum", "lowest", "highest", "first", "latest")
VERBS = ("value", *PHRASES, "choose")


def fact(names: Any, given: Fact) -> Entry:
    """The one verb of a fact, compiled."""
    verbs = [verb for verb in VERBS if getattr(given, verb) not in (None, [])]
    if len(verbs) != 1:
        raise Mistake(
            f"a fact has exactly one verb, this one has {', '.join(verbs) or 'none'}.", do=f"Verbs: {', '.join(VERBS)}."
        )
    verb = verbs[0]
    if verb == "value":
        value = spell(given.value or "", names.row(given.on))
        return Entry(given.id, value.type, given.says, value)
    if verb == "choose":
        value = choice(names, given.on, given.choose or [])
        return Entry(given.id, value.type, given.says, value)
    return folded(names, given, verb, getattr(given, verb))


def folded(names: Any, given: Fact, verb: str, text: str) -> Entry:
    """A fold over the rows of a phrase, inside its window."""
    scope, target, holds = names.phrase(given.on, text)
    day = _day(given, target)
    if given.window:
        if not day:
            raise Mistake(f"{target.name} has no date for the window.", do="Name one with at = …")
        holds = both(holds, window(given.window, names.row(given.on)).holds(column("v", day, "date")))
    take = given.take or (day if verb in ("lowest", "highest", "first", "latest") else None)
    if verb in ("count_of", "sum", "lowest", "highest", "first", "latest") and not take:
        raise Mistake(f"{verb} needs take, the column to read.", do='Add take = "column".')
    taken = scope.target.find(take) if take else None
    if take and not taken:
        raise Mistake(f'take: {target.name} has no column "{take}".', do=f"Columns: {', '.join(scope.target.names())}.")
    kind = {"exists": "boolean", "count": "integer", "count_of": "integer"}.get(verb) or (taken or ("", ""))[1]
    if verb == "sum":
        wanted(Spelled("", kind), "number", scope, take or "")
    fold = Fold(
        target, holds, verb, taken[0] if taken else None, day, _ties(given, target, take), _none(given, verb, kind),
        given.skip_unknown, _link(given, names, scope),
    )  # fmt: skip
    return Entry(given.id, kind, given.says, fold=fold)


def _day(given: Fact, target: Frame) -> str | None:
    if given.at and target.type_of(given.at) != "date":
        raise Mistake(f'at: "{given.at}" is not a date of {target.name}.')
    return given.at or target.day


def both(a: Spelled, b: Spelled) -> Spelled:
    return b if a.sql == "true" else Spelled(f"({a.sql} and {b.sql})", "boolean", a.uses | b.uses)


def _ties(given: Fact, target: Frame, take: str | None) -> tuple[tuple[str, str], ...]:
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
        return {"exists": "false", "count": "0", "count_of": "0", "sum": "0"}.get(verb, "null")
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


def choice(names: Any, on: str, rows: list[Choice]) -> Spelled:
    """First true row wins; an earlier row that is unknown makes the answer unknown."""
    scope = names.row(on)
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


AGGREGATES = {
    "count": "count({x})",
    "count_of": "count(distinct {x})",
    "sum": "sum({x})",
    "lowest": "min({x})",
    "highest": "max({x})",
}


def aggregates(fold: Fold, k: str, evidence: bool) -> dict[str, str]:
    """What one pass over the rows must gather for a fold: t the value, u whether something unknown stands in its way.

    `k` is the column of the fold's condition. There is no FILTER: the engine pays for each of them with all columns.
    """
    if fold.verb in ("first", "latest"):
        return _one_row(fold, k)
    parts = {"e": f'min(case when {k} then v."key" end, 3)'} if evidence else {}
    if fold.verb == "exists":
        return {"t": f"max(case when {k} then 2 when {k} is null then 1 else 0 end)", **parts}
    x = f'v."{fold.take}"' if fold.take else "1"
    parts["t"] = AGGREGATES[fold.verb].format(x=f"case when {k} then {x} end")
    blank = f" or ({k} and {x} is null)" if fold.take else ""
    return parts if fold.skip_unknown else {**parts, "u": f"bool_or({k} is null{blank})"}


def _one_row(fold: Fold, k: str) -> dict[str, str]:
    """The row first, its value second: a newer row without a value is unknown, never an older value.

    t the row, n how many there are, l the day of the last (or first) row that may or may not be one of them.
    """
    x = f'v."{fold.take}"' if fold.take else 'v."key"'
    day = f'v."{fold.day}"' if fold.day else "null::date"
    way = "DESC" if fold.verb == "latest" else "ASC"
    order = [f"{day}, '{way} NULLS {'LAST' if fold.skip_unknown else 'FIRST'}'"] if fold.day else []
    order += [f"{column}, '{direction.upper()} NULLS LAST'" for column, direction in fold.ties]
    key = "create_sort_key(" + ", ".join([*order, "v.\"key\", 'ASC NULLS LAST'"]) + ")"
    parts = {"t": f'arg_min(struct_pack("x" := {x}, "key" := v."key", "day" := {day}), case when {k} then {key} end)'}
    if fold.skip_unknown:
        return parts
    if not fold.day:
        return {**parts, "u": f"bool_or({k} is null)"}
    edge, call = ("infinity", "max") if fold.verb == "latest" else ("-infinity", "min")
    parts["n"] = f"count(case when {k} then 1 end)"
    parts["l"] = f"{call}(case when {k} is null then coalesce({day}, date '{edge}') end)"
    return parts


def settled(fold: Fold, a: dict[str, str]) -> str:
    """The fact's value from what the pass gathered; `a` says under which names."""
    t = a["t"]
    if fold.verb == "exists":
        unknown = "" if fold.skip_unknown else f"when {t} = 1 then null "
        return f"case when {t} = 2 then true {unknown}else {fold.none} end"
    if fold.verb in ("first", "latest"):
        return _settled_row(fold, a)
    unknown = "" if fold.skip_unknown else f"when {a['u']} then null "
    if fold.verb in ("count", "count_of"):
        return f"case {unknown}when coalesce({t}, 0) = 0 then {fold.none} else {t} end"
    return f"case {unknown}when {t} is not null then {t} else {fold.none} end"


def _settled_row(fold: Fold, a: dict[str, str]) -> str:
    t = a["t"]
    if fold.skip_unknown:
        return f'case when {t} is not null then {t}."x" else {fold.none} end'
    if not fold.day:
        return f'case when {a["u"]} then null when {t} is not null then {t}."x" else {fold.none} end'
    beyond = ">=" if fold.verb == "latest" else "<="
    return (
        f"case when {t} is null then case when {a['l']} is not null then null else {fold.none} end "
        f'when {t}."day" is null and ({a["n"]} > 1 or {a["l"]} is not null) then null '
        f'when {a["l"]} {beyond} {t}."day" then null else {t}."x" end'
    )


def evidence(fold: Fold, a: dict[str, str]) -> str:
    """The keys of a few rows that made the fact what it is."""
    if fold.verb in ("first", "latest"):
        return f'case when {a["t"]} is null then []::varchar[] else [{a["t"]}."key"] end'
    return f"coalesce({a['e']}, []::varchar[])"
