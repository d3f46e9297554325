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
from throughcare.identity import stays
from throughcare.identity.comparisons import of_site
from throughcare.record.changes import Changes, Heard
from throughcare.stores.postgres import Database

LOOKS_MAX = 3  # at each person in one settle: the first, and at most two more for what act's own writing changed
TRIES_MAX = 3  # when people write in between

Progress = Callable[[str, int], None]
Asked = tuple[list[int], int | None]


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
    for batch, cursor in _named(one, people) if people is not None else _asked(one, everyone):
        _look(one, batch, cursor)
    while again := _woken(one, people):
        _look(one, again, None)
    one.settled.people = len(one.settled.looks)
    return one.settled


def _named(one: Pass, people: list[int]) -> Iterator[Asked]:
    """People someone names, joined by those they turn out to be linked to."""
    linked = _link(one, people)
    everyone = sorted({*people, *linked})
    yield from ((everyone[i : i + one.size], None) for i in range(0, len(everyone), one.size))


def _asked(one: Pass, everyone: bool) -> Iterator[Asked]:
    """Whoever has news, then everyone else if asked: in portions, each with how far the feed is read after it."""
    known: set[int] = set()
    while (news := Moment(one.database).changed("decide", one.size)).people:
        unknown = [p for p in news.patients if p not in known]
        known.update(unknown)
        if unknown and _link(one, unknown):
            continue  # links are news: the portion is read again, now with whom they reach
        yield _with_reached(one, news.people), news.until
    after = 0
    while everyone and (batch := Moment(one.database).everyone(after, one.size)):
        after = batch[-1]
        _link(one, batch)
        if rest := [p for p in batch if p not in one.settled.looks]:
            yield rest, None


def _with_reached(one: Pass, people: list[int]) -> list[int]:
    """These people, and those whose answers may rest on what is new of them."""
    if not one.published.plan.reaches:
        return people
    return [*people, *Moment(one.database).reached(people)]


def _link(one: Pass, people: list[int]) -> set[int]:
    """Identity, for people of whom something new is said; the people whose patients moved."""
    weights = of_site(one.database.settings.identity_weights)
    changes = identity.run(Moment(one.database), one.now, people, weights)
    _commit(one, changes, "identity")
    one.progress("identity", len(people))
    return {link.person_id for link in changes.links if link.person_id is not None}


def _woken(one: Pass, people: list[int] | None) -> list[int]:
    """Whom time, or act's own writing, has woken; nobody more than a few times in one settle."""
    tired = [p for p, looks in one.settled.looks.items() if looks >= LOOKS_MAX]
    woken = Moment(one.database).woken(one.now, one.size + len(tired))
    among = None if people is None else set(people)
    return [p for p in woken if one.settled.looks[p] < LOOKS_MAX and (among is None or p in among)][: one.size]


def _look(one: Pass, people: list[int], cursor: int | None) -> None:
    """Decide, then act, for some people. Whoever wrote in between wins, and the look is repeated.

    Before that, stays that several told of are made one, and those that no visit told of are written down.
    """
    _commit(one, stays.run(Moment(one.database), one.now, people), "identity")
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
