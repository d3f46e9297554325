"""Joining, moving and leaving a care model: what follows by rule, and what a person decided that no rule undoes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from throughcare.act.enrollment import Found, Lives, elsewhere, enroll, found, moved
from throughcare.act.shapes import MODEL, Stored, concept, extension
from throughcare.definitions import grammar as g

EARLIER = datetime(2026, 7, 1, tzinfo=UTC)


@pytest.fixture
def world(at, care_model):
    """How a pass is run on one care model, for Ana: what was found in, episode bodies out."""
    done = g.Move(
        id="thirty_days_over", says="Thirty days are over", from_=["active", "onhold"], to="finished", when="x"
    )
    lost = g.Move(
        id="not_eligible", says="No longer eligible", from_=["planned", "active"], to="cancelled", when="not eligible"
    )
    given = {"move": [done, lost], "moves": {"active": ["onhold", "finished"], "finished": ["active"]}}

    class World:
        now = at.now
        model = care_model("coaching", **given)
        lives = Lives(at.patients, at.zones, frozenset(), frozenset(), {}, {})
        episodes: list[Stored] = []

        def says(self, **rules):
            self.model = care_model("coaching", **(given | rules))
            return self

        def run(self, _since=EARLIER, **answers):
            finding = Found({rule.replace("move_", "move:"): (answer, _since) for rule, answer in answers.items()})
            writes = enroll({(1, "coaching"): finding}, self.episodes, [self.model], self.lives, self.now)
            kept = {e.body["id"]: e for e in self.episodes}
            for w in writes:
                assert (w.if_version is None) == (w.body["id"] not in kept)
                kept[w.body["id"]] = Stored(w.person_id, (w.if_version or 0) + 1, w.body)
            self.episodes = list(kept.values())
            self.now += timedelta(hours=1)
            return [w.body for w in writes]

        def by_hand(self, status, reason="by_hand"):
            (last,) = self.episodes[-1:]
            body = moved(last.body, status, reason, self.now, at.zones[1], "Practitioner/zoe")
            self.episodes[-1] = Stored(1, last.version + 1, body)
            self.now += timedelta(hours=1)

        @property
        def states(self):
            return [e.body["status"] for e in self.episodes]

    return World()


def test_someone_who_meets_the_rule_enters_and_a_second_look_writes_nothing(world):
    (episode,) = world.run(eligible="met")
    assert episode["status"] == "active"
    assert episode["period"] == {"start": "2026-07-03"}
    assert extension(episode, "reason") == "eligible"
    assert extension(episode, "version") == "2026.1"
    assert world.run(eligible="met") == []


@pytest.mark.parametrize("answer", ["not_met", "unknown"])
def test_an_unknown_is_not_a_yes(world, answer):
    assert world.run(eligible=answer) == []


def test_where_consent_is_needed_the_person_is_offered_and_joins_when_it_is_given(world):
    world.says(consent="coaching")
    assert world.run(eligible="met")[0]["status"] == "planned"
    assert world.run(eligible="met") == []
    world.lives = replace(world.lives, consents=frozenset({(1, "coaching")}))
    (episode,) = world.run(eligible="met")
    assert episode["status"] == "active"
    assert [h["status"] for h in episode["statusHistory"]] == ["planned", "active"]
    assert "end" in episode["statusHistory"][0]["period"]


def test_someone_whose_consent_is_there_already_joins_at_once(world):
    world.says(consent="coaching", enters="planned")
    world.lives = replace(world.lives, consents=frozenset({(1, "coaching")}))
    assert [h["status"] for h in world.run(eligible="met")[0]["statusHistory"]] == ["active"]


def test_a_move_by_rule_ends_the_enrollment_and_names_its_reason(world):
    world.run(eligible="met")
    (episode,) = world.run(eligible="met", move_thirty_days_over="met")
    assert (episode["status"], extension(episode, "reason")) == ("finished", "thirty_days_over")
    assert episode["period"] == {"start": "2026-07-03", "end": "2026-07-03"}
    assert world.run(eligible="met", move_thirty_days_over="met") == []


def test_an_end_whose_grounds_were_withdrawn_lets_the_person_in_again(world):
    world.run(eligible="met")
    world.run(eligible="not_met", move_not_eligible="met")
    assert world.states == ["cancelled"]
    (again,) = world.run(eligible="met", move_not_eligible="not_met")
    assert again["id"] != world.episodes[0].body["id"]
    assert world.states == ["cancelled", "active"]


def test_an_end_for_another_reason_is_not_undone_when_its_grounds_move_on(world):
    world.run(eligible="met")
    world.run(eligible="met", move_thirty_days_over="met")
    assert world.run(eligible="met", move_thirty_days_over="not_met") == []


def test_someone_who_declined_is_not_offered_again_without_a_newer_event(world):
    world.says(again_after="discharges")
    world.run(eligible="met")
    world.by_hand("finished", "declined")
    assert world.run(eligible="met", again="not_met") == []
    assert world.run(eligible="met", again="met")[0]["status"] == "active"


def test_a_persons_own_move_outranks_grounds_that_stood_when_it_was_made(world):
    world.run(eligible="met")
    world.run(eligible="met", move_thirty_days_over="met")
    world.by_hand("active")
    assert world.run(eligible="met", move_thirty_days_over="met") == []
    (episode,) = world.run(_since=world.now, eligible="met", move_thirty_days_over="met")
    assert episode["status"] == "finished"
    assert extension(episode, "set-by-person") is None


def test_death_ends_every_enrollment_and_opens_none(world):
    world.run(eligible="met")
    world.lives = replace(world.lives, died=frozenset({1}))
    assert world.run(eligible="met")[0]["status"] == "finished"
    assert world.run(eligible="met") == []


def test_a_death_recorded_by_mistake_lets_the_person_in_again(world):
    world.run(eligible="met")
    alive, world.lives = world.lives, replace(world.lives, died=frozenset({1}))
    world.run(eligible="met")
    world.lives = alive
    assert world.run(eligible="met")[0]["status"] == "active"


def test_two_numbers_that_become_one_person_leave_one_enrollment(world):
    world.run(eligible="met")
    other = world.episodes[0].body | {"id": "e-of-the-other-number", "status": "planned"}
    world.episodes.append(Stored(1, 1, other))
    (closed,) = world.run(eligible="met")
    assert (closed["id"], closed["status"]) == ("e-of-the-other-number", "cancelled")
    assert sorted(world.states) == ["active", "cancelled"]


def test_findings_are_read_by_person_model_and_rule():
    row = {"person_id": 1, "model": "coaching", "rule": "eligible", "answer": "met", "since": EARLIER}
    one = found([row, row | {"rule": "move:x", "answer": "not_met"}])[1, "coaching"]
    assert (one.met("eligible"), one.met("move:x"), one.met("again"), one.since("again")) == (True, False, False, None)


def test_no_episode_is_kept_beside_the_one_the_program_keeps_itself(world):
    world.run(eligible="met")
    assert world.states == ["active"]
    world.lives = replace(world.lives, elsewhere={(1, "coaching"): True})
    (ended,) = world.run(eligible="met")
    assert (ended["status"], extension(ended, "reason")) == ("cancelled", "known_elsewhere")
    assert world.run(eligible="met") == []


def test_what_a_person_decided_stays_beside_the_programs_own_record(world):
    world.run(eligible="met")
    world.by_hand("onhold")
    world.lives = replace(world.lives, elsewhere={(1, "coaching"): True})
    assert world.run(eligible="met") == []


def test_someone_whose_program_ended_comes_back_only_on_a_new_event(world):
    world.lives = replace(world.lives, elsewhere={(1, "coaching"): False})
    assert world.run(eligible="met") == []
    world.says(again_after="left_hospital")
    (entered,) = world.run(eligible="met", again="met")
    assert entered["status"] == "active"


def test_an_episode_in_error_or_of_no_care_model_says_nothing(at):
    kinds = [("active", "coaching"), ("finished", "home"), ("entered-in-error", "clinic"), ("active", "")]
    bodies = [{"status": s, "type": [concept(MODEL, m, m)] if m else []} for s, m in kinds]
    assert elsewhere(Stored(1, 1, b) for b in bodies) == {(1, "coaching"): True, (1, "home"): False}
