"""A care model of a few lines and a life of a few rows, thought through: for tests of what the constructs mean."""

import tomllib
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pyarrow as pa
from msgspec import convert

from throughcare.decide.evaluate import TYPES, Answers, Engine
from throughcare.definitions import grammar as g
from throughcare.definitions.compiled import compile_models
from throughcare.definitions.compiled.frames import COMMON

NOW = datetime(2026, 7, 9, 13, 0, tzinfo=UTC)  # a Thursday, nine in the morning in New York
VIEWS = {
    "person": {"birth_date": "date", "died_on": "date", "died": "boolean", "zone": "text", "chosen_clinician": "text"},
    "encounter": {
        "class": "text",
        "started_on": "date",
        "ended_at": "timestamp",
        "ended_on": "date",
        "clinician_id": "text",
    },
    "contact": {"activity": "text", "on_date": "date", "happened_at": "timestamp", "reached": "boolean"},
    "observation": {"effective_on": "date", "system": "text", "code": "text", "value": "decimal"},
    "enrollment": {"model": "text", "state": "text", "started_on": "date", "ended_on": "date", "reason": "text"},
    "care_team_member": {"role": "text", "member_key": "text", "from_on": "date"},
    "pause": {"reason": "text", "from_on": "date", "to_on": "date"},
    "organization": {"kind": "text", "state": "text", "asked_on": "date", "done_on": "date"},
    "session": {"organization_key": "text", "starts_at": "timestamp", "starts_on": "date", "held": "boolean"},
}
VIEWS |= {
    "stay": {"project_type": "integer", "entry_on": "date", "exit_on": "date", "household": "text"},
    "work_time": {"on_date": "date", "start_at": "timestamp", "end_at": "timestamp", "kind": "text"},
    "related": {"kind": "text", "other_patient": "text"},
    "worker": {"worker_id": "text", "area": "text", "room": "integer", "taken": "integer"},
    "list_month": {"site": "text", "month": "date", "active": "integer", "inflow": "integer", "outflow": "integer"},
    "pregnancy": {"first_visit_on": "date", "edd": "date", "birth_on": "date"},
}
WITHOUT_PEOPLE = frozenset({"organization", "session", "list_month", "worker"})
LIBRARY = g.Library(
    activities={}, roles={}, value_sets={}, words={}, views=VIEWS, without_people=WITHOUT_PEOPLE
)  # fmt: skip
BELONGS = '[[criterion]]\nid = "here"\nwhere = "known(birth_date)"\n[rule]\nwho = "here"'


def model(sets: str = "", work: str = "", eligibility: str = BELONGS, team: str = "", measures: str = "",
          payment: str = "", **parameters: Any) -> g.CareModel:  # fmt: skip
    return g.CareModel(
        folder="tiny",
        model=g.ModelFile(
            id="tiny",
            title="",
            version="1",
            effective_from=date(2026, 1, 1),
            says="",
            serves="",
            maturity="trial",
            service="x",
        ),
        sets=convert(tomllib.loads(sets), g.SetsFile),
        eligibility=convert(tomllib.loads(eligibility), g.EligibilityFile),
        enrollment=g.EnrollmentFile(enters="planned"),
        team=convert(tomllib.loads(team), g.TeamFile) if team else g.TeamFile(role=[]),
        plan=g.PlanFile(),
        work=convert(tomllib.loads(work), g.WorkFile),
        measures=convert(tomllib.loads(measures, parse_float=Decimal), g.MeasuresFile),
        payment=convert(tomllib.loads(payment, parse_float=Decimal), g.PaymentFile),
        parameters={name: g.Parameter(unit="", values={"2000-01-01": value}) for name, value in parameters.items()},
        tables=[],
        words={},
    )


def think(
    made: g.CareModel, now: datetime = NOW, rules: str = "", *, period: tuple[date, date] | None = None,
    everyone: bool = True, value_sets: dict[str, g.ValueSet] | None = None, **rows: list[dict[str, Any]],
) -> Answers:  # fmt: skip
    """One person, number 1, with these rows; keys are given in order where a row has none."""
    library = msgspec.structs.replace(
        LIBRARY, concurrency=convert(tomllib.loads(rules), g.ConcurrencyFile), value_sets=value_sets or {}
    )
    rows.setdefault("person", [{}])
    rows["person"] = [{"key": "Patient/1", "birth_date": date(1950, 1, 1), **row} for row in rows["person"]]
    tables = {}
    for view, listed in rows.items():
        columns = {**COMMON, **VIEWS[view]}
        full = [{"key": f"{view}/{nth}", "person_id": 1, **row} for nth, row in enumerate(listed, 1)]
        tables[view] = pa.table({c: pa.array([r.get(c) for r in full], TYPES[k]) for c, k in columns.items()})
    engine = Engine(compile_models([made], library, everyone=everyone))
    try:
        return engine.run(tables, now, "America/New_York", period)
    finally:
        engine.close()


def fact(text: str, now: datetime = NOW, **rows: list[dict[str, Any]]) -> Any:
    """The value of one fact of the person."""
    answers = think(model(f'[[fact]]\nid = "x"\n{text}'), now, **rows)
    return answers.rows("tiny", "person")["Patient/1"]["x"]


def owed(work: str, sets: str = "", now: datetime = NOW, **rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What is owed, by opening; the person is enrolled unless rows say otherwise."""
    rows.setdefault("enrollment", [{"model": "tiny", "state": "active", "started_on": date(2026, 1, 1)}])
    found = think(model(sets, work), now, **rows).obligation.to_pylist()
    return sorted(found, key=lambda o: (str(o["opens_at"]), o["occurrence"]))
