"""Cover: the people around a patient (NK1) and their insurance (IN1), as the last message that lists them has it.

Both come as whole lists: who is no longer on the last one is not active any more.
"""

from collections.abc import Callable, Sequence

from throughcare.intake.hl7v2 import staff, values
from throughcare.intake.hl7v2.message import Segment
from throughcare.intake.hl7v2.said import Spoken
from throughcare.intake.hl7v2.values import TERMS, said
from throughcare.intake.shapes import Resource, coded, identifier, reference

_Listed = dict[tuple[str, ...], tuple[Spoken, Segment, bool]]
_LISTED_MAX = 200  # people around one patient, or policies: more are no list but a mistake


def related(patient: str, spoken: Sequence[Spoken]) -> list[Resource]:
    """RelatedPerson: by name and relation."""
    made = []
    for key, (one, nk1, now) in _lists("NK1", spoken, _kin).items():
        relation = nk1.part(3)
        from_day, to_day = one.said.time(nk1.text(8)), one.said.time(nk1.text(9))
        code = said("relation", relation.text(1).upper())
        numbers = [(5, "home"), (6, "work")]
        made.append({
            "resourceType": "RelatedPerson",
            "id": one.said.id("related", patient, *key),
            "active": now,
            "patient": reference("Patient", patient),
            "relationship": [_both(coded(code, f"{TERMS}v3-RoleCode"), values.concept(relation, f"{TERMS}v2-0063"))],
            "name": [values.human_name(p) for p in nk1.parts(2)],
            "telecom": [t for n, use in numbers for p in nk1.parts(n) if (t := values.telecom(p, use))["value"]],
            "address": [values.address(p) for p in nk1.parts(4)],
            "period": {"start": from_day.fhir if from_day else "", "end": to_day.fhir if to_day else ""},
        })  # fmt: skip
    return sorted(made, key=lambda x: x["id"])


def coverages(patient: str, spoken: Sequence[Spoken]) -> list[Resource]:
    """Coverage and its payer: by plan, company and policy."""
    made: list[Resource] = []
    for key, (one, in1, now) in _lists("IN1", spoken, _policy).items():
        company = in1.part(4).text(1) or in1.text(3)
        payer = staff.organization(one.said, company or in1.text(2, 2) or "unknown payer", in1.text(3))
        assert payer is not None
        from_day, to_day = one.said.time(in1.text(12)), one.said.time(in1.text(13))
        kind, plan, relation = in1.text(15), in1.part(2), said("subscriber", in1.text(17).upper(), "other")
        policy = in1.text(36) or in1.text(49)
        made += [{
            "resourceType": "Coverage",
            "id": one.said.id("coverage", patient, *key),
            "status": "active" if now else "cancelled",
            "type": coded(" ".join(kind.split()), f"{TERMS}v2-0086") if kind else {},
            "identifier": [identifier(f"urn:throughcare:numbers:{one.said.id('payer', *key[:2])}", policy, "MB")]
            if policy else [],
            "subscriberId": policy,
            "beneficiary": reference("Patient", patient),
            "relationship": coded(relation, f"{TERMS}subscriber-relationship") if in1.text(17) else {},
            "period": {"start": from_day.fhir if from_day else "", "end": to_day.fhir if to_day else ""},
            "payor": [{**reference("Organization", payer["id"]), "display": company}],
            "class": [
                {"type": coded("plan", f"{TERMS}coverage-class"), "value": v, "name": plan.text(2)}
                for v in (plan.text(1) or plan.text(2),) if v
            ] + [
                {"type": coded("group", f"{TERMS}coverage-class"), "value": v, "name": in1.text(9)}
                for v in (in1.text(8),) if v
            ],
            "order": order if now and 0 < (order := _order(in1)) < 100 else None,
        }, payer]  # fmt: skip
    return sorted(made, key=lambda x: (x["resourceType"], x["id"]))


def _lists(name: str, spoken: Sequence[Spoken], key: Callable[[Segment], tuple[str, ...]]) -> _Listed:
    """Everything ever listed, as it was listed last, and whether it is on the last list."""
    found: _Listed = {}
    for one in spoken:
        here = [(k, s) for s in one.all(name)[:_LISTED_MAX] if any(k := key(s))]
        if here:
            found = {k: (was, s, False) for k, (was, s, _) in found.items()}
            found |= {k: (one, s, True) for k, s in here}
    return found


def _kin(nk1: Segment) -> tuple[str, ...]:
    return nk1.text(2).casefold(), nk1.text(2, 2).casefold(), nk1.text(3) if nk1.text(2) else ""


def _policy(in1: Segment) -> tuple[str, ...]:
    return in1.text(3), in1.text(4), in1.text(2) or in1.text(2, 2), in1.text(36) or in1.text(49)


def _order(in1: Segment) -> int:
    given = in1.text(22) or in1.text(1)
    return int(given) if given.isdecimal() and given.isascii() and len(given) < 3 else 0


def _both(one: Resource, other: Resource) -> Resource:
    return {"coding": [*one.get("coding", ()), *other.get("coding", ())], "text": other.get("text", "")}
