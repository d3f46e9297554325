"""Cases: the small lives a care model must get right, as its page tells them."""

from dataclasses import dataclass
from functools import cache

from throughcare.definitions.cases import load_cases
from throughcare.definitions.grammar import CareModel


@dataclass(frozen=True, slots=True)
class Told:
    says: str
    answer: str  # met | not_met | unknown | "" when the case is about work, not about belonging
    owed: int


def of(model: CareModel) -> list[Told]:
    """Every case in the model's folder, in the order of their names; read once."""
    return list(_read(model.folder))


@cache
def _read(folder: str) -> tuple[Told, ...]:
    return tuple(
        Told(case.expect.says, case.expect.belongs[0].answer if case.expect.belongs else "", len(case.expect.owed))
        for case in load_cases(folder)
    )
