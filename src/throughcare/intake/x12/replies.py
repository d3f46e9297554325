"""Replies: eligibility asked and answered (270, 271), where a claim stands (277), and what was accepted (997, 999)."""

from collections.abc import Iterator
from itertools import pairwise

from throughcare.intake.claims import TERMS
from throughcare.intake.formats import Given
from throughcare.intake.shapes import Resource, coded, reference, resource_id, without_blanks
from throughcare.intake.x12.loops import Loop
from throughcare.intake.x12.read import Segment, Set
from throughcare.intake.x12.values import member_id, moment, person

STATUS = "https://x12.org/codes/claim-status-codes"
REFUSED = ("A3", "A4", "A6", "A7", "A8", "E", "D0")  # categories of STC: rejected, not found, in error
_PERSON = ("22", "23", "PT")  # levels of HL that are about a person


def eligibility(one: Set, root: Loop, given: Given) -> Iterator[tuple[list[Segment], "Level"]]:
    """Each person that a 270 asks for, or a 271 tells of."""
    for level in levels(root):
        if level.segments[0][3] in _PERSON:
            yield [*root.segments[1:], *_source(root), *level.segments], Level(given, one, root, level)


def statuses(one: Set, root: Loop, given: Given) -> Iterator[tuple[list[Segment], "Standing"]]:
    """Each claim that a 277 tells of."""
    for level in levels(root):
        if level.segments[0][3] in _PERSON:
            starts = [n for n, s in enumerate(level.segments) if s.id == "TRN"]
            for at, until in pairwise([*starts, len(level.segments)]):
                told = Loop({"name": "claim"}, level.segments[at:until])
                yield [*root.segments[1:], *_source(root), *level.segments], Standing(given, one, root, level, told)


def _source(root: Loop) -> Iterator[Segment]:
    """The level of whoever informs, which all below it stand under."""
    return (s for level in levels(root) if level.segments[0][3] == "20" for s in level.segments)


def levels(root: Loop) -> Iterator[Loop]:
    """The segments of each HL, in their order."""
    now: list[Segment] = []
    for segment in [s for s in root.walked() if s.id not in ("ST", "BHT")]:
        if segment.id == "HL":
            if now:
                yield Loop({"name": "level"}, now)
            now = []
        now.append(segment)
    if now:
        yield Loop({"name": "level"}, now)


class Level:
    def __init__(self, given: Given, one: Set, root: Loop, level: Loop) -> None:
        self.given, self.one, self.root, self.level = given, one, root, level

    def resources(self) -> list[Resource]:
        name, bht = self.level.one("NM1", "IL", "03", "QC"), self.root.one("BHT")
        created = moment(bht[4], bht[5], self.given.settings.time_zone)
        payer = next((s for s in self.root.walked() if s.id == "NM1" and s[1] == "PR"), Segment(0, ("",)))
        who = person(self.given, name[9], name, (self.level.one("N3"), self.level.one("N4")), self.level.one("DMG"))
        key = resource_id(self.given.source, self.one.kind, bht[3], self.one.segments[0][2], who["id"], created)
        common = {
            "id": key, "status": "active", "purpose": ["benefits"], "patient": reference("Patient", who["id"]),
            "created": created, "insurer": {"display": payer[3] or "not said"},
        }  # fmt: skip
        if self.one.kind == "270":
            items = [
                {"category": coded(eq[1], "https://x12.org/codes/service-type-codes")} for eq in self.level.all("EQ")
            ]
            asked: Resource = {"resourceType": "CoverageEligibilityRequest", **common, "item": items}
            return [who, without_blanks(asked)]
        refused = any(True for _ in self.level.all("AAA"))
        told = [eb for eb in self.level.all("EB")]
        answered: Resource = {
            "resourceType": "CoverageEligibilityResponse", **common,
            "request": {"identifier": {"value": self.level.one("TRN")[2] or "not said"}},
            "outcome": "error" if refused else "complete",
            "insurance": [
                {
                    "coverage": {"display": next((eb[5] for eb in told if eb[5]), payer[3] or "not said")},
                    "inforce": any(eb[1] in ("1", "2", "3", "4", "5") for eb in told),
                    "item": [_benefit(eb) for eb in told],
                }
            ]
            if told
            else [],
        }  # fmt: skip
        return [who, without_blanks(answered)]


def _benefit(eb: Segment) -> Resource:
    return {
        "category": coded(eb[3], "https://x12.org/codes/service-type-codes"),
        "name": eb[5],
        "excluded": eb[1] == "I",
    }


class Standing:
    def __init__(self, given: Given, one: Set, root: Loop, level: Loop, told: Loop) -> None:
        self.given, self.one, self.root, self.level, self.told = given, one, root, level, told

    def resources(self) -> list[Resource]:
        name, bht, trn, stc = self.level.one("NM1"), self.root.one("BHT"), self.told.one("TRN"), self.told.one("STC")
        created = moment(bht[4], bht[5], self.given.settings.time_zone)
        payer = next((s for s in self.root.walked() if s.id == "NM1" and s[1] == "PR"), Segment(0, ("",)))
        category = stc.part(1, 1)
        refused = category.startswith(REFUSED)
        made: Resource = {
            "resourceType": "ClaimResponse",
            "id": resource_id(self.given.source, self.one.kind, bht[3], trn[2], name[9]),
            "identifier": [{"value": self.told.one("REF", "1K")[2]}],
            "status": "active",
            "type": coded("professional", TERMS + "claim-type"),
            "use": "claim",
            "patient": reference("Patient", member_id(self.given, name[9], name[4])),
            "created": created,
            "insurer": {"display": payer[3] or "not said"},
            "request": {"identifier": {"system": f"urn:throughcare:account:{self.given.source}", "value": trn[2]}},
            "outcome": "error" if refused else "queued",
            "disposition": stc[12] or f"Claim status {category}:{stc.part(1, 2)}",
            "error": [{"code": coded(stc.part(1, 2), STATUS)}] if refused else [],
        }
        return [without_blanks(made)]


class Accepted:
    """A 997 or 999: what the other side took of what was sent."""

    def __init__(self, given: Given, one: Set, root: Loop) -> None:
        self.given, self.one, self.root = given, one, root

    def resources(self) -> list[Resource]:
        group, verdict = self.root.one("AK1"), self.root.one("AK9")
        sender = self.one.gs[2] or "not-said"
        made: Resource = {
            "resourceType": "MessageHeader",
            "id": resource_id(self.given.source, self.one.kind, sender, self.one.gs[6], self.one.segments[0][2]),
            "eventCoding": {"system": "urn:throughcare:x12", "code": self.one.kind},
            "source": {"name": sender, "endpoint": f"urn:throughcare:x12:{resource_id(sender)}"},
            "response": {
                "identifier": group[2] or "not-said",
                "code": "ok" if verdict[1] in ("A", "E") else "fatal-error",
            },
        }
        return [without_blanks(made)]
