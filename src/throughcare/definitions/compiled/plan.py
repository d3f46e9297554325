"""The plan: a published set of care models as statements to run in order, with what they need and what they answer."""

from dataclasses import dataclass, field

import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement; what it answers is known to later ones by its name."""

    name: str
    sql: str


@dataclass(slots=True)
class Plan:
    """Compiled once, at publish; run as often as needed."""

    statements: list[Statement]
    constants: dict[str, pa.Table]
    views: dict[str, dict[str, str]]  # view -> column -> type, as the statements expect them
    calendars: list[str]
    versions: dict[str, str]  # care model -> version
    columns: dict[tuple[str, str, str], tuple[str, str]] = field(default_factory=dict)  # (model, on, id) -> where it is
    relations: dict[tuple[str, str], str] = field(default_factory=dict)  # (model, on) -> the set's relation
    evidence: dict[str, str] = field(default_factory=dict)  # column of the person -> column of its keys

    @property
    def view_needs(self) -> dict[str, set[str]]:
        return {view: set(columns) for view, columns in self.views.items()}
