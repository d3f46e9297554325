"""One stay is one stay, whoever tells of it: where several do, or no visit does, a visit of our own stands for it.

What sources sent stays as it is. Our visit says whose tellings it stands for, and readers of the record see it in their
place (record/one_stay.py), under the key that the stay had first: work that was about it goes on.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from hashlib import blake2b
from typing import Any, NamedTuple, Protocol
from zoneinfo import ZoneInfo

from throughcare.fhir import json
from throughcare.identity import stays_told
from throughcare.identity.stays_joined import Stay, Telling, joined, no_visit_tells, payers
from throughcare.record.changes import Changes, Delete, Put
from throughcare.record.prefix import prefixed

PREFIX = "stay-"
EARLIER = "missed-"  # what a stay that only a claim tells of was called before; the one of today takes its place


class Moment(Protocol):
    """What this asks of a view of the record."""

    database: Any

    def told_stays(self, people: list[int], today: date) -> Iterable[tuple[Any, ...]]: ...
    def visits_told(self, ids: list[str]) -> Iterable[tuple[str, bytes, str]]: ...
    def current(
        self, people: list[int], types: list[str], *, ours: bool = True
    ) -> Iterable[tuple[int, str, str, int, bytes]]: ...


class Named(NamedTuple):
    """A visit of ours, and the key under which it is shown where that is not its own."""

    id: str
    shown_as: str | None

    @property
    def key(self) -> str:
        return self.shown_as or f"Encounter/{self.id}"


def run(view: Moment, now: datetime, people: list[int]) -> Changes:
    """The visits of our own that are true now of these people, and those that fell away."""
    today = now.astimezone(ZoneInfo(view.database.settings.time_zone)).date()
    stays = joined([Telling(*row) for row in view.told_stays(people, today)])
    written = [(i, json.read(body)) for _, _, i, _, body in view.current(people, ["Encounter"])]
    stored = {i: body for i, body in written if i.startswith(PREFIX) and stays_told.told_keys(body)}
    wanted = _named(stays, stored)
    bodies = _bodies(view, wanted)
    puts = [Put(json.write(body)) for i, body in sorted(bodies.items()) if stored.get(i) != body]
    fallen = (stored.keys() - bodies.keys()) | {i for i, _ in written if i.startswith(EARLIER)}
    return Changes(puts=puts, deletes=[Delete("Encounter", i) for i in sorted(fallen)])


def _bodies(view: Moment, wanted: Mapping[Named, Stay]) -> dict[str, dict[str, Any]]:
    ids = [one.key.partition("/")[2] for stay in wanted.values() for one in stay if one.is_visit]
    rows = view.visits_told(ids) if ids else ()
    visits = {key: prefixed(json.read(body), prefix) for key, body, prefix in rows}
    return {name.id: stays_told.body(name.id, name.shown_as, stay, visits) for name, stay in wanted.items()}


def _named(stays: Sequence[Stay], stored: Mapping[str, dict[str, Any]]) -> dict[Named, Stay]:
    """The stays that need a visit of ours, each by the name it had before, or a new one."""
    before: dict[str, set[str]] = defaultdict(set)
    for ident, body in stored.items():
        for key in (ident, *stays_told.told_keys(body)):
            before[key].add(ident)
    found: dict[Named, Stay] = {}
    taken: set[str] = set()
    claimed = payers(stays)
    for stay in stays:
        keys = [_id_of_days(one) for one in stay if not one.is_visit] + [one.key for one in stay]
        free = sorted(set().union(*(before[key] for key in keys if key in before)) - taken)
        name = Named(free[0], stays_told.shown_as(stored[free[0]])) if free else _new(stay, taken)
        if _needed(stay, name, claimed):
            found[name] = stay
            taken.add(name.id)
    return found


def _needed(stay: Stay, name: Named, claimed: Mapping[str, set[str]]) -> bool:
    visits = [one for one in stay if one.is_visit]
    if not visits:
        return no_visit_tells(stay, claimed)
    ended_by_another = visits[0].ended_on is None and stays_told.end_of(stay) is not None
    return len(visits) > 1 or ended_by_another or name.key != visits[0].key


def _new(stay: Stay, taken: set[str]) -> Named:
    """Of visits the key of the one first heard of; a stay that no visit tells of has a key of its own."""
    visits = [one for one in stay if one.is_visit]
    if not visits:
        return Named(ident if (ident := _id_of_days(stay[0])) not in taken else _id(stay[0].key), None)
    first = min(visits, key=lambda one: (one.told_at, one.key)).key
    return Named(_id(first), first)


def _id_of_days(one: Telling) -> str:
    """The same for all bills of a stay, and for a bill, or an answer, that takes the place of another."""
    return _id(f"{one.patient}|{one.started_on}")


def _id(key: str) -> str:
    return PREFIX + blake2b(key.encode(), digest_size=12).hexdigest()
