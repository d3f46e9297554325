"""One stay, several tellings: which of them tell of the same stay, the nearest in days first.

A source tells its own stays apart: two visits, or two claims, of one source are never one stay.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

_OPEN = 1000  # days; an end that is not told is further away than any that is


class Telling(NamedTuple):
    """A stay as one source tells it; the days are those of the site. `kind` is visit, document, claim or person."""

    key: str
    source: str
    kind: str
    started_on: date
    ended_on: date | None
    clocked: bool
    told_at: (
        datetime  # when it was first heard that the stay had ended; of one that goes on, when it was first heard of
    )
    patient: str
    facility_id: str | None  # a reference, or the person's own words
    disposition: str | None
    drg: str | None
    diagnosis: str | None
    same_as: list[str]  # tellings of other sources whose days and place agree with these
    beside: list[str]  # of a claim, and of the person's word: visits and documents that share a day with it

    @property
    def is_visit(self) -> bool:
        """Whether a visit tells of it; a claim, or the person, tells of its days alone."""
        return self.kind in ("visit", "document")

    @property
    def teller(self) -> tuple[str, str]:
        """Who tells their stays apart. What people say twice, of days they are not sure of, may be one stay."""
        return (self.key if self.kind == "person" else self.source), self.kind


Stay = list[Telling]


def joined(tellings: Sequence[Telling]) -> list[Stay]:
    """The stays these are tellings of, the earliest first."""
    by_key = {one.key: one for one in tellings}
    stays = {one.key: [one] for one in tellings}
    for one, other in sorted(_pairs(by_key), key=lambda pair: _apart(*pair)):
        mine, theirs = stays[one.key], stays[other.key]
        if mine is not theirs and not {t.teller for t in mine} & {t.teller for t in theirs}:
            mine += theirs
            stays |= {t.key: mine for t in theirs}
    whole = {id(stay): sorted(stay, key=lambda t: (t.started_on, t.key)) for stay in stays.values()}
    return sorted(whole.values(), key=lambda stay: (stay[0].started_on, stay[0].key))


def _pairs(by_key: dict[str, Telling]) -> Iterator[tuple[Telling, Telling]]:
    for one in by_key.values():
        yield from ((one, by_key[key]) for key in one.same_as if one.key < key and key in by_key)


def _apart(one: Telling, other: Telling) -> tuple[int, int, str, str]:
    ends = abs((one.ended_on - other.ended_on).days) if one.ended_on and other.ended_on else _OPEN
    return abs((one.started_on - other.started_on).days), ends, one.key, other.key


def payers(stays: Sequence[Stay]) -> dict[str, set[str]]:
    """Of each visit, the sources whose claims tell of the same stay."""
    return {one.key: {t.source for t in stay if t.kind == "claim"} for stay in stays for one in stay}


def no_visit_tells(stay: Stay, claimed: Mapping[str, set[str]]) -> bool:
    """Whether only claims and the person tell of it; a visit beside it does, unless the payer has a claim for each."""
    alone = (one.kind == "claim" and one.source in claimed.get(v, ()) for one in stay for v in one.beside)
    return not any(one.is_visit for one in stay) and all(alone)
