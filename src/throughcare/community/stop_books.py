"""Stop books: by which rate the clinic on wheels is paid for a visit, and what each session that is over has cost."""

from collections.abc import Iterator
from datetime import date, timedelta

from throughcare.community.programs import PROGRAMS
from throughcare.community.shapes import OURS, Resource, concept, reference, said
from throughcare.community.stops import ORGANIZATION, SESSIONS, session_id

COST = {"crew": 1240.0, "fuel": 96.0, "supplies": 310.0}  # dollars of one session
Told = Iterator[tuple[str, Resource]]


def directory(on: date) -> Told:
    """The health center's scope, and the costs of sessions gone by."""
    source = PROGRAMS["mobile"].source
    yield source, _scope(on)
    for days in (d for d in SESSIONS if d > 0):
        yield source, _cost(days, on)


def _scope(on: date) -> Resource:
    """The unit belongs to a health center, which is paid by the visit."""
    return {
        "resourceType": "Contract",
        "id": "wheels-scope",
        "status": "executed",
        "type": concept(OURS + "agreement", "health_center_scope"),
        "subject": [reference("Organization", ORGANIZATION)],
        "applies": {"start": f"{on.year - 1}-01-01", "end": f"{on.year + 1}-12-31"},
        "extension": said(unit_rate=182.5),
    }


def _cost(days: int, on: date) -> Resource:
    """What a session that is over has cost."""
    items = [
        {
            "sequence": n,
            "chargeItemCodeableConcept": concept(OURS + "cost-item", item),
            "priceComponent": [{"type": "base", "amount": {"value": dollars, "currency": "USD"}}],
        }
        for n, (item, dollars) in enumerate(COST.items(), 1)
    ]
    return {
        "resourceType": "Invoice",
        "id": f"{session_id(days, on)}-cost",
        "status": "issued",
        "type": concept(OURS + "cost", "session"),
        "issuer": reference("Organization", ORGANIZATION),
        "date": (on - timedelta(days=days)).isoformat(),
        "lineItem": items,
        "extension": said(session=f"Schedule/{session_id(days, on)}"),
    }
