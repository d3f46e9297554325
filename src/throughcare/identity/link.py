"""Linking: patients who share a strong number and a birth date are one person, unless anything says they are not."""

from collections import defaultdict
from collections.abc import Iterable

from throughcare.identity.strong import Known

Pair = frozenset[str]
_ONE_PER_PERSON = ("ssn", "mbi")
_SHARED_BY_MISTAKE = 20  # a number that more patients than this carry names nobody


def clusters(patients: Iterable[Known], kept_apart: Iterable[Pair] = ()) -> list[list[Known]]:
    """Patients in groups that are one person each; the same groups whatever the order.

    Two groups join only when every patient of the one goes with every patient of the other.
    """
    by_id = {p.patient_id: p for p in sorted(patients, key=lambda p: p.patient_no)}
    apart = set(kept_apart)
    group = {i: [p] for i, p in by_id.items()}
    for one, other in _pairs(list(by_id.values())):
        mine, theirs = group[one.patient_id], group[other.patient_id]
        if mine is not theirs and all(_together(a, b, apart) for a in mine for b in theirs):
            mine += theirs
            group |= dict.fromkeys((p.patient_id for p in theirs), mine)
    return list({id(g): g for g in group.values()}.values())


def _pairs(patients: list[Known]) -> list[tuple[Known, Known]]:
    """Pairs that share a number and a birth date, the surest number first."""
    holders: dict[tuple[str, str], list[Known]] = defaultdict(list)
    for patient in patients:
        for number in patient.numbers:
            holders[number].append(patient)
    pairs = []
    for number in sorted(holders, key=lambda n: (n[0] not in _ONE_PER_PERSON, n)):
        those = holders[number]
        if len(those) <= _SHARED_BY_MISTAKE:
            pairs += [(a, b) for i, a in enumerate(those) for b in those[i + 1 :]]
    return pairs


def _together(one: Known, other: Known, apart: set[Pair]) -> bool:
    """Nothing says that these are two people: equal birth dates, no other sex, no other number of the same kind."""
    if not one.birth_date or one.birth_date != other.birth_date:
        return False
    if {one.sex, other.sex} == {"male", "female"} or frozenset({one.patient_id, other.patient_id}) in apart:
        return False
    return not any(_differ(one, other, kind) for kind in _ONE_PER_PERSON)


def _differ(one: Known, other: Known, kind: str) -> bool:
    mine, theirs = ({value for k, value in p.numbers if k == kind} for p in (one, other))
    return bool(mine and theirs) and not mine & theirs


def shared(group: list[Known]) -> str:
    """Why a group is one person, in words for the record: the kinds of number they share, never the numbers."""
    kinds = sorted({k for a in group for b in group if a is not b for k, _ in a.numbers & b.numbers})
    return f"same {' and '.join(kinds)}, same birth date"
