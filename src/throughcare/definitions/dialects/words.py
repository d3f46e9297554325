"""Words: what DuckDB says in one way and Spark in another, node by node of a statement's tree."""

from collections.abc import Callable
from typing import Any

from sqlglot import exp, parse_one
from sqlglot.dialects.spark import Spark

WHOLE = {exp.DType.INT, exp.DType.BIGINT}
TYPES = {exp.DType.TIMESTAMPNTZ: "timestamp", exp.DType.TIMESTAMPTZ: "timestamp", exp.DType.INT128: "decimal(38,0)"}
BUSINESS = ("care_business_days_after", "care_business_days_before")
Word = Callable[[Any], exp.Expr]


def call(name: str, *args: exp.Expr | str) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=[exp.maybe_parse(a, dialect=Spark) for a in args])


def spelled(text: str, **given: exp.Expr) -> exp.Expr:
    """A text in Spark's words, with parts of the tree in place of its names that begin with an underscore."""
    tree = parse_one(text, read=Spark)
    for column in list(tree.find_all(exp.Column)):
        if not column.table and column.name in given:
            column.replace(given[column.name].copy())
    return tree


def asked(tree: exp.Expr) -> exp.Expr:
    """Calls of business days, with the two lists of their calendar in place of its bits."""
    for node in [n for n in tree.find_all(exp.Anonymous) if n.name.lower() in BUSINESS]:
        day, n, variable = node.expressions
        name = variable.name
        node.set("expressions", [day, n, exp.column(f"{name}_days"), exp.column(f"{name}_before")])
    return tree


def said(tree: exp.Expr) -> exp.Expr:
    """The whole tree in Spark's words, the innermost first."""
    for node in reversed(list(tree.walk())):
        word = WORDS.get(type(node))
        if isinstance(node, exp.Anonymous):
            word = CALLED.get(node.name.lower())
        if word:
            new = word(node)
            if new is not node:
                if node is tree:
                    tree = new
                else:
                    node.replace(new)
    return tree


def _cast(node: exp.Cast) -> exp.Expr:
    """What is cast to a whole number is rounded; Spark alone would cut it off."""
    kind = node.to.this
    if kind in TYPES:
        node.set("to", exp.DataType.build(TYPES[kind], dialect="spark"))
    inner = node.this.unnest()
    whole = isinstance(inner, exp.Null | exp.Boolean | exp.DateDiff) or (
        isinstance(inner, exp.Literal) and inner.is_int
    )
    if kind in WHOLE and not whole:
        node.set("this", call("round", inner))
    return node


def _date_diff(node: exp.DateDiff) -> exp.Expr:
    if (unit := node.text("unit").upper() or "DAY") != "DAY":
        raise ValueError(f"Spark is not told yet how to count what lies between two days in the unit {unit}.")
    return spelled("cast(datediff(_b, _a) as bigint)", _b=node.this, _a=node.expression)


def _interval(node: exp.Interval) -> exp.Expr:
    if ":" in node.name:
        hours, minutes, seconds = node.name.split(":")
        return call("make_dt_interval", "0", hours, minutes, seconds)
    return node


def _series(node: exp.GenerateSeries) -> exp.Expr:
    """Up to, and without, the end; nothing when it begins there; unknown when either is."""
    start, end, step = node.args["start"], node.args["end"], node.args.get("step")
    if isinstance(step, exp.Interval):
        days = "case when _a < _b then sequence(_a, date_add(_b, -1), _s) when _a >= _b then slice(array(_a), 1, 0) end"
        return spelled(days, _a=start, _b=end, _s=step)
    return spelled("case when _a < _b then sequence(cast(_a as bigint), cast(_b as bigint) - 1) "
                   "when _a >= _b then cast(array() as array<bigint>) end", _a=start, _b=end)  # fmt: skip


def _bracket(node: exp.Bracket) -> exp.Expr:
    return spelled("get(_l, cast(_n as int) - 1)", _l=node.this, _n=node.expressions[0])


def _min(node: exp.Min) -> exp.Expr:
    count = node.args.get("count")
    return spelled("slice(array_sort(collect_list(_x)), 1, _n)", _x=node.this, _n=count) if count else node


def _arg_min(node: exp.ArgMin) -> exp.Expr:
    """Rows without a value take no part, as in DuckDB."""
    x, by, count = node.this, node.expression, node.args.get("count")
    if count:
        rows = "array_sort(collect_list(case when _x is not null and _b is not null then struct(_b as b, _x as x) end))"
        return spelled(f"transform(slice({rows}, 1, _n), e -> e.x)", _x=x, _b=by, _n=count)
    if isinstance(x, exp.Struct):
        return call("min_by", x, by)
    return spelled("min_by(_x, case when _x is not null then _b end)", _x=x, _b=by)


def _sort_key(node: exp.Anonymous) -> exp.Expr:
    """An order as a struct, which Spark compares part by part; a day, a moment or a value backwards is its negative."""
    parts: list[exp.Expr] = []
    for x, way in zip(node.expressions[::2], node.expressions[1::2], strict=True):
        direction, _, blank = way.name.split()
        parts.append(spelled("_x is null" if blank == "LAST" else "_x is not null", _x=x))
        parts.append(spelled(_backwards(x), _x=x) if direction == "DESC" else x)
    return call("struct", *parts)


def _backwards(x: exp.Expr) -> str:
    if x.name.endswith("_at"):
        return "-unix_micros(_x)"
    return "-_x" if x.name == "value" else "-datediff(_x, date'1970-01-01')"


def _listed(node: exp.ArrayAgg) -> exp.Expr:
    """In the order that is asked for; blanks come last."""
    order = node.this
    if not isinstance(order, exp.Order):
        return node
    keys = ", ".join(f"_k{n} is null as b{n}, _k{n} as k{n}" for n in range(len(order.expressions)))
    given = {f"_k{n}": o.this for n, o in enumerate(order.expressions)}
    rows = f"array_sort(collect_list(struct({keys}, _x as x)))"
    return spelled(f"transform({rows}, e -> e.x)", _x=order.this, **given)


def _filter(node: exp.Filter) -> exp.Expr:
    """A condition inside the list that is gathered: Spark has none beside a window or inside a longer expression."""
    gathered = node.this.find(exp.ArrayAgg)
    if not gathered:
        return node
    holds = node.expression.this
    gathered.set("this", spelled("case when _c then _x end", _c=holds, _x=gathered.this))
    return node.this


def _explode(node: exp.Explode) -> exp.Expr:
    return call("inline", node.this) if node.expressions else node


def _row_number(node: exp.Window) -> exp.Expr:
    if isinstance(node.this, exp.RowNumber) and not node.args.get("partition_by") and not node.args.get("order"):
        return call("monotonically_increasing_id")
    return node


def _select(node: exp.Select) -> exp.Expr:
    """A star without some columns, and with others in their place; and a choice of rows by their place."""
    listed: list[exp.Expr] = []
    for item in node.expressions:
        star = item if isinstance(item, exp.Star) else item.this if isinstance(item, exp.Column) else None
        listed.append(item)
        if isinstance(star, exp.Star) and (changed := star.args.get("replace")):
            star.set(
                "except_", [*(star.args.get("except_") or []), *(exp.column(c.alias, quoted=True) for c in changed)]
            )
            star.set("replace", None)
            listed += changed
    qualify = node.args.get("qualify")
    if not qualify:
        node.set("expressions", listed)
        return node
    node.set("qualify", None)
    node.set("expressions", [*listed, exp.alias_(qualify.this, "$chosen", quoted=True)])
    star = exp.Star(except_=[exp.column("$chosen", quoted=True)])
    return exp.Select(expressions=[star]).from_(node.subquery("k")).where(exp.column("$chosen", quoted=True))


def _union(node: exp.Union) -> exp.Expr:
    if node.args.get("by_name"):
        raise ValueError("Spark joins rows by the place of their columns, not by name.")
    return node


def _zone(node: exp.Anonymous) -> exp.Expr:
    """From a clock on a wall to a moment, or back: a wall's time is always written as a cast."""
    zone, x = node.expressions
    base = x.unnest()
    while isinstance(base, exp.Add | exp.Sub):
        base = base.this.unnest()
    return call("to_utc_timestamp" if isinstance(base, exp.Cast) else "from_utc_timestamp", x, zone)


def _reduce(node: exp.Anonymous) -> exp.Expr:
    """From the left; with a beginning, which is an empty list like those that are added, or with the first."""
    rows, step = node.expressions[:2]
    if len(node.expressions) == 3:
        begin, rest = spelled("slice(get(_l, 0), 1, 0)", _l=rows), rows
    else:
        begin, rest = spelled("get(_l, 0)", _l=rows), spelled("slice(_l, 2, size(_l))", _l=rows)
    return call("aggregate", rest, begin, step)


def _json(node: exp.Anonymous) -> exp.Expr:
    """A moment as DuckDB writes it: no more parts of a second than it has, and its distance from UTC as +00."""
    written = "to_json(_x, map('ignoreNullFields', 'false', 'timestampFormat', 'yyyy-MM-dd HH:mm:ss.SSSSSSx'))"
    rest = "(?:[.]0+|([.][0-9]*[1-9])0*)[+]00"
    return spelled(f"regexp_replace({written}, '{rest}', '$1+00')", _x=node.expressions[0])


def _shift(text: str) -> Word:
    return lambda node: spelled(text, _n=node.expressions[0] if node.expressions else node.this)


WORDS: dict[type[exp.Expr], Word] = {
    exp.Cast: _cast,
    exp.DateDiff: _date_diff,
    exp.Interval: _interval,
    exp.GenerateSeries: _series,
    exp.Bracket: _bracket,
    exp.Min: _min,
    exp.ArgMin: _arg_min,
    exp.ArrayAgg: _listed,
    exp.Filter: _filter,
    exp.Explode: _explode,
    exp.Window: _row_number,
    exp.Select: _select,
    exp.Union: _union,
    exp.ToDays: _shift("make_dt_interval(_n)"),
    exp.Length: lambda node: call("array_size", node.this),
    exp.TimeToUnix: lambda node: spelled("unix_micros(_x) * cast(0.000001 as decimal(7,6))", _x=node.this),
    exp.DayOfWeekIso: lambda node: spelled("weekday(_x) + 1", _x=node.this),
    exp.ArrayOverlaps: lambda node: call("arrays_overlap", node.this, node.expression),
    exp.RegexpFullMatch: lambda node: exp.RegexpLike(
        this=node.this, expression=exp.Literal.string(f"^(?:{node.expression.name})$")
    ),
}
CALLED: dict[str, Word] = {
    "to_months": _shift("make_ym_interval(0, _n)"),
    "to_hours": _shift("make_dt_interval(0, _n)"),
    "to_minutes": _shift("make_dt_interval(0, 0, _n)"),
    "timezone": _zone,
    "create_sort_key": _sort_key,
    "list_reduce": _reduce,
    "list_sum": lambda node: spelled(
        "aggregate(_l, cast(0 as decimal(38,6)), (a, x) -> cast(a + coalesce(x, 0) as decimal(38,6)))",
        _l=node.expressions[0],
    ),
    "to_json": _json,
}
