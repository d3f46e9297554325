"""Nurses: visits to women who expect their first child, until the child is two, and who came too late or too soon."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from throughcare.community import records
from throughcare.community.answers import Answer, Life, answer
from throughcare.community.casting import NEWBORN_DAYS
from throughcare.community.people import Person
from throughcare.community.programs import PROGRAMS
from throughcare.community.shapes import OURS, Resource, concept, parts, reference, said
from throughcare.community.workers import WORKERS, who

TERM, LAST_DAY = 280, 202  # days of pregnancy: all of it; the last on which the first visit is early enough
BORN_AT = 277
SHARES = {
    "personal_health": 35, "environmental_health": 5, "life_course": 10, "maternal_role": 30, "family_and_friends": 10,
    "health_and_human_services": 10,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Story:
    """Days of pregnancy at the first visit; how far it is today, while nothing is born; births before, if told."""

    first_visit: int | None
    today: int | None = None
    births_before: int | None = 0
    silent: int = 0  # days without a visit up to today
    ended: tuple[str, str, int] | None = None
    lost: int | None = None  # days since the pregnancy ended without a child
    paused: int | None = None  # days since the nurse holds the place for her


STORIES = {
    "infancy": Story(119),
    "graduated": Story(140, ended=("finished", "graduated", NEWBORN_DAYS["graduated"] - 731)),
    "referred": Story(None, 105),
    "overdue": Story(168, silent=46),
    "not_asked": Story(None, 126, None),
    "lost": Story(77, 142, ended=("finished", "pregnancy_lost", 29), lost=30),
    "second_child": Story(None, 98, 1),
    "midway": Story(105, 189),
    "early": Story(86, 91),
    "too_late": Story(None, 206),
    "paused": Story(98, 203, silent=75, paused=9),
    "said_no": Story(None, 112),
}
Told = Iterator[tuple[str, Resource]]


def directory(on: date) -> Told:
    """The weekly hour of each nurse with the supervisor, and the last visit made together."""
    boss = who("nurse_visits", "supervisor")
    for one in (w for w in WORKERS if w.program == "nurse_visits" and w.role == "nurse_home_visitor"):
        for kind, days in (("supervision", 5), ("joint_visit", 70)):
            id = f"{one.id}-{kind.replace('_', '-')}"
            yield (
                one.source,
                records.event(id, f"Practitioner/{one.id}", kind, on - timedelta(days=days), boss, minutes=60.0),
            )


def dates(stage: str, on: date) -> tuple[date, date | None]:
    """(first day of the pregnancy, birth) of the mother at this stage."""
    story = STORIES[stage]
    if stage in NEWBORN_DAYS:
        born = on - timedelta(days=NEWBORN_DAYS[stage])
        return born - timedelta(days=BORN_AT), born
    return on - timedelta(days=story.today or 0), None


def told(life: Life) -> Told:
    """What the nurses send about mother and child."""
    person, on, source = life.person, life.on, PROGRAMS["nurse_visits"].source
    if stage := person.plays("newborn"):
        yield from ((source, r) for r in _child(person, stage, on))
    if stage := person.plays("nurse_visits"):
        yield from ((source, r) for r in _mother(person, stage, STORIES[stage], on))


def _child(person: Person, stage: str, on: date) -> Iterator[Resource]:
    patient, mother = person.at(PROGRAMS["nurse_visits"].source), _id_of(person.no - 1)
    yield _relative(f"{patient}-mother", patient, "MTH", mother)
    if stage != "overdue":
        nurse = who("nurse_visits", "nurse_home_visitor", person.no // 10)
        day = on - timedelta(days=NEWBORN_DAYS[stage] - 122)
        yield records.form(f"{patient}-asq", patient, "asq3", day, {"total": 200}, by=nurse)


def _id_of(no: int) -> str:
    return f"{PROGRAMS['nurse_visits'].source.replace('_', '-')}-p{no:06d}"


def _relative(id: str, patient: str, code: str, other: str, **more: bool) -> Resource:
    return {
        "resourceType": "RelatedPerson",
        "id": id,
        "active": True,
        "patient": reference("Patient", patient),
        "relationship": [concept("http://terminology.hl7.org/CodeSystem/v3-RoleCode", code)],
        "extension": said(other_patient=f"Patient/{other}", **more),
    }


def _mother(person: Person, stage: str, story: Story, on: date) -> Iterator[Resource]:
    about, patient = PROGRAMS["nurse_visits"], person.at(PROGRAMS["nurse_visits"].source)
    nurse = who("nurse_visits", "nurse_home_visitor", person.no // 10)
    began, born = dates(stage, on)
    child = _id_of(person.no + 1) if born else None
    yield _pregnancy(patient, story, began, born, child, on)
    joined = began + timedelta(days=story.first_visit) if story.first_visit else None
    referred = joined - timedelta(days=9) if joined else on - timedelta(days=4)
    yield records.asked(f"{patient}-ref", patient, "referral", referred, service=about.asked_as)
    yield records.decision(f"{patient}-wic", patient, "wic", "yes", referred)
    if stage == "said_no":
        yield records.consent(f"{patient}-no", patient, about.consent, on, "rejected")
        history = [("planned", referred), ("cancelled", on)]
        yield records.enrollment("nurse_visits", f"{patient}-member", patient, history, on, worker=nurse,
                                 reason="declined", referral=f"{patient}-ref")  # fmt: skip
    if joined is None:
        return
    yield records.contact(
        f"{patient}-try", patient, "first_contact", referred + timedelta(days=1), nurse, "nurse_home_visitor"
    )
    yield records.consent(f"{patient}-yes", patient, about.consent, joined, method="written")
    left = on - timedelta(days=story.ended[2]) if story.ended else None
    history = [("planned", referred), ("active", joined), *([(story.ended[0], left)] if story.ended and left else [])]
    if story.paused is not None:
        history.append(("onhold", on - timedelta(days=story.paused)))
    reason = story.ended[1] if story.ended else "enrolled"
    yield records.enrollment("nurse_visits", f"{patient}-member", patient, history, left, worker=nurse, reason=reason,
                             referral=f"{patient}-ref")  # fmt: skip
    if left is None:
        members = [("nurse_home_visitor", nurse), ("supervisor", who("nurse_visits", "supervisor"))]
        team = [(role, f"Practitioner/{id}") for role, id in members]
        yield records.team(f"{patient}-team", patient, team, joined, about.organization)
    for n, (day, _) in enumerate(visits(stage, on)):
        made = records.contact(f"{patient}-v{n}", patient, "nurse_home_visit", day, nurse, "nurse_home_visitor",
                               mode="visit", minutes=60)  # fmt: skip
        made["extension"] += [parts("part", kind="domain", code=c, percent=float(p)) for c, p in SHARES.items()]
        yield made
    if stage == "infancy":
        yield _short_visit(patient, visits(stage, on)[-1][0], nurse)
    yield records.mood_form(f"{patient}-mood-0", patient, joined + timedelta(days=7), 4, nurse)
    yield records.decision(f"{patient}-partner", patient, "ipv_screen", "negative", joined + timedelta(days=21))
    if born and child:
        yield records.mood_form(f"{patient}-mood-1", patient, born + timedelta(days=28), 6, nurse)
        yield records.consent(f"{patient}-both", patient, "mother_and_child", born + timedelta(days=7))
        yield _relative(f"{patient}-child", patient, "NCHILD", child, child=True, custody=True)


def _short_visit(patient: str, day: date, nurse: str) -> Resource:
    """The nurse came by once more on the same day, for too short a time to be paid."""
    return records.contact(f"{patient}-again", patient, "nurse_home_visit", day, nurse, "nurse_home_visitor",
                           mode="visit", minutes=15, hour=16)  # fmt: skip


def _pregnancy(patient: str, story: Story, began: date, born: date | None, child: str | None, on: date) -> Resource:
    ended = born or (on - timedelta(days=story.lost) if story.lost else None)
    extension = said(edd=began + timedelta(days=TERM), edd_method="ultrasound", births_before_live=story.births_before)
    if ended:
        extension.append(
            parts("birth", on=ended, grams=3240.0 if born else None, gestation_days=(ended - began).days,
                  outcome="live" if born else "miscarriage", child=f"Patient/{child}" if child else None)
        )  # fmt: skip
    return {
        "resourceType": "EpisodeOfCare",
        "id": f"{patient}-pregnancy",
        "status": "finished" if ended else "active",
        "type": [concept(OURS + "episode", "pregnancy")],
        "patient": reference("Patient", patient),
        "period": {"start": began.isoformat(), **({"end": ended.isoformat()} if ended else {})},
        "extension": extension,
    }


def planned(stage: str, on: date) -> list[tuple[date, int]]:
    """(day, days each way) of every visit the standard schedule asks for: weekly, every two weeks, monthly."""
    story = STORIES[stage]
    if story.first_visit is None:
        return []
    began, born = dates(stage, on)
    first, due = began + timedelta(days=story.first_visit), born or began + timedelta(days=TERM)
    grid = [(first + timedelta(days=7 * n), 3) for n in range(4)]
    grid += [(first + timedelta(days=21 + 14 * n), 6) for n in range(1, 20)]
    grid = [(day, window) for day, window in grid if day < due]
    if born:
        grid += [(born + timedelta(days=7 * n), 3) for n in range(1, 7)]
        until = _months_after(born, 21)
        grid += [(day, 6) for n in range(4, 46) if (day := born + timedelta(days=14 * n)) < until]
        grid += [(_months_after(born, months), 14) for months in (22, 23)]
    return grid


def _months_after(day: date, months: int) -> date:
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = (date(years + (month == 11), (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(years, month + 1, min(day.day, last))


def visits(stage: str, on: date) -> list[tuple[date, int]]:
    """The visits that were made: on their day, but every sixth was missed, and none in the days of silence."""
    story = STORIES[stage]
    last = on - timedelta(days=story.ended[2] if story.ended else story.silent)
    return [one for n, one in enumerate(planned(stage, on)) if one[0] <= last and n % 6 != 5]


def truth(life: Life) -> Answer:
    """A first child, little income, and a first visit by the end of the 28th week; or in the program with the child."""
    person, on, stage = life.person, life.on, life.person.plays("nurse_visits")
    expects = person.plays("pathways") == "pregnant"
    if stage is None:
        return answer({"is not pregnant": not expects, "has a child": expects, "has died": person.died is not None})
    story, (_, born) = STORIES[stage], dates(stage, on)
    over = story.ended is not None
    weeks = story.first_visit or story.today or 0
    end = on - timedelta(days=story.ended[2]) if story.ended else on
    _, born = dates(stage, on)
    due = [(day, window) for day, window in planned(stage, on) if _closes(day, window, born) < end]
    made = set(visits(stage, on))
    return answer(
        {
            "the program is over": over,
            "has a child": story.births_before is not None and story.births_before > 0,
            "too late for the first visit": weeks > LAST_DAY,
        },
        {"nobody asked about children": story.births_before is None},
        visits_expected=len(due) if due else None,
        visits_made=sum(1 for one in due if one in made) if due else None,
    )


def _closes(day: date, window: int, born: date | None) -> date:
    last = day + timedelta(days=window)
    return min(last, born - timedelta(days=1)) if born and day < born else last
