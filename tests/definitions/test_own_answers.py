"""What the engine found at its last look as rows that sets may start from; and the dates of a rhythm as rows."""

from datetime import UTC, date, datetime
from decimal import Decimal as D
from typing import Any

import msgspec
import pyarrow as pa
import pytest

from throughcare.decide import run as decide
from throughcare.decide.evaluate import Engine, fitted
from throughcare.definitions.compiled import compile_models
from throughcare.definitions.grammar import CareModel, Table
from throughcare.faults import WrongDefinition

from .tiny import LIBRARY, NOW, model, think


def on(month: int, day: int) -> date:
    return date(2026, month, day)


SETS = """
[[set]]
id = "requests"
from = "encounter where class = 'request'"
[[set]]
id = "missed"
from = "obligation where model = this_model and step = 'decide' and status = 'breached'"
rule_on = "due_on"
[[set]]
id = "missed_appeals"
from = "obligation where model = this_model and step = 'appeal' and status in ('breached', 'late')"
[[fact]]
id = "ever_missed"
exists = "missed"
if_none = false
[[fact]]
on = "missed"
id = "asked_on"
latest = "requests"
link = "anchor_key = key"
take = "started_on"
"""
STEP = 'activity = "x"\nrole = ["nurse"]\nwhile = "always"\n'
WORK = f"""
[[step]]
id = "decide"
on = "requests"
opens = "started_on"
due = "3 days after started_on"
resolved_by = "contact where activity = 'decided'"
{STEP}
[[step]]
id = "appeal"
on = "missed"
opens = "due_on"
due = "2 days after due_on"
resolved_by = "contact where activity = 'appeal_decided'"
{STEP}
[[step]]
id = "outside_review"
on = "missed_appeals"
opens = "due_on"
due = "30 days after due_on"
resolved_by = "contact where activity = 'reviewed'"
{STEP}
"""


def asked(day: date, **more: Any) -> dict[str, Any]:
    return {"key": "Encounter/r", "class": "request", "started_on": day, **more}


def owed(answers: Any) -> dict[str, tuple[str, str]]:
    return {o["step"]: (o["anchor_key"], o["status"]) for o in answers.obligation.to_pylist()}


def test_a_decision_that_was_missed_begins_an_appeal() -> None:
    """Asked on 5 July, due on the 8th: at midnight in New York it is missed, and the appeal is due on the 10th."""
    answers = think(model(SETS, WORK), encounter=[asked(on(7, 5))])
    (missed,) = answers.rows("tiny", "missed").values()
    assert (missed["due_on"], missed["opens_on"], missed["asked_on"]) == (on(7, 8), on(7, 5), on(7, 5))
    assert owed(answers) == {
        "decide": ("Encounter/r", "breached"),
        "appeal": ("tiny|decide|Encounter/r|0|1", "open"),
    }
    assert answers.rows("tiny", "person")["Patient/1"]["ever_missed"] is True


def test_until_it_is_missed_there_is_no_appeal() -> None:
    before = datetime(2026, 7, 9, 3, 59, tzinfo=UTC)
    answers = think(model(SETS, WORK), before, encounter=[asked(on(7, 5))])
    assert owed(answers) == {"decide": ("Encounter/r", "open")}
    assert answers.rows("tiny", "missed") == {}
    decided = [{"activity": "decided", "on_date": on(7, 8)}]
    assert owed(think(model(SETS, WORK), encounter=[asked(on(7, 5))], contact=decided))["decide"][1] == "met"


def test_what_follows_from_what_follows_is_found_too() -> None:
    answers = think(model(SETS, WORK), encounter=[asked(on(6, 5))])
    assert {step: status for step, (_, status) in owed(answers).items()} == {
        "decide": "breached", "appeal": "breached", "outside_review": "open"
    }  # fmt: skip


def test_the_site_of_the_person_says_which_day_it_is() -> None:
    """Due at midnight in Honolulu, which is six in the morning of the next day in New York."""
    before = datetime(2026, 7, 9, 9, 59, tzinfo=UTC)
    answers = think(model(SETS, WORK), before, person=[{"zone": "Pacific/Honolulu"}], encounter=[asked(on(7, 5))])
    assert owed(answers) == {"decide": ("Encounter/r", "open")}
    late = datetime(2026, 7, 9, 10, 0, tzinfo=UTC)
    answers = think(model(SETS, WORK), late, person=[{"zone": "Pacific/Honolulu"}], encounter=[asked(on(7, 5))])
    (missed,) = answers.rows("tiny", "missed").values()
    assert missed["due_on"] == on(7, 8)


def engine_and_tables(**rows: list[dict[str, Any]]) -> tuple[Engine, dict[str, pa.Table]]:
    plan = compile_models([model(SETS, WORK)], LIBRARY, everyone=False)
    rows.setdefault("person", [{"key": "Patient/1", "birth_date": date(1950, 1, 1)}])
    full = {v: [{"person_id": 1, **row} for row in listed] for v, listed in rows.items()}
    return Engine(plan), {v: fitted(pa.Table.from_pylist(listed), plan.views[v]) for v, listed in full.items()}


def test_a_pass_is_handed_the_answers_of_the_look_before() -> None:
    engine, tables = engine_and_tables(encounter=[asked(on(7, 5))])
    try:
        first = engine.run(tables, NOW, "America/New_York", own={})
        second = engine.run(tables, NOW, "America/New_York", own={"obligation": first.obligation})
    finally:
        engine.close()
    assert set(engine.plan.own) == {"obligation"}
    assert owed(first) == {"decide": ("Encounter/r", "breached")}
    assert set(owed(second)) == {"decide", "appeal"}


class Record:
    """A moment of the record for one pass: tables, and the answers that are stored."""

    def __init__(self, tables: dict[str, pa.Table], stored: dict[str, pa.Table]) -> None:
        self._tables, self._stored = tables, stored
        settings = type("Settings", (), {"time_zone": "America/New_York", "calendar": "US"})
        self.database = type("Database", (), {"settings": settings})

    def tables(self, people: Any, names: Any = None) -> dict[str, pa.Table]:
        return self._stored if isinstance(names, list) else self._tables

    def reached(self, people: Any) -> list[int]:
        return []


def test_whoever_has_news_that_a_set_reads_is_looked_at_again_at_once() -> None:
    engine, tables = engine_and_tables(encounter=[asked(on(7, 5))])
    empty = {name: table.slice(0, 0) for name, table in engine.run(tables, NOW, "America/New_York").tables().items()}
    stored, seen = {name: empty[name] for name in decide.STORED}, []
    for _ in range(3):
        changes = decide.run(Record(tables, stored), engine.plan, NOW, [1])
        seen.append((sorted(o["step"] for o in stored["obligation"].to_pylist()),
                     changes.answers["wake"].to_pylist()[0]["looks_again_at"]))  # fmt: skip
        stored = stored | {name: table for name, table in changes.answers.items() if name in stored}
    engine.close()
    midnight = datetime(2026, 7, 10, 4, tzinfo=UTC)
    assert seen == [([], NOW), (["decide"], NOW), (["appeal", "decide"], midnight)]


def test_what_nobody_reads_is_not_handed_over() -> None:
    plan = compile_models([model(SETS.partition('[[set]]\nid = "missed"')[0])], LIBRARY)
    assert plan.own == {}
    assert not any("answer_" in statement.sql for statement in plan.statements)


def test_findings_and_lines_may_be_read_too() -> None:
    sets = """
[[set]]
id = "belonged"
from = "finding where model = this_model and rule = 'eligible'"
[[fact]]
id = "was_found"
latest = "belonged"
at = "since_on"
take = "answer"
[[fact]]
id = "lines"
count = "line where status = 'payable'"
if_none = 0
"""
    row = think(model(sets)).rows("tiny", "person")["Patient/1"]
    assert (row["was_found"], row["lines"]) == ("met", 0)


# ---- rhythms as rows

VISITS = """
[[set]]
id = "pregnancies"
from = "pregnancy where known(first_visit_on)"
[[fact]]
on = "pregnancies"
id = "born_on"
value = "first_known(birth_on, edd)"
[[set]]
id = "visits"
from = "rhythm.visits"
also = { so_far = "days_between(born_on, planned_on)" }
[[fact]]
on = "visits"
id = "phase"
[[fact.choose]]
if = "planned_on < born_on"
then = "pregnancy"
[[fact.choose]]
if = "so_far < first_year"
then = "infancy"
[[fact.choose]]
else = "toddler"
[[set]]
id = "dated"
from = "visits"
also = { stage = "phase" }
[[set]]
id = "phases"
from = "dated"
group = { by = ["stage"] }
sum = [ { id = "planned", count = "rows" }, { id = "first_on", lowest = "planned_on" } ]
[[fact]]
on = "phases"
id = "minimum"
value = "planned - whole_units(planned * lookup(may_miss, stage), 1)"
"""
MAY_MISS = Table(
    id="may_miss", kind="exact", rows=[["pregnancy", D("0.20")], ["infancy", D("0.35")], ["toddler", D("0.40")]]
)
RHYTHM = """
[[rhythm]]
id = "visits"
kind = "grid"
on = "pregnancies"
lead = "6 days"
[[rhythm.segment]]
id = "weekly"
from = "first_visit_on"
every = "7 days"
times = 4
done_within = "3 days"
lead = "3 days"
[[rhythm.segment]]
id = "biweekly"
from = "days_after(first_visit_on, first_weeks)"
every = "14 days"
before = "born_on"
[[rhythm.segment]]
id = "newborn"
from = "days_after(born_on, 7)"
every = "7 days"
times = 6
[[rhythm.segment]]
id = "infancy"
from = "days_after(born_on, 56)"
every = "14 days"
before = "months_after(born_on, 21)"
[[rhythm.segment]]
id = "toddler"
from = "months_after(born_on, 22)"
every = "1 month"
times = 2
"""
DAYS = {"first_year": 364, "first_weeks": 35}
MOTHER = {"key": "Pregnancy/a", "first_visit_on": on(1, 12), "edd": on(6, 29), "birth_on": on(6, 29)}


def visiting(sets: str = "", work: str = RHYTHM) -> CareModel:
    return msgspec.structs.replace(model(VISITS + sets, work, **DAYS), tables=[MAY_MISS])


def test_the_schedule_of_a_home_visiting_program_has_14_28_and_22_visits() -> None:
    """T-14: four weekly ones from 12 January, ten two-weekly ones to 22 June, then 28 and 22."""
    answers = think(visiting(), pregnancy=[MOTHER])
    phases = {row["stage"]: row for row in answers.rows("tiny", "phases").values()}
    assert {name: row["planned"] for name, row in phases.items()} == {"pregnancy": 14, "infancy": 28, "toddler": 22}
    assert {name: row["minimum"] for name, row in phases.items()} == {"pregnancy": 12, "infancy": 19, "toddler": 14}
    visits = answers.rows("tiny", "visits")
    first = visits["Pregnancy/a/weekly/1"]
    assert (first["planned_on"], first["closes_on"], first["nth"]) == (on(1, 12), on(1, 15), 1)
    assert visits["Pregnancy/a/weekly/4"]["planned_on"] == on(2, 2)
    assert [visits[f"Pregnancy/a/biweekly/{n}"]["planned_on"] for n in (1, 10)] == [on(2, 16), on(6, 22)]
    assert "Pregnancy/a/biweekly/11" not in visits


def test_a_segment_may_open_earlier_than_the_others() -> None:
    work = RHYTHM + '[[step]]\nid = "visit"\nrhythm = "visits"\nactivity = "x"\nrole = ["nurse"]\nwhile = "always"\n' \
        "resolved_by = \"contact where activity = 'visit'\"\n"  # fmt: skip
    found = think(visiting(work=work), pregnancy=[MOTHER]).obligation.to_pylist()
    opens = {o["occurrence"]: o["opens_at"].date() for o in found}
    assert (opens[1], opens[1001]) == (on(1, 9), on(2, 10))


def test_a_rhythm_from_the_last_time_has_the_date_that_comes_next() -> None:
    sets = '[[fact]]\nid = "last"\nlatest = "observation"\nif_none = "unknown"\n' \
        '[[set]]\nid = "next"\nfrom = "rhythm.r"\n'  # fmt: skip
    work = '[[rhythm]]\nid = "r"\nkind = "from_last"\nstarts = "birth_date"\nevery = "180 days"\nlast = "last"\n'
    (row,) = think(model(sets, work), observation=[{"effective_on": on(3, 1)}]).rows("tiny", "next").values()
    assert (row["planned_on"], row["segment"], row["key"]) == (on(8, 28), "", "Patient/1/1")
    (row,) = think(model(sets, work)).rows("tiny", "next").values()
    assert row["planned_on"] == date(1950, 1, 1)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[[set]]\nid = "x"\nfrom = "rhythm.visit"', '"visit" is not a rhythm of this care model. Did you mean visits'),
        ('[[set]]\nid = "x"\nfrom = "obligations"', "Did you mean obligation?"),
        ('[[set]]\nid = "x"\nfrom = "obligation where due_at_night"', '"due_at_night" is not known on obligation'),
    ],
)
def test_a_wrong_name_is_told_with_the_nearest(text: str, says: str) -> None:
    with pytest.raises(WrongDefinition) as caught:
        compile_models([visiting(text)], LIBRARY)
    assert says in str(caught.value)


def test_dates_that_rest_on_themselves_are_a_circle() -> None:
    sets = '[[set]]\nid = "a"\nfrom = "rhythm.r"\n[[fact]]\nid = "start"\nlatest = "a"\n'
    work = '[[rhythm]]\nid = "r"\nkind = "grid"\n' \
        'segment = [ { id = "s", from = "start", every = "7 days", times = 2 } ]'  # fmt: skip
    with pytest.raises(WrongDefinition, match="is a circle"):
        compile_models([model(sets, work)], LIBRARY)
