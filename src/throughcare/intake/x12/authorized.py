"""Authorized: the parts of a request for authorization and of its answer: services, decisions, who takes part, why."""

from collections.abc import Iterator
from decimal import Decimal

from throughcare.intake.claims import CARIN, ICD9, ICD10, NPI, TERMS, dollars, service_system
from throughcare.intake.shapes import Resource, coded, identifier
from throughcare.intake.x12.loops import Loop
from throughcare.intake.x12.read import Segment
from throughcare.intake.x12.values import money, period, said, tables

ACTION = "https://codesystem.x12.org/005010/306"
SERVICE_TYPE = "https://x12.org/codes/service-type-codes"
OURS = "urn:throughcare:authorization"


def review(hcr: Segment) -> Resource:
    """What was decided."""
    return {"category": coded("review", OURS), "reason": coded(hcr[1], ACTION, said("review", hcr[1]))}


def decided(number: int, level: Loop, whole: Segment) -> Resource:
    """A service as it was decided; one of which nothing is said by itself was decided with the whole."""
    own = level.one("HCR") if level.one("HCR")[1] else whole
    code, system, units = _service(level)
    told = review(own) if own[1] else {"category": coded("review", OURS)}
    return {
        "itemSequence": number,
        "extension": [{"url": "urn:throughcare:service", "valueCodeableConcept": coded(code, system)}] if code else [],
        "adjudication": [{**told, "value": units}],
    }


def item(number: int, level: Loop, um: Segment) -> Resource:
    """A service as it is asked for; without a code, the kind of service that the event names."""
    code, system, units = _service(level)
    start, end = period(level.one("DTP", "472"))
    sv1, sv2 = level.one("SV1"), level.one("SV2")
    kind = coded(um[3], SERVICE_TYPE) if um[3] else coded("not-said", OURS)
    return {
        "sequence": number,
        "productOrService": coded(code, system) if code else kind,
        "servicedDate": start if start == end else "",
        "servicedPeriod": {"start": start, "end": end} if start != end else {},
        "quantity": {"value": units} if units is not None else {},
        "net": dollars(money(sv1[2], sv1) if sv1.number else money(sv2[3], sv2)),
    }


def _service(level: Loop) -> tuple[str, str, Decimal | None]:
    """What is done, in which system of codes, and how often."""
    sv1, sv2, hsd = level.one("SV1"), level.one("SV2"), level.one("HSD")
    sv, code_at, units_at = (sv1, 1, 4) if sv1.number else (sv2, 2, 5)
    code = sv.part(code_at, 2) if sv.part(code_at, 1) in ("HC", "HP") else ""
    units = money(sv[units_at], sv) if sv[units_at] else money(hsd[2], hsd)
    return code, service_system(code) if code else "", units


def taking_part(sequence: int, name: Segment) -> Resource:
    npi = name[9] if name[8] == "XX" else ""
    role = said("taking_part", name[1])
    known = role in ("assist", "supervisor")
    return {
        "sequence": sequence,
        "provider": {
            "identifier": identifier(NPI, npi, "NPI") if npi else {},
            "display": " ".join(word for word in (name[4], name[3]) if word) or "not said",
        },
        "role": coded(role, TERMS + "claimcareteamrole" if known else CARIN + "C4BBClaimCareTeamRole"),
    }


def informed(event: Loop, um: Segment) -> list[Resource]:
    """What kind of authorization is asked for, for what kind of service, and the days in hospital it is about."""
    stay = {"start": period(event.one("DTP", "435"))[0], "end": period(event.one("DTP", "096"))[0]}
    asked, service, days = (
        {"category": coded("asked", OURS), "code": coded(um[1], OURS, said("asked", um[1]))},
        {"category": coded("service-type", OURS), "code": coded(um[3], SERVICE_TYPE)},
        {"category": coded("admissionperiod", CARIN + "C4BBSupportingInfoType"), "timingPeriod": stay},
    )
    told = [asked] * bool(um[1]) + [service] * bool(um[3]) + [days] * bool(stay["start"])
    return [{"sequence": n, **what} for n, what in enumerate(told, 1)]


def diagnoses(event: Loop) -> Iterator[Resource]:
    words = [hi[n].split(hi.part_separator) for hi in event.all("HI") for n in range(1, len(hi.words))]
    known = [(tables()["diagnosis"][w[0]], w[1].strip()) for w in words if len(w) > 1 and w[0] in tables()["diagnosis"]]
    for sequence, ((kind, edition), code) in enumerate(known, 1):
        system = TERMS + "ex-diagnosistype" if kind in ("principal", "admitting") else CARIN + "C4BBClaimDiagnosisType"
        yield {
            "sequence": sequence,
            "diagnosisCodeableConcept": coded(code, ICD10 if edition == "10" else ICD9),
            "type": [coded(kind, system)],
        }
