"""A moment: the view of the record that a pass reads, with the few questions that only passes ask."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pyarrow as pa

from throughcare.record.view import View
from throughcare.stores import arrow
from throughcare.stores.sql import query

OWN_STAGES = ["decide", "act"]  # what these write wakes people by think.wake, never through the feed
_ANSWERS = {
    "role": {
        "person_id": "bigint",
        "model": "text",
        "role": "text",
        "member": "text",
        "found_in": "text",
        "required": "boolean",
        "is_lead": "boolean",
    },
    "assigned": {
        "person_id": "bigint",
        "model": "text",
        "role": "text",
        "worker": "text",
        "because": "text",
        "since": "timestamp with time zone",
    },
    "proposal": {"person_id": "bigint", "model": "text", "kind": "text", "id": "text", "about": "text"},
}


@dataclass(frozen=True, slots=True)
class News:
    """Who changed, for whom among them a source says anew who they are, and how far the feed is read after them."""

    people: list[int]
    patients: list[int]
    until: int


class Moment(View):
    """One moment of the record, for decide, act and identity alike."""

    def tables(self, people: Sequence[int] | None, names: Any = None) -> dict[str, pa.Table]:
        own = [n for n in names or () if n in _ANSWERS]
        rest = {k: v for k, v in names.items() if k not in own} if isinstance(names, dict) else names
        rest = [n for n in rest if n not in own] if isinstance(rest, list) else rest
        return super().tables(people, rest) | {n: self._answers(n, list(people or ())) for n in own}

    def _answers(self, name: str, people: list[int]) -> pa.Table:
        return arrow.of_rows(_ANSWERS[name], self._rows(f"flow/answers_{name}", people=people))

    def changed(self, stage: str, limit: int) -> News:
        """People with news for a stage, in the order of the feed; ties may pass the limit."""
        values = {"since": self.cursor(stage), "until": self.commit_no, "own": OWN_STAGES, "limit": limit}
        rows = self._rows("flow/changed", **values)
        until = rows[-1][1] if len(rows) >= limit else self.commit_no
        return News([person for person, *_ in rows], [person for person, _, patient in rows if patient], until)

    def reached(self, people: Sequence[int]) -> list[int]:
        """Other people linked to these by a relation, in either direction, or by their household."""
        return [person for (person,) in self._rows("flow/reached", people=list(people)) if person not in set(people)]

    def current(
        self, people: list[int], types: list[str], *, ours: bool = True
    ) -> list[tuple[int, str, str, int, bytes]]:
        """Standing resources as (person, type, id, version, text)."""
        rows = self._rows("flow/current", people=people, types=types, ours=ours)
        return [(person, kind, i, version, body.encode()) for person, kind, i, version, body in rows]

    def numbers(self, people: list[int]) -> list[tuple[str, int, int]]:
        """The patients of people as (patient, person, the number the patient had at first)."""
        return self._rows("flow/numbers", people=people)

    def found(self, resource_type: str, terms: list[int]) -> list[tuple[str, int, bytes]]:
        """Resources with any of these search terms, as (id, person, text)."""
        self._rows("flow/tidy_search")
        rows = self._rows("flow/found", type=resource_type, terms=terms)
        return [(i, person, body.encode()) for i, person, body in rows]

    def alike(self, terms: list[int], most: int) -> list[tuple[str, int, bytes]]:
        """Patients with any of these terms, as (id, person, text); what more than `most` carry finds nobody."""
        self._rows("flow/tidy_search")
        rows = self._rows("flow/alike", terms=terms, most=most)
        return [(i, person, body.encode()) for i, person, body in rows]

    def doubts(self, people: list[int]) -> list[tuple[int, int, str, str, float, list[str], str]]:
        """Pairs of people that are left to a person, as identity last saw them, from the side of each of these."""
        return self._rows("flow/doubts", people=people)

    def told_stays(self, people: list[int], today: date) -> list[tuple[Any, ...]]:
        """Stays as each source tells of them, in the shape of `identity.stays_joined.Telling`."""
        return self._rows("flow/told_stays", people=people, today=today, zone=self.database.settings.time_zone)

    def visits_told(self, ids: list[str]) -> list[tuple[str, bytes, str]]:
        """Visits as (key, text, the prefix of their source's ids)."""
        return [(key, body.encode(), prefix) for key, body, prefix in self._rows("flow/visits_told", ids=ids)]

    def directory(self, types: list[str]) -> list[tuple[str, str, bytes]]:
        """Resources about no person, as (type, id, text)."""
        return [(kind, i, body.encode()) for kind, i, body in self._rows("flow/directory", types=types)]

    def linked(self) -> tuple[int, int, dict[str, int]]:
        """How many patients are how many people, and the pairs left to a person by what stands against them."""
        ((patients, people),) = self._rows("flow/linked")
        return patients, people, dict(self._rows("flow/doubted"))

    def teams(self) -> list[tuple[int, list[str] | None]]:
        return self._rows("flow/teams")

    def panel(self, people: list[int]) -> list[tuple[int, int, int | None]]:
        return self._rows("flow/panel", people=people)

    def staff(self) -> list[tuple[int, str | None, list[int]]]:
        return self._rows("flow/staff")

    def due(self, now: datetime) -> bool:
        """Whether time has woken anyone."""
        return bool(self.woken(now, 1))

    def everyone(self, after: int, limit: int) -> list[int]:
        """Person numbers above `after`, in order."""
        return [person for (person,) in self._rows("flow/everyone", after=after, limit=limit)]

    def _rows(self, name: str, **values: Any) -> list[Any]:
        with self.database.reading() as connection:
            return connection.execute(query(name), values).fetchall()
