"""Panels: written just before the rest of what act says; a crash between the two repeats both, and nothing is lost."""

from collections.abc import Sequence

import pyarrow as pa

from throughcare.stores.postgres import Database
from throughcare.stores.sql import query


def keep(database: Database, panel: pa.Table | None, people: Sequence[int]) -> None:
    """Give these people exactly these rows of the panel. A worker someone named in between is kept."""
    if panel is None:
        return
    columns = panel.to_pydict()
    values = {"persons": columns["person_id"], "teams": columns["team_id"], "workers": columns["staff_id"]}
    with database.connection() as connection:
        connection.execute(query("flow/panel_keep"), values | {"people": list(people)})
