"""The hospital of the demo tells of people who are truly of the community, each once, in messages that are taken."""

from datetime import UTC, date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from throughcare.community import arrivals, people, places, stays
from throughcare.intake.hl7v2.apply import FOLDS
from throughcare.intake.hl7v2.said import Said
from throughcare.intake.hl7v2.things import things

ON, NOW = date(2026, 3, 17), datetime(2026, 3, 17, 15, 30, tzinfo=UTC)
SEED, COUNT = 7, 1000


def told() -> list[Said]:
    guests = arrivals.guests(COUNT, SEED, ON)
    return [Said.of(m, "riverside", ZoneInfo("UTC")) for m in arrivals.messages(guests, SEED, lambda: NOW)]


def test_who_comes_is_old_ill_at_home_and_of_no_story() -> None:
    coming = list(arrivals.guests(COUNT, SEED, ON))
    assert len(coming) > 20
    for guest in coming:
        one = people.person(int(guest.record_number), SEED, ON, places.practices(COUNT))
        assert (guest.family, guest.given, guest.ssn) == (one.family, one.given, one.ssn)
        assert one.age_on(ON) >= 66 and one.part is None and one.died is None and one.phone
        assert guest.cause[0] in {people.CONDITIONS[c][0] for c in one.conditions}
        assert all(s.ended_on and s.ended_on < ON - timedelta(days=44) for s in stays.stays(one, SEED, ON))


def test_admissions_of_this_minute_and_discharges_of_who_came_days_ago_take_turns() -> None:
    said = told()
    assert [one.message.type for one in said] == ["ADT^A01", "ADT^A03"] * (len(said) // 2) + ["ADT^A01"] * (
        len(said) % 2
    )
    numbers = [one.message.msh.text(10) for one in said]
    assert len(set(numbers)) == len(numbers) == len(list(arrivals.guests(COUNT, SEED, ON)))
    for one in islice(said, 20):
        made = [r for (kind, id), spoken in things(one) if kind == "visit" for r in FOLDS[kind](id, [spoken])]
        [stay] = [r for r in made if r["resourceType"] == "Encounter"]
        began = datetime.fromisoformat(stay["period"]["start"])
        if one.message.type == "ADT^A01":
            assert (stay["status"], began) == ("in-progress", NOW)
        else:
            assert stay["status"] == "finished" and datetime.fromisoformat(stay["period"]["end"]) == NOW
            assert timedelta(days=2) <= NOW - began < timedelta(days=6)


def test_the_hospital_is_full_some_time() -> None:
    assert len(list(arrivals.guests(20_000, SEED, ON))) == arrivals.GUESTS_MAX
