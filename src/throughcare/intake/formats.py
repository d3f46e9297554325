"""Formats: wire formats beside FHIR, a folder of intake each, found by looking for them and told apart by content.

A folder that has these names is a format, and nothing elsewhere knows of it:

- `TITLE`: what people call it, such as "HL7 v2".
- `TOGETHER`: whether its files speak only beside each other, as the tables of one export do.
- `knows(start, name)`: does a stream with this beginning, of this name, hold the format? The name decides only where
  the content cannot.
- `pieces(members, given)`: what the streams say, piece by piece; several streams only when they belong together.

One whose pieces are messages, kept as they are, also has `settle(run)`, which makes FHIR of those not yet read. One
that reads by what the site says has `knows_here(start, name, settings)` in place of `knows`, and
`source_of(members, given)`, which says whose the streams are, and may have `wrong_here(settings)`: what of it cannot
be understood.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, Protocol, cast

from throughcare import intake
from throughcare.intake.archive import Member
from throughcare.record.changes import Message
from throughcare.settings import Settings

LOOK_BYTES = 1 << 16
_NAMES = ("TITLE", "TOGETHER", "pieces")


@dataclass(frozen=True, slots=True)
class Piece:
    """One message, document or row with all that belongs to it: as FHIR, or with the reason why it cannot be.

    `number` counts pieces in their stream from 1, however often it is read. `resources` have ids that stay the same
    when the source says the same again (shapes.resource_id); they are stored together or not at all. `body` is the
    piece as received, kept when it cannot be stored. What the source has withdrawn is in `deletes`, as (type, id).
    `messages` are kept as they are, for a format that folds many into one resource.

    `file` and `line` say where it stands, in a format that reads several files together. `as_of` is the moment for
    which the source says this, in a format whose files carry one: what it said for a later moment stays.
    """

    number: int
    resources: list[dict[str, Any]] = field(default_factory=list)
    body: bytes = b""
    reason: str = ""
    deletes: list[tuple[str, str]] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    file: str = ""
    line: int = 0
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """What a format may ask about the load: who says this, and the limits and time zone of the site."""

    source: str
    settings: Settings


class Format(Protocol):
    """What a folder offers."""

    TITLE: str
    TOGETHER: bool

    def knows(self, start: bytes, name: str) -> bool: ...
    def pieces(self, members: list[Member], given: Given) -> Iterator[Piece]: ...


@cache
def known() -> dict[str, Format]:
    """Every format by the name of its folder."""
    folders = (m.name for m in iter_modules(intake.__path__) if m.ispkg)
    found = {name: import_module(f"{intake.__name__}.{name}") for name in sorted(folders)}
    return {name: cast(Format, module) for name, module in found.items() if all(hasattr(module, n) for n in _NAMES)}


def of(member: Member, settings: Settings | None = None) -> str:
    """The format of a stream, by its beginning; '' when no format knows it. What two formats know is nobody's."""
    stream = member.open()
    try:
        start = stream.read(LOOK_BYTES)
    finally:
        stream.close()
    names = [name for name, one in known().items() if _knows(one, start, member.shown, settings)]
    return names[0] if len(names) == 1 else ""


def wrong_here(settings: Settings) -> list[str]:
    """What the site says about its formats that cannot be understood, in words."""
    return [said for one in known().values() if (ask := getattr(one, "wrong_here", None)) for said in ask(settings)]


def _knows(one: Format, start: bytes, name: str, settings: Settings | None) -> bool:
    if here := getattr(one, "knows_here", None):
        return settings is not None and bool(here(start, name, settings))
    return one.knows(start, name)
