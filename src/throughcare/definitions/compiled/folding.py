"""Folding: what one pass over many rows gathers for a fact, and the value that is made of it."""

from throughcare.definitions.compiled.frames import Fold

AGGREGATES = {
    "count": "count({x})",
    "count_of": "count(distinct {x})",
    "sum": "sum({x})",
    "lowest": "min({x})",
    "highest": "max({x})",
    "mean": "sum({x})",
    "median": "list({x})",
    "percentile": "list({x})",
    "spread": "max({x})",
    "minutes": "list({x})",
    "spans": "list({x})",
}
COUNTED = ("count", "count_of")
# Stretches in the order of their starts, each added as far as it reaches beyond those before: a left fold.
TOGETHER = """cast(list_reduce(list_sort({spans}), lambda a, x: case
    when x."s" > a."e" then struct_pack("s" := x."s", "e" := x."e", "t" := a."t" + x."t")
    when x."e" > a."e" then struct_pack("s" := a."s", "e" := x."e", "t" := a."t" + x."e" - a."e")
    else a end)."t" // 60000000 as bigint)"""


def aggregates(fold: Fold, k: str, evidence: bool, shared: dict[str, str]) -> dict[str, str]:
    """What one pass over the rows must gather for a fold: t the value, u whether something unknown stands in its way.

    `k` is the column of the fold's condition; what many folds ask of a row is named in `shared`, to be worked out once.
    There is no FILTER: the engine pays for each of them with all columns.
    """
    if fold.verb in ("first", "latest", "nth"):
        return _one_row(fold, k, shared)
    parts = {"e": f'min(case when {k} then v."key" end, 3)'} if evidence else {}
    if fold.verb == "exists":
        return {"t": f"max(case when {k} then 2 when {k} is null then 1 else 0 end)", **parts}
    x, blank = _amount(fold)
    counted = f"case when {k} then {x} end"
    parts["t"] = AGGREGATES[fold.verb].format(x=counted)
    if fold.verb == "mean":
        parts["n"] = f"count({counted})"
    if fold.verb == "spread":
        parts["n"] = f"min({counted})"
    unknown = f"{k} is null" + (f" or ({k} and {blank})" if blank else "")
    return parts if fold.skip_unknown else {**parts, "u": f"bool_or({unknown})"}


def _amount(fold: Fold) -> tuple[str, str]:
    """What is added up of one row, and when that is not known."""
    if not fold.take:
        return "1", ""
    x = f'v."{fold.take}"'
    if not fold.until:
        return x, f"{x} is null"
    end = f'v."{fold.until}"'
    if fold.verb == "spans":
        return f'struct_pack("f" := {x}, "t" := {end})', ""
    known = f"{end} >= {x}"
    return f"case when {known} then care_span({x}, {end}) end", f"({known}) is not true"


def _one_row(fold: Fold, k: str, shared: dict[str, str]) -> dict[str, str]:
    """The row first, its value second: a newer row without a value is unknown, never an older value.

    t the row, n how many there are, l the day of the last (or first) row that may or may not be one of them.
    """
    x = f'v."{fold.take}"' if fold.take else 'v."key"'
    day = f'v."{fold.day}"' if fold.day else "null::date"
    way = "DESC" if fold.verb == "latest" else "ASC"
    order = [f"{day}, '{way} NULLS {'LAST' if fold.skip_unknown else 'FIRST'}'"] if fold.day else []
    order += [f"{column}, '{direction.upper()} NULLS LAST'" for column, direction in fold.ties]
    key = _once(shared, "create_sort_key(" + ", ".join([*order, "v.\"key\", 'ASC NULLS LAST'"]) + ")")
    many = f", {fold.nth}" if fold.verb == "nth" else ""
    row = _once(shared, f'struct_pack("x" := {x}, "key" := v."key", "day" := {day})')
    parts = {"t": f"arg_min({row}, case when {k} then {key} end{many})"}
    if fold.skip_unknown:
        return parts
    if not fold.day:
        return {**parts, "u": f"bool_or({k} is null)"}
    edge, call = ("9999-12-31", "max") if fold.verb == "latest" else ("0001-01-01", "min")
    parts["n"] = f"count(case when {k} then 1 end)"
    parts["l"] = f"{call}(case when {k} is null then coalesce({day}, date '{edge}') end)"
    if fold.verb == "nth":
        parts["b"] = f"bool_or({k} and {day} is null)"
    return parts


def _once(shared: dict[str, str], sql: str) -> str:
    return f'v."{shared.setdefault(sql, f"o{len(shared)}")}"'


def settled(fold: Fold, a: dict[str, str]) -> str:
    """The fact's value from what the pass gathered; `a` says under which names."""
    t = a["t"]
    if fold.verb == "exists":
        unknown = "" if fold.skip_unknown else f"when {t} = 1 then null "
        return f"case when {t} = 2 then true {unknown}else {fold.none} end"
    if fold.verb in ("first", "latest"):
        return _settled_row(fold, a)
    if fold.verb == "nth":
        return _settled_nth(fold, a)
    if fold.verb == "spans":
        return f"coalesce(care_listed({t}), [])"
    unknown = "" if fold.skip_unknown else f"when {a['u']} then null "
    if fold.verb in COUNTED:
        return f"case {unknown}when coalesce({t}, 0) = 0 then {fold.none} else {t} end"
    value, there = _made(fold, a)
    return f"case {unknown}when {there} then {value} else {fold.none} end"


def _made(fold: Fold, a: dict[str, str]) -> tuple[str, str]:
    """The value, and when there is anything it is made of."""
    t = a["t"]
    if fold.verb == "mean":
        return f"care_mean({t}, {a['n']})", f"{a['n']} > 0"
    if fold.verb == "spread":
        days = fold.target.type_of(fold.take or "") == "date"
        return (f"date_diff('day', {a['n']}, {t})" if days else f"({t} - {a['n']})"), f"{t} is not null"
    rows = f"care_listed({t})"
    listed = {
        "median": f"care_middle(list_sort({rows}))",
        "percentile": f"care_reached(list_sort({rows}), {fold.share})",
        "minutes": TOGETHER.format(spans=rows),
    }.get(fold.verb)
    return (listed, f"len({rows}) > 0") if listed else (t, f"{t} is not null")


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


def _settled_nth(fold: Fold, a: dict[str, str]) -> str:
    """The n-th by date. A row that may count and could come before it makes it unknown; so does one without a date."""
    row = f"{a['t']}[{fold.nth}]"
    few = f"coalesce(len({a['t']}), 0) < {fold.nth}"
    if fold.skip_unknown:
        return f'case when {few} then {fold.none} else {row}."x" end'
    if not fold.day:
        return f'case when {a["u"]} then null when {few} then {fold.none} else {row}."x" end'
    return (
        f"case when {few} then case when {a['l']} is not null then null else {fold.none} end "
        f'when {a["b"]} or {a["l"]} <= {row}."day" then null else {row}."x" end'
    )


def evidence(fold: Fold, a: dict[str, str]) -> str:
    """The keys of a few rows that made the fact what it is."""
    if fold.verb in ("first", "latest"):
        return f'case when {a["t"]} is null then []::varchar[] else [{a["t"]}."key"] end'
    if fold.verb == "nth":
        return f'coalesce(list_transform({a["t"]}, lambda x: x."key"), []::varchar[])'
    return f"coalesce({a['e']}, []::varchar[])"
