"""Who serves: a member given by assignment says why, one person leads, and how evenly work is shared is told."""

import json

import pytest

from throughcare.flow.door import commit
from throughcare.record.changes import Changes, Put

from .conftest import signed_in
from .world import NOW

SINCE = "2026-03-10T12:00:00Z"


@pytest.fixture
def assigned(town):
    """In the town: the stay of the first person was given to Noor, the teammate's to nobody, the canary's to Ben."""
    with town.site.database.connection() as connection:
        known = dict(connection.execute("select sign_in, practitioner from door.staff").fetchall())
        for who, ident, worker, because in (
            ("own", "p0", known["noor"], "least_used"),
            ("team", "mate", None, "no_room"),
            ("other", "canary", known["ben"], "kept"),
        ):
            connection.execute(
                "insert into think.assigned values (%s, 'transitions', 'give_coach', 'nurse', %s, %s, 1.5, 0.64, %s,"
                " null, %s)",
                [town.people[who], f"Encounter/{ident}-stay", worker, because, SINCE],
            )
        used = json.dumps({known["noor"]: "0.6400", known["ben"]: "0.3200"})
        connection.execute(
            "insert into think.sharing values ('transitions', 'give_coach', 3, 2, 0.9, %s, %s)", [used, SINCE]
        )
    return signed_in(town)


def test_a_member_given_by_assignment_says_since_when_why_and_what_it_takes(assigned, town):
    page = assigned("noor").get(f"/people/{town.people['own']}").text
    assert "By assignment of" in page
    assert "the emptiest list of those who fit. Takes 1.5 of the worker's room; the list is 64 % full." in page


def test_the_work_of_finding_someone_says_whom_assignment_suggests_or_why_it_found_nobody(assigned, town):
    noor = assigned("noor")
    given = noor.get(f"/today?open={town.tasks['own']}").text
    assert "Suggested: Noor" in given
    page = noor.get(f"/people/{town.people['team']}").text
    assert "found nobody: everyone who fits is full." in page
    nobody = noor.get(f"/today?view=team&open={town.tasks['team']}").text
    assert "found nobody: everyone who fits is full." in nobody


def test_a_care_model_tells_how_evenly_work_is_shared(assigned, town):
    page = assigned("noor").get("/care-models/transitions").text
    assert "2 of 3 placed. Evenly shared: 0.90 of 1" in page
    assert page.index("64 % full") < page.index("32 % full")
    with town.site.database.connection() as connection:
        spanish = '{"language": "es"}'
        connection.execute("update door.staff set preferences = %s where sign_in = 'cory'", [spanish])
    assert "2 de 3 con persona asignada" in assigned("cory").get("/care-models/transitions").text


def test_of_two_programs_leads_one_leads_and_the_other_is_told_by_program(assigned, town):
    team = {
        "resourceType": "CareTeam",
        "id": "ct-p0",
        "status": "active",
        "subject": {"reference": "Patient/p0"},
        "participant": [seat("noor", "steady", lead=True), seat("cleo", "transitions")],
    }
    done = commit(town.site.database, Changes([Put(json.dumps(team).encode(), if_version=1)]), stage="test", at=NOW)
    assert not done.refused
    page = assigned("noor").get(f"/people/{town.people['own']}").text
    assert page.count("Lead (first claim:") == 1
    assert page.index("Lead (first claim:") < page.index("would lead ")


def seat(who: str, model: str, lead: bool = False) -> dict:
    marks = [{"url": "urn:throughcare:care-model", "valueCode": model}]
    marks += [{"url": "urn:throughcare:lead", "valueBoolean": True}] if lead else []
    return {
        "extension": marks,
        "role": [{"coding": [{"system": "urn:throughcare:role", "code": "nurse"}]}],
        "member": {"reference": f"Practitioner/{who}"},
    }


@pytest.mark.parametrize(
    ("mark", "until", "says"),
    [("contact_cap", "2026-03-23", "Waits until Mon"), ("over_cap", None, "Let one contact serve several.")],
)
def test_a_contact_beyond_the_cap_says_why_it_waits_or_could_not(town, mark, until, says):
    with town.site.database.connection() as connection:
        connection.execute(
            "update flat.task set business_status = %s, snoozed_until = %s where key = %s",
            [mark, until, f"Task/{town.tasks['own']}"],
        )
    page = signed_in(town)("noor").get(f"/today?view=waiting&open={town.tasks['own']}").text
    assert says in page
