"""Bars: a number against its target, or numbers month by month, taken in at a glance; the numbers stand beside them."""

from collections.abc import Collection, Sequence
from decimal import Decimal

from markupsafe import Markup

from throughcare.workspace.threads import _svg

WIDTH, HEIGHT = 150, 22
BAR, GAP, TALL = 16, 4, 60


def share(score: Decimal, target: Decimal | None, label: str) -> Markup:
    """A share in percent from zero, with its target as an upright mark."""
    full = WIDTH - 4
    end = round(2 + full * min(float(score), 100.0) / 100, 1)
    mark = ""
    if target is not None:
        x = round(2 + full * min(max(float(target), 0.0), 100.0) / 100, 1)
        mark = f'<path class="goal" d="M{x} 1V21"/>'
    return _svg(
        WIDTH, HEIGHT, f'<path class="rail" d="M2 11H{WIDTH - 2}"/><path class="fill" d="M2 11H{end}"/>{mark}', label
    )


def months(values: Sequence[int], fallen: Collection[int], label: str) -> Markup:
    """One bar a month, the last still going on and hollow; those at the places in `fallen` are marked below as well.

    The first month may hold all that was ever sent to begin with: what towers over the others is cut and says so.
    """
    top = max(values[1:] or values or [0]) or 1
    drawn = []
    for place, value in enumerate(values):
        x = place * (BAR + GAP)
        high = round(TALL * min(value / top, 1.0), 1)
        kind = "now" if place == len(values) - 1 else "fell" if place in fallen else "f1"
        drawn.append(f'<path class="{kind}" d="M{x + 1} {TALL + 4}v-{high}h{BAR - 2}v{high}z"/>')
        if value > top:
            drawn.append(f'<path class="cut-off" d="M{x - 1} 14l{BAR + 2} -6"/>')
        if place in fallen:
            drawn.append(f'<path class="mark" d="M{x + BAR / 2} {TALL + 7}l5 7h-10z"/>')
    width = max(len(values), 1) * (BAR + GAP)
    return _svg(width, TALL + 16, f'<path class="ax" d="M0 {TALL + 4.5}H{width}"/>{"".join(drawn)}', label)
