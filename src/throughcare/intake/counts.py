"""Counts: what a load read, and what became of it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from throughcare.intake.marks import Done


@dataclass(slots=True)
class Counts:
    """read = stored + known + quarantined. `left_out` are files that are not FHIR and were not read."""

    read: int = 0
    stored: int = 0
    known: int = 0
    quarantined: int = 0
    left_out: list[str] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)

    def before(self, done: Done) -> None:
        """What an earlier run committed of the same file is read again in name only, and known."""
        self.read += done.read
        self.known += done.stored + done.known
        self.quarantined += done.quarantined

    def why(self, reasons: Iterable[str]) -> None:
        self.reasons.update(reasons)

    def as_json(self) -> dict[str, int]:
        return {"read": self.read, "stored": self.stored, "known": self.known, "quarantined": self.quarantined}
