"""Cases: the small lives a care model must get right, as its page tells them."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from throughcare.definitions.grammar import CareModel

ANSWERS = ("met", "not_met", "unknown")


@dataclass(frozen=True, slots=True)
class Case:
    says: str
    answer: str  # met | not_met | unknown | "" when the case is about work, not about belonging
    owed: int


def of(model: CareModel) -> list[Case]:
    """Every case in the model's folder, in the order of their names."""
    return list(_read(model.folder))


@cache
def _read(folder: str) -> tuple[Case, ...]:
    files = sorted(Path(folder).glob("cases/*/expect.toml"))
    return tuple(_case(path) for path in files)


def _case(path: Path) -> Case:
    told = tomllib.loads(path.read_text())
    belongs = [one.get("answer", "") for one in told.get("belongs", [])]
    answer = belongs[0] if belongs and belongs[0] in ANSWERS else ""
    return Case(told.get("says") or path.parent.name.replace("_", " ").capitalize(), answer, len(told.get("owed", [])))
