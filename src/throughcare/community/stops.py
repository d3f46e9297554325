"""Stops: where the clinic on wheels halts, its sessions gone by and to come, and what it has on board."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

from throughcare.community.names import FAR_TOWN, TOWNS
from throughcare.community.programs import PROGRAMS
from throughcare.community.shapes import OURS, Resource, at, concept, parts, quantity, reference, said
from throughcare.community.workers import who

ORGANIZATION, VAN = PROGRAMS["mobile"].organization, "harbor-wheels-van"
# stop: (name, town, shortage score, share without a clinician, minutes from the base)
STOPS = {
    "stop-st-ann": ("St. Ann parish hall", TOWNS[0], 13, 0.31, 20),
    "stop-market": ("East Landing market", TOWNS[3], 9, 0.22, 35),
    "stop-ridge": ("Upper Ridge school", FAR_TOWN, 18, 0.44, 70),
}
SESSIONS = (38, 31, 24, 17, 10, 3, -4, -11)  # days back from today; below nought: still to come
UNINSURED_ONLY = 17
KEPT = {38: 0, 31: 0, 24: 1, 17: 1, 10: 3, 3: 4}  # people seen in each session
COST = {"crew": 1240.0, "fuel": 96.0, "supplies": 310.0}  # dollars of one session
Told = Iterator[tuple[str, Resource]]


def directory(on: date) -> Told:
    """Stops, sessions gone by and to come, and what is on board."""
    source = PROGRAMS["mobile"].source
    for id, (name, town, score, share, minutes) in STOPS.items():
        yield (
            source,
            {
                "resourceType": "Location",
                "id": id,
                "status": "active",
                "name": name,
                "type": [concept(OURS + "site", "stop")],
                "managingOrganization": reference("Organization", ORGANIZATION),
                "address": {"city": town[0], "state": town[1], "postalCode": town[2]},
                "extension": said(
                    hpsa_score=score, mua=score > 12, rural=town == FAR_TOWN, no_clinician_share=share,
                    uninsured_share=share / 2, ed_per_1000=380.0, travel_minutes=minutes, return_days=21,
                ),
            },
        )  # fmt: skip
    for n, days in enumerate(SESSIONS):
        yield source, _session(n, days, on)
        if days > 0:
            yield source, _cost(days, on)
    yield source, _scope(on)
    yield (
        source,
        {
            "resourceType": "SupplyDelivery",
            "id": "wheels-flu-lot",
            "status": "completed",
            "suppliedItem": {
                "quantity": {"value": 40},
                "itemCodeableConcept": concept("http://hl7.org/fhir/sid/cvx", "158"),
            },
            "occurrenceDateTime": (on - timedelta(days=20)).isoformat(),
            "destination": reference("Location", VAN),
            "extension": [
                {"url": OURS + "lot-number", "valueString": "HW-77"},
                *said(
                    expires_on=on + timedelta(days=90), state="usable", par_level=25.0, on_hand=22.0, expected_use=20.0
                ),
            ],
        },
    )
    for days, degrees in ((10, 5.2), (3, 9.1)):
        yield (
            source,
            {
                "resourceType": "Observation",
                "id": f"wheels-fridge-{days}",
                "status": "final",
                "code": concept(OURS + "reading", "fridge_temperature"),
                "subject": reference("Location", VAN),
                "effectiveDateTime": at(on - timedelta(days=days), 8),
                "valueQuantity": quantity(degrees, "Cel"),
            },
        )


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


def session_id(days: int, on: date) -> str:
    return f"wheels-{(on - timedelta(days=days)).isoformat()}"


def _session(n: int, days: int, on: date) -> Resource:
    day, ahead = on - timedelta(days=days), days < 0
    state = "planned" if days < -7 else "confirmed" if ahead else "closed" if days < 7 else "reconciled"
    checks = ("host", "stock") if ahead else ("host", "stock", "vehicle", "cold_chain", "weather", "connectivity", "go")
    before = at(day - timedelta(days=1), 9)
    steps = ["planned", "confirmed", "open", "closed", "reconciled"]
    gone_through = [] if ahead else steps[: steps.index(state) + 1]
    moves = [
        parts("move", **{"from": one, "to": two, "at": at(day + timedelta(days=later), hour)})
        for (one, two), (later, hour) in zip(pairwise(gone_through), ((-2, 10), (0, 9), (0, 15), (1, 11)), strict=False)
    ]
    seen = KEPT.get(days)
    return {
        "resourceType": "Schedule",
        "id": session_id(days, on),
        "active": True,
        "actor": [reference("Location", list(STOPS)[n % len(STOPS)])],
        "planningHorizon": {"start": at(day, 9), "end": at(day, 15)},
        "extension": [
            *said(
                state=state, organization=f"Organization/{ORGANIZATION}", vehicle=f"Location/{VAN}", minutes=360,
                lead_worker=f"Practitioner/{who('mobile', 'session_lead')}", setup_minutes=25, teardown_minutes=20,
                slot_minutes=20, rooms=2, crew=4, crew_least=3, booked=12, kept=seen, registered=seen, seen=seen,
                uninsured_only=True if days == UNINSURED_ONLY else None, permit_from=at(day, 8), permit_to=at(day, 17),
            ),
            *[parts("check", kind=kind, passed=True, at=before) for kind in checks],
            *moves,
        ],
    }  # fmt: skip
