"""Sessions: a new secret at each sign-in, kept only as a hash, ended by fifteen idle minutes or a change of rights."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from throughcare.access import passwords, throttle
from throughcare.access.viewer import Viewer
from throughcare.stores.sql import query

LONGEST = timedelta(hours=12)
# A page turned within this time is the same activity; spares a write per request.
SAME_MOMENT = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class SignedIn:
    token: str
    staff_id: int
    must_change: bool


def sign_in(
    database: Any, name: str, password: str, *, source: str, at: datetime, old_token: str = ""
) -> SignedIn | None:
    """Begin a session, or None: wrong name, wrong password, disabled and throttled are one answer."""
    name = name.strip().lower()[:200]
    with database.connection() as connection:
        if throttle.must_wait(connection, name, source, at):
            return None
        found = connection.execute(query("access/staff_by_sign_in"), {"sign_in": name}).fetchone()
    staff_id, stored, active, must_change = found or (0, None, False, False)
    ok = passwords.matches(password, stored if active else None)
    with database.connection() as connection:
        throttle.remember(connection, name, source, ok, at)
        if not ok:
            return None
        end(connection, old_token)
        return SignedIn(_begin(connection, staff_id, at), staff_id, must_change)


def _begin(connection: Any, staff_id: int, at: datetime) -> str:
    token = secrets.token_urlsafe(32)
    connection.execute(
        "insert into door.session (token_hash, staff_id, began_at, last_seen_at, csrf) values (%s, %s, %s, %s, %s)",
        [_hashed(token), staff_id, at, at, secrets.token_urlsafe(24)],
    )
    return token


def find(database: Any, token: str, *, at: datetime, idle: timedelta, zone: ZoneInfo) -> Viewer | None:
    """Who this session is, with rights as they are now; None when it is unknown, idle too long, ended or disabled."""
    if not token:
        return None
    with database.connection() as connection:
        row = connection.execute(
            query("access/session"), {"token": _hashed(token), "alive": at - idle, "began": at - LONGEST}
        ).fetchone()
        if row is None:
            return None
        if at - row[10] > SAME_MOMENT:
            connection.execute("update door.session set last_seen_at = %s where token_hash = %s", [at, _hashed(token)])
    return _viewer(row, at, zone)


def _viewer(row: tuple[Any, ...], at: datetime, zone: ZoneInfo) -> Viewer:
    staff_id, name, credentials, sign_in_name, practitioner, minutes, must_change, preferences, roles, teams = row[:10]
    return Viewer(
        staff_id=staff_id,
        sign_in=sign_in_name,
        name=name,
        credentials=credentials,
        practitioner=practitioner,
        minutes_a_day=minutes,
        must_change=must_change,
        language=preferences.get("language", ""),
        roles=frozenset(roles),
        teams=tuple(teams),
        csrf=row[11],
        seen_before=row[12],
        at=at,
        zone=zone,
    )


def end(connection: Any, token: str) -> None:
    """End one session; nothing happens when there is none."""
    if token:
        connection.execute("update door.session set ended = true where token_hash = %s", [_hashed(token)])


def end_all(connection: Any, staff_id: int) -> None:
    """End every session of someone: disabled, other roles, other teams, another password."""
    connection.execute("update door.session set ended = true where staff_id = %s and not ended", [staff_id])


def sign_out(database: Any, token: str) -> None:
    with database.connection() as connection:
        end(connection, token)


def _hashed(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
