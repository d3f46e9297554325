"""What a pass asks of the record: who has news, who stands where, and that its own writing is no news."""

from throughcare.fhir.search import term
from throughcare.flow.door import commit
from throughcare.flow.moment import Moment
from throughcare.record.changes import Changes, Link

from .conftest import NOW, patient


def numbers(database, *patients):
    people = Moment(database).people(patients)
    return [people[p] for p in patients]


def test_people_have_news_until_the_cursor_passes_it_and_what_passes_wrote_is_none(database, put):
    put(patient("ana"))
    put(patient("ben"))
    ana, ben = numbers(database, "ana", "ben")
    news = Moment(database).changed("decide", 10)
    assert sorted(news.people) == sorted(news.patients) == sorted([ana, ben])
    commit(database, Changes(cursor=("decide", news.until)), stage="act", at=NOW)
    assert Moment(database).changed("decide", 10).people == []
    put({"resourceType": "Goal", "id": "g", "lifecycleStatus": "active", "description": {"text": "x"},
         "subject": {"reference": "Patient/ana"}}, source="throughcare", stage="act")  # fmt: skip
    assert Moment(database).changed("decide", 10).people == []
    put({"resourceType": "Flag", "id": "f", "status": "active", "code": {"text": "x"},
         "subject": {"reference": "Patient/ana"}})  # fmt: skip
    news = Moment(database).changed("decide", 10)
    assert (news.people, news.patients) == ([ana], [])


def test_news_comes_in_portions_and_nobody_is_left_between_them(database, put):
    for name in ("a", "b", "c"):
        put(patient(name))
    put(patient("a", active=True))
    seen, cursor = [], 0
    for _ in range(3):
        news = Moment(database).changed("decide", 1)
        assert news.until > cursor
        seen, cursor = seen + news.people, news.until
        commit(database, Changes(cursor=("decide", cursor)), stage="act", at=NOW)
    assert set(numbers(database, "a", "b", "c")) <= set(seen)
    assert Moment(database).changed("decide", 1).people in ([], numbers(database, "a"))


def test_a_link_is_news_for_both_people(database, put):
    put(patient("ana"), patient("old-ana"))
    ana, old = numbers(database, "ana", "old-ana")
    commit(database, Changes(cursor=("decide", Moment(database).commit_no)), stage="act", at=NOW)
    commit(database, Changes(links=[Link("old-ana", ana, "same ssn, same birth date")]), stage="identity", at=NOW)
    assert sorted(Moment(database).changed("decide", 10).people) == sorted([ana, old])
    assert sorted(Moment(database).numbers([ana])) == [("ana", ana, ana), ("old-ana", ana, old)]


def test_what_stands_is_ours_or_of_any_source_and_only_what_is_current(database, put, drop):
    put(patient("ana"))
    (ana,) = numbers(database, "ana")
    put({"resourceType": "CareTeam", "id": "ct", "subject": {"reference": "Patient/ana"}}, source="throughcare")
    moment = Moment(database)
    assert [(r[1], r[3]) for r in moment.current([ana], ["Patient", "CareTeam"])] == [("CareTeam", 1)]
    assert len(moment.current([ana], ["Patient", "CareTeam"], ours=False)) == 2
    drop("Patient", "ana")
    assert Moment(database).current([ana], ["Patient"], ours=False) == []


def test_patients_are_found_by_a_number_they_carry(database, put):
    ssn = {"system": "http://hl7.org/fhir/sid/us-ssn", "value": "531-20-1234"}
    put(patient("ana", identifier=[ssn]), patient("ben"))
    terms = [term("Patient?identifier", f"{ssn['system']}|{ssn['value']}")]
    assert [i for i, _, _ in Moment(database).found("Patient", terms)] == ["ana"]


def test_everyone_comes_in_order_and_in_portions(database, put):
    put(patient("a"), patient("b"), patient("c"))
    people = sorted(numbers(database, "a", "b", "c"))
    assert Moment(database).everyone(0, 2) == people[:2]
    assert Moment(database).everyone(people[1], 2) == people[2:]
