"""Run as a process of its own: commits without end and writes each acknowledged one into a ledger. It is killed."""

import json
import os
import sys
from datetime import UTC, datetime
from hashlib import sha256

from throughcare.record.changes import Changes, Heard, Put
from throughcare.record.commit import commit
from throughcare.settings import Settings
from throughcare.stores import postgres

STAYS = 5


def bodies(name: str, n: int) -> list[bytes]:
    """A patient revised every time, and stays that are new every time."""
    patient = {"resourceType": "Patient", "id": name, "multipleBirthInteger": n}
    subject = {"reference": f"Patient/{name}"}
    act = {"code": "IMP"}
    stays = [
        {"resourceType": "Encounter", "id": f"{name}-{n}-{i}", "status": "finished", "class": act, "subject": subject}
        for i in range(STAYS)
    ]
    return [json.dumps(one).encode() for one in [patient, *stays]]


def main(settings: Settings, name: str, ledger: str) -> None:
    with postgres.open(settings) as database, open(ledger, "ab") as book:
        for n in range(1_000_000):
            said = bodies(name, n)
            changes = Changes([Put(body, "hospital") for body in said], audit=[Heard("load", detail=name)])
            done = commit(database, changes, door="flow", stage="load", actor=name, at=datetime.now(UTC))
            for body in said:
                key = json.loads(body)
                line = f"{done.commit_no} {key['resourceType']}/{key['id']} {sha256(body).hexdigest()}\n"
                os.write(book.fileno(), line.encode())


if __name__ == "__main__":
    where, name, ledger = sys.argv[1:]
    bundled = where.startswith("/")
    main(Settings.read({}, data_dir=where) if bundled else Settings.read({}, database=where), name, ledger)
