"""Feeds: each source with its last word, whether it is silent, its months, what it sends, and what waits."""

from datetime import date, timedelta
from typing import Any

from starlette.responses import Response

from throughcare.intake import status
from throughcare.intake.status import Feed
from throughcare.workspace import bars, times
from throughcare.workspace.front import Desk

KINDS = 6  # named by themselves; the others are counted


def show(desk: Desk) -> Response:
    """The silent ones first, then those who missed stays, then those whose month fell far. Nobody is named here."""
    found = status.feeds(desk.site.database, at=desk.viewer.at)
    first = sorted(found, key=lambda one: (not one.silent, not one.missed, not one.fallen, one.source))
    silent = sum(one.silent for one in found)
    waiting = sum(one.quarantined for one in found)
    return desk.page("feeds.html", feeds=[_feed(desk, one) for one in first], silent=silent, waiting=waiting)


def _feed(desk: Desk, one: Feed) -> dict[str, Any]:
    words, viewer = desk.words, desk.viewer
    kinds = list(one.kinds.items())
    return {
        "source": one.source.replace("_", " "),
        "silent": one.silent,
        "ago": times.span(words, viewer.at - one.last) if one.last else "",
        "last": times.moment(words, one.last, viewer.at, viewer.zone) if one.last else "",
        "a_day": words.decimal(one.a_day),
        "usual": times.span(words, timedelta(hours=one.usual_hours)) if one.usual_hours else "",
        "months": [(_month(desk, name), n, name in one.fallen) for name, n in one.months.items()],
        "missed": sum(one.missed.values()),
        "missed_in": ", ".join(f"{_month(desk, name)} {n}" for name, n in sorted(one.missed.items())),
        "fallen": [_month(desk, name) for name in one.fallen],
        "svg": _drawn(desk, one),
        "kinds": [(_kind(desk, name), n) for name, n in kinds[:KINDS]],
        "more": len(kinds[KINDS:]),
        "quarantined": one.quarantined,
    }


def _drawn(desk: Desk, one: Feed) -> Any:
    """The months as bars; read aloud, the months with their numbers."""
    words = desk.words
    said = [
        str(words("feeds.fell" if name in one.fallen else "feeds.month", month=_month(desk, name), n=words.number(n)))
        for name, n in one.months.items()
    ]
    return bars.months(list(one.months.values()), {list(one.months).index(m) for m in one.fallen}, "; ".join(said))


def _month(desk: Desk, name: str) -> str:
    return times.month(desk.words, date.fromisoformat(f"{name}-01"))


def _kind(desk: Desk, name: str) -> str:
    """A resource type or a format in words; one that has none is called by its own name."""
    return str(desk.words(f"kind.{name}")) if desk.words.has(f"kind.{name}") else name
