"""Truth: what is really so about each person, written beside the community so that every answer can be graded."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from throughcare.community import (
    accountable,
    elders,
    families,
    housing,
    mobile,
    needs,
    neighbors,
    nurses,
    pathways,
    surgery,
    whole_person,
)
from throughcare.community.answers import Answer, Life
from throughcare.community.names import FAR_TOWN
from throughcare.community.network import Service
from throughcare.community.people import REGISTRY, Person
from throughcare.community.stays import Stay

COACHED_CONDITIONS = {"heart_failure", "coronary", "atrial_fibrillation", "copd", "diabetes"}
GOES_HOME = {"home", "home_health", "skilled_nursing"}
WORLDS: dict[str, Callable[[Life], Answer]] = {
    "elders": elders.truth,
    "housing": housing.truth,
    "surgery": surgery.truth,
    "mobile": mobile.truth,
    "whole_person": whole_person.truth,
    "pathways": pathways.truth,
    "needs": needs.truth,
    "neighbors": neighbors.truth,
    "families": families.truth,
    "nurse_visits": nurses.truth,
}


def truth(life: Life, given: list[Service], seed: int) -> dict[str, Any]:
    """One person's truth; shares no code with the care models, only the community's own facts."""
    person, found, on = life.person, life.stays, life.on
    here = person.died is None and not person.moved_away
    answers = {name: found_out(life) for name, found_out in WORLDS.items()}
    answers["accountable"] = accountable.truth(life, given, seed)
    return {
        "person": person.no,
        "household": person.household,
        "born": person.birth.isoformat(),
        "alive": person.died is None,
        "patients": sorted([*person.patient_ids.values(), *person.copies]),
        "same_person_twice": person.copies,
        "plays": f"{person.part.program}/{person.part.stage}" if person.part else "",
        "in_panel": _in_panel(person, max(life.visits, default=None), on),
        "long_term_conditions": [c for c in person.conditions if c in REGISTRY] if here else [],
        "unnamed_high_pressure": person.unnamed_high_pressure and here,
        "coaching": _coaching(person, found, on),
        "stays": [_stay(s) for s in found if s.kind == "IMP"],
        "discharged_silently": [s.id for s in found if s.silent],
        "programs": {
            name: {"answer": a.answer, "because": a.because, **_known(a.outcome)} for name, a in answers.items()
        },
    }


def _known(outcome: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in outcome.items() if value is not None}


def _in_panel(person: Person, last_visit: date | None, on: date) -> bool:
    return (
        person.died is None
        and not person.moved_away
        and last_visit is not None
        and last_visit > on - timedelta(days=730)
    )


def _coaching(person: Person, found: list[Stay], on: date) -> dict[str, Any]:
    """Would a coach be offered now, by the trial's entry rules? Only stays the hospital told of can count."""
    recent = [
        s for s in found if s.kind == "IMP" and not s.silent and s.ended_on and on - timedelta(days=30) <= s.ended_on
    ]
    if not recent:
        return {"answer": "no", "because": "no recent discharge"}
    stay = recent[-1]
    reasons = {
        "has died": person.died is not None,
        "younger than 65": person.age_on(stay.started_on) < 65,
        "did not go home": stay.leaving not in GOES_HOME,
        "none of the conditions": not COACHED_CONDITIONS & set(person.conditions),
        "dementia and no caregiver": "dementia" in person.conditions and not person.caregiver,
        "no phone": person.phone is None,
        "outside the travel area": person.town == FAR_TOWN,
        "language not served": person.language not in ("en", "es"),
    }
    against = [reason for reason, so in reasons.items() if so]
    return {"answer": "no" if against else "yes", "because": "; ".join(against), "stay": stay.id}


def _stay(stay: Stay) -> dict[str, Any]:
    ended = stay.ended_on.isoformat() if stay.ended_on else None
    return {
        "id": stay.id,
        "started_on": stay.started_on.isoformat(),
        "ended_on": ended,
        "leaving": stay.leaving,
        "silent": stay.silent,
    }
