"""Arrivals: who of the invented community comes to hospital and leaves it today, told as its interface tells it.

One admission of this minute, one discharge of somebody who came some days ago, and so on: each person once.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from itertools import cycle
from random import Random

from throughcare.community import people, places, stays
from throughcare.community.hospital import HOME, UNITS, Guest, Told, Writer
from throughcare.community.names import FAR_TOWN

SOURCE = "riverside"
GUESTS_MAX = 200  # of one day; then the hospital is full
AGE_MIN, QUIET_DAYS = 66, 45  # nobody comes again who was in hospital lately
_CAUSES = ("heart_failure", "copd", "diabetes", "atrial_fibrillation", "coronary")
_LANGUAGES = ("en", "es")


def guests(count: int, seed: int, on: date) -> Iterator[Guest]:
    """People of a community of `count` who may well come: old, ill for long, at home, and in no story of their own."""
    practices, found = places.practices(count), 0
    for no in range(count):
        one = people.person(no, seed, on, practices)
        if found < GUESTS_MAX and _may_come(one, seed, on):
            found += 1
            cause = next(c for c in _CAUSES if c in one.conditions)
            yield Guest(
                f"{one.no:06}", one.family, one.given, one.birth.isoformat(), one.sex[0].upper(), one.ssn,
                cause=people.CONDITIONS[cause][:2],
            )  # fmt: skip


def _may_come(one: people.Person, seed: int, on: date) -> bool:
    is_here = one.part is None and one.died is None and not one.moved_away and not one.absent and one.town != FAR_TOWN
    is_reached = one.phone is not None and one.language in _LANGUAGES and "dementia" not in one.conditions
    is_ill = one.age_on(on) >= AGE_MIN and any(c in one.conditions for c in _CAUSES)
    return is_here and is_reached and is_ill and not _lately(one, seed, on)


def _lately(one: people.Person, seed: int, on: date) -> bool:
    return any(s.ended_on is None or (on - s.ended_on).days < QUIET_DAYS for s in stays.stays(one, seed, on))


def messages(coming: Iterator[Guest], seed: int, clock: Callable[[], datetime]) -> Iterator[bytes]:
    """One message a guest, written when it is asked for."""
    chance, told = Random(seed), Told()
    for guest, comes in zip(coming, cycle((True, False)), strict=False):
        now = clock()
        came = now if comes else now - timedelta(days=chance.randrange(2, 6), minutes=chance.randrange(600))
        writer = Writer(told, guest, f"V{guest.record_number}{came:%y%m%d}", came)
        if comes:
            writer.write("A01", now, unit=chance.choice(UNITS))
        else:
            writer.write("A03", now, unit=chance.choice(UNITS[1:]), left=now, to=HOME)
        yield told.messages.pop()[1]
