"""Records: patients as rows that scores compare."""

from collections.abc import Callable, Iterable

import pyarrow as pa

from throughcare.identity import score
from throughcare.identity.comparisons import Weights
from throughcare.identity.link import Pair
from throughcare.identity.strong import Known


def table(patients: Iterable[Known]) -> pa.Table:
    """One row each, in the columns that comparisons speak of."""
    return score.table([p.patient_id, *p.traits, _one(p, "ssn"), _one(p, "mbi")] for p in patients)


def scorer(patients: Iterable[Known], weights: Weights) -> Callable[[Iterable[Pair]], list[score.Scored]]:
    """A function that scores pairs of these patients."""
    rows = table(patients)

    def scored(pairs: Iterable[Pair]) -> list[score.Scored]:
        return score.scored(rows, sorted((min(pair), max(pair)) for pair in pairs), weights)

    return scored


def _one(patient: Known, kind: str) -> str:
    return min((value for k, value in patient.numbers if k == kind), default="")
