"""Who belongs and why, as the criteria that decide it; and who serves, from the first source that has someone."""

from .tiny import model, think

DECIDING = """[[criterion]]
id = "a"
where = "died"
[[criterion]]
id = "b"
where = "active_one"
[[criterion]]
id = "d"
where = "birth_date > today"
[rule]
who = "a and (b or d)"
"""


def test_the_missing_criteria_that_decide_are_named_with_what_is_missing() -> None:
    facts = '[[fact]]\nid = "active_one"\nexists = "encounter where class = \'office\'"\nif_none = "unknown"'
    (finding,) = think(model(facts, eligibility=DECIDING)).finding.to_pylist()
    assert (finding["answer"], finding["deciding"]) == ("unknown", ["a", "b"])
    assert '"id":"b","answer":"unknown","missing":["active_one"]' in finding["criteria"]
    office = [{"key": "Encounter/o", "class": "office"}]
    (finding,) = think(
        model(facts, eligibility=DECIDING), person=[{"died": False}], encounter=office
    ).finding.to_pylist()
    assert (finding["answer"], finding["deciding"]) == ("not_met", ["a"])
    assert '"id":"b","answer":"met","missing":[],"evidence":["Encounter/o"]' in finding["criteria"]


def test_an_unknown_that_changes_nothing_does_not_decide() -> None:
    facts = '[[fact]]\nid = "active_one"\nexists = "encounter where class = \'office\'"\nif_none = "unknown"'
    either = DECIDING.replace("birth_date > today", "birth_date < today")
    (finding,) = think(model(facts, eligibility=either)).finding.to_pylist()
    assert (finding["answer"], finding["deciding"]) == ("unknown", ["a"])


def test_the_first_source_that_has_someone_fills_a_role() -> None:
    team = '[[role]]\nid = "nurse"\nfound_in = ["care_team_member where role = \'nurse\'", "person.chosen_clinician"]'
    made = model(team=team)
    joined = [{"model": "tiny", "state": "active"}]
    members = [{"role": "nurse", "member_key": "Practitioner/n"}]
    (role,) = think(
        made, enrollment=joined, care_team_member=members, person=[{"chosen_clinician": "P/c"}]
    ).role.to_pylist()
    assert role["member"] == "Practitioner/n"
    (role,) = think(made, enrollment=joined, person=[{"chosen_clinician": "P/c"}]).role.to_pylist()
    assert role["member"] == "P/c"
    (role,) = think(made, enrollment=joined).role.to_pylist()
    assert (role["member"], role["required"]) == (None, True)
