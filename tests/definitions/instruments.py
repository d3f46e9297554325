"""Forms filled in, as FHIR, and what the engine makes of them: for tests of scores, whatever the instrument."""

from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from throughcare.decide.evaluate import Engine
from throughcare.decide.lives import lives
from throughcare.definitions import grammar as g
from throughcare.definitions.compiled import Plan, compile_models
from throughcare.definitions.desugar import Made, complete_model
from throughcare.definitions.library import shipped_library

from .tiny import model

NOW = datetime(2026, 7, 9, 13, tzinfo=UTC)
Row = dict[str, Any]


@cache
def plan_of(form: str) -> Plan:
    """A care model that speaks of every column of a form of the library."""
    return plan(shipped_library().stands_for[f"form_{form}"], form)


def plan(made: Made, form: str, sets: str = "", work: str = "") -> Plan:
    """The same of a form spelled out elsewhere, beside sets and steps of one's own."""
    columns = [f.id for f in made.facts if f.on == f"form_{form}"]
    seen = [f'[[fact]]\non = "form_{form}"\nid = "seen_{c}"\nvalue = "{c}"\n' for c in columns]
    whole = complete_model(model("".join(seen) + sets, work), shipped_library(), made)
    return compile_models([whole], shipped_library())


def rows(compiled: Plan, on: str, *resources: Row, sex: str | None = "female", now: datetime = NOW) -> dict[str, Row]:
    """The rows of a set over these resources, by key; everyone in them is born in 1950."""
    people = sorted({r["subject"]["reference"].split("/")[1] for r in resources if "subject" in r} | {"ana"})
    patients = [{"resourceType": "Patient", "id": p, "birthDate": "1950-02-03"} for p in people]
    patients = [p | ({"gender": sex} if sex else {}) for p in patients]
    known = lives([*patients, *resources], now, "America/New_York")
    engine = Engine(compiled)
    try:
        return engine.run(known.tables, now, "America/New_York").rows("tiny", on)
    finally:
        engine.close()


def scored(form: str, *resources: Row, **said: Any) -> Row:
    """The one row of a form of the library."""
    (row,) = rows(plan_of(form), f"form_{form}", *resources, **said).values()
    return row


def filled(form: str, answers: dict[str, Any], **said: Any) -> Row:
    """A response: a text is an answer code, a number is a number, a list is several answers."""
    return {
        "resourceType": "QuestionnaireResponse",
        "id": "r",
        "status": "completed",
        "questionnaire": f"urn:throughcare:form:{form}",
        "subject": {"reference": "Patient/ana"},
        "authored": "2026-05-01",
        "item": [{"linkId": link, "answer": _answers(given)} for link, given in answers.items()],
    } | said


def total(code: str, value: Any, **said: Any) -> Row:
    """A score that arrived as a result of its own."""
    kind = "valueCodeableConcept" if isinstance(value, str) else "valueQuantity"
    given = {"coding": [{"code": value}]} if isinstance(value, str) else {"value": value}
    return {
        "resourceType": "Observation",
        "id": "o",
        "status": "final",
        "subject": {"reference": "Patient/ana"},
        "effectiveDateTime": "2026-05-01",
        "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
        kind: given,
    } | said


def _answers(given: Any) -> list[Row]:
    listed = given if isinstance(given, list) else [given]
    return [{"valueCoding": {"code": x}} if isinstance(x, str) else {"valueDecimal": Decimal(str(x))} for x in listed]


def known_form(form: str) -> g.Form:
    return shipped_library().forms[form]
