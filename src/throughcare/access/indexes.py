"""Indexes that people's screens need on the flat tables; made after the tables are, harmless to repeat."""

from typing import Any

from throughcare.stores.sql import query

NAMES = (
    "task_owner",
    "task_person",
    "person_family",
    "person_given",
    "finding_answer",
    "contact_worker",
    "team_member",
)


def ensure(database: Any) -> None:
    with database.connection() as connection:
        for name in NAMES:
            connection.execute(query(f"access/index_{name}"))
