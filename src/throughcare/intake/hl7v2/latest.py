"""Latest: of each field of a segment what was said last, over many messages.

What registration says outranks what a laboratory repeats. `""` says that there is none; an empty field says nothing.
"""

from collections.abc import Sequence

from throughcare.intake.hl7v2.message import Part, Segment
from throughcare.intake.hl7v2.said import Said, Spoken
from throughcare.intake.hl7v2.values import Told


class Latest:
    """One segment, such as PID, as all messages together tell it."""

    def __init__(self, name: str, spoken: Sequence[Spoken]) -> None:
        newest = sorted(spoken, key=lambda one: (not one.said.is_aside, one.said.order), reverse=True)
        self._lines = [(one, segment) for one in newest if (segment := one.first(name))]

    def __bool__(self) -> bool:
        return bool(self._lines)

    def _found(self, field: int) -> tuple[Spoken, Segment] | None:
        for one, segment in self._lines:
            if segment.is_null(field):
                return None
            if segment.parts(field):
                return one, segment
        return None

    def parts(self, field: int) -> list[Part]:
        found = self._found(field)
        return found[1].parts(field) if found else []

    def part(self, field: int) -> Part | None:
        return next(iter(self.parts(field)), None)

    def text(self, field: int) -> str:
        part = self.part(field)
        return part.text(1) if part else ""

    def time(self, field: int) -> Told | None:
        found = self._found(field)
        return found[0].said.time(found[1].text(field)) if found else None

    def who(self, field: int) -> Said | None:
        """The message that said it."""
        found = self._found(field)
        return found[0].said if found else None
