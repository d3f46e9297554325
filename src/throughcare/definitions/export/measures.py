"""Measure: a measure's populations as expressions, and how its rows add up."""

from typing import Any

from throughcare.definitions.compiled.measuring import score
from throughcare.definitions.export.shapes import canonical, cited, concept, expression, head, period
from throughcare.definitions.grammar import CareModel, Measure

SCORING = "http://terminology.hl7.org/CodeSystem/measure-scoring"
POPULATION = "http://terminology.hl7.org/CodeSystem/measure-population"
IMPROVEMENT = "http://terminology.hl7.org/CodeSystem/measure-improvement-notation"
KINDS = {"share": "proportion", "count": "cohort", "rate_per": "ratio", "ratio_of": "ratio"}
CODES = {
    "population": "initial-population",
    "denominator": "denominator",
    "exclusion": "denominator-exclusion",
    "exception": "denominator-exception",
    "numerator": "numerator",
}


def measure_resource(model: CareModel, measure: Measure) -> dict[str, Any]:
    """One measure of a care model, or of the library."""
    said = {name: getattr(measure, name) for name in CODES}
    populations = [
        {"code": concept(POPULATION, CODES[name]), "criteria": expression(text)}
        for name, text in said.items()
        if text and text != "false"
    ]
    group: dict[str, Any] = {"population": populations}
    if measure.strata:
        group["stratifier"] = [{"code": {"text": name}, "criteria": expression(name)} for name in measure.strata]
    found = head("Measure", model, measure.id) | {
        "title": measure.says or measure.id,
        "effectivePeriod": period(model),
        "library": [canonical("Library", model.model.id)],
        "scoring": concept(SCORING, KINDS.get(score(measure.score).kind, "continuous-variable")),
        "improvementNotation": concept(IMPROVEMENT, "increase" if measure.better == "higher" else "decrease"),
        "group": [group],
    }
    sources = cited(measure)
    return found | ({"relatedArtifact": sources} if sources else {})
