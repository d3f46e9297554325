"""A load as a test makes it: into a fresh record, through the system's door, with counts that must add up."""

from datetime import UTC, datetime
from pathlib import Path

from throughcare.flow import door
from throughcare.intake.counts import Counts
from throughcare.intake.load import load
from throughcare.settings import Settings
from throughcare.stores.postgres import Database


def run(
    database: Database, *paths: Path, source: str = "clinic", id_prefix: str = "", again: bool = False,
    **settings: object,
) -> Counts:  # fmt: skip
    own = Settings.read({}, **settings)

    def commit(changes):
        return door.commit(database, changes, stage="intake", at=datetime(2026, 3, 17, 12, tzinfo=UTC))

    counts = load(database, list(paths), source=source, id_prefix=id_prefix, settings=own, commit=commit, again=again)
    assert counts.read == counts.stored + counts.known + counts.quarantined
    return counts
