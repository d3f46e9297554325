"""Every name in a care model is the name of something: a set, an activity, a role, a step, a state."""

from typing import Any

from throughcare.definitions import grammar
from throughcare.definitions.check.reading import At, Reading
from throughcare.definitions.compiled import own
from throughcare.definitions.near import did_you_mean


def check_names(reading: Reading) -> None:
    """Names that are not inside expressions."""
    for at in reading.entries():
        _on(reading, at)
        for kind, look in _LOOKS.items():
            if isinstance(at.entry, kind):
                look(reading, at, at.entry)
    _rule(reading)
    _enrollment(reading)
    for nth, use in enumerate(reading.model.measures.use):
        known = reading.library.measures
        if use.measure not in known:
            what = f'there is no measure "{use.measure}" in the care library.{did_you_mean(use.measure, known)}'
            reading.say_in("measures.toml", ("use", nth), what, do="Measures live in care_library/measures.")
        _target(reading, ("use", nth), use.target, known[use.measure].measures.measure if use.measure in known else [])
    for nth, one in enumerate(reading.model.measures.measure):
        _target(reading, ("measure", nth), one.target, [one])


def _target(reading: Reading, at: tuple[str, int], target: Any, measures: list[grammar.Measure]) -> None:
    """A target is a number in the score's own unit, or a parameter of it; shares are told in percent."""
    parameters = reading.model.parameters
    if isinstance(target, str) and target not in parameters:
        what = f'there is no parameter "{target}".{did_you_mean(target, parameters)}'
        reading.say_in("measures.toml", (*at, "target"), what, do="Name a parameter, or write the number.")
        return
    values = parameters[target].values.values() if isinstance(target, str) else [target]
    if any(m.score == "share" for m in measures) and any(v is not None and 0 < v <= 1 for v in values):
        do = "Write 80 for eighty percent."
        reading.say_in("measures.toml", (*at, "target"), "the target of a share is a percentage.", do=do)


def _on(reading: Reading, at: At) -> None:
    on = getattr(at.entry, "on", "person")
    if on != "person":
        reading.known(at, ("on",), on, ["person", *reading.sets], "set")


def _set(reading: Reading, at: At, entry: grammar.Set) -> None:
    source = entry.from_.split()[0] if entry.from_.split() else ""
    names = [n for n in reading.sources if n != entry.id]
    reading.known(at, ("from",), source, names, "view or set")
    if entry.id in reading.library.views or entry.id in own.COLUMNS:
        reading.say(
            at, "a view has this name already.", "A phrase could mean either.", "Give the set another id.", ("id",)
        )


def _step(reading: Reading, at: At, step: grammar.Step) -> None:
    reading.known(at, ("activity",), step.activity, list(reading.library.activities), "activity in the care library")
    _roles(reading, at, "role", step.role)
    _roles(reading, at, "escalates_to", [step.escalates_to] if step.escalates_to else [])
    _roles(reading, at, "clock", step.clock.breach_to if step.clock else [])
    if step.rhythm:
        reading.known(at, ("rhythm",), step.rhythm, [r.id for r in reading.model.work.rhythm], "rhythm")


def _team_role(reading: Reading, at: At, role: grammar.Role) -> None:
    _roles(reading, at, "id", [role.id])
    if role.if_missing and role.if_missing.step:
        reading.known(at, ("if_missing",), role.if_missing.step, _step_ids(reading), "step")


def _assignment(reading: Reading, at: At, entry: grammar.Assignment) -> None:
    _roles(reading, at, "role", [entry.role])
    reading.known(at, ("cases",), entry.cases, ["person", *reading.sets], "set")


def _routing(reading: Reading, at: At, entry: grammar.Routing) -> None:
    reading.known(at, ("stops",), entry.stops, ["person", *reading.sets], "set")


def _plan_activity(reading: Reading, at: At, entry: grammar.PlanActivity) -> None:
    reading.known(at, ("activity",), entry.activity, list(reading.library.activities), "activity in the care library")
    _roles(reading, at, "owner", entry.owner)
    if entry.goal:
        reading.known(at, ("goal",), entry.goal, [g.id for g in reading.model.plan.goal], "goal")


def _criterion(reading: Reading, at: At, entry: grammar.Criterion) -> None:
    if entry.if_missing_ask:
        reading.known(at, ("if_missing_ask",), entry.if_missing_ask, _step_ids(reading), "step")


def _move(reading: Reading, at: At, entry: grammar.Move) -> None:
    for state in (*entry.from_, entry.to):
        reading.known(at, ("from",), state, list(reading.model.enrollment.states), "state of this enrollment")


def _roles(reading: Reading, at: At, key: str, roles: list[str]) -> None:
    for role in roles:
        reading.known(at, (key,), role, list(reading.library.roles), "role in the care library")


def _step_ids(reading: Reading) -> list[str]:
    return [s.id for s in reading.model.work.step]


def _rule(reading: Reading) -> None:
    on, names = reading.model.eligibility.rule.on, ["person", *reading.sets]
    if on not in names:
        reading.say_in("eligibility.toml", ("rule", "on"), f'rule: there is no set "{on}".{did_you_mean(on, names)}')


def _enrollment(reading: Reading) -> None:
    enrollment, sets = reading.model.enrollment, list(reading.sets)
    again = enrollment.again_after
    if again and again not in sets:
        what = f'again_after: there is no set "{again}".{did_you_mean(again, sets)}'
        reading.say_in("enrollment.toml", ("again_after",), what, do="Name a set whose newer row opens the door again.")
    moved = {s for state, to in enrollment.moves.items() for s in (state, *to)}
    for state in sorted({*moved, enrollment.enters} - set(enrollment.states)):
        what = f'there is no state "{state}" in this enrollment.{did_you_mean(state, enrollment.states)}'
        reading.say_in("enrollment.toml", ("moves",), what, do=f"Known: {', '.join(enrollment.states)}.")


_LOOKS: dict[type, Any] = {
    grammar.Set: _set,
    grammar.Step: _step,
    grammar.Role: _team_role,
    grammar.Assignment: _assignment,
    grammar.Routing: _routing,
    grammar.PlanActivity: _plan_activity,
    grammar.Criterion: _criterion,
    grammar.Move: _move,
}
