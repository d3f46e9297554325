"""The population: scores and settlements of everyone, kept for the screens, from a small record."""

import tomllib
from datetime import UTC, date, datetime
from decimal import Decimal as D

import msgspec
import pytest

from throughcare.definitions import grammar as g
from throughcare.definitions.load import shipped_library
from throughcare.flow import population
from throughcare.record import views

from .conftest import patient

SETS = """[[set]]
id = "stays"
from = "encounter where class = 'inpatient' and known(ended_on)"
rule_on = "ended_on"
[[fact]]
on = "stays"
id = "nights"
value = "days_between(started_on, ended_on)"
[[set]]
id = "hospitals"
from = "stays"
also = { stayed = "nights" }
group = { by = ["facility_id"], across = true }
[[set.sum]]
id = "stays_here"
count = "rows"
[[set.sum]]
id = "nights_here"
sum = "stayed"
"""
MEASURES = """[[measure]]
id = "short"
on = "stays"
denominator = "ended_on >= period.start and ended_on <= period.end"
numerator = "nights <= most_nights"
strata = ["facility_id"]
"""
PAYMENT = """[[calc]]
on = "hospitals"
id = "a_night"
unit = "USD"
value = "ratio(price, stays_here, 2)"
[[calc]]
on = "hospitals"
id = "paid"
unit = "USD"
value = "a_night * nights_here"
round = 2
"""


def stay(ident: str, person: str, days: int, place: str) -> dict:
    return {
        "resourceType": "Encounter",
        "id": ident,
        "status": "finished",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "IMP"},
        "subject": {"reference": f"Patient/{person}"},
        "period": {"start": "2026-06-01T10:00:00-04:00", "end": f"2026-06-{1 + days:02}T10:00:00-04:00"},
        "serviceProvider": {"reference": f"Organization/{place}"},
    }


@pytest.fixture
def models() -> list[g.CareModel]:
    def read(text: str, kind: type) -> object:
        return msgspec.convert(tomllib.loads(text), kind)

    about = g.ModelFile(
        id="stays_model", title="", version="1", effective_from=date(2026, 1, 1), says="", serves="", maturity="trial",
        service="x",
    )  # fmt: skip
    numbers = {"most_nights": 3, "price": D("10.00")}
    return [
        g.CareModel(
            folder="x", model=about, sets=read(SETS, g.SetsFile),
            eligibility=g.EligibilityFile(criterion=[], rule=g.Rule(who="false")),
            enrollment=g.EnrollmentFile(enters="planned"), team=g.TeamFile(role=[]), plan=g.PlanFile(),
            work=g.WorkFile(), measures=read(MEASURES, g.MeasuresFile), payment=read(PAYMENT, g.PaymentFile),
            parameters={n: g.Parameter(unit="", values={"2000-01-01": v}) for n, v in numbers.items()},
            tables=[], words={},
        )
    ]  # fmt: skip


@pytest.fixture
def told(database, put, models):
    views.ensure_views(database)
    put(patient("ana"), patient("ben"))
    put(stay("a", "ana", 2, "north"), stay("b", "ben", 5, "north"), stay("c", "ben", 3, "south"))
    now = datetime(2026, 7, 3, 13, tzinfo=UTC)
    period = (date(2026, 1, 1), date(2026, 12, 31))
    found = population.look(database, models, shipped_library(), now, period)
    population.keep(database, found, now)
    return found


def test_a_score_is_whole_and_by_group(told):
    scores = {r.stratum: (r.added.numerator, r.added.denominator, r.added.score) for r in told.reports}
    assert scores[""] == (2, 3, D("66.67"))
    assert scores["facility_id=Organization/north"] == (1, 2, D("50.00"))
    assert scores["facility_id=Organization/south"] == (1, 1, D("100.00"))


def test_a_settlement_tells_every_step(told):
    rows = {s.told["facility_id"]: s.told for s in told.settlements}
    assert (rows["Organization/north"]["a_night"], rows["Organization/north"]["paid"]) == (D("5.00"), D("35.00"))
    assert rows["Organization/south"]["paid"] == D("30.00")


def test_what_was_told_is_kept_and_told_again_without_twins(told, database):
    population.keep(database, told, datetime(2026, 7, 4, tzinfo=UTC))
    with database.connection() as connection:
        scores = connection.execute("select stratum, score from think.score order by stratum").fetchall()
        settled = connection.execute("select told->>'paid' from think.settlement order by 1").fetchall()
    assert [s for _, s in scores] == [D("66.67"), D("50.00"), D("100.00")]
    assert settled == [("30",), ("35",)]
