"""Apply: messages that are kept become FHIR: everything a new one speaks of is folded anew from all messages about it.

A stage with a cursor over the messages, moved in the commit of its effects: killed anywhere, it goes on where it was.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import closing
from zoneinfo import ZoneInfo

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

Told = dict[Thing, list[Spoken]]


def apply(
    database: Database, settings: Settings, write: Callable[[Changes], object], portion: int = PORTION,
    enough: Callable[[], bool] = lambda: False,
) -> int:  # fmt: skip
    """Fold what waits, portion by portion; how many messages it was. One at a time, whoever asks."""
    done = 0
    with closing(database.connect()) as alone:
        alone.execute(query("intake/messages_alone"), {"format": FORMAT})
        while not enough() and (waiting := _waiting(database, portion)):
            write(_folded(database, settings, waiting))
            done += len(waiting)
    return done


def _waiting(database: Database, portion: int) -> list[tuple[int, str, str]]:
    """(number, source, text) of the next messages."""
    with database.connection() as connection:
        row = connection.execute(query("record/cursor"), {"stage": STAGE}).fetchone()
        values = {"format": FORMAT, "after": row[0] if row else 0, "limit": portion, "size": PORTION_BYTES}
        return connection.execute(query("intake/messages_waiting"), values).fetchall()


def _folded(database: Database, settings: Settings, waiting: list[tuple[int, str, str]]) -> Changes:
    changes = Changes(cursor=(STAGE, waiting[-1][0]))
    by_source: dict[str, dict[int, str]] = defaultdict(dict)
    for number, source, body in waiting:
        by_source[source][number] = body
    for source, bodies in by_source.items():
        _fold_source(database, settings, source, bodies, changes)
    return changes


def _fold_source(database: Database, settings: Settings, source: str, bodies: dict[int, str], changes: Changes) -> None:
    zone = ZoneInfo(settings.time_zone)
    new = _told(bodies.values(), source, zone)
    with database.connection() as connection:
        row = connection.execute(query("intake/source_prefix"), {"source": source}).fetchone()
        about = {"about": [f"{kind}/{id}" for kind, id in new], "asides": ASIDES, "source": source}
        bodies = bodies | dict(connection.execute(query("intake/messages_about"), about).fetchall())
    told = _told(bodies.values(), source, zone)
    job = Job([], source, row[0] if row else "", "", settings.time_zone, settings.resource_bytes_max,
              settings.json_depth_max)  # fmt: skip
    made: dict[tuple[str, str], None] = {}
    for thing in new:
        spoken = sorted(told[thing], key=lambda one: one.said.order)
        resources = {(r["resourceType"], r["id"]): r for r in _fold(thing, spoken, source, changes)}
        fresh = [r for key, r in resources.items() if key not in made]
        made |= dict.fromkeys(resources)
        _keep(thing, spoken, fresh, job, changes)


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


def _fold(thing: Thing, spoken: list[Spoken], source: str, changes: Changes) -> list[Resource]:
    """The resources of one thing. A fault of ours must not stop what comes after it."""
    kind, id = thing
    try:
        return [without_blanks(resource) for resource in FOLDS[kind](id, spoken)]
    except Exception as error:
        _refuse(thing, spoken, source, f"It could not be made FHIR ({type(error).__name__}).", changes)
        return []


def _keep(thing: Thing, spoken: list[Spoken], resources: list[Resource], job: Job, changes: Changes) -> None:
    """All resources of a thing, or none: then the last message about it goes into quarantine."""
    done = Done()
    for resource in resources:
        of_document(resource, job, 0, done)
    if done.quarantined:
        _refuse(thing, spoken, job.source, done.quarantined[0].reason, changes)
    else:
        changes.puts += done.prepared


def _refuse(thing: Thing, spoken: list[Spoken], source: str, reason: str, changes: Changes) -> None:
    body = "\r".join(spoken[-1].said.message.lines).encode() + b"\r"
    changes.quarantined.append(Quarantined(source, FORMAT, len(changes.quarantined) + 1, f"{thing[0]}: {reason}", body))


def settle(run: Run) -> None:
    """After a load: fold what it brought, and count it."""
    apply(run.database, run.settings, run.write)
