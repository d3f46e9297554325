"""Points of the answers to an item: which answer is worth what, and the lowest and highest the item can be."""

from decimal import Decimal
from typing import Any

from throughcare.definitions.grammar import Form, Item

DECLINED = "declined"


def points_of(form: Form, item: Item) -> dict[str, Any]:
    """Answer code to points or "declined"; nothing when the answer is the number itself."""
    if isinstance(item.points, dict):
        return item.points
    return {} if item.points == "value" else form.answers.get(item.points, {})


def ends_of(form: Form, item: Item) -> tuple[Decimal | None, Decimal | None]:
    """The lowest and highest points that the item can have; an open end is None."""
    worth = [Decimal(str(p)) for p in points_of(form, item).values() if p != DECLINED]
    if item.several == "sum" and worth:
        worth = [sum((p for p in worth if p < 0), Decimal(0)), sum((p for p in worth if p > 0), Decimal(0))]
    least = Decimal(str(item.least)) if item.least is not None else min(worth, default=None)
    most = Decimal(str(item.most)) if item.most is not None else max(worth, default=None)
    return least, most
