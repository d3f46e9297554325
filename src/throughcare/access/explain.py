"""Why can't she see him? The access predicate's answer for one member of staff and one person, in words."""

from typing import Any

from throughcare.access.predicate import SEES
from throughcare.faults import Fault
from throughcare.stores.sql import query


def why(database: Any, sign_in: str, person_id: int) -> list[str]:
    """Sentences: the verdict first, then each ground with what speaks for or against it."""
    with database.connection() as connection:
        found = connection.execute(
            query("access/explain"), {"sign_in": sign_in.lower(), "person": person_id}
        ).fetchone()
    if found is None:
        raise Fault(f"Nobody signs in as {sign_in}.", do="See `throughcare staff list`.")
    active, roles, known, named, member, shared = found
    grounds = frozenset().union(*(SEES.get(role, frozenset()) for role in roles))
    reasons = [
        _active(sign_in, active),
        _roles(sign_in, roles, grounds),
        "There is no such person." if not known else "",
        _ground("own" in grounds, named, f"{sign_in} is the named worker of person {person_id}"),
        _ground("own" in grounds, member, f"{sign_in} is on the care team of person {person_id}"),
        _ground("teams" in grounds, bool(shared), f"a team of {sign_in} serves person {person_id}", ", ".join(shared)),
    ]
    sees = active and known and (("own" in grounds and (named or member)) or ("teams" in grounds and bool(shared)))
    verdict = f"{sign_in} {'sees' if sees else 'does not see'} person {person_id}."
    return [verdict, *filter(None, reasons)]


def _active(sign_in: str, active: bool) -> str:
    return "" if active else f"No: the account {sign_in} is disabled, so it sees nothing."


def _roles(sign_in: str, roles: list[str], grounds: frozenset[str]) -> str:
    if not roles:
        return f"No: {sign_in} has no role."
    if not grounds:
        return f"No: the role {' and '.join(roles)} works with no one's record."
    reach = "people of their own" + (
        " and everyone their teams serve" if "teams" in grounds else "; not the whole team's"
    )
    return f"As {' and '.join(roles)}, {sign_in} may see {reach}."


def _ground(counts: bool, true: bool, says: str, which: str = "") -> str:
    if not counts:
        return ""
    return f"Yes: {says}{f' ({which})' if which else ''}." if true else f"No: it is not so that {says}."
