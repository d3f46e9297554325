"""Rules in words: a rule of belonging, a deadline, a score and a state as a reader says them who writes no rules."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from sqlglot import exp

from throughcare.definitions.compiled.measuring import score as read_score
from throughcare.definitions.expressions import parse
from throughcare.definitions.grammar import CareModel, Parameter, Step

STATES = {
    "planned": "offered",
    "waitlist": "waiting",
    "active": "in the program",
    "onhold": "paused",
    "finished": "finished",
    "cancelled": "left",
}
DATES = {
    "on_date": "the day itself",
    "assigned": "the assignment",
    "decided": "the decision",
    "effective": "the result",
    "ended": "the end",
    "ends": "the end",
    "from": "the first day",
    "happened": "the event",
    "learnt": "the day it was known",
    "opened": "the day it was opened",
    "received": "the day it came in",
    "reported": "the report",
    "requested": "the request",
    "started": "the start",
    "starts": "the start",
}
SCORES = {
    "share": "percent",
    "count": "number",
    "sum": "sum",
    "mean": "mean",
    "median": "median",
    "ratio_of": "ratio",
    "rate_per": "rate",
}


def belonging(model: CareModel) -> str:
    """The rule of belonging as sentences, or as a list where some of it is a choice."""
    says = {c.id: c.says for c in model.eligibility.criterion}
    tree = parse(model.eligibility.rule.who)
    if isinstance(tree, exp.And) and all(isinstance(part, exp.Column) for part in _parts(tree, exp.And)):
        return "Someone belongs when all of the following is so. What is not known is never taken for a no."
    listed = "\n".join(_listed(tree, says, 0))
    return f"Someone belongs when this is so:\n\n{listed}\n\nWhat is not known is never taken for a no."


def _listed(node: Any, says: Mapping[str, str], depth: int) -> Iterator[str]:
    node = node.unnest()
    heads: dict[type, str] = {exp.And: "all of these:", exp.Or: "one or more of these:"}
    indent = "  " * depth
    if type(node) in heads:
        yield f"{indent}- {heads[type(node)]}"
        for part in _parts(node, type(node)):
            yield from _listed(part, says, depth + 1)
    else:
        yield f"{indent}- {says.get(node.sql(), f'`{node.sql()}`')}"


def _parts(node: Any, kind: Any) -> list[Any]:
    node = node.unnest()
    return [*_parts(node.left, kind), *_parts(node.right, kind)] if isinstance(node, kind) else [node]


def due(model: CareModel, step: Step) -> str:
    """When a step is due: "2 business days after the end"; what a rhythm says; what a day of its own is."""
    if step.rhythm:
        says = next((r.says for r in model.work.rhythm if r.id == step.rhythm), "")
        return f"again and again: {_lower(says) or plain(step.rhythm)}"
    facts = {f.id: f.says for f in model.sets.fact if f.on == step.on}
    text = re.sub(r"[a-z]\w*_\w+", lambda found: _named(model, facts, found[0]), step.due or "")
    if step.due == f"by {step.opens}" or text.startswith("0 "):
        return "the same day"
    return re.sub(r"^1 (business )?(\w+)s\b", r"1 \1\2", text)


def _named(model: CareModel, facts: Mapping[str, str], name: str) -> str:
    if name in model.parameters:
        return newest(model.parameters[name])
    says = _lower(facts.get(name, ""))
    return f"the {says}" if says.startswith(("day", "first", "last")) else says or _date(name)


def _date(name: str) -> str:
    """ended_on is "the end", requested_on "the request", visit_due_on the day "visit due"."""
    word = name if name == "on_date" else re.sub(r"_(on|at)$", "", name)
    return DATES.get(word, f"the {'time' if name.endswith('_at') else 'day'} “{plain(word)}”")


def newest(parameter: Parameter) -> str:
    """The value in force last, without its unit."""
    return told(parameter.values[max(parameter.values)])


def told(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def target(model: CareModel, given: Any) -> str:
    """A target as a number; a parameter's newest value where it is one."""
    return newest(model.parameters[given]) if given in model.parameters else "" if given is None else str(given)


def score(text: str) -> str:
    """How a measure is told: percent, number, rate."""
    return SCORES[read_score(text).kind]


def plain(name: str) -> str:
    return name.replace("_", " ")


def _lower(says: str) -> str:
    return says[:1].lower() + says[1:] if says[1:2].islower() or says.startswith("A ") else says
