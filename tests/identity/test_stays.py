"""One stay is one stay, whoever tells of it, as messages, documents and claims come in through their own doors."""

import pytest

from throughcare.fhir import json
from throughcare.flow import door
from throughcare.flow.moment import Moment
from throughcare.identity import stays
from throughcare.record.changes import Changes, Link, Put
from throughcare.record.view import View

from .stays_as_told import MEMBER, NPI, Told, adt, asked, claim, moment, summary

IN, OUT = "2026-03-02 11:00", "2026-03-05 15:30"


@pytest.fixture
def told(database, tmp_path) -> Told:
    one = Told(database, tmp_path)
    one.says("plan", "2026-02-01", MEMBER)
    return one


def tellers(told: Told) -> dict[str, list[str]]:
    """Each stay that several told of, by whom."""
    found: dict[str, list[str]] = {}
    for row in told.rows("stay_telling"):
        found.setdefault(row["stay_key"], []).append(f"{row['told_by']} {row['told_as']}")
    return {key: sorted(by) for key, by in found.items()}


@pytest.mark.parametrize("other", ["exchange", "general"])
def test_messages_and_a_document_of_one_stay_are_one_row_under_the_first_key(told, other):
    told.says("general", "2026-03-02 11:05", adt("A01", "V1", IN, IN))
    (before,) = told.rows()
    told.says("general", "2026-03-05 15:35", adt("A03", "V1", OUT, IN, OUT, to="06"))
    told.says(other, "2026-03-06", summary("X1", IN, "2026-03-05 15:00"))
    (stay,) = told.rows()
    assert stay["key"] == before["key"] and stay["disposition"] == "06"
    assert told.days() == [("2026-03-02", "2026-03-05")]
    assert tellers(told) == {before["key"]: [f"{other} document", "general visit"]}
    assert told.look("2026-03-06 10:00") == 0, "nothing new, nothing written"


def test_what_sources_sent_stays_as_it_is(told):
    told.says("general", "2026-03-05 15:35", adt("A03", "V1", OUT, IN, OUT))
    told.says("exchange", "2026-03-06", summary("X1", IN, OUT))
    keys = [row["told_key"] for row in told.rows("stay_telling")]
    texts = View(told.database).read_many(keys)
    assert len(texts) == 2 and {version for version, _ in texts.values()} == {1}
    assert all(json.read(body)["status"] == "finished" for _, body in texts.values())


def test_what_was_known_before_stays_known_as_it_was(told):
    told.says("general", "2026-03-05 15:35", adt("A03", "V1", OUT, IN, OUT))
    told.says("exchange", "2026-03-07", summary("X1", IN, "2026-03-06 15:00"))
    assert told.days(at="2026-03-06") == [("2026-03-02", "2026-03-05")]
    assert [r["source"] for r in told.rows(at="2026-03-06")] == ["general"]
    assert [r["source"] for r in told.rows()] == ["throughcare"]


def test_a_real_next_day_readmission_told_twice_stays_two(told):
    back, home = "2026-03-06 08:00", "2026-03-08 12:00"
    told.says("general", "2026-03-05 15:35", adt("A03", "V1", OUT, IN, OUT))
    told.says("general", "2026-03-08 12:05", adt("A03", "V2", home, back, home))
    told.says("exchange", "2026-03-09", summary("X1", IN, OUT), summary("X2", back, home))
    assert told.days() == [("2026-03-02", "2026-03-05"), ("2026-03-06", "2026-03-08")]
    assert [len(by) for by in tellers(told).values()] == [2, 2]


def test_short_stays_one_day_after_the_other_are_told_apart_by_the_clock(told):
    told.says(
        "general", "2026-03-03 10:05", adt("A03", "V1", "2026-03-03 10:00", "2026-03-02 20:00", "2026-03-03 10:00")
    )
    told.says("exchange", "2026-03-05", summary("X2", "2026-03-03 20:00", "2026-03-04 11:00"))
    assert told.days() == [("2026-03-02", "2026-03-03"), ("2026-03-03", "2026-03-04")]
    assert tellers(told) == {}


def test_a_stay_over_midnight_that_one_source_begins_a_day_later_is_one(told):
    told.says("general", "2026-03-05 15:35", adt("A03", "V1", OUT, "2026-03-02 23:50", OUT))
    told.says("exchange", "2026-03-06", summary("X1", "2026-03-03", "2026-03-05"))
    assert told.days() == [("2026-03-02", "2026-03-05")], "the clock's word goes before a day's"


def test_two_visits_of_one_source_are_two_stays_and_the_document_is_of_the_nearer(told):
    seen = adt("A03", "V1", "2026-03-03 08:00", IN, "2026-03-03 08:00", kind="OBS")
    told.says("general", "2026-03-05 15:35", seen, adt("A03", "V2", OUT, IN, OUT))
    told.says("exchange", "2026-03-06", summary("X1", IN, OUT))
    found = sorted((r["class"], f"{r['ended_on']}", r["source"]) for r in told.rows())
    assert found == [("inpatient", "2026-03-05", "throughcare"), ("observation", "2026-03-03", "general")]


def test_a_visit_to_the_emergency_room_told_twice_is_one(told):
    came, left = "2026-03-02 23:30", "2026-03-03 04:10"
    told.says("general", "2026-03-03 04:15", adt("A03", "V1", left, came, left, kind="E"))
    (before,) = told.rows()
    told.says("exchange", "2026-03-04", summary("X1", "2026-03-03 00:05", "2026-03-03 04:00", kind="EMER"))
    (visit,) = told.rows()
    assert visit["class"] == "emergency" and visit["key"] == before["key"]
    assert tellers(told) == {before["key"]: ["exchange document", "general visit"]}
    assert told.look("2026-03-04 10:00") == 0, "nothing new, nothing written"


@pytest.mark.parametrize("ended", ["2026-03-02 14:00", ""])
def test_who_comes_back_to_the_emergency_room_the_next_day_was_there_twice(told, ended):
    first = adt("A03" if ended else "A04", "V1", ended or IN, IN, ended, kind="E")
    told.says("general", "2026-03-02 14:05", first)
    told.says("exchange", "2026-03-04", summary("X2", "2026-03-03 10:00", "2026-03-03 12:00", kind="EMER"))
    assert sorted(f"{row['started_on']}" for row in told.rows()) == ["2026-03-02", "2026-03-03"]
    assert tellers(told) == {}


@pytest.mark.parametrize("left", ["2026-03-02 15:00", ""])
def test_who_is_taken_from_one_emergency_room_to_another_was_in_two(told, left):
    here, there = "2026-03-02 10:00", "2026-03-02 14:00"
    told.says("general", "2026-03-02 15:05", adt("A03" if left else "A04", "V1", left or here, here, left, kind="E"))
    came = adt("A03", "M1", "2026-03-02 18:00", there, "2026-03-02 18:00", kind="E", place="MERCY")
    told.says("mercy", "2026-03-02 18:05", came)
    assert len(told.rows()) == 2 and tellers(told) == {}


def test_a_visit_to_the_emergency_room_before_a_stay_is_not_the_stay(told):
    told.says("general", "2026-03-05 15:35", adt("A03", "V1", OUT, IN, OUT))
    told.says("exchange", "2026-03-06", summary("X1", "2026-03-02 08:00", "2026-03-02 11:00", kind="EMER"))
    assert sorted(row["class"] for row in told.rows()) == ["emergency", "inpatient"] and tellers(told) == {}


def test_places_known_to_be_others_are_two_stays(told):
    told.says("plan", "2026-03-16", claim("bill", "2026-03-02", "2026-03-05", number="1999999992"))
    told.says("exchange", "2026-03-17", summary("X1", IN, OUT, number=NPI))
    assert len(told.rows()) == 1, "a claim beside a visit reveals nothing, wherever it was"
    assert tellers(told) == {}


def test_a_document_taken_back_leaves_the_stay_under_its_key(told):
    told.says("general", "2026-03-05 15:35", adt("A03", "V1", OUT, IN, OUT))
    (first,) = told.rows()
    told.says("exchange", "2026-03-06", summary("X1", IN, OUT))
    told.says("general", "2026-03-07", adt("A11", "V1", "2026-03-07 09:00", IN))
    (stay,) = [r for r in told.rows() if r["status"] != "cancelled"]
    assert stay["key"] == first["key"], "what the hospital cancelled, the document still tells of"
    assert told.days() == [("2026-03-02", "2026-03-05")]


def test_a_person_taken_apart_again_takes_the_stay_along(told):
    told.says("general", "2026-03-05 15:35", adt("A03", "V1", OUT, IN, OUT))
    told.says("exchange", "2026-03-06", summary("X1", IN, OUT))
    document = next(r for r in told.rows("stay_telling") if r["told_as"] == "document")["told_key"]
    [(_, body)] = View(told.database).read_many([document]).values()
    other = json.read(body)["subject"]["reference"].partition("/")[2]
    apart = Changes(links=[Link(other, None, "two people after all")])
    door.commit(told.database, apart, stage="registrar", at=moment("2026-03-07"))
    people = Moment(told.database).everyone(0, 1000)
    door.commit(
        told.database,
        stays.run(Moment(told.database), moment("2026-03-07"), people),
        stage="identity",
        at=moment("2026-03-07"),
    )
    assert [r["source"] for r in told.rows()] == ["general"] and told.rows("stay_telling") == []
    everyones = Moment(told.database).tables(None, ["encounter"])["encounter"].to_pylist()
    assert sorted(r["source"] for r in everyones) == ["exchange", "general"]


@pytest.mark.parametrize("ends", ["claim", "document"])
def test_a_stay_left_open_is_ended_by_whoever_tells_of_its_end_and_the_feed_is_flagged(told, ends):
    told.says("general", "2026-03-02 11:05", adt("A01", "V1", IN, IN))
    (open_stay,) = told.rows()
    assert open_stay["ended_on"] is None
    if ends == "claim":
        told.says("plan", "2026-03-16", claim("bill", "2026-03-02", "2026-03-05", to="06"))
    else:
        told.says("exchange", "2026-03-16", summary("X1", IN, OUT, to="06"))
    (stay,) = told.rows()
    assert (stay["key"], stay["status"], stay["class"]) == (open_stay["key"], "finished", "inpatient")
    assert (f"{stay['ended_on']}", stay["disposition"]) == ("2026-03-05", "06")
    assert stay["started_at"] == open_stay["started_at"] and stay["unit"] == open_stay["unit"]
    assert told.missed("2026-03-16 12:00") == {"general": {"2026-03": 1}}

    told.says("general", "2026-03-17", adt("A03", "V1", "2026-03-17 08:00", IN, "2026-03-05 16:10"))
    (stay,) = told.rows()
    assert (stay["key"], stay["ended_at"]) == (open_stay["key"], moment("2026-03-05 16:10"))
    assert told.missed("2026-03-17 12:00") == {}, "the hospital's own word came, and is taken"


def test_a_claim_of_someone_still_there_ends_nothing(told):
    told.says("general", "2026-03-02 11:05", adt("A01", "V1", IN, IN))
    told.says("plan", "2026-03-16", claim("bill", "2026-03-02", "2026-03-05", bill="112", to="30"))
    assert told.days() == [("2026-03-02", None)] and tellers(told) == {}


def test_a_visit_left_open_hides_no_later_stay_once_a_claim_has_ended_it(told):
    told.says("general", "2026-01-05 11:05", adt("A01", "V1", "2026-01-05 11:00", "2026-01-05 11:00"))
    told.says("plan", "2026-03-16", claim("one", "2026-01-05", "2026-01-09"), claim("two", "2026-03-02", "2026-03-05"))
    assert told.days() == [("2026-01-05", "2026-01-09"), ("2026-03-02", "2026-03-05")]


def test_a_stay_first_told_by_a_claim_keeps_its_key_when_the_hospitals_word_comes(told):
    told.says("plan", "2026-03-16", claim("bill", "2026-03-02", "2026-03-05"))
    (ours,) = told.rows()
    told.says("general", "2026-03-17", adt("A03", "V1", "2026-03-17 08:00", IN, OUT, to="06"))
    (stay,) = told.rows()
    assert stay["key"] == ours["key"] and stay["disposition"] == "06"
    assert (stay["started_at"], stay["ended_at"]) == (moment(IN), moment(OUT)), "with the hospital's own clock"
    told.says("exchange", "2026-03-18", summary("X1", IN, OUT))
    told.says("plan", "2026-03-20", claim("bill", "2026-03-02", "2026-03-05", status="cancelled"))
    (stay,) = told.rows()
    assert stay["key"] == ours["key"], "whatever becomes of the claim"
    assert tellers(told) == {ours["key"]: ["exchange document", "general visit"]}


def test_what_names_a_telling_names_the_stay(told):
    told.says("plan", "2026-03-16", claim("bill", "2026-03-02", "2026-03-05"))
    (ours,) = told.rows()
    diagnosed = adt("A03", "V1", "2026-03-17 08:00", IN, OUT) + b"DG1|1||I50.23^Heart failure^I10||20260302|F\r"
    told.says("general", "2026-03-17", diagnosed)
    (found,) = [r for r in told.rows("diagnosis") if r["code"] == "I50.23"]
    assert found["encounter_key"] == ours["key"]


def test_a_next_day_readmission_leaves_the_claims_stay_alone(told):
    told.says("plan", "2026-03-16", claim("bill", "2026-03-02", "2026-03-05"))
    (ours,) = told.rows()
    told.says("general", "2026-03-17", adt("A03", "V2", "2026-03-08 12:00", "2026-03-06 08:00", "2026-03-08 12:00"))
    assert told.days() == [("2026-03-02", "2026-03-05"), ("2026-03-06", "2026-03-08")]
    assert told.rows()[0]["key"] == ours["key"]


def test_a_stay_the_person_tells_of_is_a_visit_that_says_who_told_and_the_claim_corrects_its_days(told):
    told.says("portal", "2026-03-10", asked("a1", "2026-03-02", "2026-03-06", to="06"))
    (stay,) = told.rows()
    assert (stay["class"], stay["status"], stay["source"]) == ("inpatient", "finished", "throughcare")
    assert stay["disposition"] == "06"
    assert told.days() == [("2026-03-02", "2026-03-06")]
    assert tellers(told) == {stay["key"]: ["portal person"]}
    [(_, body)] = View(told.database).read_many([stay["key"]]).values()
    assert json.read(body)["serviceProvider"] == {"display": "General Hospital"}
    told.says("plan", "2026-03-16", claim("bill", "2026-03-03", "2026-03-05"))
    (after,) = told.rows()
    assert after["key"] == stay["key"] and told.days() == [("2026-03-03", "2026-03-05")]
    learnt = {(r["learnt_as"], f"{r['learnt_on']}") for r in told.rows("stay_telling")}
    assert learnt == {("person", "2026-03-10")}, "she was the first to say it"


@pytest.mark.parametrize(
    "left",
    ["", OUT],
    ids=["still there, by the hospital's word", "ended, by the hospital's word"],
)
def test_the_persons_word_neither_ends_nor_changes_what_the_hospital_tells(told, left):
    told.says("general", "2026-03-05 15:35", adt("A03" if left else "A01", "V1", IN, IN, left))
    before = told.rows()
    told.says("portal", "2026-03-10", asked("a1", "2026-03-01", "2026-03-04"))
    assert told.rows() == before


def test_the_hospitals_own_word_comes_into_the_place_of_the_persons(told):
    told.says("portal", "2026-03-10", asked("a1", "2026-03-01", "2026-03-06"))
    (ours,) = told.rows()
    told.says("general", "2026-03-11", adt("A03", "V1", "2026-03-11 08:00", IN, OUT))
    (stay,) = told.rows()
    assert (stay["key"], stay["started_at"], stay["ended_at"]) == (ours["key"], moment(IN), moment(OUT))
    told.says("general", "2026-03-12", adt("A03", "V1", "2026-03-12 08:00", IN, "2026-03-06 10:00", to="06"))
    assert [(r["key"], r["disposition"]) for r in told.rows()] == [(ours["key"], "06")]


def test_a_stay_that_goes_on_by_the_persons_word_ends_by_her_next_word(told):
    told.says("portal", "2026-03-04", asked("a1", "2026-03-02"))
    assert [(r["status"], r["ended_on"]) for r in told.rows()] == [("in-progress", None)]
    (ours,) = told.rows()
    later = asked("a2", "2026-03-02", "2026-03-05", authored="2026-03-11T10:00:00-04:00")
    told.says("portal", "2026-03-11", later)
    assert [(r["key"], r["status"]) for r in told.rows()] == [(ours["key"], "finished")]
    told.says("portal", "2026-03-12", later | {"status": "entered-in-error"}, asked("a1", "2026-03-02", was="no"))
    assert told.rows() == [], "she took it back"


def test_a_visit_of_ours_by_an_earlier_name_makes_room_for_the_one_of_today(told):
    told.says("plan", "2026-03-16", claim("bill", "2026-03-02", "2026-03-05"))
    (ours,) = told.rows()
    [(_, body)] = View(told.database).read_many([ours["key"]]).values()
    bare = {name: value for name, value in json.read(body).items() if name != "extension"} | {"id": "missed-1"}
    door.commit(told.database, Changes(puts=[Put(json.write(bare))]), stage="identity", at=moment("2026-03-16 09:00"))
    assert len(told.rows()) == 2
    told.look("2026-03-17")
    assert told.rows() == [ours] and told.look("2026-03-18") == 0
