"""Stops: where the clinic on wheels halts, its sessions gone by and to come, and what it has on board."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

from throughcare.community.names import FAR_TOWN, TOWNS
from throughcare.community.programs import PROGRAMS
from throughcare.community.shapes import OURS, Resource, at, concept, parts, quantity, reference, said
from throughcare.community.workers import who

ORGANIZATION, VAN = PROGRAMS["mobile"].organization, "harbor-wheels-van"
BASE = (-72.914, 40.802)  # longitude and latitude of the yard the van leaves from
# stop: (name, town, shortage score, share without a clinician, minutes from the base, longitude and latitude)
STOPS = {
    "stop-st-ann": ("St. Ann parish hall", TOWNS[0], 13, 0.31, 20, (-72.832, 40.838)),
    "stop-market": ("East Landing market", TOWNS[3], 9, 0.22, 35, (-72.741, 40.796)),
    "stop-ridge": ("Upper Ridge school", FAR_TOWN, 18, 0.44, 70, (-72.512, 40.951)),
}
SESSIONS = (38, 31, 24, 17, 10, 3, -4, -11)  # days back from today; below nought: still to come
EVENING = -4  # on that day there is a second session, whose hour is still open within its permit
UNINSURED_ONLY = 17
KEPT = {38: 0, 31: 0, 24: 1, 17: 1, 10: 3, 3: 4}  # people seen in each session
Told = Iterator[tuple[str, Resource]]


def directory(on: date) -> Told:
    """Stops, sessions gone by and to come, and what is on board."""
    source = PROGRAMS["mobile"].source
    for id, (name, town, score, share, minutes, place) in STOPS.items():
        yield (
            source,
            {
                "resourceType": "Location",
                "id": id,
                "status": "active",
                "name": name,
                "type": [concept(OURS + "site", "stop")],
                "managingOrganization": reference("Organization", ORGANIZATION),
                "position": _position(place),
                "address": {"city": town[0], "state": town[1], "postalCode": town[2]},
                "extension": said(
                    hpsa_score=score, mua=score > 12, rural=town == FAR_TOWN, no_clinician_share=share,
                    uninsured_share=share / 2, ed_per_1000=380.0, travel_minutes=minutes, return_days=21,
                ),
            },
        )  # fmt: skip
    for n, days in enumerate(SESSIONS):
        yield source, _session(n, days, on)
    yield source, _evening(on)
    yield (
        source,
        {
            "resourceType": "Location",
            "id": VAN,
            "status": "active",
            "name": "The yard of the clinic on wheels",
            "type": [concept(OURS + "site", "base")],
            "managingOrganization": reference("Organization", ORGANIZATION),
            "position": _position(BASE),
        },
    )
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


def _position(place: tuple[float, float]) -> Resource:
    longitude, latitude = place
    return {"longitude": longitude, "latitude": latitude}


def _evening(on: date) -> Resource:
    """A short session at the market, on a day that begins elsewhere."""
    day = on - timedelta(days=EVENING)
    return {
        "resourceType": "Schedule",
        "id": f"{session_id(EVENING, on)}-evening",
        "active": True,
        "actor": [reference("Location", "stop-market")],
        "planningHorizon": {"start": at(day, 16, 30), "end": at(day, 18, 30)},
        "extension": said(
            state="planned", organization=f"Organization/{ORGANIZATION}", vehicle=f"Location/{VAN}", minutes=120,
            lead_worker=f"Practitioner/{who('mobile', 'session_lead')}", setup_minutes=15, teardown_minutes=10,
            slot_minutes=20, rooms=2, crew=4, crew_least=3, booked=3, permit_from=at(day, 15), permit_to=at(day, 20),
        ),
    }  # fmt: skip


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
