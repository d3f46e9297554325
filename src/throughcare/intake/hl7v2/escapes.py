r"""Escapes: \F\ \S\ \T\ \R\ \E\ for the separators, \X0D\ for characters, \.br\ for layout; what is unknown stays."""

import re
from typing import Protocol

_ESCAPED_MAX = 80
_LAYOUT = {".br": "\n", ".sp": "\n", ".ce": "\n", ".in": "", ".ti": "", ".fi": "", ".nf": "", "H": "", "N": ""}
_NOT_TEXT = re.compile("[\x01-\x08\x0b-\x1f\x7f\ufffe\uffff]")


class Separators(Protocol):
    component: str
    escape: str
    field: str
    repeat: str
    sub: str


def read(text: str, own: Separators) -> str:
    """The text as meant; characters that are no text are spaces."""
    if own.escape in text:
        text = _unescaped(text, own)
    return _NOT_TEXT.sub(" ", text) if _NOT_TEXT.search(text) else text


def _unescaped(text: str, own: Separators) -> str:
    """Pairs of escape characters from the left; one without a partner is a character like any other."""
    names = {"F": own.field, "S": own.component, "T": own.sub, "R": own.repeat, "E": own.escape}
    done: list[str] = []
    at = 0
    while (start := text.find(own.escape, at)) >= 0:
        end = text.find(own.escape, start + 1, start + _ESCAPED_MAX)
        done.append(text[at:start])
        if end < 0:
            done.append(own.escape)
            at = start + 1
            continue
        name = text[start + 1 : end]
        meant = names.get(name, _other(name))
        done.append(text[start : end + 1] if meant is None else meant)
        at = end + 1
    return "".join([*done, text[at:]])


def _other(name: str) -> str | None:
    if name[:1] == "X":
        try:
            return bytes.fromhex(name[1:]).decode("cp1252", "replace").replace("\0", " ").replace("\r\n", "\n")
        except ValueError:
            return None
    return _LAYOUT.get(name if name in _LAYOUT else name[:3])
