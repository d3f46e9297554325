"""Staff: the people who sign in, their roles and teams. Each change ends their sessions and leaves a trace."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from throughcare.access import door, passwords, sessions
from throughcare.access.viewer import CARE_ROLES, ROLES
from throughcare.faults import Conflict, Fault, Refused
from throughcare.stores.sql import query

FIRST = "administrator"


def first_run(database: Any, *, at: datetime) -> str | None:
    """Make the first administrator when nobody can sign in yet; the one-time password, or None when there is staff."""
    with database.connection() as connection:
        if connection.execute("select count(*) from door.staff").fetchone()[0]:
            return None
    return add(database, FIRST, "Administrator", roles=["administrator"], by="first run", at=at)


def add(
    database: Any,
    sign_in: str,
    name: str,
    *,
    roles: list[str],
    teams: Sequence[str] = (),
    practitioner: str | None = None,
    credentials: str = "",
    minutes_a_day: int = 300,
    password: str = "",
    by: str,
    at: datetime,
) -> str:
    """Add someone; the one-time password they sign in with once. A given `password` is for invented people only.

    Whoever cares for people needs a Practitioner in the record to sign their work; without one given, one is made.
    """
    sign_in = sign_in.strip().lower()
    _known(roles)
    secret = password or passwords.one_time()
    values = {
        "sign_in": sign_in,
        "name": name,
        "credentials": credentials,
        "practitioner": practitioner,
        "password_hash": passwords.hashed(secret),
        "must_change": not password,
        "minutes": minutes_a_day,
    }
    with database.connection() as connection:
        if _id(connection, sign_in) is not None:
            raise Conflict(f"{sign_in} is taken.", do="Choose another sign-in name, or give that account a role.")
        staff_id = connection.execute(query("access/staff_add"), values).fetchone()[0]
        _write_roles(connection, staff_id, roles)
        _write_teams(connection, staff_id, list(teams))
        if practitioner is None and CARE_ROLES & set(roles):
            own = f"Practitioner/staff-{staff_id}"
            connection.execute("update door.staff set practitioner = %s where staff_id = %s", [own, staff_id])
    if practitioner is None and CARE_ROLES & set(roles):
        door.register(database, f"staff-{staff_id}", name, by=by, at=at)
    door.note(database, f"staff added: {sign_in} as {', '.join(sorted(roles))}", by=by, at=at)
    return secret


def listing(database: Any) -> list[tuple[Any, ...]]:
    """(sign_in, name, active, roles, teams, people seen) of everyone."""
    with database.connection() as connection:
        return connection.execute(query("access/staff_list")).fetchall()


def set_roles(database: Any, sign_in: str, roles: list[str], *, by: str, at: datetime) -> None:
    _known(roles)
    with database.connection() as connection:
        staff_id = _required(connection, sign_in)
        _lock(connection)
        _write_roles(connection, staff_id, roles)
        _still_administered(connection)
        sessions.end_all(connection, staff_id)
    door.note(database, f"staff roles: {sign_in} is {', '.join(sorted(roles))}", by=by, at=at)


def set_teams(database: Any, sign_in: str, teams: list[str], *, by: str, at: datetime) -> None:
    with database.connection() as connection:
        staff_id = _required(connection, sign_in)
        _write_teams(connection, staff_id, teams)
        sessions.end_all(connection, staff_id)
    door.note(database, f"staff teams: {sign_in} is in {', '.join(sorted(teams)) or 'none'}", by=by, at=at)


def disable(database: Any, sign_in: str, *, by: str, at: datetime) -> None:
    with database.connection() as connection:
        staff_id = _required(connection, sign_in)
        _lock(connection)
        connection.execute("update door.staff set active = false where staff_id = %s", [staff_id])
        _still_administered(connection)
        sessions.end_all(connection, staff_id)
    door.note(database, f"staff disabled: {sign_in}", by=by, at=at)


def new_password(database: Any, sign_in: str, *, by: str, at: datetime) -> str:
    """A new one-time password; whoever is signed in with the old one is out."""
    secret = passwords.one_time()
    with database.connection() as connection:
        _write_password(connection, _required(connection, sign_in), secret, must_change=True)
    door.note(database, f"staff password: {sign_in} has a new one-time password", by=by, at=at)
    return secret


def change_password(database: Any, staff_id: int, old: str, new: str, *, by: str, at: datetime) -> bool:
    """Someone changes their own password; False when the old one is wrong."""
    passwords.checked(new)
    with database.connection() as connection:
        stored = connection.execute(
            "select password_hash from door.staff where staff_id = %s and active", [staff_id]
        ).fetchone()
    if stored is None or not passwords.matches(old, stored[0]):
        return False
    with database.connection() as connection:
        _write_password(connection, staff_id, new, must_change=False)
    door.note(database, "staff password: changed by its owner", by=by, at=at)
    return True


def set_language(database: Any, staff_id: int, language: str) -> None:
    with database.connection() as connection:
        connection.execute(
            query("access/staff_language"),
            [language, staff_id],
        )


def _known(roles: list[str]) -> None:
    unknown = sorted(set(roles) - set(ROLES))
    if unknown:
        raise Fault(f"No such role: {', '.join(unknown)}.", do=f"Roles are {', '.join(ROLES)}.")


def _id(connection: Any, sign_in: str) -> int | None:
    row = connection.execute("select staff_id from door.staff where sign_in = %s", [sign_in.strip().lower()]).fetchone()
    return row[0] if row else None


def _required(connection: Any, sign_in: str) -> int:
    staff_id = _id(connection, sign_in)
    if staff_id is None:
        raise Fault(f"Nobody signs in as {sign_in}.", do="See `throughcare staff list`.")
    return staff_id


def _lock(connection: Any) -> None:
    """Two administrators removing each other at once wait for one another here."""
    connection.execute("lock table door.staff_role in share row exclusive mode")


def _still_administered(connection: Any) -> None:
    if not connection.execute(query("access/administrators")).fetchone()[0]:
        raise Refused("This would leave nobody who can administer.", do="Make another administrator first.")


def _write_roles(connection: Any, staff_id: int, roles: list[str]) -> None:
    connection.execute("delete from door.staff_role where staff_id = %s", [staff_id])
    for role in sorted(set(roles)):
        connection.execute("insert into door.staff_role values (%s, %s)", [staff_id, role])


def _write_teams(connection: Any, staff_id: int, teams: list[str]) -> None:
    connection.execute("delete from door.staff_team where staff_id = %s", [staff_id])
    for team in sorted(set(teams)):
        row = connection.execute("select team_id from door.team where name = %s", [team]).fetchone()
        if row is None:
            raise Fault(
                f"No team is called {team!r}.",
                do="See `throughcare staff list`; make it with `throughcare staff team`.",
            )
        connection.execute("insert into door.staff_team values (%s, %s)", [staff_id, row[0]])


def _write_password(connection: Any, staff_id: int, secret: str, *, must_change: bool) -> None:
    connection.execute(
        "update door.staff set password_hash = %s, must_change = %s where staff_id = %s",
        [passwords.hashed(secret), must_change, staff_id],
    )
    sessions.end_all(connection, staff_id)
