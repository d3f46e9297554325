"""Control charts: a measure month by month between its limits, drawn, told in a sentence, and as a table."""

from datetime import date
from typing import Any

from markupsafe import Markup

from throughcare.definitions.compiled.measuring import score
from throughcare.definitions.grammar import Measure
from throughcare.measure import control
from throughcare.measure.control import Chart, Month
from throughcare.measure.reports import Reported
from throughcare.workspace import times
from throughcare.workspace.front import Desk

MONTHS_SHOWN = 36
ROW = "1"  # the exposure of a rate that counts each row once, such as a member's month
LEFT, RIGHT, TOP, BOTTOM = 60, 900, 24, 240


def of(desk: Desk, one: Reported, few: int) -> dict[str, Any] | None:
    """The chart of a measure, or how many months are told so far; None while there is none.

    A month in which fewer than `few` counted could name someone and is left out, as everywhere.
    """
    share = one.measure.score == "share"
    per = 100.0 if share else 1.0
    told = [Month(r.first, float(r.score) / per, r.counted) for r in months(desk, one) if r.counted >= few]
    kind, chart = _chart(one.measure, told)
    if chart is None:
        return {"early": len(told), "least": control.LEAST} if told else None
    return {
        "early": 0,
        "says": _verdict(desk, chart),
        "svg": _drawn(desk, chart, share),
        "kind": desk.words(f"control.{kind}", n=chart.baseline),
        "rows": [_row(desk, point, share) for point in reversed(chart.points)],
        "centre": _number(desk, chart.centre, share),
    }


def _chart(measure: Measure, told: list[Month]) -> tuple[str, Chart | None]:
    """The chart that fits: of a share, of a rate whose exposure is the rows that are counted, or of single values."""
    if measure.score == "share":
        return "shares", control.shares(told)
    how = score(measure.score)
    if how.kind == "rate_per" and how.exposure == ROW:
        return "rates", control.rates(told, how.per)
    return "individuals", control.individuals(told)


def months(desk: Desk, one: Reported) -> list[Any]:
    """The scores of its months that are kept, oldest first."""
    today = desk.viewer.today
    since = date(today.year - MONTHS_SHOWN // 12, today.month, 1)
    asked = {"model": one.model, "book": one.book, "measure": one.measure.id, "since": since}
    return desk.reader.rows("workspace/score_months", **asked)


def _verdict(desk: Desk, chart: Chart) -> str:
    """What the rules say, in one sentence: the row that goes on, else the newest month beyond a limit, else nothing."""
    words = desk.words
    if chart.since:
        way = "higher" if chart.since.high else "lower"
        return words(f"control.{way}", month=times.month(words, chart.since.month.first))
    if chart.beyond:
        return words("control.beyond", n=len(chart.beyond), month=times.month(words, chart.beyond[-1].month.first))
    return words("control.steady", n=len(chart.points))


def _row(desk: Desk, point: control.Point, share: bool) -> dict[str, Any]:
    return {
        "month": times.month(desk.words, point.month.first),
        "score": _number(desk, point.month.score, share),
        "counted": point.month.counted,
        "low": _number(desk, point.low, share),
        "high": _number(desk, point.high_limit, share),
        "signal": desk.words(f"control.signal_{point.signal}") if point.signal else "",
    }


def _number(desk: Desk, value: float, share: bool) -> str:
    return f"{desk.words.decimal(value * 100)}%" if share else desk.words.decimal(value)


def _drawn(desk: Desk, chart: Chart, share: bool) -> Markup:
    """The months as a line of dots, the centre whole, the limits dashed; a month that signals is a diamond."""
    scale = _Scale(chart)
    low, high = ([getattr(p, name) for p in chart.points] for name in ("low", "high_limit"))
    line = " L".join(f"{scale.x(n)} {scale.y(p.month.score)}" for n, p in enumerate(chart.points))
    body = Markup('<title id="ct">{}</title><desc id="cd">{}</desc>').format(
        desk.words("control.title"), _verdict(desk, chart)
    )
    body += Markup(f'<path class="ref" d="M{LEFT} {scale.y(chart.centre)}H{RIGHT}"/>')
    body += Markup("").join(
        Markup(f'<path class="ref" stroke-dasharray="5 4" d="{scale.steps(values)}"/>') for values in (low, high)
    )
    body += Markup(f'<path class="ln" d="M{line}"/>')
    body += Markup("").join(_dot(p, scale.x(n), scale.y(p.month.score)) for n, p in enumerate(chart.points))
    text = Markup('<text x="{}" y="{}" text-anchor="end">{}</text>')
    for value in (chart.centre, low[-1], high[-1]):
        body += text.format(LEFT - 8, scale.y(value) + 5, _number(desk, value, share))
    return Markup(
        '<svg class="w" viewBox="0 0 960 {h}" width="960" height="{h}" role="img" aria-labelledby="ct cd">{b}{m}</svg>'
    ).format(h=BOTTOM + 40, b=body, m=_months(desk, chart, scale))


def _dot(point: control.Point, x: float, y: float) -> Markup:
    if point.signal:
        return Markup(f'<path class="nd" d="M{x} {y - 8}l8 8 -8 8 -8 -8z"/>')
    return Markup(f'<circle class="pt" cx="{x}" cy="{y}" r="4"/>')


def _months(desk: Desk, chart: Chart, scale: "_Scale") -> Markup:
    """Every third month by name, the first and each January with its year."""
    out = Markup("")
    for n, point in enumerate(chart.points):
        first = point.month.first
        if n % 3 == 0:
            short = desk.words(f"time.month.{first.month}")
            year = f" {first.year}" if n == 0 or first.month <= 3 else ""
            out += Markup('<text x="{}" y="{}" text-anchor="middle">{}{}</text>').format(
                scale.x(n), BOTTOM + 28, short, year
            )
    return out


class _Scale:
    """Months to the right, values upward, from the lowest to the highest of what is drawn."""

    def __init__(self, chart: Chart) -> None:
        values = [v for p in chart.points for v in (p.low, p.high_limit, p.month.score)]
        self.low, self.high = min(values), max(values)
        self.step = (RIGHT - LEFT) / len(chart.points)

    def x(self, nth: int) -> float:
        return round(LEFT + self.step * (nth + 0.5), 1)

    def y(self, value: float) -> float:
        return round(BOTTOM - (value - self.low) / ((self.high - self.low) or 1.0) * (BOTTOM - TOP), 1)

    def steps(self, values: list[float]) -> str:
        """A line that goes straight through each month and steps between them."""
        parts = [f"{'M' if n == 0 else 'L'}{round(LEFT + self.step * n, 1)} {self.y(v)}h{round(self.step, 1)}"
                 for n, v in enumerate(values)]  # fmt: skip
        return " ".join(parts)
