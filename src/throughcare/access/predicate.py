"""The one access predicate: whose records may this member of staff see? Compiled to one SQL condition per alias.

Deny by default: a role that is not in the table sees nobody, and an empty panel means nobody.
"""

import re

from throughcare.access.viewer import Viewer
from throughcare.faults import Fault

# own: people whose named worker or care team member I am; teams: everyone my teams serve.
SEES: dict[str, frozenset[str]] = {
    "care_coordinator": frozenset({"own", "teams"}),
    "nurse": frozenset({"own", "teams"}),
    "supervisor": frozenset({"own", "teams"}),
    "clinician": frozenset({"own", "teams"}),
    "community_health_worker": frozenset({"own"}),
    "administrator": frozenset(),
    "auditor": frozenset(),
    "data_steward": frozenset(),
}

OWN = """exists (select 1 from door.panel mine
            where mine.person_id = {a}.person_id and mine.staff_id = %(viewer_staff)s)
 or exists (select 1 from flat.care_team_member mine where mine.person_id = {a}.person_id
            and mine.member_key = %(viewer_practitioner)s and mine.known_to is null
            and (mine.from_on is null or mine.from_on <= %(viewer_today)s)
            and (mine.to_on is null or mine.to_on >= %(viewer_today)s))"""
TEAMS = """exists (select 1 from door.panel ours where ours.person_id = {a}.person_id
            and ours.team_id = any(%(viewer_teams)s))"""


def grounds(viewer: Viewer) -> frozenset[str]:
    """On which grounds the viewer's roles let them see anyone."""
    return frozenset().union(*(SEES.get(role, frozenset()) for role in viewer.roles))


def condition(viewer: Viewer, alias: str) -> str:
    """The SQL condition that keeps only rows of `alias` about people the viewer may see."""
    if not re.fullmatch(r"[a-z][a-z_]*", alias):
        raise Fault(f"{alias!r} is not a table alias.", do="Use lower-case letters.")
    have = grounds(viewer)
    parts = [text for ground, text in (("own", OWN), ("teams", TEAMS)) if ground in have]
    return "(" + "\n or ".join(part.replace("{a}", alias) for part in parts) + ")" if parts else "false"


def auditing(viewer: Viewer) -> str:
    """The SQL condition under which audit rows are shown to an auditor: every row, or none."""
    return "true" if "auditor" in viewer.roles else "false"


def stewarding(viewer: Viewer) -> str:
    """The SQL condition under which input that could not be stored is shown: all of it to a data steward, or nothing.

    What could not be read cannot be told to be about one person, so no team's condition can hold for it.
    """
    return "true" if "data_steward" in viewer.roles else "false"


def about_nobody(alias: str) -> str:
    """The SQL condition that keeps only resources that are about no person: who works where."""
    return f"{alias}.resource_type in ('Practitioner', 'PractitionerRole', 'Organization', 'Location')"


def of_programs(alias: str) -> str:
    """The SQL condition that keeps only lines that are about no person: what whole programs are paid or owe."""
    return f"{alias}.person_id = 0"


def parameters(viewer: Viewer) -> dict[str, object]:
    """The values the condition speaks of; always given, so that a condition can never meet an empty name."""
    return {
        "viewer_staff": viewer.staff_id,
        "viewer_practitioner": viewer.practitioner,
        "viewer_teams": list(viewer.teams),
        "viewer_today": viewer.today,
    }
