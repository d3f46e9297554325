"""Truth: what is really so about each person, written beside the community so that every answer can be graded."""

from collections.abc import Callable
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
    practice,
    surgery,
    whole_person,
)
from throughcare.community.answers import Answer, Life
from throughcare.community.network import Service
from throughcare.community.stays import Stay

WORLDS: dict[str, Callable[[Life], Answer]] = {
    "panel": practice.panel,
    "registry": practice.registry,
    "coaching": practice.coaching,
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
    person = life.person
    answers = {name: found_out(life) for name, found_out in WORLDS.items()}
    answers["accountable"] = accountable.truth(life, given, seed)
    return {
        "person": person.no,
        "household": person.household,
        "home": person.home_patient,
        "born": person.birth.isoformat(),
        "alive": person.died is None,
        "patients": sorted([*person.patient_ids.values(), *person.copies]),
        "same_person_twice": person.copies,
        "plays": f"{person.part.program}/{person.part.stage}" if person.part else "",
        "stays": [_stay(s) for s in life.stays if s.kind == "IMP"],
        "discharged_silently": [s.id for s in life.stays if s.silent],
        "programs": {
            name: {"answer": a.answer, "because": a.because, **_known(a.outcome)} for name, a in answers.items()
        },
    }


def _known(outcome: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in outcome.items() if value is not None}


def _stay(stay: Stay) -> dict[str, Any]:
    ended = stay.ended_on.isoformat() if stay.ended_on else None
    return {
        "id": stay.id,
        "started_on": stay.started_on.isoformat(),
        "ended_on": ended,
        "leaving": stay.leaving,
        "silent": stay.silent,
    }
