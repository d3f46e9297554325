"""Teams: whom they serve, and who of a team is whose named worker. Panels follow from the record at each settle."""

from typing import Any

from throughcare.faults import Fault
from throughcare.stores.sql import query


def make_team(database: Any, name: str, serves: list[str] | None) -> int:
    """A team and the organizations it serves ('Organization/<id>'); None serves everyone, an empty list nobody."""
    with database.connection() as connection:
        return connection.execute(query("access/team"), {"name": name, "serves": serves}).fetchone()[0]


def share(database: Any, team: str) -> int:
    """Split people on a team's panel who have no named worker evenly among its active workers; how many got one."""
    with database.connection() as connection:
        row = connection.execute("select team_id from door.team where name = %s", [team]).fetchone()
        if row is None:
            raise Fault(f"No team is called {team!r}.", do="Make it with `throughcare staff team`.")
        return connection.execute(query("access/panel_share"), {"team": row[0]}).rowcount
