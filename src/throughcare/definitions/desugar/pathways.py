"""Pathways as facts and steps: when each step was done, how the pathway stands, and what is owed next."""

from collections.abc import Sequence
from typing import Any

from throughcare.definitions.desugar.made import Made, Misplaced, Written, choice
from throughcare.definitions.expressions import Mistake
from throughcare.definitions.grammar import Choice, Pathway, PathwayStep, Step

SHARED = "opened_pathways"
Placed = tuple[Pathway, Written]


def pathway_entries(pathways: Sequence[Placed]) -> Made:
    """The facts on each set of opened pathways, and the steps owed; pathways that share a set share its facts."""
    made = Made()
    for on in dict.fromkeys(p.on for p, _ in pathways):
        here = [(p, at) for p, at in pathways if p.on == on]
        _Opened(made, on, here).entries()
    return made


class _Opened:
    """One set of opened pathways, and the pathways that stand on it."""

    def __init__(self, made: Made, on: str, pathways: list[Placed]) -> None:
        self.made, self.on, self.pathways = made, on, pathways
        self.several = on == SHARED or len(pathways) > 1

    def entries(self) -> None:
        for pathway, at in self.pathways:
            for nth, step in enumerate(pathway.step):
                self._done(step, (at[0], (*at[1], "step", nth)))
        self._told("completed", "The outcome was confirmed", {p.id: p.completed for p, _ in self.pathways})
        says = "It was ended without the outcome"
        self._told("finished_incomplete", says, {p.id: p.finished_incomplete for p, _ in self.pathways})
        self._told("pays", "Its outcome may be paid", {p.id: str(p.pays).lower() for p, _ in self.pathways})
        self._state()
        self._another_open()
        for pathway, at in self.pathways:
            for nth, step in enumerate(pathway.step):
                self._owed(pathway, step, (at[0], (*at[1], "step", nth)))

    def _done(self, step: PathwayStep, at: Written) -> None:
        """The day a step was done: by default an event of this very pathway with the step's name."""
        verb: dict[str, Any] = (
            {"first": step.done} if step.done else {"first": _event(step.id), "link": "key = pathway_key"}
        )
        if step.needs > 1:
            verb = {**verb, "nth": verb["first"], "n": step.needs}
            del verb["first"]
        if step.take:
            verb |= {"take": step.take, "at": step.take}
        window = f"any time on or after {step.counts_from or 'opened_on'}"
        where = (at[0], (*at[1], "done"))
        self._once(where, f"{step.id}_done_on", f"The day it was done: {step.says}", window=window, **verb)

    def _once(self, where: Written, name: str, says: str, **verb: object) -> None:
        """Pathways of one set may share a step; then it must be the same one."""
        before = next((f for f in self.made.facts if (f.on, f.id) == (self.on, name)), None)
        after = Made()
        after.fact(where, self.on, name, says, **verb)
        if before is None:
            self.made.fact(where, self.on, name, says, **verb)
        elif _without_says(before) != _without_says(after.facts[0]):
            what = f'two pathways on {self.on} have a step "{name.removesuffix("_done_on")}", each of another kind.'
            raise Misplaced(where, Mistake(what, "Its day is one column of the set.", "Give one of them another id."))

    def _told(self, name: str, says: str, values: dict[str, str]) -> None:
        """One fact for all pathways of the set: each row is answered as its own pathway says."""
        at = self._at(name)
        if not self.several:
            self.made.fact(at, self.on, name, says, value=next(iter(values.values())))
            return
        rows = [choice(f"is_true(pathway = '{one}')", text) for one, text in values.items()]
        self.made.fact(at, self.on, name, says, choose=[*rows, Choice(else_="unknown")])

    def _at(self, key: str) -> Written:
        file, path = self.pathways[0][1]
        return (file, (*path, key)) if len(self.pathways) == 1 else (file, path)

    def _state(self) -> None:
        states = [Choice(if_=name, then=name) for name in ("completed", "finished_incomplete")]
        self.made.fact(
            self._at("completed"), self.on, "state", "Open, completed, or finished incomplete",
            choose=[*states, Choice(else_="open")],
        )  # fmt: skip
        days = {p.id: p.completed_on or f"{p.step[-1].id}_done_on" for p, _ in self.pathways}
        rows = [choice(f"is_true(completed) and {self._is(p)}", day) for p, day in days.items()]
        self.made.fact(
            self._at("completed_on"), self.on, "completed_on", "The day the outcome was there",
            choose=[*rows, Choice(else_="unknown")],
        )  # fmt: skip

    def _is(self, pathway: str) -> str:
        return f"is_true(pathway = '{pathway}')" if self.several else "true"

    def _another_open(self) -> None:
        """At most one is open per kind; where the kind repeats by subtype, per subtype."""
        same = "is_true(state = 'open') and key <> this.key" + (" and pathway = this.pathway" if self.several else "")
        says, at = "Another one of its kind is open too", self._at("on")
        repeats = {p.id: p.subtype for p, _ in self.pathways if p.subtype}
        rows = [choice(self._is(one), f"another_open_by_{column}") for one, column in repeats.items()]
        for column in dict.fromkeys(repeats.values()):
            others = f"{self.on} where {same} and first_known({column}, '') = first_known(this.{column}, '')"
            self.made.fact(at, self.on, f"another_open_by_{column}", says, exists=others, if_none=False)
        self.made.fact(at, self.on, "another_open_of_kind", says, exists=f"{self.on} where {same}", if_none=False)
        if rows:
            verb: dict[str, Any] = {"choose": [*rows, Choice(else_="= another_open_of_kind")]}
        else:
            verb = {"value": "another_open_of_kind"}
        self.made.fact(at, self.on, "another_open", says, **verb)

    def _owed(self, pathway: Pathway, step: PathwayStep, at: Written) -> None:
        """A step is owed from the opening, or from the step it follows once that is done, until the pathway ends."""
        before = [s.id for s in pathway.step[: pathway.step.index(step)]]
        if step.after and step.after not in before:
            what = f'pathway {pathway.id}: the step {step.id} follows "{step.after}", which is no step before it.'
            raise Misplaced(at, Mistake(what, "", "Name an earlier step, or leave `after` out."))
        opens = f"{step.after}_done_on" if step.after else "opened_on"
        conditions = [f"pathway = '{pathway.id}'"] if self.several else []
        conditions += [f"known({opens})"] if step.after else []
        made = Step(
            id=f"{pathway.id}_{step.id}",
            says=step.says,
            cites=step.cites or pathway.cites,
            confidence=pathway.confidence,
            on=self.on,
            when=" and ".join(conditions) or None,
            opens=opens,
            due=f"{step.within} after {opens}",
            activity=step.activity,
            role=step.role,
            resolved_on=f"{step.id}_done_on",
            cancelled_by="completed or finished_incomplete",
        )
        self.made.step(at, made)


def _event(step: str) -> str:
    return f"pathway_event where step = '{step}' and status = 'completed' and not is_true(qa_state = 'rejected')"


def _without_says(fact: object) -> dict[str, object]:
    return {name: getattr(fact, name) for name in fact.__struct_fields__ if name != "says"}  # type: ignore[attr-defined]
