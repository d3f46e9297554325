"""Answers: what the engine found about some people, in place of what it found before."""

from collections.abc import Mapping, Sequence

import pyarrow as pa

from throughcare.faults import Fault
from throughcare.stores import copy
from throughcare.stores.postgres import Connection
from throughcare.stores.sql import query

NAMES = ("finding", "role", "obligation", "proposal", "measure_row", "line", "wake", "doubt")


def replace(connection: Connection, answers: Mapping[str, pa.Table], people: Sequence[int]) -> None:
    """Replace the stored answers of these people, relation by relation; an empty relation says there are none."""
    for name, table in answers.items():
        if name not in NAMES:
            raise Fault(f"There are no answers called {name!r}.", do=f"Use {', '.join(NAMES)}.")
        stored = f"think.{name}"
        connection.execute(query("record/drop_answers", table=stored), {"people": list(people)})
        if table.num_rows:
            copy.into(connection, stored, table.column_names, copy.lines_of(table))
