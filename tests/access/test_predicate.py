"""Whom each role sees: nobody, unless a panel, a team or a care team says otherwise."""

from dataclasses import replace

import pytest

from throughcare.access.reader import Reader
from throughcare.access.viewer import Viewer

from ..workspace.world import NEW_YORK, NOW

EVERYTHING = {"noor": {"own", "team"}, "cory": {"own", "team"}, "sam": {"own", "team"}, "vance": {"own", "team"}}
SEES = EVERYTHING | {"cleo": {"own"}, "ben": {"other"}, "ada": set(), "ines": set(), "dana": set()}


def viewer(town, sign_in: str) -> Viewer:
    with town.site.database.connection() as connection:
        staff_id, practitioner = connection.execute(
            "select staff_id, practitioner from door.staff where sign_in = %s", [sign_in]
        ).fetchone()
        roles = [r for (r,) in connection.execute("select role from door.staff_role where staff_id = %s", [staff_id])]
        teams = [
            t for (t,) in connection.execute("select team_id from door.staff_team where staff_id = %s", [staff_id])
        ]
    return Viewer(
        staff_id=staff_id,
        sign_in=sign_in,
        name=sign_in,
        roles=frozenset(roles),
        teams=tuple(teams),
        practitioner=practitioner,
        at=NOW,
        zone=NEW_YORK,
    )


def seen(town, one: Viewer) -> set[str]:
    """Which of own, team and other the viewer finds among everyone; people by number, through a real query."""
    found = {
        row.person_id
        for row in Reader(town.site.database, one).rows("workspace/names", people=list(town.people.values()))
    }
    return {name for name in ("own", "team", "other") if town.people[name] in found}


@pytest.mark.parametrize("sign_in", SEES)
def test_each_role_sees_exactly_its_people(shared, sign_in):
    assert seen(shared, viewer(shared, sign_in)) == SEES[sign_in]


def test_without_roles_teams_or_practitioner_nobody_is_seen(shared):
    noor = viewer(shared, "noor")
    assert seen(shared, replace(noor, roles=frozenset())) == set()
    assert seen(shared, replace(noor, roles=frozenset({"a role made up tomorrow"}))) == set()
    assert seen(shared, replace(noor, staff_id=-1, teams=(), practitioner=None)) == set()


def test_the_grounds_are_panel_team_and_care_team_each_alone(shared):
    noor = viewer(shared, "noor")
    assert seen(shared, replace(noor, teams=(), practitioner=None)) == {"own"}
    assert seen(shared, replace(noor, staff_id=-1, practitioner=None)) == {"own", "team"}
    assert seen(shared, replace(noor, staff_id=-1, teams=(), practitioner="Practitioner/cleo")) == {"own"}


def test_a_care_team_membership_that_ended_gives_nothing(town):
    cleo = replace(viewer(town, "cleo"), staff_id=-1)
    assert seen(town, cleo) == {"own"}
    with town.site.database.connection() as connection:
        connection.execute("update flat.care_team_member set to_on = %s", [cleo.today.replace(day=16)])
    assert seen(town, cleo) == set()


def test_an_administrator_who_is_also_a_nurse_sees_what_a_nurse_sees(shared):
    both = replace(viewer(shared, "noor"), roles=frozenset({"administrator", "nurse"}))
    assert seen(shared, both) == {"own", "team"}
    assert seen(shared, replace(both, roles=frozenset({"administrator"}))) == set()


def test_only_an_auditor_reads_the_audit_of_everyone(shared):
    given = {"actor": "", "person": None, "since": None, "until": None, "limit": 5}
    assert Reader(shared.site.database, viewer(shared, "ines")).rows("workspace/audit", **given)
    assert not Reader(shared.site.database, viewer(shared, "ada")).rows("workspace/audit", **given)
