"""Words of an expression: cut FHIRPath text into tokens, each with the place it stands."""

import re
from typing import NamedTuple

from throughcare.faults import Malformed


class Token(NamedTuple):
    kind: str  # number long string date time name quoted variable symbol end
    text: str
    at: int


_TOKENS = re.compile(
    r"""
    (?P<space>\s+|//[^\r\n]*|/\*.*?\*/)
  | (?P<time>@T\d\d(?::\d\d(?::\d\d(?:\.\d+)?)?)?)
  | (?P<date>@\d{4}(?:-\d\d(?:-\d\d)?)?(?:T(?:\d\d(?::\d\d(?::\d\d(?:\.\d+)?)?)?(?:Z|[+-]\d\d:\d\d)?)?)?)
  | (?P<long>\d+L\b)
  | (?P<number>\d+(?:\.\d+)?)
  | (?P<string>'(?:[^'\\]|\\.)*')
  | (?P<quoted>`(?:[^`\\]|\\.)*`)
  | (?P<variable>%(?:[A-Za-z_]\w*|`(?:[^`\\]|\\.)*`|'(?:[^'\\]|\\.)*'))
  | (?P<name>\$?[A-Za-z_]\w*)
  | (?P<symbol>!=|!~|<=|>=|[-+*/&|=~<>.,()\[\]{}])
    """,
    re.VERBOSE | re.DOTALL | re.ASCII,
)

_ESCAPES = {"f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_ESCAPE = re.compile(r"((?:\\u[0-9A-Fa-f]{4})+)|\\(.)", re.DOTALL)


def tokens(text: str) -> list[Token]:
    """All tokens of an expression, an `end` token last."""
    found, at = [], 0
    while at < len(text):
        match = _TOKENS.match(text, at)
        if match is None or (match.group().startswith("/*") and not match.group().endswith("*/")):
            raise malformed(f"{text[at]!r} is not part of the FHIRPath language.", text, at)
        kind = match.lastgroup or ""
        if kind != "space":
            found.append(Token(kind, match.group(), at))
        at = match.end()
    found.append(Token("end", "", len(text)))
    return found


def unquote(text: str) -> str:
    """The text between the quotes, escapes resolved; an unknown escape stands for the character itself."""
    return _ESCAPE.sub(_unescape, text[1:-1])


def _unescape(match: re.Match[str]) -> str:
    if units := match.group(1):
        pairs = b"".join(int(unit, 16).to_bytes(2, "big") for unit in units.split("\\u")[1:])
        return pairs.decode("utf-16-be", "replace")
    return _ESCAPES.get(match.group(2), match.group(2))


def malformed(what: str, expression: str, at: int, why: str = "") -> Malformed:
    """The fault for a mistake in an expression: names the expression and the position, counted from 1."""
    return Malformed(what, where=f"FHIRPath {expression!r}, character {at + 1}", why=why)
