"""Moves: each change of a task's state stays with it, for the clocks between states and for whoever asks about it."""

from datetime import datetime

from throughcare.act.shapes import WHY, Resource, code_of, instant

MOVE = "urn:throughcare:move"


def moved(old: Resource, new: Resource, at: datetime, by: str | None = None) -> Resource:
    """The new form of a task with its move from the old one; the very same when its state is the same.

    `by` is the person who moved it, without it the product did; then the reason is a code.
    """
    if old["status"] == new["status"]:
        return new
    said = [("from", "valueCode", old["status"]), ("to", "valueCode", new["status"])]
    step: list[Resource] = [{"url": name, kind: value} for name, kind, value in said]
    step.append({"url": "at", "valueDateTime": instant(at)})
    if by:
        step.append({"url": "by", "valueReference": {"reference": by}})
    elif reason := code_of(new.get("statusReason") or new.get("businessStatus"), WHY):
        step.append({"url": "reason", "valueCode": reason})
    return new | {"extension": [*new.get("extension", ()), {"url": MOVE, "extension": step}]}
