"""Threads: care drawn as one line. Solid is done, dotted to come, a filled dot is now, a ring opens, a bar is due."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

WIDTH = 330


def _svg(width: int, height: int, body: str, label: str = "") -> Markup:
    says = Markup(' role="img" aria-label="{}"').format(label) if label else Markup(' aria-hidden="true"')
    return Markup('<svg viewBox="0 0 {w} {h}" width="{w}" height="{h}"{says}>{body}</svg>').format(
        w=width, h=height, says=says, body=Markup(body)
    )


def program(day: int, length: int | None, label: str) -> Markup:
    """How far someone is in a program: to its end when it has one, else past the last quarter of an open line."""
    share = min(day / length, 1.0) if length else 0.62
    x = round(2 + (WIDTH - 8) * share, 1)
    end = f'<path class="thr" d="M{WIDTH - 1} 2V16"/>' if length else ""
    rest = f'<path class="thr f" d="M{x + 8} 9H{WIDTH - 1}"/>' if x + 8 < WIDTH - 1 else ""
    return _svg(
        WIDTH, 18, f'<path class="thr" d="M1 9H{x}"/>{rest}{end}<circle class="nd" cx="{x}" cy="9" r="5.5"/>', label
    )


def rhythm(ticks: Sequence[float], ends: bool) -> Markup:
    """The beat of a care model: a tick per due time (0 to 1), closed by a bar or going on in dots."""
    marks = "".join(f'<path class="thr" d="M{round(6 + 254 * t, 1)} 4V16"/>' for t in sorted(set(ticks)))
    line = (
        '<path class="thr" d="M6 10H284M284 4V16"/>'
        if ends
        else '<path class="thr" d="M6 10H260"/><path class="thr f" d="M264 10H288"/>'
    )
    return _svg(290, 20, f'{line}<circle class="ring" cx="6" cy="10" r="4.5"/>{marks}')


def spark(values: Sequence[float], width: int = 150, height: int = 40) -> Markup:
    """A small line of readings, oldest first, ending in a dot; no axis, because the number stands beside it."""
    low, high = min(values), max(values)
    room = (high - low) or 1.0
    step = (width - 12) / max(len(values) - 1, 1)
    points = [
        (round(4 + i * step, 1), round(height - 6 - (v - low) / room * (height - 12), 1)) for i, v in enumerate(values)
    ]
    path = " L".join(f"{x} {y}" for x, y in points)
    x, y = points[-1]
    return _svg(width, height, f'<path class="ln" d="M{path}"/><circle class="pt" cx="{x}" cy="{y}" r="3.5"/>')


@dataclass(frozen=True, slots=True)
class Line:
    """One step of a care model on the chart: opens and due in days from the event, either may be open-ended."""

    says: str
    who: str
    label: str
    opens: float | None
    due: float | None
    repeats: tuple[float, ...] = ()


LEFT, RIGHT, TOP, ROW = 356, 930, 44, 40


def owed(lines: Sequence[Line], title: str, description: str, day_word: str, start_word: str) -> Markup:
    """Work by day: a ring where a step opens, a bar where it is due, dots for what comes again."""
    days = [d for line in lines for d in (line.opens, line.due) if d is not None]
    last = max([*days, 1.0, *(d for line in lines for d in line.repeats)])
    first = min([*days, 0.0])
    height = TOP + ROW * len(lines) + 8
    scale = _Scale(first, last)
    marks = sorted({d for d in days if d > 0})
    axis = "".join(_rule(scale.x(d), height) for d in marks)
    body = (
        Markup('<title id="wt">{}</title><desc id="wd">{}</desc>').format(title, description)
        + Markup(axis)
        + Markup(f'<path class="ref" d="M{scale.x(0)} 34V{height - 8}"/>')
        + Markup('<text x="{}" y="22" text-anchor="middle" class="t">{}</text>').format(scale.x(0), start_word)
        + _labels(marks, scale, day_word)
        + Markup("").join(_line(line, i, scale) for i, line in enumerate(lines))
    )
    return Markup(
        '<svg class="w" viewBox="0 0 960 {h}" width="960" height="{h}" role="img" aria-labelledby="wt wd">{body}</svg>'
    ).format(h=height, body=body)


class _Scale:
    """Days to pixels: early days, where most happens, get more room than late ones."""

    def __init__(self, first: float, last: float) -> None:
        self.first, self.last = first, last

    def x(self, day: float) -> float:
        share = (day - self.first) / ((self.last - self.first) or 1)
        return round(LEFT + (RIGHT - LEFT) * max(share, 0.0) ** 0.6, 1)


def _rule(x: float, height: int) -> str:
    return f'<path class="ax" d="M{x} 34V{height - 8}"/>'


def _labels(marks: Sequence[float], scale: _Scale, day_word: str) -> Markup:
    """Day numbers along the top, skipping one that would touch its neighbour."""
    out, taken = Markup(""), [scale.x(0) + 26]
    for day in marks:
        x = scale.x(day)
        if x - taken[-1] > 26:
            words = f"{day_word} {round(day)}" if x - taken[-1] > 90 else f"{round(day)}"
            out += Markup('<text x="{}" y="22" text-anchor="middle">{}</text>').format(x, words)
            taken.append(x + 4 * len(words))
    return out


def _line(line: Line, index: int, scale: _Scale) -> Markup:
    y = TOP + ROW * index + 14
    body = Markup('<text class="t" x="0" y="{}">{}</text>').format(y + 5, _short(line.says, 27))
    body += Markup('<text x="{}" y="{}" text-anchor="end">{}</text>').format(LEFT - 26, y + 5, _short(line.who, 14))
    opens = scale.x(line.opens if line.opens is not None else 0)
    if line.repeats:
        dots = "".join(f'<circle class="nd" cx="{scale.x(d)}" cy="{y}" r="6"/>' for d in line.repeats)
        end = scale.x(max(line.repeats))
        label = Markup('<text x="{}" y="{}">{}</text>').format(opens + 8, y - 11, _short(line.label, 60))
        return body + Markup(f'<path class="thr f" d="M{opens} {y}H{end}"/>{dots}') + label
    if line.due is None:
        return body + Markup(f'<circle class="ring" cx="{opens}" cy="{y}" r="5"/>') + _beside(opens, y, line.label)
    due = scale.x(line.due)
    left, right = min(opens, due), max(opens, due)
    body += Markup(f'<circle class="ring" cx="{left}" cy="{y}" r="5"/>')
    body += Markup(f'<path class="thr" d="M{min(left + 6, right)} {y}H{right}M{right} {y - 9}V{y + 9}"/>')
    return body + _beside(right, y, line.label)


def _beside(x: float, y: float, label: str) -> Markup:
    """The label right of its mark, or left of it and above the line where the chart ends."""
    if x + 8 * len(label) + 12 > 955:
        return Markup('<text x="{}" y="{}" text-anchor="end">{}</text>').format(x - 10, y - 8, label)
    return Markup('<text x="{}" y="{}">{}</text>').format(x + 12, y + 5, label)


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
