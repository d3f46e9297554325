"""A name that must be one of those known: the name itself, or a fault that says which there are."""

from collections.abc import Collection

from throughcare.definitions.near import did_you_mean
from throughcare.faults import Unavailable


def one_of(name: str, known: Collection[str], kind: str, where: str = "") -> str:
    """The name; Unavailable when it is not there, with the nearest and all that are."""
    if name in known:
        return name
    what = f'There is no {kind} "{name}"{where}.{did_you_mean(name, known)}'
    raise Unavailable(what, do=f"Known: {', '.join(sorted(known)) or 'none'}.")
