"""Apply: messages that are kept become FHIR: everything a new one speaks of is folded anew from all messages about it.

A stage with a cursor over the messages, moved in the commit of its effects: killed anywhere, it goes on where it was.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import closing
from zoneinfo import ZoneInfo

import structlog

from throughcare.faults import Malformed
from throughcare.intake.hl7v2.said import Said, Spoken
from throughcare.intake.hl7v2.take import FORMAT
from throughcare.intake.hl7v2.things import FOLDS, Thing, things
from throughcare.intake.run import Run
from throughcare.intake.shapes import Resource, without_blanks
from throughcare.intake.work import Done, Job, of_document
from throughcare.record.changes import Changes, Quarantined
from throughcare.settings import Settings
from throughcare.stores.postgres import Database
from throughcare.stores.sql import query

STAGE = FORMAT
PORTION = 500  # messages in one commit
PORTION_BYTES = 32 * 2**20
ASIDES = 20  # messages that are not registration's, the newest of which tell of a thing
STAYS = ("Practitioner", "Organization", "Location")  # of one id there is one text: once stored, always known
STORED_MAX = 50_000
LOOK_SECONDS, REST_SECONDS_MAX, LAST_SECONDS = 0.05, 30.0, 10.0
GATHER_SECONDS = 0.05  # between portions that were not full: what comes meanwhile is folded in one commit, not in many

log = structlog.get_logger()

Told = dict[Thing, list[Spoken]]
Key = tuple[str, str]


class Folding:
    """Folds what waits, portion by portion. One at a time, whoever asks; `write` is the door."""

    def __init__(
        self, database: Database, settings: Settings, write: Callable[[Changes], object], portion: int = PORTION
    ) -> None:
        self._database, self._settings, self._write, self._portion = database, settings, write, portion
        self._zone = ZoneInfo(settings.time_zone)
        self._stored: set[Key] = set()  # clinicians and places this one has stored, which need no second writing

    def run(self, enough: Callable[[], bool] = lambda: False, gather_seconds: float = 0.0) -> int:
        """How many messages were folded until none waited, or it was enough."""
        folded = 0
        with closing(self._database.connect()) as alone:
            alone.execute(query("intake/messages_alone"), {"format": FORMAT})
            while not enough() and (waiting := self._waiting()):
                changes, made = self._fold(waiting)
                self._write(changes)
                self._stored = made if len(self._stored) > STORED_MAX else self._stored | made
                folded += len(waiting)
                if len(waiting) < self._portion:
                    time.sleep(gather_seconds)
        return folded

    def until(self, ended: Callable[[], bool]) -> None:
        """Fold whatever comes, beside the listener. A failure is told and tried again, ever less often.

        Told to end, it folds for a while what still waits; the rest is folded at the next start.
        """
        rest = LOOK_SECONDS
        while not ended():
            time.sleep(rest)
            try:
                if self._waiting():
                    self.run(ended, GATHER_SECONDS)
                rest = LOOK_SECONDS
            except Exception as problem:
                log.warning("folding_waits", why=type(problem).__name__)
                rest = min(max(rest, 1.0) * 2, REST_SECONDS_MAX)
        last = time.monotonic() + LAST_SECONDS
        self.run(lambda: time.monotonic() > last)

    def _waiting(self) -> list[tuple[int, str, str]]:
        """(number, source, text) of the next messages."""
        with self._database.connection() as connection:
            row = connection.execute(query("record/cursor"), {"stage": STAGE}).fetchone()
            after = row[0] if row else 0
            values = {"format": FORMAT, "after": after, "limit": self._portion, "size": PORTION_BYTES}
            return connection.execute(query("intake/messages_waiting"), values).fetchall()

    def _fold(self, waiting: list[tuple[int, str, str]]) -> tuple[Changes, set[Key]]:
        """What the portion makes true, source by source, and which clinicians and places it stores."""
        changes, made = Changes(cursor=(STAGE, waiting[-1][0])), set[Key]()
        by_source: dict[str, dict[int, str]] = defaultdict(dict)
        for number, source, body in waiting:
            by_source[source][number] = body
        for source, bodies in by_source.items():
            new = _told(bodies.values(), source, self._zone)
            told, job = self._all_about(new, source, bodies)
            done: set[Key] = set()
            for thing in new:
                spoken = sorted(told[thing], key=lambda one: one.said.order)
                _take(thing, spoken, job, changes, done, self._stored)
            made |= {key for key in done if key[0] in STAYS}
        return changes, made

    def _all_about(self, new: Told, source: str, bodies: dict[int, str]) -> tuple[Told, Job]:
        """Everything that was ever said of the things the new messages speak of, and how this source's work is done."""
        about = {"about": [f"{kind}/{id}" for kind, id in new], "asides": ASIDES, "source": source}
        with self._database.connection() as connection:
            row = connection.execute(query("intake/source_prefix"), {"source": source}).fetchone()
            bodies = bodies | dict(connection.execute(query("intake/messages_about"), about).fetchall())
        own = self._settings
        job = Job([], source, row[0] if row else "", "", own.time_zone, own.resource_bytes_max, own.json_depth_max)
        return _told(bodies.values(), source, self._zone), job


def settle(run: Run) -> None:
    """After a load: fold what it brought, and count it."""
    Folding(run.database, run.settings, run.write).run()


def _told(bodies: Iterable[str], source: str, zone: ZoneInfo) -> Told:
    """What is said of each thing. A message that was taken can be read; what a newer reader refuses says nothing."""
    told: Told = defaultdict(list)
    for body in bodies:
        try:
            said = Said(body, source, zone)
        except Malformed:
            continue
        for thing, spoken in things(said):
            told[thing].append(spoken)
    return told


def _take(thing: Thing, spoken: list[Spoken], job: Job, changes: Changes, done: set[Key], stored: set[Key]) -> None:
    """All resources of a thing, or none: then the last message about it goes into quarantine, and stops nobody."""
    kind, id = thing
    try:
        resources = [without_blanks(resource) for resource in FOLDS[kind](id, spoken)]
    except Exception as error:  # a fault of ours
        changes.quarantined.append(_refused(thing, spoken, job, f"It could not be made FHIR ({type(error).__name__})."))
        return
    fresh = {k: r for r in resources if (k := _key(r)) not in done and k not in stored}
    worked = Done()
    for resource in fresh.values():
        of_document(resource, job, 0, worked)
    if worked.quarantined:
        changes.quarantined.append(_refused(thing, spoken, job, worked.quarantined[0].reason))
        return
    changes.puts += worked.prepared
    done |= fresh.keys()


def _key(resource: Resource) -> Key:
    return resource["resourceType"], resource["id"]


def _refused(thing: Thing, spoken: list[Spoken], job: Job, reason: str) -> Quarantined:
    body = "\r".join(spoken[-1].said.message.lines).encode() + b"\r"
    return Quarantined(job.source, FORMAT, 0, f"{thing[0]}: {reason}", body)
