"""Panels: which staff team serves whom, and which worker is named."""

from throughcare.act.panels import Worker, changed, panels

PLACES = {1: frozenset({"Organization/north"}), 2: frozenset({"Organization/south"}), 3: frozenset()}
ZOE = Worker(7, "Practitioner/zoe", (10,))


def test_a_team_serves_its_organizations_and_one_that_names_none_serves_everyone():
    rows = panels(PLACES, [(10, ["Organization/north"]), (11, None), (12, [])], [], {}, [])
    assert rows == {(1, 10, None), (1, 11, None), (2, 11, None), (3, 11, None)}


def test_the_lead_is_the_named_worker_in_their_own_team_alone():
    leads = {1: "Practitioner/zoe", 2: "Practitioner/other"}
    rows = panels(PLACES, [(10, None), (11, None)], [ZOE], leads, [])
    assert {r for r in rows if r[2]} == {(1, 10, 7)}


def test_a_named_worker_keeps_the_person_whoever_leads_and_whatever_the_team_serves():
    stored = [(1, 10, 8), (2, 10, 9)]
    rows = panels(PLACES, [(10, ["Organization/north"])], [ZOE], {1: "Practitioner/zoe"}, stored)
    assert rows == {(1, 10, 8), (2, 10, 9)}


def test_a_number_that_no_longer_stands_for_anyone_leaves_every_panel():
    assert panels({1: frozenset()}, [(10, None)], [], {}, [(4, 10, 9)]) == {(1, 10, None)}


def test_only_people_whose_panel_differs_are_written():
    assert changed({(1, 10, None), (2, 10, 7)}, [(1, 10, None), (2, 10, None), (3, 10, None)]) == {2, 3}
