"""The door itself: commits what people do, and writes down who looked at whom before anything is shown."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from throughcare.access.viewer import Viewer
from throughcare.fhir import json
from throughcare.record.changes import Changes, Committed, Heard, Put
from throughcare.record.commit import commit


def looked(database: Any, viewer: Viewer, action: str, person_id: int | None = None, detail: str = "") -> None:
    """Write down a look. Cannot be written means cannot be shown: the error goes up and nothing is served."""
    _write(database, viewer, Changes(audit=[Heard(action, person_id, detail)]), "look")


def did(
    database: Any, viewer: Viewer, changes: Changes, action: str, people: Sequence[int], detail: str = ""
) -> Committed:
    """Commit what someone did, with one audit line per person, in one transaction."""
    heard = Changes(audit=[Heard(action, person_id, detail) for person_id in people])
    return _write(database, viewer, changes + heard, action)


def register(database: Any, ident: str, name: str, *, by: str, at: datetime) -> None:
    """Put a member of staff into the record as a Practitioner, so that what they do can name them."""
    body = json.write({"resourceType": "Practitioner", "id": ident, "active": True, "name": [{"text": name}]})
    changes = Changes(
        puts=[Put(body)], audit=[Heard("staff registered", detail=f"Practitioner/{ident}", purpose="SYSADMIN")]
    )
    commit(database, changes, door="access", stage="staff", actor=by, role="administrator", at=at)


def note(database: Any, action: str, *, by: str, at: datetime) -> None:
    """Write down something about the house itself: staff, teams, sign-ins. No person is named."""
    changes = Changes(audit=[Heard(action, purpose="SYSADMIN")])
    commit(database, changes, door="access", stage="staff", actor=by, role="administrator", at=at)


def _write(database: Any, viewer: Viewer, changes: Changes, stage: str) -> Committed:
    return commit(database, changes, door="access", stage=stage, actor=viewer.sign_in, role=viewer.role, at=viewer.at)
