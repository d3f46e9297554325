"""Every operation on sets and every verb in one care model: fused and unfused it answers the same, on random lives."""

from datetime import date
from decimal import Decimal as D
from typing import Any

import msgspec
import pyarrow as pa
import pytest

from throughcare.decide.evaluate import ANSWERS, Answers, Engine
from throughcare.decide.invented import invented
from throughcare.definitions import grammar as g
from throughcare.definitions.compiled import Plan, compile_models, compile_unfused

from .tiny import LIBRARY, NOW, model

SETS = """
[[set]]
id = "stays"
from = "encounter where class = 'inpatient' and known(started_on)"
also = { until = "first_known(ended_on, today)" }
[[set]]
id = "days"
from = "stays"
each = { unit = "day", from = "started_on", to = "earlier(until, days_after(started_on, ten))", as = "day_on" }
[[set]]
id = "months"
from = "stays"
each = { unit = "month", from = "started_on", to = "until", as = "month" }
[[set]]
id = "runs"
from = "stays"
merge = { start = "started_on", end = "ended_on", gap_days = 20 }
[[set]]
id = "by_clinician"
from = "encounter where clinician_id in ('A', 'B', 'C')"
group = { by = ["clinician_id"], across = true }
[[set.sum]]
id = "rows_seen"
count = "rows"
[[set.sum]]
id = "people"
count_of = "person_id"
[[set.sum]]
id = "last_on"
highest = "started_on"
where = "known(started_on)"
[[set]]
id = "everything"
from = "observation"
group = { by = [], across = true }
[[set.sum]]
id = "middle"
median = "value"
[[set.sum]]
id = "known_mean"
mean = "value"
where = "known(value)"
[[set]]
id = "busy"
from = "by_clinician where rows_seen > ten"
pick = { per = [], order = ["rows_seen high", "last_on"], first = 3, place = "place" }
[[set]]
id = "listed"
from = "stay where not known(exit_on)"
pick = { per = [], order = ["entry_on", "project_type high"], first = 0, place = "place", across = true }
[[set]]
id = "once"
from = "stay where known(entry_on)"
at_most = { rows = 1, per = ["person_id"], at = "entry_on", until = "exit_on" }
[[set]]
id = "clinics"
from = "organization where known(kind) or state in ('A', 'B', 'C')"
also = { waited = "days_between(asked_on, today)" }
[[set]]
id = "list_months"
from = "list_month where known(month)"
[[set]]
id = "planned"
from = "rhythm.grid"
[[set]]
id = "next_one"
from = "rhythm.again"
[[set]]
id = "missed"
from = "obligation where model = this_model and status in ('breached', 'late')"
rule_on = "due_on"
[[fact]]
on = "stays"
id = "days_inside"
value = "days_between(started_on, until)"
[[fact]]
on = "stays"
id = "longer"
value = "days_inside > previous(days_inside)"
[[fact]]
on = "stays"
id = "free_on"
value = "unpaused_days_after(started_on, ten)"
[[fact]]
on = "stays"
id = "calls_about"
count = "contact"
link = "key = about"
if_none = 0
[[fact]]
on = "stays"
id = "calls_at_all"
count = "contact"
if_none = 0
[[fact]]
on = "months"
id = "contacts"
count = "contact where reached"
window = "same month as month"
if_none = 0
[[fact]]
on = "runs"
id = "long_run"
value = "days_between(started_on, first_known(ended_on, today)) > ten"
[[fact]]
on = "clinics"
id = "seen"
count_of = "encounter"
take = "person_id"
link = "state = clinician_id"
window = "during period"
if_none = 0
skip_unknown = true
[[fact]]
on = "clinics"
id = "sessions"
count = "session where held and organization_key in ('A', 'B', 'C')"
link = "state = organization_key"
if_none = 0
[[fact]]
on = "clinics"
id = "rate_here"
value = "rate + seen"
[[fact]]
on = "clinics"
id = "busy_place"
latest = "busy"
link = "state = clinician_id"
take = "place"
if_none = "unknown"
[[fact]]
on = "list_months"
id = "expected"
value = "previous(active) + inflow - outflow"
per = ["site"]
[[fact]]
id = "second"
nth = "observation where known(code)"
take = "value"
n = 2
[[fact]]
id = "mean_value"
mean = "observation"
take = "value"
skip_unknown = true
[[fact]]
id = "middle"
median = "observation where value > ten"
take = "value"
[[fact]]
id = "most"
percentile = "observation where known(value)"
take = "value"
p = 0.9
[[fact]]
id = "spread_days"
spread = "runs where long_run"
take = "started_on"
[[fact]]
id = "worked"
minutes = "work_time where known(start_at) and known(end_at)"
take = "start_at, end_at"
skip_unknown = true
if_none = 0
[[fact]]
id = "line_at"
kind = "score"
value = "sqrt(absolute(interpolate(line, mean_value)) * lookup(fees, sex, today))"
[[fact]]
id = "clinic_state"
latest = "clinics where this.chosen_clinician = state or this.chosen_clinician = 'A'"
link = "chosen_clinician = state"
take = "waited"
if_none = "unknown"
skip_unknown = true
[[fact]]
id = "planned_soon"
count = "planned where planned_on between today and days_after(today, ten)"
if_none = 0
[[fact]]
id = "missed_ever"
exists = "missed where due_on < today"
if_none = false
[[fact]]
id = "last_value_on"
latest = "observation where known(effective_on)"
if_none = "unknown"
[[fact]]
id = "drawn"
value = "lottery(seed, key)"
"""
WORK = """
[[rhythm]]
id = "grid"
kind = "grid"
on = "stays"
[[rhythm.segment]]
id = "w"
from = "started_on"
every = "30 days"
times = 3
[[rhythm.segment]]
id = "m"
from = "until"
every = "1 month"
lead = "3 days"
[[rhythm]]
id = "again"
kind = "from_last"
starts = "birth_date"
every = "180 days"
last = "last_value_on"
[[step]]
id = "visit"
rhythm = "grid"
while = "always"
activity = "visit"
role = ["nurse"]
resolved_by = "contact where reached"
[[step]]
id = "call"
on = "stays"
opens = "started_on"
due = "5 days after started_on"
while = "always"
activity = "call"
role = ["nurse"]
resolved_by = "contact where activity = 'call'"
[step.clock]
pauses = "pause where known(reason)"
[[step]]
id = "about_it"
on = "stays"
opens = "started_on"
due = "9 days after started_on"
while = "always"
activity = "call"
role = ["nurse"]
resolved_by = "contact where reached"
link = "key = about"
[[step]]
id = "appeal"
on = "missed"
opens = "due_on"
due = "30 days after due_on"
while = "always"
activity = "call"
role = ["nurse"]
resolved_by = "contact where activity = 'appeal'"
[[step]]
id = "report"
on = "clinics"
opens = "asked_on"
due = "45 days after asked_on"
while = "always"
activity = "report"
role = ["nurse"]
resolved_by = "session where held"
link = "state = organization_key"
[[step]]
id = "done_itself"
on = "clinics"
opens = "asked_on"
due = "2 business days after asked_on"
while = "always"
activity = "report"
role = ["nurse"]
resolved_on = "done_on"
"""
TABLES = [
    g.Table(id="line", kind="slope", rows=[[0, 80, 1, 3], [80, 160, 3, -5]], closed=True),
    g.Table(id="fees", kind="exact", rows=[["sex-1", date(2026, 1, 1), 4]], band_last=True),
]
RATE = g.Parameter(unit="USD", values={"2000-01-01": 1}, scoped=[g.Scoped(state="A", values={"2026-01-01": D("2.5")})])


@pytest.fixture(scope="module")
def made() -> tuple[g.CareModel, g.Library]:
    base = model(SETS, WORK, ten=10, seed="spring")
    views = {**LIBRARY.views, "person": {**LIBRARY.views["person"], "sex": "text"}}
    made = msgspec.structs.replace(base, tables=TABLES, parameters={**base.parameters, "rate": RATE})
    return made, msgspec.structs.replace(LIBRARY, views=views)


def rows_of(table: pa.Table) -> list[str]:
    return sorted(repr(row) for row in table.to_pylist())


def sets_of(answers: Answers, plan: Plan) -> dict[tuple[str, str], list[str]]:
    found = {}
    for name, on in plan.relations:
        rows = answers.rows(name, on).values()
        found[name, on] = sorted(repr(sorted((k, repr(v)) for k, v in row.items())) for row in rows)
    return found


@pytest.mark.parametrize("everyone", [True, False], ids=["everyone", "some"])
@pytest.mark.parametrize(("seed", "people"), [(1, 1), (2, 3), (3, 30)])
def test_fused_and_unfused_agree(made: Any, seed: int, people: int, everyone: bool) -> None:
    given, library = made
    plans = [make([given], library, everyone=everyone) for make in (compile_models, compile_unfused)]
    tables = invented(plans[0], [given], library, people, NOW, seed)
    found = []
    for plan in plans:
        engine = Engine(plan)
        found.append(engine.run(tables, NOW, "America/New_York"))
        engine.close()
    for name in ANSWERS:
        assert rows_of(getattr(found[0], name)) == rows_of(getattr(found[1], name)), name
    assert sets_of(found[0], plans[0]) == sets_of(found[1], plans[1])


def test_random_lives_reach_every_set_and_every_fact(made: Any) -> None:
    """Were a set empty, or a fact always unknown, agreeing on it would say nothing."""
    given, library = made
    plan = compile_models([given], library)
    engine = Engine(plan)
    answers = engine.run(invented(plan, [given], library, 60, NOW, 7), NOW, "America/New_York")
    engine.close()
    for on in {s.id for s in given.sets.set} | {"person"}:
        rows = list(answers.rows("tiny", on).values())
        assert rows, on
        for fact in (f.id for f in given.sets.fact if f.on == on):
            assert any(row[fact] is not None for row in rows), (on, fact)
    steps = {(o["step"], o["status"]) for o in answers.obligation.to_pylist()}
    assert {step for step, _ in steps} == {s.id for s in given.work.step}
    assert {("report", "met"), ("about_it", "late"), ("call", "paused")} <= steps
