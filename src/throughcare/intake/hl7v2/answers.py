"""Answers: what became of a message, and the acknowledgements its sender asked for, in its own separators.

Original mode: one answer, AA, AE or AR. Enhanced mode (MSH-15 or MSH-16 is given): CA, CE or CR as soon as the message
is durable, and AA, AE or AR as well, each if it is asked for: always (AL), never (NE), on success (SU), on error (ER).
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from itertools import count

_TEXT_MAX = 200
_numbers = count(1)
_ERRORS = {"E": "207^Application internal error^HL70357", "R": "200^Unsupported message type^HL70357"}


class Fate(StrEnum):
    """The last letter of MSA-1."""

    TAKEN = "A"
    ERROR = "E"  # broken: sending it again does not help
    REJECTED = "R"  # of a kind nobody reads here, or from somebody who may not send it


@dataclass(frozen=True, slots=True)
class Outcome:
    """`durable` says nothing of success: what is refused is in quarantine, which is durable too."""

    fate: Fate
    reason: str = ""


def answers(data: bytes, outcome: Outcome, *, always_original: bool = False) -> list[bytes]:
    """The acknowledgements, in order; none when the sender wants none."""
    head = _Head(data)
    accept, application = head.field(15), head.field(16)
    if always_original or not (accept or application):
        return [head.answer("A", outcome)]
    asked = [("C", accept or "NE"), ("A", application or "NE")]
    return [head.answer(kind, outcome) for kind, condition in asked if _is_wanted(condition, outcome)]


def _is_wanted(condition: str, outcome: Outcome) -> bool:
    good = outcome.fate is Fate.TAKEN
    return condition == "AL" or (condition == "SU" and good) or (condition == "ER" and not good)


class _Head:
    """The first segment of what came, as far as it is one."""

    def __init__(self, data: bytes) -> None:
        line = data.lstrip(b"\x0b\xef\xbb\xbf \t\r\n").partition(b"\r")[0].partition(b"\n")[0]
        text = "".join(c if c.isprintable() else " " for c in line[:4096].decode("latin-1"))  # no frame in an answer
        self.is_one = text.startswith("MSH") and len(text) > 8 and not (text[3].isalnum() or text[3].isspace())
        self.separator = text[3] if self.is_one else "|"
        self.fields = text.split(self.separator) if self.is_one else []
        self.marks = self.fields[1] if self.is_one and len(self.fields) > 1 and len(self.fields[1]) >= 4 else "^~\\&"

    def field(self, number: int) -> str:
        return self.fields[number - 1] if number <= len(self.fields) else ""

    def answer(self, mode: str, outcome: Outcome) -> bytes:
        event = self.field(9).split(self.marks[0])
        kind = self.marks[0].join(["ACK", *event[1:2]]) if len(event) > 1 and event[1] else "ACK"
        now = datetime.now(UTC).strftime("%Y%m%d%H%M%S+0000")
        version = self.field(12) or "2.5.1"
        msh = ["MSH", self.marks, self.field(5), self.field(6), self.field(3), self.field(4), now, "", kind,
               f"{next(_numbers)}", self.field(11) or "P", version]  # fmt: skip
        reason = self._plain(outcome.reason)
        lines = [msh, ["MSA", mode + outcome.fate, self.field(10), reason]]
        if outcome.fate is not Fate.TAKEN:
            code = _ERRORS[outcome.fate].replace("^", self.marks[0])
            lines.append(["ERR", "", "", code, "E", "", "", "", reason])
        text = "".join(self.separator.join(line).rstrip(self.separator) + "\r" for line in lines)
        return text.encode("latin-1", "replace")

    def _plain(self, reason: str) -> str:
        """Without a separator in it."""
        text = "".join(" " if c in (self.separator, *self.marks, "\r", "\n") else c for c in reason)
        return text[:_TEXT_MAX]
