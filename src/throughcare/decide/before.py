"""Before: what the last run was given and made, so that a look at the same person soon after runs only what changed.

A second look follows whenever someone's own answers changed; so do messages that come one after the other.
"""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa


class Before:
    """One run, remembered once it is whole. Whoever else is looked at next has other rows."""

    def __init__(self, tables: Mapping[str, pa.Table]) -> None:
        self.tables = tables
        self.made: Mapping[str, Mapping[str, pa.ChunkedArray]] = {}
        self.answers: dict[str, Any] = {}  # of the statements that were run, or did not have to be again

    def same(self, tables: Mapping[str, pa.Table]) -> set[str]:
        """The tables given now that are as they were."""
        return {name for name, table in tables.items() if name in self.tables and table.equals(self.tables[name])}

    def again(self, reading: Any, made: Mapping[str, Mapping[str, pa.ChunkedArray]], same: set[str]) -> Any:
        """The answer of before, where everything that the statement reads is as it was."""
        if not all(name in same for name in reading.given):
            return None
        for _, name, columns in reading.reads:
            old, new = self.made.get(name), made[name]
            if old is None or not all(new[c] is old[c] or new[c].equals(old[c]) for c in columns):
                return None
        return self.answers.get(reading.statement.name)
