"""Freshness: the sources that are silent now, said beside people and numbers that rest on what they send."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from throughcare.workspace import times
from throughcare.workspace.front import Desk

NAMED = 3  # sources by name; the others are counted
HEARD = 3  # of those that speak, the newest


Silent = Sequence[tuple[str, datetime]]


def now(desk: Desk) -> Silent:
    """The silent sources of people; asked before a page opens its reader, since a look-up wants a connection."""
    return desk.site.silent.now(desk.viewer.at)


def of_numbers(desk: Desk) -> list[str]:
    """What a number that counts everyone may lack: one sentence for each silent source."""
    return _sentences(desk, "fresh.number", now(desk))


def of_people(desk: Desk, silent: Silent, people: Iterable[int], *, panel: bool = False) -> list[str]:
    """What may lack of some people, and with `panel` of all whom the viewer is named for; of nobody, of anyone."""
    shown = sorted(set(people))
    if silent and shown:
        asked = {"people": shown, "staff": desk.viewer.staff_id if panel else None}
        telling = desk.reader.rows("workspace/told_by", sources=[name for name, _ in silent], **asked)
        names = {row.source for row in telling}
        silent = [one for one in silent if one[0] in names]
    return _sentences(desk, "fresh.people", silent)


def heard(desk: Desk, silent: Silent) -> list[tuple[str, str]]:
    """(source, how long ago it was heard) of the newest few that are not silent."""
    names = {name for name, _ in silent}
    found = [s for s in desk.reader.rows("workspace/sources") if s.name not in names]
    return [(_called(s.name), times.ago(desk.words, s.last_heard, desk.viewer.at)) for s in found[:HEARD]]


def _sentences(desk: Desk, key: str, silent: Silent) -> list[str]:
    viewer, words = desk.viewer, desk.words
    said: list[str] = [
        words(key, source=_called(name), when=times.moment(words, last, viewer.at, viewer.zone))
        for name, last in silent[:NAMED]
    ]
    rest = len(silent) - NAMED
    return [*said, words("fresh.more", n=rest)] if rest > 0 else said


def _called(source: str) -> str:
    return source.replace("_", " ")
