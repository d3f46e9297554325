"""A life as it is told to the product: sources send, time passes, people act; and what there is to see of it.

Everything runs for real: files are loaded, all care models think at once, and what people do goes through their door.
What came in is settled before the next look at it, at the moment of the latest of it, as the worker would in between.
Moments are written as in sources.py: "2026-03-05" is nine in the morning of New York, "2026-03-05 15:30" is later.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from throughcare.access import door
from throughcare.access.viewer import Viewer
from throughcare.act import contacts, enrollment, joining, people
from throughcare.act.shapes import Refusal, Resource, Stored
from throughcare.community.shapes import ZONE
from throughcare.flow import door as system
from throughcare.flow import population
from throughcare.flow.moment import Moment
from throughcare.flow.passes import Settled, settle
from throughcare.flow.published import Published
from throughcare.intake.load import load
from throughcare.record.changes import Changes

from .seen import Seen
from .sources import moment


@dataclass(kw_only=True)
class Life(Seen):
    """What happens in the life of `whom`, the patient a story is about; a story may turn to somebody else."""

    published: Published
    folder: Path
    by: str = "Practitioner/zoe"
    files: int = field(default=0, init=False)
    news_at: str = field(default="", init=False)

    def sends(self, source: str, at: str, *resources: Resource) -> None:
        """A source sends a file."""
        self.files += 1
        path = self.folder / f"{self.files:03}-{source}.ndjson"
        told = [{name: v for name, v in one.items() if v != []} for one in resources]  # FHIR knows no empty lists
        path.write_text("".join(json.dumps(one, default=float) + "\n" for one in told))

        def commit(changes: Changes) -> Any:
            return system.commit(self.database, changes, stage="intake", at=moment(at))

        counts = load(self.database, [path], source=source, settings=self.database.settings, commit=commit)
        assert (counts.quarantined, counts.read) == (0, len(resources)), counts
        self.news_at = at

    def brings(self, source: str, at: str, *pieces: bytes) -> None:
        """A source sends messages or documents as they are."""
        paths = []
        for piece in pieces:
            self.files += 1
            paths.append(self.folder / f"{self.files:03}-{source}")
            paths[-1].write_bytes(piece)

        def commit(changes: Changes) -> Any:
            return system.commit(self.database, changes, stage="intake", at=moment(at))

        counts = load(self.database, paths, source=source, settings=self.database.settings, commit=commit)
        assert counts.quarantined == 0 and counts.stored, counts
        self.news_at = at

    def settle(self, at: str) -> Settled:
        """Time has come to be `at`: the worker looks at whoever has news or was woken."""
        self.news_at = ""
        return settle(self.database, self.published, moment(at))

    def look(self) -> None:
        if self.news_at:
            self.settle(self.news_at)

    def does(self, at: str, act: Any, *about: Any, by: str = "", **said: Any) -> None:
        """Someone does a verb of `act`, which must be allowed."""
        refused = self.tries(at, act, *about, by=by, **said)
        assert refused is None, refused

    def tries(self, at: str, act: Any, *about: Any, by: str = "", **said: Any) -> Refusal | None:
        """Someone does a verb of `act`; what comes back is why not, when it may not be."""
        changes = act(*about, by=by or self.by, at=moment(at), **said)
        if isinstance(changes, Refusal):
            return changes
        self._commit(at, act.__name__, changes, by)
        return None

    def calls(self, at: str, what: Stored | str, outcome: str = "reached", *, role: str = "nurse", mode: str = "phone",
              minutes: int | None = None, by: str = "", about: str | None = None) -> None:  # fmt: skip
        """Somebody tries to reach the person, for a task or for an activity by its name."""
        task = what.body if isinstance(what, Stored) else {}
        focus = about or task.get("focus", {}).get("reference")
        contact = contacts.Contact(
            person_id=self.person, patient=f"Patient/{self.whom}", outcome=outcome, mode=mode, minutes=minutes,
            activity=task["code"]["coding"][0]["code"] if task else what, happened_at=moment(at),
            by=by or self.by, worker_role=role, about=[focus] if focus else [],
            task=f"Task/{task['id']}" if task else None,
        )  # fmt: skip
        logged = contacts.log_contact(contact, at=moment(at))
        assert isinstance(logged, Changes), logged
        self._commit(at, "log_contact", logged, by)

    def agrees(self, at: str, kind: str, refused: bool = False, to: str | None = None) -> None:
        """The person says yes, or no, and someone writes it down; with `to`, yes to telling that party."""
        who = {"person_id": self.person, "patient": f"Patient/{self.whom}", "recipient": to}
        self.does(at, joining.record_consent, kind=kind, from_on=moment(at).date(), refused=refused, **who)

    def joins(self, at: str, model: str, status: str = "active") -> Refusal | None:
        return self.tries(at, joining.enroll, self.person, self._model(model), self.stored("EpisodeOfCare"),
                          self._lives(at), status=status)  # fmt: skip

    def moves(self, at: str, model: str, to: str, reason: str = "") -> Refusal | None:
        return self.tries(at, joining.move, self._episodes(model)[-1], self._model(model), self._lives(at),
                          to=to, reason=reason, zone=ZONE)  # fmt: skip

    def tells(self, at: str) -> population.Population:
        """The night's look at everyone, kept for the screens."""
        self.look()
        return population.tell(self.database, self.published, moment(at))

    def _commit(self, at: str, action: str, changes: Changes, by: str) -> None:
        me = by or self.by
        viewer = Viewer(staff_id=1, sign_in=me, name=me, roles=frozenset({"nurse"}), at=moment(at), zone=ZONE,
                        practitioner=me)  # fmt: skip
        done = door.did(self.database, viewer, changes, action, [])
        assert not done.refused, done.refused
        self.news_at = at

    def _model(self, model: str) -> Any:
        return next(m for m in self.published.models if m.model.id == model)

    def _lives(self, at: str) -> enrollment.Lives:
        read = Moment(self.database).tables([self.person], ["person", "consent"])
        rows = [read[name].to_pylist() for name in ("person", "consent")]
        known = people.read([self.person], [(self.whom, self.person)], *rows, ZONE, moment(at))
        return enrollment.Lives(known.patients, known.zones, known.died, known.consents, {}, {})
