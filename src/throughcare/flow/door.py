"""The system's door: what the stages want to be true becomes true here, and nowhere else for the system."""

from datetime import datetime

from throughcare.record.changes import Changes, Committed
from throughcare.record.commit import commit as _commit
from throughcare.stores.postgres import Database


def commit(database: Database, changes: Changes, *, stage: str, at: datetime, actor: str = "system") -> Committed:
    """Commit for the system; `stage` names who says so, `at` is the moment it is said."""
    return _commit(database, changes, door="flow", stage=stage, actor=actor, at=at)
