"""PlanDefinition: who belongs, the goals, and each step as an action: its condition, its clock and who does it."""

from typing import Any

from throughcare.definitions.export.shapes import (
    ROLE,
    canonical,
    cited,
    concept,
    expression,
    fhir_id,
    head,
    period,
)
from throughcare.definitions.grammar import CareModel, Goal, Step

KIND = "http://terminology.hl7.org/CodeSystem/plan-definition-type"
OURS = "urn:throughcare:step-"


def plan_definition(model: CareModel) -> dict[str, Any]:
    """The whole care model as one plan; an action's children are what is owed once someone belongs."""
    about = model.model
    found = head("PlanDefinition", model) | {
        "title": about.title,
        "type": concept(KIND, "clinical-protocol"),
        "description": about.says,
        "purpose": about.serves,
        "effectivePeriod": period(model),
        "library": [canonical("Library", about.id)],
    }
    sources = [{"type": "citation", "citation": f"{s.title} {s.note}".strip()} for s in about.source]
    if sources:
        found["relatedArtifact"] = sources
    if model.plan.goal:
        found["goal"] = [_goal(goal) for goal in model.plan.goal]
    return found | {"action": [_belongs(model)]}


def _goal(goal: Goal) -> dict[str, Any]:
    found: dict[str, Any] = {"id": fhir_id("goal", goal.id), "description": {"text": goal.says or goal.id}}
    documents = cited(goal)
    return found | ({"documentation": documents} if documents else {})


def _belongs(model: CareModel) -> dict[str, Any]:
    """Eligibility, then all steps under it."""
    criteria = [
        {"id": fhir_id("criterion", c.id), "title": c.says, "documentation": cited(c),
         "condition": [{"kind": "applicability", "expression": expression(c.where, c.says)}]}
        for c in model.eligibility.criterion
    ]  # fmt: skip
    found: dict[str, Any] = {
        "id": "belongs",
        "title": model.model.serves,
        "condition": [{"kind": "applicability", "expression": expression(model.eligibility.rule.who)}],
    }
    steps = [_step(model, step) for step in model.work.step]
    return found | {"action": [_without_blanks(one) for one in (*criteria, *steps)]}


def _step(model: CareModel, step: Step) -> dict[str, Any]:
    """One step: the rows it stands on as its trigger, the rest of its clock as extensions of ours."""
    clock = {"on": step.on, "opens": step.opens, "due": step.due, "rhythm": step.rhythm,
             "resolved-by": step.resolved_by, "resolved-on": step.resolved_on, "cancelled-by": step.cancelled_by,
             "escalates-to": step.escalates_to, "while": step.while_}  # fmt: skip
    return {
        "id": fhir_id("step", step.id),
        "extension": [{"url": OURS + name, "valueString": text} for name, text in clock.items() if text],
        "title": step.says or step.id,
        "documentation": cited(step),
        "trigger": [{"type": "named-event", "name": step.on}],
        "condition": [{"kind": "applicability", "expression": expression(step.when)}] if step.when else [],
        "participant": [{"type": "practitioner", "role": concept(ROLE, role)} for role in step.role],
        "definitionCanonical": canonical("ActivityDefinition", step.activity),
    }


def _without_blanks(action: dict[str, Any]) -> dict[str, Any]:
    """FHIR knows no empty lists."""
    return {key: value for key, value in action.items() if value not in ([], "", None)}
