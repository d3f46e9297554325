"""Payments: an 835, claim by claim, as ClaimResponse; the payment itself, and an 820, as PaymentReconciliation.

The bill and what was paid for it stay two things: a payment says nothing of diagnoses, and would count the bill twice.
"""

from collections.abc import Iterator
from decimal import Decimal

from throughcare.faults import Malformed
from throughcare.intake.claims import TERMS, dollars, service_system
from throughcare.intake.formats import Given
from throughcare.intake.shapes import Resource, coded, reference, resource_id, without_blanks
from throughcare.intake.x12.loops import Loop
from throughcare.intake.x12.read import Segment
from throughcare.intake.x12.values import day, member_id, money, person, said

CARC = "https://x12.org/codes/claim-adjustment-reason-codes"
GROUPS = "https://x12.org/codes/claim-adjustment-group-codes"


def payments(root: Loop, given: Given) -> Iterator[tuple[list[Segment], "Paid | Remitted"]]:
    """The payment first, then every claim it settles."""
    header = [*root.segments[1:], *(s for loop in root.within("payer", "payee") for s in loop.walked())]
    yield list(root.walked())[1:], Remitted(given, root)
    number = 0
    for group in root.within("group of claims"):
        for claim in group.within("claim paid"):
            number += 1
            yield [*header, *group.segments, *claim.walked()], Paid(given, root, claim, number)


class Remitted:
    """The payment as a whole: BPR and TRN, with what it pays for."""

    def __init__(self, given: Given, root: Loop) -> None:
        self.given, self.root = given, root

    def resources(self) -> list[Resource]:
        bpr, trn = self.root.one("BPR"), self.root.one("TRN")
        paid_on = day(bpr[16]) or day(self.root.one("DTM", "405")[2])
        if not paid_on:
            raise Malformed("The payment has no date (BPR, element 16).")
        payer = self.root.named("payer").one("N1")[2] or self.root.one("N1", "PR")[2]
        made: Resource = without_blanks(
            {
                "resourceType": "PaymentReconciliation",
                "id": resource_id(self.given.source, "payment", trn[2], trn[3], paid_on),
                "identifier": [{"value": trn[2]}],
                "status": "active",
                "created": paid_on,
                "paymentIssuer": {"display": payer},
                "outcome": "complete",
                "paymentDate": paid_on,
                "paymentAmount": dollars(_needed(bpr, 2)),
                "paymentIdentifier": {"value": trn[2]},
                "detail": [*self._claims(), *self._premiums()],
            }
        )
        return [made]

    def _claims(self) -> Iterator[Resource]:
        for group in self.root.within("group of claims"):
            for loop in group.within("claim paid"):
                clp = loop.one("CLP")
                named = {"value": clp[7] or clp[1]}
                yield {"identifier": named, "type": _kind("payment"), "amount": dollars(_needed(clp, 4))}
        for plb in self.root.all("PLB"):
            for at in range(3, len(plb.words) - 1, 2):
                if plb[at]:
                    yield {"type": _kind("adjustment"), "amount": dollars(_needed(plb, at + 1))}

    def _premiums(self) -> Iterator[Resource]:
        """Of an 820: what was paid for each member and month (RMR), and what was put right (ADX)."""
        for entity in self.root.within("entity"):
            for segment in entity.segments:
                if segment.id == "RMR":
                    named = {"value": segment[2]}
                    yield {"identifier": named, "type": _kind("payment"), "amount": dollars(_needed(segment, 4))}
                elif segment.id == "ADX":
                    yield {"type": _kind("adjustment"), "amount": dollars(_needed(segment, 1))}


class Paid:
    """A claim as the payer settled it, with the lines it says something of."""

    def __init__(self, given: Given, root: Loop, claim: Loop, number: int) -> None:
        self.given, self.root, self.claim, self.number = given, root, claim, number

    def resources(self) -> list[Resource]:
        clp, name, trn = self.claim.one("CLP"), self.claim.named("patient").one("NM1"), self.root.one("TRN")
        created = day(self.root.one("DTM", "405")[2]) or day(self.root.one("BPR")[16])
        if not created:
            raise Malformed("The remittance has no date (DTM 405 or BPR, element 16).")
        by_member = name[8] in ("MI", "MR", "MC", "HN") and bool(name[9])
        empty = Segment(0, ("",))
        account = "" if by_member else name[9] or f"account {clp[1]}"
        who = person(self.given, account, name, (empty, empty), empty)
        who["identifier"] = [
            one for one in who.get("identifier", ()) if one.get("type", {}).get("coding", [{}])[0].get("code") == "SS"
        ]
        patient = member_id(self.given, name[9], name[4]) if by_member else who["id"]
        settled = said("settled", clp[2], f"Status {clp[2]}")
        payer = self.root.named("payer").one("N1")
        made: Resource = without_blanks(
            {
                "resourceType": "ClaimResponse",
                "id": resource_id(self.given.source, "settled", trn[2], str(self.number), clp[1], clp[7]),
                "identifier": [{"value": clp[7]}],
                "status": "active",
                "type": coded(
                    "institutional" if clp[8][:1] in ("1", "2") and len(clp[8]) == 2 and clp[9] else "professional",
                    TERMS + "claim-type",
                ),
                "use": "claim",
                "patient": reference("Patient", patient),
                "created": created,
                "insurer": {"display": payer[2] or "not said"},
                "request": {"identifier": {"system": f"urn:throughcare:account:{self.given.source}", "value": clp[1]}},
                "outcome": said("outcome", clp[2], "complete"),
                "disposition": settled,
                "adjudication": list(_adjusted(self.claim.segments)),
                "item": [_line(n, one) for n, one in enumerate(self.claim.within("service paid"), 1)],
                "total": [_total("submitted", _needed(clp, 3)), _total("benefit", _needed(clp, 4))],
                "payment": {
                    "type": _kind("partial" if clp[2] == "22" else "complete", TERMS + "ex-paymenttype"),
                    "date": created,
                    "amount": dollars(_needed(clp, 4)),
                },
            }
        )
        return [made] if by_member else [without_blanks(who), made]


def _needed(segment: Segment, at: int) -> Decimal:
    amount = money(segment[at], segment)
    if amount is None:
        raise Malformed(f"Segment {segment.number} ({segment.id}): element {at}, an amount, is missing.")
    return amount


def _kind(code: str, system: str = TERMS + "payment-type") -> Resource:
    return coded(code, system)


def _total(category: str, amount: Decimal) -> Resource:
    return {"category": coded(category, TERMS + "adjudication"), "amount": dollars(amount)}


def _adjusted(segments: list[Segment]) -> Iterator[Resource]:
    """What was taken off and why: each reason of each CAS."""
    for cas in (s for s in segments if s.id == "CAS"):
        for at in range(2, len(cas.words), 3):
            if cas[at]:
                yield {
                    "category": coded(cas[1], GROUPS),
                    "reason": coded(cas[at], CARC),
                    "amount": dollars(money(cas[at + 1], cas)),
                }


def _line(number: int, loop: Loop) -> Resource:
    svc = loop.one("SVC")
    code = svc.part(1, 2)
    return {
        "itemSequence": number,
        "extension": [
            {
                "url": "urn:throughcare:service",
                "valueCodeableConcept": coded(code, service_system(code) if svc.part(1, 1) == "HC" else ""),
            }
        ]
        if code
        else [],
        "adjudication": [
            _total("submitted", _needed(svc, 2)),
            _total("benefit", money(svc[3], svc) or Decimal(0)),
            *_adjusted(loop.segments),
        ],
    }
