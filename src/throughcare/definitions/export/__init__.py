"""A care model in the standard's own form: PlanDefinition, ActivityDefinition, Measure, Questionnaire, Library (R4)."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from throughcare.definitions.export.activities import activity_definition
from throughcare.definitions.export.libraries import library_resource
from throughcare.definitions.export.measures import measure_resource
from throughcare.definitions.export.plans import plan_definition
from throughcare.definitions.grammar import CareModel, Library

Resource = dict[str, Any]
__all__ = ["as_fhir", "bundle"]


def as_fhir(model: CareModel, library: Library) -> Iterator[Resource]:
    """Every resource that says what the care model says, each valid R4, the plan first."""
    yield plan_definition(model)
    yield library_resource(model)
    used = [s.activity for s in model.work.step] + [a.activity for a in model.plan.activity]
    for name in sorted(set(used)):
        yield activity_definition(library.activities[name], library)
    for measure in model.measures.measure:
        yield measure_resource(model, measure)
    for use in model.measures.use:
        for measure in library.measures[use.measure].measures.measure:
            yield measure_resource(library.measures[use.measure], measure)
    yield from _questionnaires(model, library)


def bundle(model: CareModel, library: Library) -> Resource:
    """The same as one collection."""
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"fullUrl": r["url"], "resource": r} for r in as_fhir(model, library)],
    }


def _questionnaires(model: CareModel, library: Library) -> Iterator[Resource]:
    """The model's own forms, and those of the library that a step asks for or a set reads."""
    spoken = " ".join([*(s.from_ for s in model.sets.set), *(s.form or "" for s in model.work.step)])
    files = sorted(Path(model.folder).glob("forms/*.json"))
    files += [Path(library.folder) / "forms" / f"{name}.json" for name in sorted(library.forms) if name in spoken]
    for path in files:
        if path.is_file():
            form = json.loads(path.read_bytes())
            yield {"url": f"urn:throughcare:form:{path.stem}", **form}
