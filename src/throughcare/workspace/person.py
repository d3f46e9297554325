"""Person 360: know this person in thirty seconds: who, what now, what changed, which programs, which team."""

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from typing import Any

from starlette.responses import Response

from throughcare.workspace import care_team, consent_answers, freshness, lanes, threads, timeline, times, worklist
from throughcare.workspace.front import Desk
from throughcare.workspace.names import Person, people

# Readings shown first: weight, blood pressure (systolic), A1c, LDL, glucose, oxygen, heart rate, body mass index.
READINGS = {
    "29463-7": "weight",
    "8480-6": "systolic",
    "4548-4": "a1c",
    "18262-6": "ldl",
    "2089-1": "ldl",
    "2339-0": "glucose",
    "2708-6": "oxygen",
    "59408-5": "oxygen",
    "8867-4": "pulse",
    "39156-5": "bmi",
}
READINGS_SHOWN = 5
NOW_SHOWN = 12
NEWS_WHEN_NEW = timedelta(days=14)
STREAM = 8
UNSPOKEN = ("proposed", "planned")  # a goal nobody has talked over with the person


def known(desk: Desk, what: str) -> Person:
    """The person of the address, or the one answer for nobody and not yours; the look is written down first."""
    text = desk.path("person_id")
    person_id = int(text) if text.isascii() and text.isdigit() and len(text) < 15 else 0
    person = people(desk.reader, desk.words, [person_id]).get(person_id)
    if person is None:
        raise desk.absent(what, person_id or None)
    return person


def show(desk: Desk) -> Response:
    silent = freshness.now(desk)
    with desk.reader.open():
        person = known(desk, "person page")
        last = _last_look(desk, person.id)
        data = {**strip(desk, person), **_now(desk, person), **_record(desk, person), "news": _news(desk, person, last)}
        events, total = timeline.events(desk, person.id, limit=STREAM)
        missing = freshness.of_people(desk, silent, [person.id])
        lanes_svg = lanes.drawn(desk, timeline.span(desk, person.id), data["programs"])
    desk.looked("person page", person.id)
    data["last_look"] = times.moment(desk.words, last, desk.viewer.at, desk.viewer.zone) if last else ""
    return desk.page("person.html", tab="now", events=events, total=total, lanes=lanes_svg, silent=missing, **data)


def strip(desk: Desk, person: Person) -> dict[str, Any]:
    """What the safety strip says on every page about someone."""
    allergies = desk.reader.rows("workspace/allergies", person=person.id)
    phones = desk.reader.rows("workspace/phones", person=person.id)
    return {
        "person": person,
        "born": times.birthday(desk.words, person.born),
        "allergies": [a.called for a in allergies if a.called],
        "phones": phones,
    }


def _now(desk: Desk, person: Person) -> dict[str, Any]:
    tasks = desk.reader.rows(
        "workspace/person_tasks",
        person=person.id,
        zone=desk.viewer.zone.key,
        today=desk.viewer.today,
        long_ago=desk.viewer.today - times.LONG_LATE,
    )
    listed = worklist.rows(desk.site, desk.reader, desk.words, tasks)
    programs = [_program(desk, one) for one in desk.reader.rows("workspace/person_programs", person=person.id)]
    team = care_team.members(desk, person.id)
    return {
        "now": worklist.grouped(listed[:NOW_SHOWN]),
        "more": len(listed[NOW_SHOWN:]),
        "programs": programs,
        "team": team,
        "suggested": care_team.suggested(desk, team, person.id),
        "lead": next((m.name for m in team if m.lead), ""),
        "lead_sentence": _sentence(desk, person, listed),
    }


def _sentence(desk: Desk, person: Person, listed: list[worklist.Row]) -> tuple[str, str]:
    """One line a colleague would say: what happened last, and in bold the thing to act on."""
    words, today = desk.words, desk.viewer.today
    if person.died:
        return words("person.died"), ""
    stays = desk.reader.rows("workspace/last_stay", person=person.id, today=today)
    happened = _stay(desk, stays[0]) if stays else ""
    urgent = next((row for row in listed if row.due.state == "late"), listed[0] if listed else None)
    if urgent is None:
        return happened, words("person.nothing_open")
    how = "late" if urgent.due.state == "late" else "due"
    return happened, words(f"person.to_do_{how}", verb=urgent.verb, due=_small(urgent.due.says))


def _small(says: str) -> str:
    """A word from the start of a row, inside a sentence."""
    return says[:1].lower() + says[1:] if says[1:2].islower() else says


def _stay(desk: Desk, stay: Any) -> str:
    today = desk.viewer.today
    if stay.ended_on is None:
        return desk.words("person.in_hospital", day=times.day(desk.words, stay.started_on, today))
    days = (today - stay.ended_on).days
    return desk.words("person.home", n=days) if 0 <= days <= 60 else ""


def _program(desk: Desk, one: Any) -> dict[str, Any]:
    """A program someone is in, with its thread: which day of how many."""
    words, model = desk.words, desk.site.models.get(one.model)
    length = model.model.length_days if model else None
    end = min(one.ended_on or desk.viewer.today, desk.viewer.today)
    day = (end - one.started_on).days + 1 if one.started_on else 0
    says = words("person.day_of", day=day, length=length) if length else words("person.day", day=day)
    return {
        "model": one.model,
        "title": desk.site.title(words.language, one.model),
        "state": one.state,
        "state_says": words(f"state.{one.state}") if words.has(f"state.{one.state}") else one.state,
        "day": says,
        "svg": threads.program(max(day, 0), length, says),
        "began": one.started_on,
        "since": times.day(words, one.started_on, desk.viewer.today) if one.started_on else "",
        "ended": one.ended_on,
    }


def _record(desk: Desk, person: Person) -> dict[str, Any]:
    reader = desk.reader
    return {
        "goals": _goals(desk, person),
        "problems": reader.rows("workspace/person_problems", person=person.id),
        "medicines": reader.rows("workspace/person_medicines", person=person.id),
        "readings": _readings(desk, person),
        "answers": [_answer(desk, one) for one in reader.rows("workspace/findings", person=person.id)],
        "consents": [a for a in consent_answers.of_person(desk, person.id) if a.stands in consent_answers.TOLD],
        "family": [f for f in reader.rows("workspace/family", person=person.id) if f.name],
    }


def _goals(desk: Desk, person: Person) -> list[dict[str, Any]]:
    """Goals of the plan; those a program only proposes are not yet the person's own."""
    rows = desk.reader.rows("workspace/person_goals", person=person.id)
    today = desk.viewer.today
    return [
        {
            "says": g.text,
            "due": times.day(desk.words, g.due_on, today) if g.due_on else "",
            "own": g.status not in UNSPOKEN,
        }
        for g in rows
        if g.text
    ]


def _readings(desk: Desk, person: Person) -> list[dict[str, Any]]:
    """The newest number of each kind, with a small line when there are several."""
    series = defaultdict(list)
    for row in desk.reader.rows("workspace/person_readings", person=person.id, codes=list(READINGS)):
        series[row.code].append(row)
    readings = [_reading(desk, code, rows) for code, rows in series.items()]
    order = list(READINGS)
    return sorted(readings, key=lambda r: order.index(r["code"]))[:READINGS_SHOWN]


def _reading(desk: Desk, code: str, rows: list[Any]) -> dict[str, Any]:
    last = rows[-1]
    key = f"reading.{READINGS[code]}"
    return {
        "code": code,
        "called": desk.words(key) if desk.words.has(key) else last.called,
        "value": f"{last.value.quantize(1) if last.value == last.value.to_integral() else round(last.value, 1):f}",
        "unit": last.unit or "",
        "day": times.day(desk.words, last.effective_on, desk.viewer.today) if last.effective_on else "",
        "svg": threads.spark([float(r.value) for r in rows]) if len(rows) > 1 else "",
    }


def _answer(desk: Desk, one: Any) -> dict[str, Any]:
    title = desk.site.title(desk.words.language, one.model)
    return {"model": one.model, "title": title, "answer": one.answer, "says": desk.words(f"answer.{one.answer}")}


def _last_look(desk: Desk, person_id: int) -> datetime | None:
    viewer = desk.viewer
    midnight = datetime.combine(viewer.today, time.min, viewer.zone)
    row = desk.reader.row("workspace/last_look", actor=viewer.sign_in, person=person_id, before=midnight)
    return row.at if row else None


def _news(desk: Desk, person: Person, last: datetime | None) -> list[dict[str, str]]:
    """What the record learnt since the viewer looked, by kind; for a first look, of the last two weeks."""
    since = last or desk.viewer.at - NEWS_WHEN_NEW
    viewer = desk.viewer
    return [
        {
            "says": desk.words(f"news.{row.resource_type}", n=row.items),
            "at": times.moment(desk.words, row.at, viewer.at, viewer.zone),
        }
        for row in desk.reader.rows("workspace/news", person=person.id, since=since)
    ]


def show_timeline(desk: Desk) -> Response:
    with desk.reader.open():
        person = known(desk, "timeline")
        data = {**strip(desk, person), **timeline.page(desk, person.id)}
    desk.looked("timeline", person.id)
    return desk.page("timeline.html", tab="timeline", **data)


def show_looks(desk: Desk) -> Response:
    """Who looked at this person, for those who care for them."""
    with desk.reader.open():
        person = known(desk, "who looked")
        rows = desk.reader.rows("workspace/who_looked", person=person.id)
        data = strip(desk, person)
    desk.looked("who looked", person.id)
    viewer = desk.viewer
    looks = [
        (times.moment(desk.words, r.at, viewer.at, viewer.zone), times.day_long(desk.words, _local(r.at, desk)), r)
        for r in rows
    ]
    return desk.page("looks.html", tab="looks", looks=looks, **data)


def _local(at: datetime, desk: Desk) -> date:
    return at.astimezone(desk.viewer.zone).date()
