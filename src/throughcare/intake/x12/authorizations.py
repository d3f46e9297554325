"""Authorizations: a 278 that asks a payer to authorize care, as Claim, and one that answers, as ClaimResponse.

Both are about a patient event (HL of EV) and the services of it (SS). The trace number of the request ties them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from throughcare.faults import Malformed
from throughcare.intake.claims import TERMS
from throughcare.intake.formats import Given
from throughcare.intake.shapes import Resource, coded, reference, resource_id, without_blanks
from throughcare.intake.x12 import authorized
from throughcare.intake.x12.loops import Loop
from throughcare.intake.x12.read import Segment
from throughcare.intake.x12.replies import levels
from throughcare.intake.x12.values import moment, organization, period, person, said

ERROR = "https://codesystem.x12.org/005010/901"
_ANSWER, _CANCEL, _URGENT, _WAITS = "11", "3", ("03", "U"), ("A4", "CT")
_NOTHING = Loop({"name": "level"}, [])


@dataclass(slots=True)
class Event:
    """One patient event and the levels it stands under; a refusal may come without the event."""

    payer: Loop = field(default_factory=lambda: _NOTHING)
    requester: Loop = field(default_factory=lambda: _NOTHING)
    subscriber: Loop = field(default_factory=lambda: _NOTHING)
    dependent: Loop = field(default_factory=lambda: _NOTHING)
    event: Loop = field(default_factory=lambda: _NOTHING)
    services: list[Loop] = field(default_factory=list)

    @property
    def all(self) -> list[Loop]:
        named = [self.payer, self.requester, self.subscriber, self.dependent, self.event]
        return [one for one in [*named, *self.services] if one.segments]


def authorizations(root: Loop, given: Given) -> Iterator[tuple[list[Segment], "Asked | Answered"]]:
    """Each event of the set, with the segments that say it."""
    answers = root.one("BHT")[2] == _ANSWER or any(s.id in ("HCR", "AAA") for s in root.walked())
    for one in _events(root):
        segments = [*root.segments[1:], *(s for level in one.all for s in level.segments)]
        yield segments, (Answered if answers else Asked)(given, root, one)


def _events(root: Loop) -> Iterator[Event]:
    """An event stands under the last of each level before it; of a person without one, that person alone."""
    now, told = Event(), True
    for level in levels(root):
        kind = level.segments[0][3]
        if kind in ("20", "21", "22", "23", "EV") and not told and (now.event.segments or kind == "22"):
            yield now
            now = Event(now.payer, now.requester, now.subscriber, now.dependent)
            told = True
        if kind == "20":
            now.payer = level
        elif kind == "21":
            now.requester = level
        elif kind == "22":
            now.subscriber, now.dependent, told = level, _NOTHING, False
        elif kind == "23":
            now.dependent, told = level, False
        elif kind == "EV":
            now.event, told = level, False
        elif kind == "SS":
            now.services.append(level)
    if not told:
        yield now


class _Spoken:
    """What both say alike: who asks whom about whom."""

    def __init__(self, given: Given, root: Loop, one: Event) -> None:
        self.given, self.one, self.bht = given, one, root.one("BHT")
        own = one.dependent if one.dependent.segments else one.subscriber
        name, self.member = own.one("NM1"), one.subscriber.one("NM1")[9]
        self.who = person(given, self.member, name, (own.one("N3"), own.one("N4")), own.one("DMG"))
        asks = one.requester
        self.asker = organization(given, asks.one("NM1"), (asks.one("N3"), asks.one("N4")), asks.one("REF", "EI"))
        self.trace = one.event.one("TRN")[2] or next((s.one("TRN")[2] for s in one.services if s.one("TRN")[2]), "")

    def common(self, kind: str) -> Resource:
        payer, um = self.one.payer.one("NM1"), self.one.event.one("UM")
        if not self.member and "name" not in self.who:
            raise Malformed("The subscriber has neither a name nor a number.")
        hospital = um.part(4, 2) == "A" or any(s.id == "SV2" for one in self.one.services for s in one.segments)
        return {
            "resourceType": kind,
            "id": resource_id(self.given.source, kind, "authorization", self.trace or self.bht[3], self.who["id"]),
            "status": "cancelled" if um[2] == _CANCEL else "active",
            "type": coded("institutional" if hospital else "professional", TERMS + "claim-type"),
            "use": "preauthorization",
            "patient": reference("Patient", self.who["id"]),
            "created": moment(self.bht[4], self.bht[5], self.given.settings.time_zone),
            "insurer": {"display": payer[3] or "not said", **({"identifier": {"value": payer[9]}} if payer[9] else {})},
        }

    def traced(self) -> Resource:
        return {"system": f"urn:throughcare:trace:{self.given.source}", "value": self.trace} if self.trace else {}


class Asked(_Spoken):
    def resources(self) -> list[Resource]:
        """The patient, who asks, and what is asked."""
        event, um = self.one.event, self.one.event.one("UM")
        if not um.number:
            raise Malformed("The request has no patient event with UM: it asks for nothing.")
        before = event.one("REF", "BB")[2]
        made: Resource = {
            **self.common("Claim"),
            "identifier": [self.traced()],
            "provider": reference("Organization", self.asker["id"]),
            "priority": coded("stat" if um[6] in _URGENT else "normal", TERMS + "processpriority"),
            "related": [{"relationship": coded("prior", TERMS + "ex-relatedclaimrelationship"),
                         "reference": {"value": before}}] if before else [],
            "careTeam": [authorized.taking_part(n, name) for n, name in enumerate(self._team(), 1)],
            "supportingInfo": authorized.informed(event, um),
            "diagnosis": list(authorized.diagnoses(event)),
            "insurance": [{"sequence": 1, "focal": True, "coverage": self._covered()}],
            "item": [authorized.item(n, one, um) for n, one in enumerate(self.one.services or [event], 1)],
        }  # fmt: skip
        return [self.who, self.asker, without_blanks(made)]

    def _covered(self) -> Resource:
        named: Resource = {"identifier": {"value": self.member}} if self.member else {}
        return {**named, "display": self.one.payer.one("NM1")[3] or "not said"}

    def _team(self) -> list[Segment]:
        loops = [self.one.event, *self.one.services]
        return [name for loop in loops for name in loop.all("NM1") if said("taking_part", name[1])]


class Answered(_Spoken):
    def resources(self) -> list[Resource]:
        """The patient, who asked, and what the payer decides, whole and service by service."""
        event = self.one.event
        hcr = (
            event.one("HCR")
            if event.one("HCR").number
            else next((s.one("HCR") for s in self.one.services), Segment(0, ("",)))
        )
        refused = [aaa for level in self.one.all for aaa in level.all("AAA")]
        if not hcr[1] and not refused:
            raise Malformed("The answer decides nothing: it has neither HCR nor AAA.")
        start, end = period(event.one("DTP", "007"))
        made: Resource = {
            **self.common("ClaimResponse"),
            "requestor": reference("Organization", self.asker["id"]),
            "request": {"identifier": self.traced()} if self.trace else {},
            "outcome": "error" if refused else "queued" if hcr[1] in _WAITS else "complete",
            "disposition": said("review", hcr[1], f"Action {hcr[1]}") if hcr[1] else "Refused as it was sent",
            "preAuthRef": hcr[2],
            "preAuthPeriod": {"start": start, "end": end or period(event.one("DTP", "036"))[1]},
            "item": [authorized.decided(n, one, hcr) for n, one in enumerate(self.one.services, 1)],
            "adjudication": [authorized.review(hcr)] if hcr[1] else [],
            "processNote": [{"text": msg[1]} for level in self.one.all for msg in level.all("MSG") if msg[1]],
            "error": [{"code": coded(aaa[3], ERROR)} for aaa in refused if aaa[3]],
        }  # fmt: skip
        return [self.who, self.asker, without_blanks(made)]
