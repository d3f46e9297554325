"""Enrollment: who joins, moves and leaves a care model, as episodes of care that say since when and why."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

from throughcare.act.shapes import (
    MODEL,
    Resource,
    Stored,
    Write,
    code_of,
    concept,
    extension,
    extensions,
    ident,
    instant,
    today,
    with_extension,
)
from throughcare.definitions.grammar import CareModel

ENDED = frozenset({"finished", "cancelled", "entered-in-error"})
_ELIGIBLE = re.compile(r"\beligible\b")  # a move that speaks of eligibility itself
_STANDING = ("active", "onhold", "waitlist", "planned")


@dataclass(frozen=True, slots=True)
class Found:
    """What decide found for one person and care model: the answer of each rule, and since when it holds."""

    answers: Mapping[str, tuple[str, datetime]]

    def met(self, rule: str) -> bool:
        return self.answers.get(rule, ("",))[0] == "met"

    def since(self, rule: str) -> datetime | None:
        return self.answers[rule][1] if rule in self.answers else None


@dataclass(frozen=True, slots=True)
class Lives:
    """What enrollment asks of people beyond the findings."""

    patients: Mapping[int, str]
    zones: Mapping[int, tzinfo]
    died: frozenset[int]
    consents: frozenset[tuple[int, str]]  # (person, kind) of consents that hold today
    organizations: Mapping[int, str]
    elsewhere: Mapping[tuple[int, str], bool]  # episodes a program's own source sent: does one of them stand


def found(rows: Iterable[dict[str, Any]]) -> dict[tuple[int, str], Found]:
    """Findings by person and care model, from rows of think.finding."""
    answers: dict[tuple[int, str], dict[str, tuple[str, datetime]]] = defaultdict(dict)
    for row in rows:
        answers[row["person_id"], row["model"]][row["rule"]] = (row["answer"], row["since"])
    return {place: Found(those) for place, those in answers.items()}


def elsewhere(episodes: Iterable[Stored]) -> dict[tuple[int, str], bool]:
    """Episodes of care models that programs keep themselves: (person, care model) -> does one of them stand."""
    known: dict[tuple[int, str], bool] = {}
    for one in episodes:
        if (model := model_of(one.body)) and one.body.get("status") != "entered-in-error":
            place = one.person_id, model
            known[place] = known.get(place, False) or one.body.get("status") not in ENDED
    return known


def model_of(episode: Resource) -> str:
    return next((code for t in episode.get("type", ()) if (code := code_of(t, MODEL))), "")


def enroll(
    findings: Mapping[tuple[int, str], Found],
    episodes: Iterable[Stored],
    models: Sequence[CareModel],
    lives: Lives,
    now: datetime,
) -> list[Write]:
    """The episode writes that follow from what was found: entering, moving by rule, leaving; people's moves stay."""
    by_place: dict[tuple[int, str], list[Stored]] = defaultdict(list)
    for episode in episodes:
        by_place[episode.person_id, model_of(episode.body)].append(episode)
    known = {m.model.id: m for m in models}
    writes: list[Write] = []
    for place in sorted(findings.keys() | by_place.keys()):
        if model := known.get(place[1]):
            one = findings.get(place, Found({}))
            writes += _one_place(place[0], model, one, by_place.get(place, []), lives, now)
    return writes


def _one_place(
    person: int, model: CareModel, finding: Found, episodes: list[Stored], lives: Lives, now: datetime
) -> list[Write]:
    """One episode stands per place. A program's own record of it is never rewritten, and none is kept beside it."""
    standing = sorted((e for e in episodes if e.body["status"] not in ENDED), key=_strength)
    theirs = lives.elsewhere.get((person, model.model.id))
    zone = lives.zones.get(person, UTC)
    if theirs:
        ours = [e for e in standing if not by_person(e.body)]
        gone = [_written(e, moved(e.body, "cancelled", "known_elsewhere", now, zone)) for e in ours]
        return [w for w in gone if w is not None]
    twins = [_written(e, moved(e.body, "cancelled", "same_person", now, zone)) for e in standing[1:]]
    if standing:
        kept = _written(standing[0], _by_rule(standing[0].body, person, model, finding, lives, now))
        return [w for w in [kept, *twins] if w is not None]
    if person in lives.died or person not in lives.patients or not finding.met("eligible"):
        return []
    if theirs is False and not (model.enrollment.again_after and finding.met("again")):
        return []
    if episodes and not _again(max(episodes, key=_order).body, model, finding):
        return []
    taken = {e.body["id"] for e in episodes}
    return [Write(person, _entered(person, model, taken, lives, now))]


def _strength(episode: Stored) -> tuple[bool, int, str, str]:
    """Of two episodes of one person the one a person decided stays, then the further along, then the older."""
    body = episode.body
    by_person = extension(body, "set-by-person") is True
    return not by_person, _STANDING.index(body["status"]), body["period"].get("start", ""), body["id"]


def _order(episode: Stored) -> tuple[str, str]:
    return last_move_at(episode.body), episode.body["id"]


def last_move_at(episode: Resource) -> str:
    return episode["statusHistory"][-1]["period"]["start"] if episode.get("statusHistory") else ""


def _entered(person: int, model: CareModel, taken: set[str], lives: Lives, now: datetime) -> Resource:
    """Offered or begun, as the care model says; a consent that is asked for and holds already begins it."""
    rules = model.enrollment
    if rules.consent is not None:
        status = "active" if (person, rules.consent) in lives.consents else "planned"
    else:
        status = rules.enters
    return episode(person, model, status, "eligible", taken, lives, now)


def episode(
    person: int, model: CareModel, status: str, reason: str, taken: set[str], lives: Lives, now: datetime
) -> Resource:
    """A new episode of care of one person in one care model, pinned to the version that opened it."""
    number = 0
    while (new := ident("e", model.model.id, person, number)) in taken:
        number += 1
    manager = lives.organizations.get(person)
    body: Resource = {
        "resourceType": "EpisodeOfCare",
        "id": new,
        "status": status,
        "statusHistory": [{"status": status, "period": {"start": instant(now)}}],
        "type": [concept(MODEL, model.model.id, model.model.title)],
        "patient": {"reference": lives.patients[person]},
        "period": {"start": today(now, lives.zones[person])},
        "extension": extensions(reason=reason, version=model.model.version),
    }
    return body | ({"managingOrganization": {"reference": manager}} if manager else {})


def _by_rule(body: Resource, person: int, model: CareModel, finding: Found, lives: Lives, now: datetime) -> Resource:
    """The episode after the moves its care model makes by itself; death ends every one of them."""
    zone = lives.zones[person]
    if person in lives.died:
        return moved(body, "finished" if body["status"] in ("active", "onhold") else "cancelled", "died", now, zone)
    for move in model.enrollment.move:
        rule = f"move:{move.id}"
        if body["status"] in move.from_ and finding.met(rule) and _newer(finding.since(rule), body):
            return moved(body, move.to, move.id, now, zone)
    consent = model.enrollment.consent
    if body["status"] == "planned" and consent and (person, consent) in lives.consents and not by_person(body):
        return moved(body, "active", "consented", now, zone)
    return body


def by_person(episode: Resource) -> bool:
    return extension(episode, "set-by-person") is True


def _newer(since: datetime | None, body: Resource) -> bool:
    """A person's own move outranks grounds that already stood when it was made; only what came later moves it on."""
    if not by_person(body):
        return True
    return since is not None and instant(since) > last_move_at(body)


def _again(last: Resource, model: CareModel, finding: Found) -> bool:
    """May someone who left come in again: on a newer event, or when they left only because the rule was not met."""
    if model.enrollment.again_after and finding.met("again"):
        return True
    reason = extension(last, "reason")
    on_rule = {m.id for m in model.enrollment.move if _ELIGIBLE.search(m.when)} | {"died", "same_person"}
    return not by_person(last) and reason in on_rule and not finding.met(f"move:{reason}")


def moved(body: Resource, status: str, reason: str, now: datetime, zone: tzinfo, by: str | None = None) -> Resource:
    """The episode in its next state, with the one before closed in its history; `by` is the person who moved it."""
    at = instant(now)
    history = [dict(one) for one in body.get("statusHistory", ())]
    if history:
        history[-1] = history[-1] | {"period": history[-1]["period"] | {"end": at}}
    history.append({"status": status, "period": {"start": at}})
    period = {"start": today(now, zone)} if _begins(body, status) else dict(body["period"])
    if status in ENDED:
        period["end"] = max(today(now, zone), period["start"])
    else:
        period.pop("end", None)
    new = body | {"status": status, "statusHistory": history, "period": period}
    new = with_extension(new, "reason", reason)
    new = with_extension(new, "set-by", {"reference": by} if by else None)
    return with_extension(new, "set-by-person", True if by else None)


def _begins(body: Resource, status: str) -> bool:
    """Service begins when someone offered or waiting becomes active; the days before are in the history."""
    return status == "active" and body["status"] in ("planned", "waitlist")


def _written(stored: Stored, new: Resource) -> Write | None:
    return None if new is stored.body else Write(stored.person_id, new, stored.version)
