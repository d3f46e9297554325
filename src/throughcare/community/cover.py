"""Cover: what insurance each person truly has, from when until when, and which payer says so."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from throughcare.community.places import PLAN
from throughcare.community.programs import MEDICARE, PROGRAMS, STATE
from throughcare.community.shapes import OURS, Resource, concept, reference, said

ALL_INCLUSIVE = PROGRAMS["elders"].care_model  # Medicare names this kind of plan after the program
PAYERS = {
    "medicare": MEDICARE[0],
    ALL_INCLUSIVE: MEDICARE[0],
    "medicaid": STATE[0],
    "medicare_advantage": PLAN[0],
    "commercial": PLAN[0],
}
_PAYS_CLAIMS = (
    "medicare",
    "medicare_advantage",
    "commercial",
    "medicaid",
)  # in this order; all-inclusive care has no claims
_OLD = (("medicare", 50), ("medicare_advantage", 32), ("dual", 12), ("part_a_only", 3), ("commercial", 3))
_ADULT = (("commercial", 58), ("medicaid", 26), ("none", 12), ("medicare", 4))
_CHILD = (("commercial", 55), ("medicaid", 42), ("none", 3))


@dataclass(frozen=True, slots=True)
class Cover:
    """One insurance; an open end goes on. `more` is what its payer says of it besides."""

    kind: str
    start: date
    end: date | None = None
    more: dict[str, Any] = field(default_factory=dict)

    def holds(self, day: date) -> bool:
        return self.start <= day and (self.end is None or self.end >= day)


def cover(wanted: str | None, age: int, chance: Random, on: date) -> list[Cover]:
    """The insurance of one person: as their part wants it, or by age and chance; whoever has none pays alone."""
    kinds = _CHILD if age < 18 else _ADULT if age < 65 else _OLD
    kind = wanted or chance.choices([k for k, _ in kinds], [w for _, w in kinds])[0]
    long_ago, month = date(on.year - 3, 1, 1), on.replace(day=1)
    both: dict[str, Any] = {"part_a": True, "part_b": True, "managed": False, "medicare_primary": True, "esrd": False}
    medicare = Cover("medicare", long_ago, None, {**both, "us_resident": True, "dual_status": "NA"})
    medicaid = Cover("medicaid", long_ago, None, {"medicaid_full": True, "state": "NY"})
    advantage = {**both, "managed": True}
    match kind:
        case "medicare":
            return [medicare]
        case "dual":
            return [Cover("medicare", long_ago, None, {**medicare.more, "dual_status": "02"}), medicaid]
        case "part_a_only":
            return [Cover("medicare", long_ago, None, {**medicare.more, "part_b": False})]
        case "medicare_hospice":
            return [
                Cover("medicare", long_ago, month - timedelta(days=40), medicare.more),
                Cover("medicare", month - timedelta(days=39), None, {**medicare.more, "hospice": True}),
            ]
        case "advantage" | "medicare_advantage":
            return [Cover("medicare_advantage", long_ago, None, advantage)]
        case "to_advantage":
            return [Cover("medicare", long_ago, month - timedelta(days=1), medicare.more),
                    Cover("medicare_advantage", month, None, advantage)]  # fmt: skip
        case "to_advantage_long_ago":
            changed = date(on.year - 1, 7, 1)
            return [Cover("medicare", long_ago, changed - timedelta(days=1), medicare.more),
                    Cover("medicare_advantage", changed, None, advantage)]  # fmt: skip
        case "medicaid":
            return [medicaid]
        case "medicaid_lost":
            return [Cover("medicaid", long_ago, on - timedelta(days=70), medicaid.more)]
        case "none":
            return [Cover("self_pay", long_ago)]
    return [Cover("commercial", long_ago)]


def payer_on(covers: list[Cover], day: date) -> str | None:
    """The source of whoever pays the claims of that day; None: nobody does, or all care is paid as a whole."""
    kinds = [c.kind for c in covers if c.holds(day)]
    if ALL_INCLUSIVE in kinds:
        return None
    return next((PAYERS[k] for k in _PAYS_CLAIMS if k in kinds), None)


def coverages(
    covers: list[Cover], patient_ids: dict[str, str], home: str, died: date | None
) -> Iterator[tuple[str, Resource]]:
    """What each payer says; that someone pays alone is noted by the practice."""
    for n, one in enumerate(covers):
        source = PAYERS.get(one.kind, home)
        patient = patient_ids[source]
        end = min(one.end or died, died) if died else one.end
        yield (
            source,
            {
                "resourceType": "Coverage",
                "id": f"{patient}-cov{n}",
                "status": "active" if not died else "cancelled",
                "beneficiary": reference("Patient", patient),
                "payor": [reference("Organization", f"{source}-org".replace("_", "-"))]
                if one.kind != "self_pay"
                else [reference("Patient", patient)],
                "type": concept(OURS + "plan-kind", one.kind),
                "period": {"start": one.start.isoformat(), **({"end": end.isoformat()} if end else {})},
                "extension": said(**one.more),
            },
        )
