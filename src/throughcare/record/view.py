"""A view: the record as it stood at one moment, for as long as one needs it, whatever is committed meanwhile."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa

from throughcare.record import nobodys, recipes
from throughcare.record import tables as _tables
from throughcare.stores.postgres import Connection, Database
from throughcare.stores.sql import query

Names = Iterable[str] | Mapping[str, set[str]] | None


@dataclass(frozen=True, slots=True)
class Version:
    """One line of a resource's history; the text is read on its own."""

    version: int
    commit_no: int
    known_from: datetime
    known_to: datetime | None
    source: str
    deleted: bool


class View:
    """What was known at `as_of`; without it, what is known now, and that stays so while the view is used."""

    def __init__(
        self, database: Database, as_of: datetime | None = None, *, views: recipes.Views | None = None
    ) -> None:
        self.database = database
        self.views = views or recipes.shipped(database.settings.time_zone)
        with database.reading() as connection:
            row = connection.execute(query("record/moment"), {"as_of": as_of}).fetchone()
        assert row is not None
        self.commit_no, self.at, self.is_past = row
        self.at = as_of if self.is_past and as_of else self.at

    def tables(self, people: Sequence[int] | None, names: Names = None) -> dict[str, pa.Table]:
        """Flat views as Arrow tables, of some people or (None) of everyone; and `obligation` and `finding`, the answers
        of the look before this one (empty in a past moment: answers are derived, not kept).

        `names` limits the views; a mapping limits their columns too. key and person_id always come.
        """
        wanted = _tables.wanted(self.database, self.views, names)
        with self.database.connection() as connection:
            return _tables.read(
                connection, self.views, wanted, self.at, people, past=self.is_past,
                nobodys=lambda asked, reader: self._nobodys(connection, asked, reader),
            )  # fmt: skip

    def _nobodys(
        self, connection: Connection, asked: Mapping[str, _tables.Columns], reader: _tables.Reader
    ) -> dict[str, pa.Table]:
        """Rows that are no person's: at this moment those that are kept, in the past read as they were."""
        if self.is_past:
            return reader(asked)
        return nobodys.kept(self.database).read(connection, self.views, asked, self.commit_no, reader)

    def changed_people(self, since_commit: int, limit: int = 5000) -> tuple[list[int], int]:
        """People whose record changed after a commit, and the commit up to which that is all of them."""
        values = {"since": since_commit, "until": self.commit_no, "limit": limit}
        with self.database.reading() as connection:
            rows = connection.execute(query("record/changed_people"), values).fetchall()
        people = list(dict.fromkeys(person for person, _ in rows))
        return people, rows[-1][1] if len(rows) >= limit else self.commit_no

    def woken(self, now: datetime, limit: int = 5000) -> list[int]:
        """People whom time alone has woken, the longest waiting first."""
        with self.database.reading() as connection:
            return [p for (p,) in connection.execute(query("record/woken"), {"now": now, "limit": limit})]

    def cursor(self, stage: str) -> int:
        """How far a stage has read the feed."""
        with self.database.reading() as connection:
            row = connection.execute(query("record/cursor"), {"stage": stage}).fetchone()
        return row[0] if row else 0

    def read(self, resource_type: str, resource_id: str, version: int | None = None) -> bytes | None:
        """The stored text, exactly; None when there is none, or it was deleted by then."""
        values = {"type": resource_type, "id": resource_id, "version": version, "at": self.at}
        with self.database.reading() as connection:
            row = connection.execute(query("record/read"), values, binary=True).fetchone()
        return row[0].encode() if row else None

    def read_many(self, keys: Iterable[str]) -> dict[str, tuple[int, bytes]]:
        """Version and text of each "Type/id" that stands at this moment."""
        asked = [key.partition("/") for key in keys]
        values = {"types": [a[0] for a in asked], "ids": [a[2] for a in asked], "at": self.at}
        with self.database.reading() as connection:
            rows = connection.execute(query("record/read_many"), values, binary=True)
            return {f"{t}/{i}": (version, body.encode()) for t, i, version, body in rows}

    def history(self, resource_type: str, resource_id: str) -> list[Version]:
        """Every version up to this moment, newest first."""
        values = {"type": resource_type, "id": resource_id, "at": self.at}
        with self.database.reading() as connection:
            return [Version(*row) for row in connection.execute(query("record/history"), values)]

    def patients(self, people: Sequence[int]) -> dict[int, list[str]]:
        """The patient ids behind each person."""
        with self.database.reading() as connection:
            found: dict[int, list[str]] = {person: [] for person in people}
            for person, patient in connection.execute(query("record/patients"), {"people": list(people)}):
                found[person].append(patient)
            return found

    def people(self, patient_ids: Iterable[str]) -> dict[str, int]:
        """The person of each patient id."""
        with self.database.reading() as connection:
            rows = connection.execute(query("record/people"), {"ids": list(patient_ids)})
            return {patient: person for patient, person, _ in rows}

    def search(self, resource_type: str, terms: Sequence[int], limit: int = 200) -> list[str]:
        """Keys of resources that carry all of these search terms (fhir.search.term), at the present moment."""
        values = {"type": resource_type, "terms": list(terms), "limit": limit}
        with self.database.reading() as connection:
            return [f"{resource_type}/{i}" for (i,) in connection.execute(query("record/search"), values)]
