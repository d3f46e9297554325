"""The closed set of functions: each with its types, one sentence, and its spelling for the engine."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlglot import exp

from throughcare.definitions.expressions import Mistake, Scope, Spelled, said, uses_of, wanted

Read = Callable[[Any], Spelled]
UNPAUSED = """({day} + cast(list_filter(range(1, cast({n} as bigint) + 1 + cast(coalesce(list_sum(list_transform(
    {pauses}, lambda z: case when z."t" >= z."f" then date_diff('day', z."f", z."t") + 1 else 0 end)), 0) as bigint)),
    lambda i: len(list_filter({pauses}, lambda z: {day} + cast(i as integer) >= z."f"
        and (z."t" is null or {day} + cast(i as integer) <= z."t"))) = 0)[cast({n} as bigint)] as integer))"""


@dataclass(frozen=True)
class Function:
    """One function an author may write. Any unknown argument gives unknown, unless its sentence says otherwise."""

    name: str
    takes: tuple[tuple[str, str], ...]  # (name, wanted type)
    gives: str
    says: str
    sql: str = ""
    special: Callable[["Function", list[Any], Scope, Read], Spelled] | None = field(default=None, compare=False)

    @property
    def call(self) -> str:
        return f"{self.name}({', '.join(name for name, _ in self.takes)})"

    def spell(self, items: list[Any], scope: Scope, read: Read) -> Spelled:
        if self.special:
            return self.special(self, items, scope, read)
        if len(items) != len(self.takes):
            raise Mistake(f"{self.name}() takes {len(self.takes)} values, not {len(items)}.", "", f"Write {self.call}.")
        args = [self._argument(i, item, scope, read) for i, item in enumerate(items)]
        parts = {f"a{i}": arg.sql for i, arg in enumerate(args)}
        if "{calendar}" in self.sql:
            parts["calendar"] = scope.business_days()
        gives = self._gives(args)
        return Spelled(self.sql.format(**parts), gives, uses_of(args))

    def _argument(self, nth: int, item: Any, scope: Scope, read: Read) -> Spelled:
        name, want = self.takes[nth]
        arg = read(item)
        if want == "instant":
            return scope.local_midnight(arg) if arg.type == "date" else wanted(arg, "timestamp", scope, item)
        if want == "any":
            return arg
        fit = {"integer": "number"}.get(want, want)
        try:
            return wanted(arg, fit, scope, item)
        except Mistake:
            raise Mistake(f"{self.name}() wants {said(want)} as {name}, not {said(arg.type)}.", "", self.call) from None

    def _gives(self, args: list[Spelled]) -> str:
        if self.gives != "number":
            return self.gives
        return "integer" if all(a.type == "integer" for a in args) else "decimal"


# How one person's rows speak of another's: a plan that holds it needs the rows of both.
REACHED = '(select min(other."person_id") from "view_person" other where other."key" = {})'


def _at_least(self: Function, items: list[Any], scope: Scope, read: Read) -> Spelled:
    if len(items) < 2:
        raise Mistake("at_least() takes a number and the conditions to count.", "", "Write at_least(2, a, b, c).")
    least = wanted(read(items[0]), "number", scope, items[0])
    parts = [wanted(read(item), "boolean", scope, item) for item in items[1:]]
    true = " + ".join(f"(case when {p.sql} then 1 else 0 end)" for p in parts)
    possible = " + ".join(f"(case when not {p.sql} then 0 else 1 end)" for p in parts)
    sql = f"(case when {true} >= {least.sql} then true when {possible} < {least.sql} then false end)"
    return Spelled(sql, "boolean", uses_of([least, *parts]))


def _first_known(self: Function, items: list[Any], scope: Scope, read: Read) -> Spelled:
    parts = [read(item) for item in items]
    if not parts or len({p.type for p in parts} - {"unknown"}) > 1:
        raise Mistake("first_known() takes values of one kind.", "", "Write first_known(a, b).")
    return Spelled(f"coalesce({', '.join(p.sql for p in parts)})", parts[0].type, uses_of(parts))


def _in_value_set(self: Function, items: list[Any], scope: Scope, read: Read) -> Spelled:
    if len(items) != 2 or not isinstance(items[1], exp.Column):
        raise Mistake("in_value_set() takes a code and the name of a value set.", "", f"Write {self.call}.")
    code = wanted(read(items[0]), "text", scope, items[0])
    system = None
    if isinstance(items[0], exp.Column) and items[0].name == "code":
        try:
            system = scope.column(items[0].table, "system")
        except Mistake:
            system = None
    return scope.in_value_set(code, system, items[1].name)


def _lookup(self: Function, items: list[Any], scope: Scope, read: Read) -> Spelled:
    if len(items) < 2 or not isinstance(items[0], exp.Column):
        raise Mistake("lookup() takes the name of a table, then what to look up.", "", f"Write {self.call}.")
    return scope.lookup(items[0].name, [read(item) for item in items[1:]])


def _scored(self: Function, items: list[Any], scope: Any, read: Read) -> Spelled:
    """Binary floating point inside, six places of it outside; what is no number is unknown."""
    _asked(self, scope, "scoring")(self.name)
    if len(items) != len(self.takes):
        raise Mistake(f"{self.name}() takes {len(self.takes)} values, not {len(items)}.", "", f"Write {self.call}.")
    args = [wanted(read(item), "number", scope, item) for item in items]
    sql = f"care_{self.name}({', '.join(arg.sql for arg in args)})"
    return Spelled(sql, "decimal", uses_of(args))


def _previous(self: Function, items: list[Any], scope: Any, read: Read) -> Spelled:
    if len(items) != 1:
        raise Mistake("previous() takes one value.", "", f"Write {self.call}.")
    found: Spelled = _asked(self, scope, "previous")(read(items[0]))
    return found


def _unpaused(self: Function, items: list[Any], scope: Any, read: Read) -> Spelled:
    """Days are laid out one by one as far as the pauses reach, and those that none covers are counted."""
    if len(items) != 2:
        raise Mistake("unpaused_days_after() takes a day and how many days.", "", f"Write {self.call}.")
    day = wanted(read(items[0]), "date", scope, items[0])
    n = wanted(read(items[1]), "number", scope, items[1])
    pauses = _asked(self, scope, "pauses")()
    return Spelled(UNPAUSED.format(day=day.sql, n=n.sql, pauses=pauses.sql), "date", uses_of([day, n, pauses]))


def _asked(self: Function, scope: Any, name: str) -> Any:
    """What only some places of a care model can answer."""
    if not hasattr(scope, name):
        raise Mistake(f"{self.name}() has no meaning here.", "", "Put it into a fact, and name the fact.")
    return getattr(scope, name)


def _interpolate(self: Function, items: list[Any], scope: Any, read: Read) -> Spelled:
    if len(items) != 2 or not isinstance(items[0], exp.Column):
        raise Mistake("interpolate() takes the name of a table, then a number.", "", f"Write {self.call}.")
    found: Spelled = _asked(self, scope, "interpolate")(items[0].name, read(items[1]))
    return found


def _places(items: list[Any], nth: int, name: str) -> int:
    literal = items[nth] if len(items) == nth + 1 else None
    if not isinstance(literal, exp.Literal) or literal.is_string or literal.this not in "0123456":
        raise Mistake(f"{name}() wants its decimal places as a number from 0 to 6, written out.")
    return int(literal.this)


def _ratio(self: Function, items: list[Any], scope: Scope, read: Read) -> Spelled:
    """Whole numbers only inside: twice the quotient plus one, halved, is rounding half away from zero."""
    places = _places(items, 2, "ratio")
    a, b = (wanted(read(item), "number", scope, item) for item in items[:2])
    sql = f"care_ratio({a.sql}, {b.sql}, {10**places}, {10 ** (6 - places)})"
    return Spelled(sql, "decimal", a.uses | b.uses)


def _round(self: Function, items: list[Any], scope: Scope, read: Read) -> Spelled:
    places = _places(items, 1, "round_half_up")
    x = wanted(read(items[0]), "number", scope, items[0])
    return Spelled(f"cast(round(cast({x.sql} as decimal(18,6)), {places}) as decimal(18,6))", "decimal", x.uses)


def _f(name: str, takes: str, gives: str, says: str, sql: str = "", special: Any = None) -> Function:
    pairs = tuple((n, t) for n, t in (pair.split(":") for pair in takes.split()))
    return Function(name, pairs, gives, says, sql, special)


_LIST = [
    _f("days_after", "day:date n:integer", "date", "The n-th day after a day, which is day 0.",
       "({a0} + cast({a1} as integer))"),
    _f("days_before", "day:date n:integer", "date", "The n-th day before a day.", "({a0} - cast({a1} as integer))"),
    _f("last_day_of_period", "day:date n:integer", "date", "The last day of n days that begin on the day: it is day 1.",
       "({a0} + cast({a1} as integer) - 1)"),
    _f("days_between", "first:date second:date", "integer",
       "Days from the first to the second; negative when it is earlier.",
       "date_diff('day', {a0}, {a1})"),
    _f("business_days_after", "day:date n:integer", "date",
       "The n-th business day strictly after a day, by the care model's calendar; n is 1 or more.",
       "care_business_days_after({a0}, cast({a1} as integer), {calendar})"),
    _f("hours_after", "moment:instant n:integer", "timestamp",
       "Elapsed hours after a moment, across changes of the clock; a day alone counts from its midnight.",
       "({a0} + to_hours(cast({a1} as integer)))"),
    _f("months_after", "day:date n:integer", "date", "The same day n months later, or the last day of a shorter month.",
       "cast({a0} + to_months(cast({a1} as integer)) as date)"),
    _f("months_before", "day:date n:integer", "date",
       "The same day n months earlier, or the last day of a shorter month.",
       "cast({a0} - to_months(cast({a1} as integer)) as date)"),
    _f("age_in_years", "birth_date:date on_date:date", "integer",
       "Completed birthdays; someone born on 29 February turns on 1 March in common years.",
       "care_age_in_years({a0}, {a1})"),
    _f("age_in_days", "birth_date:date on_date:date", "integer", "Days lived.",
       "date_diff('day', {a0}, {a1})"),
    _f("weeks_between", "first:date second:date", "integer", "Whole weeks from the first day to the second.",
       "care_floor(date_diff('day', {a0}, {a1}), 7)"),
    _f("gestational_days", "expected_birth:date on_date:date", "integer",
       "Days of pregnancy: 280 at the expected birth.",
       "(280 - date_diff('day', {a1}, {a0}))"),
    _f("first_of_month", "day:date", "date", "The first day of the day's month.",
       "cast(date_trunc('month', {a0}) as date)"),
    _f("end_of_month", "day:date", "date", "The last day of the day's month.", "last_day({a0})"),
    _f("first_of_next_month", "day:date", "date", "The first day of the month after the day's.",
       "(last_day({a0}) + 1)"),
    _f("quarter_of", "day:date", "integer", "The quarter of the year, 1 to 4.", "quarter({a0})"),
    _f("window_number", "day:date start:date n:integer", "integer",
       "Which n-day window after start the day lies in, from 1.",
       "(care_floor(date_diff('day', {a1}, {a0}), {a2}) + 1)"),
    _f("overlap_days", "start_1:date end_1:date start_2:date end_2:date", "integer",
       "Days in both, both ends included; an unknown end has not come yet, two of them give unknown.",
       "care_overlap_days({a0}, {a1}, {a2}, {a3})"),
    _f("unpaused_days_after", "day:date n:integer", "date",
       "The n-th day after a day that no pause of the person covers, both ends of a pause being paused; unknown while "
       "an open pause stands before it. Which pauses count cannot be chosen: a step's clock can.", special=_unpaused),
    _f("smaller", "a:number b:number", "number", "The smaller of two; unknown if either is.",
       "care_smaller({a0}, {a1})"),
    _f("larger", "a:number b:number", "number", "The larger of two; unknown if either is.", "care_larger({a0}, {a1})"),
    _f("earlier", "a:date b:date", "date", "The earlier of two days; unknown if either is.",
       "care_smaller({a0}, {a1})"),
    _f("later", "a:date b:date", "date", "The later of two days; unknown if either is.", "care_larger({a0}, {a1})"),
    _f("absolute", "x:number", "number", "x without its sign.", "abs({a0})"),
    _f("months_between", "first:date second:date", "integer",
       "Whole months from the first day to the second; negative when it is earlier.",
       "care_months_between({a0}, {a1})"),
    _f("minutes_between", "first:instant second:instant", "integer",
       "Whole minutes from the first moment to the second; negative when it is earlier.",
       "care_floor(epoch({a1}) - epoch({a0}), 60)"),
    _f("year_of", "day:date", "integer", "The year of a day.", "year({a0})"),
    _f("month_of", "day:date", "integer", "The month of a day, 1 to 12.", "month({a0})"),
    _f("weekday_of", "day:date", "integer", "The day of the week: 1 is Monday, 7 is Sunday.", "isodow({a0})"),
    _f("lottery", "seed:text id:text", "integer",
       "A number drawn for an id: always the same for the same seed, and in no order anyone could foresee.",
       "care_lottery({a0}, {a1})"),
    _f("power", "x:number y:number", "decimal", 'x to the power of y; only where kind = "score".', special=_scored),
    _f("exp", "x:number", "decimal", 'e to the power of x; only where kind = "score".', special=_scored),
    _f("ln", "x:number", "decimal", 'The natural logarithm of x, above 0; only where kind = "score".',
       special=_scored),
    _f("sqrt", "x:number", "decimal", 'The square root of x, not below 0; only where kind = "score".',
       special=_scored),
    _f("clamp", "x:number low:number high:number", "number", "x, but not below low nor above high.",
       "care_larger({a1}, care_smaller({a0}, {a2}))"),
    _f("ratio", "a:number b:number places:integer", "decimal",
       "a by b, exact, rounded half up; unknown when b is 0.", special=_ratio),
    _f("round_half_up", "x:number places:integer", "decimal", "Rounded, half away from zero.", special=_round),
    _f("whole_units", "x:number size:number", "integer", "How many whole units of a size are in x; never below 0.",
       "care_larger(0, care_floor({a0}, {a1}))"),
    _f("person_of", "patient:text", "integer",
       "The person a source calls by this reference (\"Patient/…\"), to link rows of a mother and her child by.",
       REACHED.format("{a0}")),
    _f("known", "x:any", "boolean", "True when x is known: one of two ways to turn unknown into yes or no.",
       "({a0} is not null)"),
    _f("is_true", "x:boolean", "boolean", "True when x is surely true; unknown counts as no.", "coalesce({a0}, false)"),
    _f("first_known", "a:any b:any", "any", "The first of several values that is known.", special=_first_known),
    _f("at_least", "k:integer a:boolean b:boolean", "boolean",
       "True when k are true, false when k can no longer be, else unknown.", special=_at_least),
    _f("previous", "x:any", "any", "x on the row before, by the set's date, of the same person; unknown on the first.",
       special=_previous),
    _f("listed_in", "word:text words:text", "boolean",
       "Is the word one of those joined with commas? Unknown when either is missing.",
       "(case when {a0} is not null then list_contains(string_split_regex({a1}, ' *, *'), {a0}) end)"),
    _f("in_value_set", "code:text value_set:name", "boolean",
       "Is this code in the value set? Unknown when the code or its system is missing.", special=_in_value_set),
    _f("interpolate", "table:name x:number", "decimal",
       "The value of a table of lines at x, on the straight line of its row, to six places; unknown outside.",
       special=_interpolate),
    _f("lookup", "table:name x:any", "any", "The value of a table at x; unknown outside the table.", special=_lookup),
]  # fmt: skip

FUNCTIONS: dict[str, Function] = {f.name: f for f in _LIST}

# What the engine must know before any expression runs. Integers inside, so nothing is rounded on the way.
MACROS = (
    "care_scaled(x) as cast(cast(x as decimal(38,6)) * 1000000 as hugeint)",
    """care_floor(x, size) as case when size > 0 then cast(
        (care_scaled(x) - ((care_scaled(x) % care_scaled(size)) + care_scaled(size)) % care_scaled(size))
        // care_scaled(size) as bigint) end""",
    "care_smaller(a, b) as case when a is null or b is null then null else least(a, b) end",
    "care_larger(a, b) as case when a is null or b is null then null else greatest(a, b) end",
    """care_age_in_years(birth, day) as year(day) - year(birth)
        - case when month(day) * 100 + day(day) < month(birth) * 100 + day(birth) then 1 else 0 end""",
    """care_business_days_after(day, n, calendar) as case
        when n >= 1 and day between date '1990-01-01' and date '2060-01-01'
        then day + cast(list_filter(range(1, 2 * n + 14),
            lambda i: get_bit(calendar, cast(day - date '1990-01-01' + i as integer)) = 1)[n] as integer) end""",
    """care_business_days_before(day, n, calendar) as case
        when n >= 1 and day between date '1992-01-01' and date '2060-01-01'
        then day - cast(list_filter(range(1, 2 * n + 14),
            lambda i: get_bit(calendar, cast(day - date '1990-01-01' - i as integer)) = 1)[n] as integer) end""",
    "care_listed(names) as list_filter(names, lambda x: x is not null)",
    """care_overlap_days(s1, e1, s2, e2) as case when s1 is null or s2 is null or (e1 is null and e2 is null) then null
        else greatest(0, date_diff('day', greatest(s1, s2), least(coalesce(e1, e2), coalesce(e2, e1))) + 1) end""",
    """care_ratio(a, b, scale, rest) as case when b <> 0 and a is not null then cast(
        (2 * abs(care_scaled(a)) * scale + abs(care_scaled(b))) // (2 * abs(care_scaled(b))) * rest
        * sign(care_scaled(a)) * sign(care_scaled(b)) as decimal(30,0)) * cast(0.000001 as decimal(7,6)) end""",
    """care_months_between(a, b) as (year(b) - year(a)) * 12 + month(b) - month(a)
        - case when cast(a + to_months(cast((year(b) - year(a)) * 12 + month(b) - month(a) as integer)) as date) > b
            then 1 else 0 end""",
    "care_lottery(seed, id) as cast('0x' || substr(md5(seed || '|' || id), 1, 12) as bigint)",
    "care_exact(x) as case when isfinite(x) then try_cast(x as decimal(18,6)) end",
    """care_power(x, y) as case when x > 0 or (x = 0 and y > 0) or (x < 0 and y = floor(y))
        then care_exact(power(cast(x as double), cast(y as double))) end""",
    "care_exp(x) as care_exact(exp(cast(x as double)))",
    "care_ln(x) as case when x > 0 then care_exact(ln(cast(x as double))) end",
    "care_sqrt(x) as case when x >= 0 then care_exact(sqrt(cast(x as double))) end",
    "care_mean(total, n) as care_ratio(total, n, 1000000, 1)",
    """care_middle(sorted) as case when len(sorted) > 0 then
        care_ratio(sorted[(len(sorted) + 1) // 2] + sorted[len(sorted) // 2 + 1], 2, 1000000, 1) end""",
    "care_reached(sorted, share) as sorted[greatest(1, cast(ceil(share * len(sorted)) as integer))]",
    """care_span(first, last) as struct_pack("s" := epoch_us(first), "e" := epoch_us(last),
        "t" := epoch_us(last) - epoch_us(first))""",
)
