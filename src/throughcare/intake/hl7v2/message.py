"""Message: the segments of one HL7 v2 message, split only as far as someone asks; every sender's own separators.

A field is asked for by its number as the standard counts: MSH-9 is `message.msh.text(9)`, its second component
`message.msh.text(9, 2)`.
"""

from collections.abc import Iterator

from throughcare.faults import Malformed
from throughcare.intake.hl7v2 import escapes

SEGMENTS_MAX = 50_000
NULL = '""'  # the sender says: there is none. An empty field says nothing.


class Separators:
    """How a sender writes fields, components, repetitions, escapes and subcomponents: MSH-1 and MSH-2."""

    __slots__ = ("component", "escape", "field", "repeat", "sub")

    def __init__(self, start: str) -> None:
        if len(start) < 8 or start[3].isalnum() or start[3].isspace():
            raise Malformed("The message does not begin with MSH and its separators.")
        self.field = start[3]
        own, default = start[4:].partition(self.field)[0], "^~\\&"
        self.component, self.repeat, self.escape, self.sub = list((own + default[len(own) :])[:4])
        if not (self.field + self.component + self.repeat + self.escape + self.sub).isprintable():
            raise Malformed("MSH-1 or MSH-2 is no character that can be written.")
        if len({self.field, self.component, self.repeat, self.sub}) < 4:
            raise Malformed("MSH-1 and MSH-2 use one character as two separators.")


class Part:
    """One repetition of a field: its components and their subcomponents, from 1."""

    __slots__ = ("_components", "_given", "_separators")

    def __init__(self, given: str, separators: Separators) -> None:
        self._given, self._separators = given, separators
        self._components = given.split(separators.component)

    def text(self, component: int = 1, sub: int = 1) -> str:
        """'' when there is nothing, or the sender says there is none."""
        if component > len(self._components):
            return ""
        given = self._components[component - 1]
        if self._separators.sub in given:
            parts = given.split(self._separators.sub)
            given = parts[sub - 1] if sub <= len(parts) else ""
        elif sub > 1:
            return ""
        return "" if given == NULL else escapes.read(given, self._separators).strip()

    def whole(self) -> str:
        """The repetition as one text: free text may hold separators nobody escaped."""
        return escapes.read(self._given, self._separators)

    def __bool__(self) -> bool:
        return bool(self._given.strip("".join(("^&", self._separators.component, self._separators.sub, '" '))))


class Segment:
    """One line, such as PID."""

    __slots__ = ("_fields", "_line", "_separators", "name")

    def __init__(self, line: str, separators: Separators) -> None:
        self._line, self._separators = line, separators
        self.name = line[:3] if line[3:4] == separators.field else line.partition(separators.field)[0].strip()
        self._fields: list[str] | None = None

    def field(self, number: int) -> str:
        """As written. MSH counts its own first separator as a field."""
        if self._fields is None:
            self._fields = self._line.split(self._separators.field)
        number -= self.name == "MSH"
        return self._fields[number] if 0 < number < len(self._fields) else ""

    def text(self, number: int, component: int = 1, sub: int = 1) -> str:
        """The text in the first repetition."""
        given = self.field(number)
        return self._part(given).text(component, sub) if given else ""

    def part(self, number: int) -> Part:
        return self._part(self.field(number))

    def parts(self, number: int) -> list[Part]:
        """Every repetition that holds something."""
        given = self.field(number)
        return [part for one in given.split(self._separators.repeat) if (part := Part(one, self._separators))]

    def is_null(self, number: int) -> bool:
        return self.field(number) == NULL

    def _part(self, given: str) -> Part:
        return Part(given.partition(self._separators.repeat)[0], self._separators)


class Message:
    """One message: its segments in order, the first of them MSH."""

    __slots__ = ("lines", "msh", "separators")

    def __init__(self, text: str) -> None:
        if not text.startswith("MSH"):
            raise Malformed("The message does not begin with MSH and its separators.")
        self.lines = [line for line in text.split("\r") if line]
        if len(self.lines) > SEGMENTS_MAX:
            raise Malformed(f"The message has more than {SEGMENTS_MAX:,} segments.")
        self.separators = Separators(self.lines[0])
        self.msh = Segment(self.lines[0], self.separators)

    @property
    def type(self) -> str:
        """Such as ADT^A01; without an event, the type alone."""
        kind, event = self.msh.text(9), self.msh.text(9, 2)
        return f"{kind}^{event}" if event else kind

    def segments(self) -> Iterator[Segment]:
        return (Segment(line, self.separators) for line in self.lines)

    def first(self, name: str) -> Segment | None:
        return next((Segment(line, self.separators) for line in self.lines if line.startswith(name)), None)
