"""The population: everyone thought about at once, for a period: scores, settlements, and what is owed by places."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from throughcare.decide.evaluate import Answers, evaluate
from throughcare.definitions.compiled import compile_models
from throughcare.definitions.grammar import CareModel, Library
from throughcare.definitions.periods import year_of
from throughcare.flow.moment import Moment
from throughcare.flow.published import Published
from throughcare.measure.reports import Report, reported, reports
from throughcare.stores import copy
from throughcare.stores.postgres import Connection, Database
from throughcare.stores.sql import query

NOBODY = 0  # whose rows are those of organizations, sessions and sums
TELLS_NOBODY = ("obligation", "line")


@dataclass(frozen=True, slots=True)
class Settlement:
    """A row without a person, such as an organization's year: every column by the author's name."""

    model: str
    on: str
    key: str
    told: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Population:
    """What came out for everyone over one period."""

    start: date
    end: date
    answers: Answers
    reports: list[Report]
    settlements: list[Settlement]


def tell(database: Database, published: Published, now: datetime) -> Population:
    """Tonight's look at everyone, over the calendar year, kept for the screens."""
    period = year_of(now, database.settings.time_zone)
    found = look(database, published.models, published.library, now, period)
    keep(database, found, now)
    return found


def look(
    database: Database,
    models: Sequence[CareModel],
    library: Library,
    now: datetime,
    period: tuple[date, date],
    as_of: datetime | None = None,
) -> Population:
    """Think about everyone, as known at `as_of` (now, if not given), over a period; nothing is written."""
    settings = database.settings
    settled = [(model.model.id, calc.on) for model in models for calc in model.payment.calc]
    plan = compile_models(list(models), library, settings.calendar, everyone=True, only=settled)
    tables = Moment(database, as_of).tables(None, plan.view_needs)
    answers = evaluate(plan, tables, now, settings.time_zone, settings.calendar, period)
    return told(models, library, answers, tables, period)


def told(
    models: Sequence[CareModel],
    library: Library,
    answers: Answers,
    tables: Mapping[str, pa.Table],
    period: tuple[date, date],
) -> Population:
    """Answers about everyone as reports and settlements."""
    rows = answers.measure_row.to_pylist()
    members = _members(tables["enrollment"], *period)
    found = list(reports(reported(models, library), rows, members, *period))
    return Population(*period, answers, found, list(_settlements(models, answers)))


def _members(enrollment: pa.Table, start: date, end: date) -> dict[str, set[int]]:
    """Who was in each care model on some day of the period."""
    found: dict[str, set[int]] = defaultdict(set)
    columns = ("person_id", "model", "state", "started_on", "ended_on")
    for person, model, state, started, ended in zip(*(enrollment[c].to_pylist() for c in columns), strict=True):
        if state not in ("planned", "waitlist") and started and started <= end and (ended is None or ended >= start):
            found[model].add(person)
    return found


def _settlements(models: Sequence[CareModel], answers: Answers) -> Iterable[Settlement]:
    """The rows of every set on which a care model calculates and that has no person."""
    for model in models:
        sets = dict.fromkeys(calc.on for calc in model.payment.calc)
        for on in sets:
            if (model.model.id, on) in answers.plan.relations:
                for key, row in answers.rows(model.model.id, on).items():
                    if row.get("person_id") is None:
                        yield Settlement(model.model.id, on, key, row)


def keep(database: Database, found: Population, at: datetime) -> None:
    """Keep every row of every measure, scores and settlements, and what is owed and paid of nobody in particular."""
    with database.connection() as connection, connection.transaction():
        for name in TELLS_NOBODY:
            table = getattr(found.answers, name)
            connection.execute(query("record/drop_answers", table=f"think.{name}"), {"people": [NOBODY]})
            _keep_rows(connection, name, table.filter(pc.is_null(table["person_id"])))
        connection.execute(query("flow/drop_measure_rows"))
        _keep_rows(connection, "measure_row", found.answers.measure_row)
        keep_scores(connection, found, at)
        _keep_settlements(connection, found, at)


def _keep_rows(connection: Connection, name: str, table: pa.Table) -> None:
    """Answers as they are; those without a person are nobody's."""
    whose = pc.fill_null(table["person_id"], NOBODY)
    table = table.set_column(table.column_names.index("person_id"), "person_id", whose)
    copy.into(connection, f"think.{name}", table.column_names, copy.lines_of(table))


def keep_scores(connection: Connection, found: Population, at: datetime) -> None:
    """The scores of a period in place of those that were kept of it before."""
    connection.execute(query("flow/drop_scores"), {"start": found.start, "end": found.end})
    for r in found.reports:
        a = r.added
        connection.execute(
            query("flow/keep_score"),
            {
                "model": r.model, "book": r.book, "measure": r.measure.id, "start": r.start, "end": r.end,
                "stratum": r.stratum, "population": a.population, "denominator": a.denominator,
                "exclusion": a.exclusion, "exception": a.exception, "numerator": a.numerator,
                "cannot_tell": a.cannot_tell, "score": a.score, "at": at,
            },
        )  # fmt: skip


def _keep_settlements(connection: Connection, found: Population, at: datetime) -> None:
    connection.execute(query("flow/drop_settlements"), {"start": found.start, "end": found.end})
    for s in found.settlements:
        values = {"model": s.model, "on_set": s.on, "key": s.key, "start": found.start, "end": found.end, "at": at}
        connection.execute(query("flow/keep_settlement"), values | {"told": json.dumps(s.told, default=_plain)})


def _plain(value: Any) -> str:
    """Exact decimals and days as text."""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value.isoformat()
