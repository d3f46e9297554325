"""Who is whom: every patient, as one source knows them, has a person; links re-point the rows, reversibly."""

from collections.abc import Collection, Sequence

from throughcare.record import subject
from throughcare.record.changes import Link
from throughcare.stores.postgres import Connection
from throughcare.stores.sql import query

Person = tuple[int, int]  # (person_id, patient_no)
_POINTING = ["record.resource", "record.search"]


def of_patients(connection: Connection, patients: Collection[str], *, commit_no: int) -> dict[str, Person]:
    """The person of each patient; patients first heard of, even if only in a reference, get a new one."""
    found = {p: (person, no) for p, person, no in connection.execute(query("record/people"), {"ids": list(patients)})}
    missing = sorted(set(patients) - found.keys())
    if missing:
        values = {"ids": missing, "commit_no": commit_no, "reason": "first heard of"}
        rows = connection.execute(query("record/add_people"), values)
        found |= {p: (person, no) for p, person, no in rows}
    return found


def link(connection: Connection, links: Sequence[Link], views: Collection[str], *, commit_no: int) -> int:
    """Re-point patients to their persons; how many changed. Repeating a link changes nothing; the last word counts."""
    wanted = {subject.of_reference(one.patient_id) or one.patient_id: one for one in links}
    now = of_patients(connection, wanted, commit_no=commit_no)
    fresh = _new_people(connection, sum(one.person_id is None for one in wanted.values()))
    after = {p: fresh.pop() if one.person_id is None else one.person_id for p, one in wanted.items()}
    moved = [p for p in wanted if now[p][0] != after[p]]
    if moved:
        _repoint(connection, moved, now, after, [wanted[p].reason for p in moved], views, commit_no)
    return len(moved)


def _repoint(
    connection: Connection, moved: list[str], now: dict[str, Person], after: dict[str, int],
    reasons: list[str], views: Collection[str], commit_no: int,
) -> None:  # fmt: skip
    values = {
        "ids": moved, "people": [after[p] for p in moved], "befores": [now[p][0] for p in moved],
        "afters": [after[p] for p in moved], "numbers": [now[p][1] for p in moved], "reasons": reasons,
        "commit_no": commit_no,
    }  # fmt: skip
    connection.execute(query("record/link_patients"), values)
    connection.execute(query("record/log_links"), values)
    for table in [*_POINTING, *(f"flat.{view}" for view in views)]:
        connection.execute(query("record/repoint", table=table), values)


def _new_people(connection: Connection, count: int) -> list[int]:
    if not count:
        return []
    return [no for (no,) in connection.execute(query("record/new_people"), {"count": count})]
