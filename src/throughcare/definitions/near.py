"""The nearest name: what an author probably meant when a word is not known."""

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(word: str, names: Iterable[str]) -> str:
    """The known name most like `word`, or nothing when none is."""
    close = get_close_matches(str(word), [str(n) for n in names], n=1, cutoff=0.6)
    return close[0] if close else ""


def did_you_mean(word: str, names: Iterable[str]) -> str:
    """ " Did you mean ...?", ready to stand after a sentence; empty when nothing is near."""
    close = nearest(word, names)
    return f" Did you mean {close}?" if close else ""
