"""One plan per person: proposals of every care model come and go, and what people took up is theirs."""

import pytest

from throughcare.act.plans import proposals, propose
from throughcare.act.shapes import Stored, with_extension


@pytest.fixture
def plan(at):
    """Propose goals and activities of care models to Ana; returns the bodies written, and keeps them."""

    class Plan:
        plans: list[Stored] = []
        goals: list[Stored] = []

        def propose(self, *models):
            kinds = {"goal": "medicines", "activity": "lesson"}
            rows = [
                {"person_id": 1, "model": m, "kind": kind, "id": entry, "about": ""}
                for m in models
                for kind, entry in kinds.items()
            ]
            wanted = proposals(rows, {(1, m): "2026-07-01" for m in ("coaching", "home")})
            writes = propose(wanted, self.plans, self.goals, at.patients, at.zones, at.phrases, at.now)
            for w in writes:
                self.keep(w.body)
            return [w.body for w in writes]

        def keep(self, body):
            kept = self.plans if body["resourceType"] == "CarePlan" else self.goals
            old = next((s for s in kept if s.body["id"] == body["id"]), None)
            if old:
                kept.remove(old)
            kept.append(Stored(1, (old.version if old else 0) + 1, body))

        @property
        def one(self):
            (only,) = self.plans
            return only.body

    return Plan()


def test_two_models_make_one_plan_with_the_goals_and_activities_of_both(plan):
    plan.propose("coaching", "home")
    assert len(plan.one["goal"]) == len(plan.goals) == 2
    assert [a["detail"]["description"] for a in plan.one["activity"]] == ["Learn the medicines"] * 2
    assert plan.goals[0].body["description"]["text"] == "Manage my medicines"
    assert plan.goals[0].body["note"] == [{"text": "No missed dose in a month"}]
    assert plan.propose("coaching", "home") == []


def test_a_plan_nobody_agreed_on_yet_has_no_day_it_was_made(plan):
    plan.propose("coaching")
    assert "created" not in plan.one


def test_what_is_no_longer_proposed_is_retired_and_comes_back_when_it_is(plan):
    plan.propose("coaching", "home")
    plan.propose("home")
    assert len(plan.one["goal"]) == len(plan.one["activity"]) == 1
    assert sorted(g.body["lifecycleStatus"] for g in plan.goals) == ["cancelled", "proposed"]
    plan.propose("coaching", "home")
    assert [g.body["lifecycleStatus"] for g in plan.goals] == ["proposed", "proposed"]
    assert len(plan.one["goal"]) == 2


def test_a_goal_a_person_took_up_stays_when_it_is_no_longer_proposed(plan):
    plan.propose("coaching")
    plan.keep(plan.goals[0].body | {"lifecycleStatus": "active"})
    plan.propose()
    assert plan.goals[0].body["lifecycleStatus"] == "active"
    assert len(plan.one["goal"]) == 1


def test_an_activity_a_person_changed_or_wrote_stays(plan):
    plan.propose("coaching")
    changed = with_extension(plan.one["activity"][0], "set-by-person", True)
    own = {"detail": {"status": "in-progress", "description": "Walk to church"}}
    plan.keep(plan.one | {"activity": [changed, own]})
    plan.propose()
    assert plan.one["activity"] == [changed, own]


def test_a_goal_a_person_put_away_is_not_proposed_again(plan):
    plan.propose("coaching")
    plan.keep(with_extension(plan.goals[0].body | {"lifecycleStatus": "cancelled"}, "set-by-person", True))
    plan.propose("coaching")
    assert plan.goals[0].body["lifecycleStatus"] == "cancelled"
    assert "goal" not in plan.one
