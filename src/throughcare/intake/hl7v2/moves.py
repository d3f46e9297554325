"""Moves: what happened to a visit, once everything that was taken back is left out.

A cancel takes back what had been recorded when it was written. What is left is played in the order it happened, so
late, repeated and shuffled messages come to the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from throughcare.intake.hl7v2.latest import Latest
from throughcare.intake.hl7v2.said import Spoken
from throughcare.intake.hl7v2.values import Told

Move = tuple[str, Spoken]
_RANK = {"plan": 0, "register": 1, "admit": 2, "leave": 3, "return": 4, "transfer": 5, "discharge": 6}
_STATUS = {"plan": "planned", "leave": "onleave", "discharge": "finished"}
_BEGINS = ("admit", "register")
_IS_THERE = (*_BEGINS, "plan", "transfer")


@dataclass(slots=True)
class Moves:
    """The moves that stand, in the order they happened, and what kinds were taken back."""

    standing: list[Move] = field(default_factory=list)
    cancelled: set[str] = field(default_factory=set)

    def places(self) -> list[Spoken]:
        """The messages that said where the patient went."""
        return [one for name, one in self.standing if name in _IS_THERE]

    def status(self, pv1: Latest, ended: Told | None) -> str:
        if self.cancelled & {*_BEGINS, "plan"} and not self.places():
            return "cancelled"
        if ended:
            return "finished"
        played = [name for name, _ in self.standing]
        if not played:
            return "in-progress" if pv1.time(44) else "unknown"
        return _STATUS.get(next((n for n in reversed(played) if n != "plan"), "plan"), "in-progress")

    def began(self, pv1: Latest) -> Told | None:
        """When it was admitted, as the field says; else when the first move that begins one happened."""
        first = next((one for name, one in self.standing if name in _BEGINS), None)
        return pv1.time(44) or _moment(first)

    def ended(self, pv1: Latest) -> Told | None:
        """When it was discharged; a discharge taken back leaves no end, whatever snapshots repeat."""
        discharges = [one for name, one in self.standing if name == "discharge"]
        if discharges:
            return discharges[-1].time("PV1", 45) or _moment(discharges[-1])
        return None if self.standing or "discharge" in self.cancelled else pv1.time(45)


def moves(spoken: Sequence[Spoken]) -> Moves:
    """`spoken` in the order it was recorded."""
    kept = Moves()
    for one in spoken:
        rule = one.said.rule or {}
        cancels = rule.get("cancels", ())
        back = [move for move in kept.standing if move[0] in cancels]
        if rule.get("last") and back:
            back = [_same_moment(back, one) or max(back, key=_happened)]
        kept.standing = [move for move in kept.standing if not any(move is taken for taken in back)]
        kept.cancelled.update(cancels)
        if name := rule.get("moves"):
            kept.standing.append((name, one))
    kept.standing.sort(key=_happened)
    return kept


def _happened(move: Move) -> tuple[datetime, int, datetime, bytes]:
    name, one = move
    return one.said.happened, _RANK[name], *one.said.order


def _same_moment(moves: list[Move], cancel: Spoken) -> Move | None:
    return next((m for m in reversed(moves) if m[1].said.happened == cancel.said.happened), None)


def _moment(one: Spoken | None) -> Told | None:
    if one is None or not one.said.is_dated:
        return None
    return Told(one.said.happened.isoformat(), one.said.happened)
