"""Freshness: the sources that are silent now, said beside numbers that rest on what they send."""

from throughcare.workspace import times
from throughcare.workspace.front import Desk


def lines(desk: Desk) -> list[str]:
    """One sentence for each silent source: since when, and that things may be missing."""
    viewer, words = desk.viewer, desk.words
    return [
        words("fresh.silent", source=name.replace("_", " "), when=times.moment(words, last, viewer.at, viewer.zone))
        for name, last in desk.site.silent.now(viewer.at)
    ]
