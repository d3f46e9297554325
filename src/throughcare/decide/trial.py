"""Trials: who would join a care model, and what would be owed if everyone who belongs joined now."""

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from throughcare.decide.evaluate import Answers, evaluate
from throughcare.decide.lives import Lives
from throughcare.definitions.compiled import Plan
from throughcare.definitions.grammar import CareModel


@dataclass(slots=True)
class Trial:
    """What came out, counted, with the people by answer."""

    people: dict[str, list[str]]  # met, not_met, unknown -> "Patient/ana", ...
    unmet: Counter[str] = field(default_factory=Counter)  # criteria that decide a no
    missing: Counter[str] = field(default_factory=Counter)  # what is missing where the answer is unknown
    owed: dict[str, Counter[str]] = field(default_factory=dict)  # step -> status -> how many
    next_due: dict[str, datetime] = field(default_factory=dict)  # step -> the earliest that is still open
    joined: int = 0  # how many were taken as joining now


def trial(model: CareModel, plan: Plan, known: Lives, now: datetime, zone: str) -> Trial:
    """Look twice: first who belongs, then as if all of them who have not joined did so now."""
    found = Trial({"met": [], "not_met": [], "unknown": []})
    first = evaluate(plan, known.tables, now, zone)
    patients = known.patients
    for row in _eligible(first, model):
        found.people[row["answer"]].append(patients[row["person_id"]])
        _count(found, row)
    joining = [known.people[p] for p in found.people["met"]]
    tables = _joined(known, model, joining, now, zone, found)
    _owed(found, model, evaluate(plan, tables, now, zone))
    return found


def _eligible(answers: Answers, model: CareModel) -> list[dict[str, Any]]:
    rows = answers.finding.to_pylist()
    return [r for r in rows if r["model"] == model.model.id and r["rule"] == "eligible"]


def _count(found: Trial, row: dict[str, Any]) -> None:
    criteria = {c["id"]: c for c in json.loads(row["criteria"])}
    for name in row["deciding"]:
        if row["answer"] == "not_met":
            found.unmet[name] += 1
        for missing in criteria[name]["missing"] if row["answer"] == "unknown" else ():
            found.missing[missing] += 1


def _joined(
    known: Lives, model: CareModel, joining: list[int], now: datetime, zone: str, found: Trial
) -> dict[str, pa.Table]:
    """The tables, with an enrollment from now for each who belongs and has none."""
    enrollment = known.tables["enrollment"]
    rows = enrollment.to_pylist()
    had = {r["person_id"] for r in rows if r["model"] == model.model.id}
    new = [n for n in joining if n not in had]
    found.joined = len(new)
    started = {"started_at": now.astimezone(UTC), "started_on": now.astimezone(ZoneInfo(zone)).date()}
    blank = dict.fromkeys(enrollment.column_names)
    rows += [
        blank | started | {"key": f"trial/{n}", "person_id": n, "model": model.model.id, "state": "active"} for n in new
    ]
    return known.tables | {"enrollment": pa.Table.from_pylist(rows, schema=enrollment.schema)}


def _owed(found: Trial, model: CareModel, answers: Answers) -> None:
    for row in answers.obligation.to_pylist():
        if row["model"] == model.model.id:
            step, due = row["step"], row["due_at"]
            found.owed.setdefault(step, Counter())[row["status"]] += 1
            if row["status"] == "open" and due and due < found.next_due.get(step, datetime.max.replace(tzinfo=UTC)):
                found.next_due[step] = due
