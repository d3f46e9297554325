"""Names: what to call people, how old they are, and the few facts that stand beside a name everywhere."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from throughcare.access.reader import Reader
from throughcare.workspace.times import age
from throughcare.workspace.words import Words

UNNAMED = "?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One person in a list or a strip."""

    id: int
    name: str
    initials: str
    age: int | None
    born: date | None
    sex: str
    language: str  # in words; empty when it is the reader's own
    interpreter: bool
    phone: str
    died: bool

    @property
    def beside(self) -> str:
        """The quiet facts after a name: "71 · Spanish"."""
        return " · ".join(str(part) for part in (self.age, self.language) if part not in (None, ""))


def people(reader: Reader, words: Words, ids: Iterable[int]) -> dict[int, Person]:
    """The people the viewer may see among these, by id."""
    found = reader.rows("workspace/names", people=list(ids))
    return {row.person_id: _person(row, words, reader.viewer.today) for row in found}


def _person(row: Any, words: Words, today: date) -> Person:
    given, family = row.given or "", row.family or ""
    spoken = (row.language or "")[:2].lower()
    died_on = row.died_on
    return Person(
        id=row.person_id,
        name=f"{given} {family}".strip() or UNNAMED,
        initials=(given[:1] + family[:1]).upper() or UNNAMED,
        age=age(row.birth_date, died_on or today),
        born=row.birth_date,
        sex=row.sex or "",
        language=_language(spoken, words),
        interpreter=bool(row.interpreter),
        phone=row.phone or "",
        died=bool(row.died),
    )


def _language(spoken: str, words: Words) -> str:
    if not spoken or spoken == words.language:
        return ""
    return words(f"languages.{spoken}") if words.has(f"languages.{spoken}") else spoken
