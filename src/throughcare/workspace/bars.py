"""Bars: one number against its target, drawn as a line a reader takes in at a glance; the number stands beside it."""

from decimal import Decimal

from markupsafe import Markup

from throughcare.workspace.threads import _svg

WIDTH, HEIGHT = 150, 22


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
