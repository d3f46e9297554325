"""Counts: what a load read, and what became of it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from throughcare.intake.marks import Done


@dataclass(slots=True)
class Counts:
    """read = stored + known + quarantined, in resources; a piece of another format that cannot be one counts as one.

    The same text twice is one entry of quarantine: `entries` are those that are new; `refused_before` were refused when
    the same file was read before. `left_out` are files in no known format, which were not read; `skipped` those that
    were read to the end before; `wrong_here` is what the site says of its formats and cannot be understood.
    """

    read: int = 0
    stored: int = 0
    known: int = 0
    quarantined: int = 0
    entries: int = 0
    refused_before: int = 0
    left_out: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    wrong_here: list[str] = field(default_factory=list)
    pieces: Counter[str] = field(default_factory=Counter)  # title of a format that is not FHIR -> pieces read
    refused: Counter[str] = field(default_factory=Counter)  # title -> pieces of it that are in quarantine
    reasons: Counter[str] = field(default_factory=Counter)

    def before(self, done: Done) -> None:
        """What an earlier run committed of the same file is read again in name only, and known."""
        self.read += done.read
        self.known += done.stored + done.known
        self.quarantined += done.quarantined
        self.refused_before += done.quarantined

    def why(self, reasons: Iterable[str]) -> None:
        self.reasons.update(reasons)

    def as_json(self) -> dict[str, Any]:
        told = {"read": self.read, "stored": self.stored, "known": self.known, "quarantined": self.quarantined}
        entries = {"entries": self.entries, "refused_before": self.refused_before} if self.quarantined else {}
        pieces = {title: {"read": n, "quarantined": self.refused[title]} for title, n in sorted(self.pieces.items())}
        skipped = {"skipped": self.skipped} if self.skipped else {}
        return told | entries | skipped | ({"pieces": pieces} if pieces else {})
