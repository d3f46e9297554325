"""What may not be read answers exactly like what never was; nothing that is asked for goes unwritten."""

import pytest

from .conftest import signed_in

FORMS = ["{}", "{}/", "{}//", "//people/x", "{}/../{}", "{}%0a", "{}%00", "0{}", "-{}", "{}.0", "{};/", "{}?x=1"]


def sayings(answer):
    return answer.status, sorted(answer.headers), answer.body


def test_another_teams_person_and_nobody_are_byte_for_byte_the_same(shared, visit):
    noor = visit("noor")
    nobody = sayings(noor.get("/people/999999999"))
    assert sayings(noor.get(f"/people/{shared.people['other']}")) == nobody
    assert sayings(noor.get("/no/such/page")) == nobody
    assert nobody[0] == 404


@pytest.mark.parametrize("page", ["", "/timeline", "/looks", "/why/transitions", "/why/none"])
def test_on_every_page_about_a_person(shared, visit, page):
    noor = visit("noor")
    assert sayings(noor.get(f"/people/{shared.people['other']}{page}")) == sayings(noor.get(f"/people/7{page}"))


def test_tasks_of_others_are_absent_on_screen_and_in_forms(shared, visit):
    noor = visit("noor")
    noor.get("/password")
    theirs = noor.post("/tasks/t-canary/done", {"note": "x"})
    none = noor.post("/tasks/t-nothing/done", {"note": "x"})
    assert sayings(theirs) == sayings(none)
    plain = noor.get("/today?open=t-nothing").text
    assert noor.get("/today?open=t-canary").text.replace("t-canary", "") == plain.replace("t-nothing", "")


@pytest.mark.parametrize("form", FORMS)
def test_odd_spellings_of_an_address_open_nothing_more(shared, visit, form):
    number = str(shared.people["other"])
    answer = visit("noor").get("/people/" + form.format(number, number) if form != "//people/x" else form)
    assert answer.status in (404, 303) and b"Zzyx" not in answer.body


def test_searching_finds_only_ones_own_and_needs_three_letters(shared, visit):
    noor = visit("noor")
    assert "Quintanar" in noor.get("/find?q=mari").text
    assert "Zzyx" not in noor.get("/find?q=zzyxcan").text
    assert "Zzyx" not in noor.get(f"/find?q={shared.people['other']}").text
    assert "Quintanar" not in noor.get("/find?q=ma").text
    assert "Quintanar" not in noor.get("/find?q=%25%25%25%25").text, "a wildcard is a letter like any other"


def test_counts_are_of_people_one_may_see(visit):
    assert ">12<" in visit("noor").get("/care-models").text
    assert ">1<" in visit("ben").get("/care-models").text
    assert "people?model" not in visit("ada").get("/care-models").text


def test_each_look_and_each_refusal_is_written_down_with_who_and_whom(town):
    noor = signed_in(town)("noor")
    noor.get(f"/people/{town.people['own']}")
    noor.get(f"/people/{town.people['other']}")
    noor.get("/today?open=t-p7")
    with town.site.database.connection() as connection:
        lines = connection.execute(
            "select actor, action, person_id from door.audit where actor = 'noor' order by audit_no"
        ).fetchall()
    wanted = [
        ("noor", "person page", town.people["own"]),
        ("noor", "not shown: person page", town.people["other"]),
        ("noor", "worklist", None),
        ("noor", "task", town.people["p7"]),
    ]
    assert [line for line in lines if line in wanted] == wanted


def test_a_page_that_cannot_write_its_look_down_is_not_shown(town, monkeypatch):
    from throughcare.access import door

    noor = signed_in(town)("noor")

    def full(*_, **__):
        raise OSError("no space left")

    monkeypatch.setattr(door, "_write", full)
    answer = noor.get(f"/people/{town.people['own']}")
    assert answer.status == 500 and b"Odell" not in answer.body


def test_who_looked_is_told_to_those_who_care_for_the_person(town):
    visit = signed_in(town)
    visit("sam").get(f"/people/{town.people['own']}")
    told = visit("noor").get(f"/people/{town.people['own']}/looks").text
    assert "Sam Ferro" in told and "Opened the person page" in told


def test_the_auditor_reads_who_did_what_by_number_and_never_a_name(town):
    visit = signed_in(town)
    visit("noor").get(f"/people/{town.people['own']}")
    told = visit("ines").get(f"/audit?person={town.people['own']}").text
    assert "person page" in told and "noor" in told
    assert "Odell" not in told and "Greenlaw" not in told
