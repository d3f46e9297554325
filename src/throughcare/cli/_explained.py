"""One person and one care model, line by line: each answer with what it rests on and where the rule is from."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from throughcare.decide.evaluate import Answers
from throughcare.decide.told import told_due, told_values
from throughcare.definitions.compiled.measuring import COLUMNS
from throughcare.definitions.grammar import CareModel, Criterion
from throughcare.definitions.scores import place

Row = dict[str, Any]
_WORD = {"met": "yes", "not_met": "no", "unknown": "unknown"}
_ANSWER = {True: "yes", False: "no", None: "unknown"}
_INDENT = " " * 12


def explained(model: CareModel, answers: Answers, person_id: int, zone: str) -> Iterator[str]:
    """The whole page for one person."""

    def of(table: str) -> list[Row]:
        rows = getattr(answers, table).to_pylist()
        return [r for r in rows if r["person_id"] == person_id and r["model"] == model.model.id]

    yield from _belongs(model, answers, person_id, of("finding"))
    yield from _moves(model, of("finding"))
    yield from _owed(model, answers, of("obligation"), ZoneInfo(zone))
    yield from _serves(of("role"))
    yield from _plan(model, of("proposal"))
    yield from _measured(model, answers, of("measure_row"))
    yield from _paid(model, answers, of("line"))


def _belongs(model: CareModel, answers: Answers, person_id: int, findings: list[Row]) -> Iterator[str]:
    found = next(r for r in findings if r["rule"] == "eligible")
    rows = answers.rows(model.model.id, "person")
    key = next(k for k, row in rows.items() if row["person_id"] == person_id)
    criteria = {c.id: c for c in model.eligibility.criterion}
    yield f"Belongs: {_WORD[found['answer']]}   ({model.eligibility.rule.who})"
    for told in json.loads(found["criteria"]):
        decides = "  <- decides" if told["id"] in found["deciding"] else ""
        yield f"  {_WORD[told['answer']]:<8}  {criteria[told['id']].says}{decides}"
        yield from _criterion(model, answers, criteria[told["id"]], told, key)


def _criterion(model: CareModel, answers: Answers, criterion: Criterion, told: Row, key: str) -> Iterator[str]:
    yield f"{_INDENT}{criterion.where}"
    if inputs := told_values(model, answers, "person", key, criterion.where):
        yield f"{_INDENT}{inputs}"
    if told["missing"]:
        says = {f.id: f"{f.says} ({f.id})" for f in model.sets.fact}
        yield f"{_INDENT}missing: {'; '.join(says.get(name, name) for name in told['missing'])}"
    if told["evidence"]:
        yield f"{_INDENT}evidence: {', '.join(told['evidence'])}"
    yield f"{_INDENT}source: {criterion.cites}"


def _moves(model: CareModel, findings: list[Row]) -> Iterator[str]:
    says = {f"move:{m.id}": m for m in model.enrollment.move}
    for row in findings:
        if row["rule"] in says and row["answer"] != "not_met":
            move = says[row["rule"]]
            yield f"Move to {move.to}: {_WORD[row['answer']]}   {move.says} (source: {move.cites})"


def _owed(model: CareModel, answers: Answers, obligations: list[Row], zone: ZoneInfo) -> Iterator[str]:
    steps = {s.id: s for s in model.work.step}
    yield f"Owed: {len(obligations) or 'nothing'}"
    for row in sorted(obligations, key=lambda r: (str(r["due_at"]), r["step"], r["anchor_key"])):
        step = steps[row["step"]]
        yield f"  {row['status']:<9} due {_day(row, 'due_at', zone)}  {step.says}"
        yield f"{_INDENT}{row['step']} for {row['about'] or row['anchor_key']}, opens {_day(row, 'opens_at', zone)}"
        if because := told_due(model, answers, row).removeprefix(" because "):
            yield f"{_INDENT}{because}"
        if row["resolved_by"]:
            yield f"{_INDENT}resolved on {_day(row, 'resolved_at', zone)} by {row['resolved_by']}"
        if row["reason"]:
            yield f"{_INDENT}reason: {row['reason']}"
        yield f"{_INDENT}who: {' or '.join(row['roles'])}"
        yield f"{_INDENT}source: {step.cites}"


def _serves(roles: list[Row]) -> Iterator[str]:
    for row in roles:
        lead = ", may lead" if row["is_lead"] else ""
        yield f"Serves: {row['role']}: {row['member'] or 'nobody'}{lead}"


def _plan(model: CareModel, proposals: list[Row]) -> Iterator[str]:
    says: dict[tuple[str, str], Any] = {("goal", g.id): g for g in model.plan.goal}
    says |= {("activity", a.id): a for a in model.plan.activity}
    says |= {("missing", c.id): c for c in model.plan.content}
    for row in proposals:
        entry = says[row["kind"], row["id"]]
        yield f"Plan: {row['kind']}: {entry.says} (source: {entry.cites})"


def _measured(model: CareModel, answers: Answers, rows: list[Row]) -> Iterator[str]:
    """Where the person's rows stand in each measure, and what the columns that decide it rest on."""
    measures = {m.id: m for m in model.measures.measure}
    for row in rows:
        measure, where = measures[row["measure"]], place(row)
        yield f"Measure: {where:<12} {measure.says} ({measure.id}, {row['row_key']})"
        for column in COLUMNS:
            text = getattr(measure, column)
            if text and text not in ("true", "false"):
                inputs = told_values(model, answers, measure.on, _key(answers, model, measure.on, row), text)
                yield f"{_INDENT}{column} {_ANSWER[row[column]]}: {text}{f'   {inputs}' if inputs else ''}"
        yield f"{_INDENT}source: {measure.cites}"


def _paid(model: CareModel, answers: Answers, rows: list[Row]) -> Iterator[str]:
    """Every line with its units, price and amount as they were worked out, and what blocks it."""
    lines = {line.id: line for line in model.payment.line}
    for row in sorted(rows, key=lambda r: (str(r["on_date"]), r["line"])):
        line = lines[row["line"]]
        key = _key(answers, model, line.on, row)
        amount = "unknown" if row["amount"] is None else f"{row['amount']:,.2f}"
        yield f"Pays: {row['status']:<16} {amount:>12}  {row['code']} on {row['on_date']}: {line.says} ({line.id})"
        for part, text, value in (("units", line.units, row["units"]), ("price", line.price, row["price"])):
            inputs = told_values(model, answers, line.on, key, text)
            yield f"{_INDENT}{part} {_exactly(value)}: {text}{f'   {inputs}' if inputs else ''}"
        if row["why_not"]:
            yield f"{_INDENT}because: {row['why_not']}"
        yield f"{_INDENT}source: {line.cites}"


def _key(answers: Answers, model: CareModel, on: str, row: Row) -> str:
    """The row's key in its set; a person's own row is found by the person."""
    rows = answers.rows(model.model.id, on)
    return row["row_key"] if row["row_key"] in rows else _person_key(rows, row["person_id"])


def _person_key(rows: dict[str, Row], person_id: int) -> str:
    return next((key for key, one in rows.items() if one.get("person_id") == person_id), "")


def _exactly(value: Any) -> str:
    return "unknown" if value is None else f"{value.normalize():f}"


def _day(row: Row, column: str, zone: ZoneInfo) -> str:
    moment: datetime | None = row[column]
    if moment is None:
        return "unknown"
    local = moment.astimezone(zone)
    return f"{local:%Y-%m-%d %H:%M}" if column == "due_at" and row["due_precision"] == "minute" else f"{local:%Y-%m-%d}"
