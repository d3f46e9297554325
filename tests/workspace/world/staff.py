"""The staff: two teams, who works in them, the places and people of the directory, and whose panel is whose."""

from datetime import timedelta

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from throughcare.access import staff, teams

from .town import NOW, PASSWORD, World

# Hashes that cost next to nothing, since every test of a screen signs in; tests/access/test_sessions.py asks the real.
QUICK = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))


def hire(database) -> None:
    at = NOW - timedelta(days=30)
    teams.make_team(database, "Harbor", ["Organization/harbor"])
    teams.make_team(database, "Bay", ["Organization/bay"])
    for sign_in, name, roles, team, who, title in [
        ("noor", "Noor Haddad", ["nurse", "care_coordinator"], ["Harbor"], "noor", "RN"),
        ("sam", "Sam Ferro", ["supervisor"], ["Harbor"], "sam", ""),
        ("cleo", "Cleo Brightwater", ["community_health_worker"], ["Harbor"], "cleo", "CHW"),
        ("vance", "Elias Vance", ["clinician"], ["Harbor"], "vance", "MD"),
        ("cory", "Cory Lindqvist", ["care_coordinator"], ["Harbor"], "cory", ""),
        ("ben", "Ben Okafor", ["nurse"], ["Bay"], "ben", "RN"),
        ("ada", "Ada Moreau", ["administrator"], [], None, ""),
        ("ines", "Ines Falk", ["auditor"], [], None, ""),
        ("dana", "Dana Reyes", ["data_steward"], [], None, ""),
    ]:
        practitioner = f"Practitioner/{who}" if who else None
        staff.add(
            database,
            sign_in,
            name,
            roles=roles,
            teams=team,
            practitioner=practitioner,
            credentials=title,
            password=PASSWORD,
            by="tests",
            at=at,
            minutes_a_day=260,
        )


def places() -> list[dict]:
    names = {"noor": ("Noor", "Haddad"), "cleo": ("Cleo", "Brightwater"), "vance": ("Elias", "Vance")}
    return [
        *[
            {"resourceType": "Organization", "id": i, "name": n}
            for i, n in (("harbor", "Harbor Health"), ("bay", "Bayshore"))
        ],
        *[
            {
                "resourceType": "Practitioner",
                "id": i,
                "name": [{"given": [given], "family": family}],
                "telecom": [{"system": "phone", "value": f"(555) 014-01{n}0"}],
            }
            for n, (i, (given, family)) in enumerate(names.items(), 2)
        ],
    ]


def panels(world: World, people: int) -> None:
    """Noor has everyone p*, but p6 is also Cleo's; nobody is named for Marisol; the canary is Ben's."""
    with world.site.database.connection() as connection:
        number = dict(connection.execute("select sign_in, staff_id from door.staff").fetchall())
        team = dict(connection.execute("select name, team_id from door.team").fetchall())
        rows = [(world.people[f"p{i}"], team["Harbor"], number["noor"]) for i in range(people)]
        rows += [(world.people["mate"], team["Harbor"], None), (world.people["canary"], team["Bay"], number["ben"])]
        for row in rows:
            connection.execute("insert into door.panel values (%s, %s, %s)", row)
