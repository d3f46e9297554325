"""Faults: the few named kinds of failure, each saying what, where, why and what to do."""

from dataclasses import dataclass


class Fault(Exception):
    """A broken promise. `what` happened, `where` (file:line, setting or command), `why` it matters, what to `do`.

    Never carries a person's data: ids of resources and line numbers may appear, names and values may not.
    """

    def __init__(self, what: str, *, where: str = "", why: str = "", do: str = "") -> None:
        self.what, self.where, self.why, self.do = what, where, why, do
        super().__init__(str(self))

    def __str__(self) -> str:
        first = f"{self.where}  {self.what}" if self.where else self.what
        return "\n  ".join(part for part in (first, self.why, self.do) if part)


class Malformed(Fault):
    """Input that breaks its own format: bad JSON, a wrong type, a size or depth limit passed."""


class Unavailable(Fault):
    """Something the work needs is not there: the database, a browser, a folder."""


class Conflict(Fault):
    """Someone else wrote first, or an id is taken."""


class Refused(Fault):
    """The person or system may not do this; also what an unreadable record answers."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One mistake in a definition: file, line, what, why, what to do."""

    file: str
    line: int
    what: str
    why: str = ""
    do: str = ""

    def __str__(self) -> str:
        first = f"{self.file}:{self.line}  {self.what}"
        return "\n  ".join(part for part in (first, self.why, self.do) if part)


class WrongDefinition(Fault):
    """A care model folder with mistakes; all of them gathered, spoken once."""

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings
        super().__init__("\n".join(map(str, findings)))
