"""A small world for act: two people, two care models, one library, and obligations written by hand."""

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from throughcare.act.owed import Owed
from throughcare.act.phrases import Phrases
from throughcare.act.shapes import Stored, Write
from throughcare.act.task import Setting
from throughcare.definitions import grammar as g

NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2026, 7, 3, 13, 0, tzinfo=UTC)


def a_care_model(ident: str, **enrollment) -> g.CareModel:
    header = g.ModelFile(
        id=ident,
        title=ident.title(),
        version="2026.1",
        effective_from=date(2026, 1, 1),
        says="A small care model.",
        serves="Two people.",
        maturity="trial",
        service=ident,
    )
    step = g.Step(id="call", says="Reach the person after hospital", activity="call", role=["nurse"])
    goal = g.Goal(id="medicines", says="Manage my medicines", target="No missed dose in a month")
    part = g.PlanActivity(id="lesson", says="Learn the medicines", activity="lesson", owner=["nurse"])
    return g.CareModel(
        folder=ident,
        model=header,
        sets=g.SetsFile(),
        eligibility=g.EligibilityFile(criterion=[], rule=g.Rule(who="true")),
        enrollment=g.EnrollmentFile(**({"enters": "active"} | enrollment)),
        team=g.TeamFile(role=[]),
        plan=g.PlanFile(goal=[goal], activity=[part]),
        work=g.WorkFile(step=[step]),
        parameters={},
        tables=[],
        words={},
    )


def library() -> g.Library:
    activities = {
        "call": g.Activity(id="call", says="Call after hospital", verb="verb.call"),
        "danger": g.Activity(id="danger", says="Check on safety", verb="verb.danger", safety=True),
    }
    words = {"en": {"verb.call": "First call after hospital", "role.supervisor": "supervisor"}}
    return g.Library(activities=activities, roles={}, value_sets={}, words=words, views={})


@pytest.fixture
def at() -> Setting:
    models = [a_care_model("coaching"), a_care_model("home")]
    patients = {1: "Patient/ana", 2: "Patient/ben"}
    return Setting(NOW, Phrases(models, library()), patients, {1: NEW_YORK, 2: NEW_YORK}, {})


@pytest.fixture
def owed():
    """An obligation: a call about stay-1, open, due at the end of 7 July in New York, unless said otherwise."""
    plain = Owed(
        key="",
        person_id=1,
        model="coaching",
        step="call",
        activity="call",
        about="Encounter/stay-1",
        roles=("coach", "nurse"),
        status="open",
        due_at=datetime(2026, 7, 8, 3, 59, 59, tzinfo=UTC),
        opens_at=datetime(2026, 7, 1, 4, tzinfo=UTC),
    )

    def make(occurrence: int = 0, **said) -> Owed:
        one = replace(plain, **said)
        key = f"{one.model}|{one.step}|{one.about}|{occurrence}|{one.person_id}"
        return one if one.key else replace(one, key=key)

    return make


@pytest.fixture
def keep():
    """The record in small: what a pass wrote, as it will be found by the next one."""

    def after(tasks: list[Stored], writes: list[Write]) -> list[Stored]:
        kept = {t.body["id"]: t for t in tasks}
        for write in writes:
            old = kept.get(write.body["id"])
            assert write.if_version == (old.version if old else None), "a write must name the version it replaces"
            kept[write.body["id"]] = Stored(write.person_id, (old.version if old else 0) + 1, write.body)
        return list(kept.values())

    return after


@pytest.fixture
def care_model():
    return a_care_model
