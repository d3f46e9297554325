"""The lane timeline: the last ninety days of one person drawn as lanes, with the same facts in the list below it."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from markupsafe import Markup

from throughcare.workspace import times
from throughcare.workspace.front import Desk
from throughcare.workspace.timeline import DRAWN_DAYS

LANES = ("stay", "visit", "contact", "result", "program")
LEFT, RIGHT, TOP, ROW = 96, 668, 34, 36
WEEKS_BETWEEN_MARKS = 2
GAP_SHOWN_DAYS = 14


def drawn(desk: Desk, rows: Sequence[Any], programs: Sequence[dict[str, Any]]) -> Markup | str:
    """The drawing; nothing at all when nothing happened."""
    if not rows:
        return ""
    today = desk.viewer.today
    shown = [lane for lane in LANES if any(_lane(row) == lane for row in rows) or lane == "contact"]
    height = TOP + ROW * len(shown) + 22
    body = Markup('<title id="tlt">{}</title><desc id="tld">{}</desc>').format(
        desk.words("timeline.drawn", n=DRAWN_DAYS), _told(desk, rows)
    )
    body += _gap(desk, rows, height) + _weeks(desk, today, height)
    for place, lane in enumerate(shown):
        y = TOP + ROW * place
        body += Markup('<text class="i" x="0" y="{}">{}</text><path class="ax" d="M{} {}H{}"/>').format(
            y + 5, desk.words(f"timeline.lane.{lane}"), LEFT - 6, y, RIGHT
        )
        body += Markup("").join(_mark(row, y, today) for row in rows if _lane(row) == lane)
    body += Markup(
        '<path class="thr" d="M{x} 20V{h}"/><text class="t" x="680" y="12" text-anchor="end">{says}</text>'
    ).format(x=RIGHT, h=height - 20, says=desk.words("time.today"))
    return Markup(
        '<svg viewBox="0 0 680 {h}" width="680" height="{h}" role="img" aria-labelledby="tlt tld">{body}</svg>'
    ).format(h=height, body=body)


def _lane(row: Any) -> str:
    return "result" if row.lane in ("request", "procedure") else row.lane


def _x(on: date, today: date) -> float:
    share = (on - (today - timedelta(days=DRAWN_DAYS))).days / DRAWN_DAYS
    return round(LEFT + (RIGHT - LEFT) * min(max(share, 0.0), 1.0), 1)


def _mark(row: Any, y: int, today: date) -> Markup:
    """A stay is a bar, a program a line that goes on, everything else a dot; a try that failed is a ring."""
    x = _x(row.on_day, today)
    if row.lane == "stay":
        width = max(_x(row.until_day or today, today) - x, 5)
        return Markup('<rect class="f1" x="{}" y="{}" width="{}" height="16" rx="4"/>').format(
            x, y - 8, round(width, 1)
        )
    if row.lane == "program":
        end = _x(row.until_day or today, today)
        return Markup('<path class="thr" d="M{} {}H{}"/><circle class="ring" cx="{}" cy="{}" r="5"/>').format(
            x, y, end, x, y
        )
    shape = "ring" if row.good is False else "nd"
    return Markup('<circle class="{}" cx="{}" cy="{}" r="5"/>').format(shape, x, y)


def _weeks(desk: Desk, today: date, height: int) -> Markup:
    out = Markup("")
    for back in range(0, DRAWN_DAYS + 1, 7 * WEEKS_BETWEEN_MARKS):
        on = today - timedelta(days=back)
        x = _x(on, today)
        out += Markup('<path class="ax" d="M{} 20V{}"/>').format(x, height - 20)
        if back > 0 and x >= LEFT:
            out += Markup('<text x="{}" y="{}" text-anchor="middle">{}</text>').format(
                x, height - 3, times.day(desk.words, on, today)
            )
    return out


def _gap(desk: Desk, rows: Sequence[Any], height: int) -> Markup:
    """The longest time without any contact or visit, when it is worth a word."""
    today = desk.viewer.today
    start, end = _longest_gap(rows, today)
    if (end - start).days < GAP_SHOWN_DAYS:
        return Markup("")
    left, right = _x(start, today), _x(end, today)
    return Markup(
        '<rect class="soft" x="{}" y="16" width="{}" height="{}"/><text x="{}" y="12" text-anchor="middle">{}</text>'
    ).format(
        left,
        round(right - left, 1),
        height - 38,
        round((left + min(right, 560)) / 2, 1),
        desk.words("timeline.no_contact", n=(end - start).days),
    )


def _longest_gap(rows: Sequence[Any], today: date) -> tuple[date, date]:
    seen = sorted({row.until_day or row.on_day for row in rows if row.lane in ("contact", "visit", "stay")})
    days = [max(d, today - timedelta(days=DRAWN_DAYS)) for d in seen] + [today]
    return max(pairwise(days), key=lambda pair: pair[1] - pair[0], default=(today, today))


def _told(desk: Desk, rows: Sequence[Any]) -> str:
    """The drawing in a sentence, for those who hear it."""
    counts = {lane: sum(1 for row in rows if _lane(row) == lane) for lane in LANES}
    parts = [f"{desk.words(f'timeline.lane.{lane}')}: {count}" for lane, count in counts.items() if count]
    start, end = _longest_gap(rows, desk.viewer.today)
    return ", ".join(parts) + ". " + str(desk.words("timeline.no_contact", n=(end - start).days))
