"""Windows: "6 months before started_on" as two days, both included."""

import re
from dataclasses import dataclass

from throughcare.definitions.expressions import Mistake, Scope, Spelled, spell, uses_of

SHAPES = (
    "day 0 to day 30 after X",
    "day 1 to day 7 before X",
    "180 days before X",
    "180 days ending on X",
    "180 days ending the day before X",
    "6 months before X",
    "12 months ending on X",
    "same day as X",
    "same month as X",
    "same year as X",
    "from X to Y",
    "during period",
    "any time",
    "any time up to X",
    "any time before X",
    "any time on or after X",
    "any time after X",
)
_N = r"(\d+|[a-z_][a-z0-9_]*)"
_LENGTH = re.compile(rf"{_N} (days?|weeks?|months?|years?) (before|ending on|ending the day before) (.+)")
_DAYS = re.compile(rf"day {_N} to day {_N} (after|before) (.+)")
_SAME = re.compile(r"same (day|month|year) as (.+)")
_OPEN = re.compile(r"any time (up to|before|on or after|after) (.+)")
_FROM = re.compile(r"from (.+) to (.+)")


@dataclass(frozen=True, slots=True)
class Window:
    """The first and last day, in the engine's words; a missing side is open."""

    low: Spelled | None
    high: Spelled | None

    def holds(self, day: Spelled) -> Spelled:
        """Does the day lie inside? Unknown when the day or a side is."""
        sides = [f"{day.sql} >= {self.low.sql}"] if self.low else []
        sides += [f"{day.sql} <= {self.high.sql}"] if self.high else []
        uses = uses_of([part for part in (day, self.low, self.high) if part])
        return Spelled(f"({' and '.join(sides)})" if sides else "true", "boolean", uses)


def window(text: str, scope: Scope) -> Window:
    """A window phrase read; names in it belong to the row being described."""
    text = " ".join(text.split())
    if text == "any time":
        return Window(None, None)
    if text == "during period":
        return Window(scope.column("period", "start"), scope.column("period", "end"))
    for pattern, read in ((_DAYS, _days), (_LENGTH, _length), (_SAME, _same), (_OPEN, _open), (_FROM, _from)):
        if match := pattern.fullmatch(text):
            return read(match, scope)
    raise Mistake(f'"{text}" is not a window.', "", f"Write one of: {'; '.join(SHAPES)}.")


def _days(match: re.Match[str], scope: Scope) -> Window:
    day = spell(match[4], scope, "date")
    first, last = (spell(match[i], scope, "number") for i in (1, 2))
    if match[3] == "before":
        return Window(_shift(day, "-", last), _shift(day, "-", first))
    return Window(_shift(day, "+", first), _shift(day, "+", last))


def _length(match: re.Match[str], scope: Scope) -> Window:
    """N units that end on a day, or the day before it: the day after the N-th one back is the first."""
    n, day = spell(match[1], scope, "number"), spell(match[4], scope, "date")
    ending_on = match[3] == "ending on"
    unit = match[2].rstrip("s")
    if unit in ("day", "week"):
        days = Spelled(f"({n.sql} * 7)", "integer", n.uses) if unit == "week" else n
        low = _shift(day, "-", days)
    else:
        months = f"cast({n.sql} as integer)" + (" * 12" if unit == "year" else "")
        low = Spelled(f"cast({day.sql} - to_months({months}) as date)", "date", day.uses | n.uses)
    one = Spelled("1", "integer")
    return Window(_shift(low, "+", one), day) if ending_on else Window(low, _shift(day, "-", one))


def _same(match: re.Match[str], scope: Scope) -> Window:
    day = spell(match[2], scope, "date")
    if match[1] == "day":
        return Window(day, day)
    low = Spelled(f"cast(date_trunc('{match[1]}', {day.sql}) as date)", "date", day.uses)
    months = {"month": 1, "year": 12}[match[1]]
    high = Spelled(f"cast(date_trunc('{match[1]}', {day.sql}) + to_months({months}) as date) - 1", "date", day.uses)
    return Window(low, high)


def _open(match: re.Match[str], scope: Scope) -> Window:
    day, one = spell(match[2], scope, "date"), Spelled("1", "integer")
    return {
        "up to": Window(None, day),
        "before": Window(None, _shift(day, "-", one)),
        "on or after": Window(day, None),
        "after": Window(_shift(day, "+", one), None),
    }[match[1]]


def _from(match: re.Match[str], scope: Scope) -> Window:
    return Window(spell(match[1], scope, "date"), spell(match[2], scope, "date"))


def _shift(day: Spelled, sign: str, n: Spelled) -> Spelled:
    return Spelled(f"({day.sql} {sign} cast({n.sql} as integer))", "date", day.uses | n.uses)
