"""Passes: whoever changed or was woken by time goes through identity, decide and act, until nothing more follows."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from throughcare.act import run as act
from throughcare.decide import run as decide
from throughcare.faults import Conflict
from throughcare.flow import panels
from throughcare.flow.door import commit
from throughcare.flow.moment import Moment
from throughcare.flow.published import Published
from throughcare.identity import run as identity
from throughcare.record.changes import Changes, Heard
from throughcare.stores.postgres import Database

LOOKS_MAX = 3  # at each person in one settle: the first, and at most two more for what act's own writing changed
TRIES_MAX = 3  # when people write in between

Progress = Callable[[str, int], None]


@dataclass(slots=True)
class Settled:
    """What a settle did; all noughts when there was nothing to do."""

    people: int = 0
    links: int = 0
    resources: int = 0
    looks: Counter[int] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Pass:
    """One settle: the same moment, definitions and database throughout. `at` is when its commits are made."""

    database: Database
    published: Published
    now: datetime
    at: datetime
    progress: Progress
    settled: Settled

    @property
    def size(self) -> int:
        return self.database.settings.pass_people_max


def settle(
    database: Database,
    published: Published,
    now: datetime,
    people: list[int] | None = None,
    *,
    everyone: bool = False,
    at: datetime | None = None,
    progress: Progress = lambda stage, people: None,
) -> Settled:
    """Bring these people, or everyone, or (by default) whoever has news, to what the record and the clock imply.

    Safe to repeat and to kill at any moment: a cursor moves only with the effects of what was read. When nothing is
    new, nothing is written.
    """
    one = Pass(database, published, now, at or now, progress, Settled())
    people = _link(one, people)
    for batch, cursor in _asked(one, people, everyone):
        _look(one, batch, cursor)
    while again := _woken(one, people):
        _look(one, again, None)
    one.settled.people = len(one.settled.looks)
    return one.settled


def _link(one: Pass, people: list[int] | None) -> list[int] | None:
    """Identity first: people named are joined by those they are linked to; else whoever has a changed Patient."""
    if people is not None:
        changes = identity.run(Moment(one.database), one.now, people)
        _commit(one, changes, "identity")
        return sorted({*people, *(link.person_id for link in changes.links if link.person_id is not None)})
    while True:
        moment = Moment(one.database)
        asked, until = moment.changed("identity", one.size, ["Patient"])
        if not asked:
            return None
        changes = identity.run(moment, one.now, asked)
        changes.cursor = ("identity", until)
        _commit(one, changes, "identity")
        one.progress("identity", len(asked))


def _asked(one: Pass, people: list[int] | None, everyone: bool) -> Iterator[tuple[list[int], int | None]]:
    """Who is looked at first, in portions, each with how far the feed is read once it is done."""
    if people is not None:
        yield from ((people[i : i + one.size], None) for i in range(0, len(people), one.size))
        return
    while news := Moment(one.database).changed("decide", one.size):
        if not news[0]:
            break
        yield news
    after = 0
    while everyone and (batch := Moment(one.database).everyone(after, one.size)):
        after = batch[-1]
        if rest := [p for p in batch if p not in one.settled.looks]:
            yield rest, None


def _woken(one: Pass, people: list[int] | None) -> list[int]:
    """Whom time, or act's own writing, has woken; nobody more than a few times in one settle."""
    tired = [p for p, looks in one.settled.looks.items() if looks >= LOOKS_MAX]
    woken = Moment(one.database).woken(one.now, one.size + len(tired))
    among = None if people is None else set(people)
    return [p for p in woken if one.settled.looks[p] < LOOKS_MAX and (among is None or p in among)][: one.size]


def _look(one: Pass, people: list[int], cursor: int | None) -> None:
    """Decide, then act, for some people. Whoever wrote in between wins, and the look is repeated."""
    for left in reversed(range(TRIES_MAX)):
        try:
            _decide_and_act(one, people, cursor)
            break
        except Conflict:
            if not left:
                raise
    one.settled.looks.update(people)
    one.progress("care models", len(people))


def _decide_and_act(one: Pass, people: list[int], cursor: int | None) -> None:
    """Two commits. Cursor and wake times move with the second, so that a crash between them repeats both."""
    published = one.published
    decided = decide.run(Moment(one.database), published.plan, one.now, people)
    wakes = decided.answers.pop("wake", None)
    if decided.answers:
        _commit(one, decided, "decide")
    acted = act.run(
        Moment(one.database),
        published.models,
        published.library,
        one.now,
        people,
        zone=published.zone,
        wakes=wakes,
        decide_reads=published.decide_reads,
    )
    panels.keep(one.database, acted.answers.pop("panel", None), people)
    acted.cursor = ("decide", cursor) if cursor is not None else None
    acted.audit.append(Heard("care_models", detail=published.versions, purpose="HOPERAT"))
    _commit(one, acted, "act")


def _commit(one: Pass, changes: Changes, stage: str) -> None:
    if changes:
        done = commit(one.database, changes, stage=stage, at=one.at)
        one.settled.resources += done.stored
        one.settled.links += len(changes.links)
