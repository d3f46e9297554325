"""The worklist: tasks made into rows a nurse reads at a glance, in groups, with a line where today's time ends."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from throughcare.access.reader import Reader
from throughcare.workspace import reasons, times
from throughcare.workspace.names import Person, people
from throughcare.workspace.site import Site
from throughcare.workspace.words import Words

TRIES_LOOK_BACK = timedelta(days=60)
# Most urgent first: what can still be caught, what has waited for weeks, what has no date, the days to come.
GROUPS = ("late", "today", "long_late", "none", "tomorrow", "week", "later")


@dataclass(slots=True, kw_only=True)
class Row:
    """One piece of work for one person, in words."""

    id: str
    person: Person
    due: times.Due
    verb: str
    chips: list[str]
    programs: list[str]
    tries: str
    last_try: str
    who: str
    minutes: int
    kind: str
    status: str
    after: bool = False  # below the line where today's time ends


@dataclass(slots=True)
class Group:
    key: str
    rows: list[Row] = field(default_factory=list)

    @property
    def people(self) -> int:
        return len({row.person.id for row in self.rows})

    @property
    def minutes(self) -> int:
        return sum(row.minutes for row in self.rows)


def rows(site: Site, reader: Reader, words: Words, tasks: Sequence[Any]) -> list[Row]:
    """Rows of some tasks, in their order; four more queries, whatever their number."""
    known = people(reader, words, {task.person_id for task in tasks})
    why = reasons.of_tasks(site, reader, words, tasks)
    tried = _tries(reader, {task.person_id for task in tasks})
    owners = _colleagues(reader, {task.owner for task in tasks if task.owner})
    return [_row(site, reader, words, task, known, why, tried, owners) for task in tasks if task.person_id in known]


def _row(
    site: Site,
    reader: Reader,
    words: Words,
    task: Any,
    known: dict[int, Person],
    why: dict[str, list[reasons.Reason]],
    tried: dict[tuple[int, str], list[Any]],
    owners: dict[str, str],
) -> Row:
    viewer, mine = reader.viewer, why.get(task.key, [])
    tries = _since(tried.get((task.person_id, task.kind), []), mine, task)
    return Row(
        id=task.key.partition("/")[2],
        person=known[task.person_id],
        due=times.due(words, task.due_at, task.due_on, viewer.at, viewer.zone),
        verb=verb(site, words, task),
        chips=reasons.chips(mine, words),
        programs=reasons.programs(mine),
        tries=words("today.tries", n=len(tries)) if tries else "",
        last_try=_last_try(words, tries[0], reader) if tries else "",
        who=_who(words, task, viewer, owners),
        minutes=minutes(site, task, mine),
        kind=task.kind,
        status=task.status,
    )


def verb(site: Site, words: Words, task: Any) -> str:
    """What to do, as the shared vocabulary calls it in the reader's language; else as the task itself says."""
    activity = site.library.activities.get(task.kind)
    said = task.description or (task.kind or "").replace("_", " ").capitalize()
    return site.phrase(words.language, None, f"activity.{task.kind}", activity.verb) if activity else said


def minutes(site: Site, task: Any, why: Sequence[reasons.Reason]) -> int:
    """How long it takes: the longest of the steps it answers, else what the activity usually takes."""
    steps = [reason.minutes for reason in why if reason.minutes]
    activity = site.library.activities.get(task.kind)
    return max(steps) if steps else (activity.minutes if activity else 10)


def _tries(reader: Reader, ids: Iterable[int]) -> dict[tuple[int, str], list[Any]]:
    found = defaultdict(list)
    since = reader.viewer.today - TRIES_LOOK_BACK
    for one in reader.rows("workspace/tries", people=list(ids), since=since):
        found[one.person_id, one.activity].append(one)
    return found


def _since(tries: list[Any], why: Sequence[reasons.Reason], task: Any) -> list[Any]:
    """Only tries made for this piece of work: since it was asked for or opened, whichever is earlier."""
    starts = [reason.opens_on for reason in why if reason.opens_on] + ([task.requested_on] if task.requested_on else [])
    start = min(starts, default=date.min)
    return [one for one in tries if one.on_date >= start]


def _last_try(words: Words, one: Any, reader: Reader) -> str:
    viewer = reader.viewer
    says = words("today.try_reached" if one.reached else "today.try_not_reached")
    when = times.moment(words, one.happened_at, viewer.at, viewer.zone) if one.happened_at else ""
    return f"{says} {when}".strip()


def _colleagues(reader: Reader, practitioners: Iterable[str]) -> dict[str, str]:
    found = reader.rows("workspace/staff_names", practitioners=list(practitioners))
    return {one.practitioner: one.name for one in found}


def _who(words: Words, task: Any, viewer: Any, owners: dict[str, str]) -> str:
    if task.snoozed_until and task.snoozed_until > viewer.today:
        return words("today.snoozed", day=times.day(words, task.snoozed_until, viewer.today))
    if task.owner and task.owner == viewer.practitioner:
        return words("today.you")
    if task.owner:
        return owners.get(task.owner, words("today.someone"))
    return words("today.open_to", role=task.role.replace("_", " ")) if task.role else words("today.no_owner")


def grouped(listed: Sequence[Row]) -> list[Group]:
    """Rows by urgency, each group in the order given; empty groups left out."""
    groups = {key: Group(key) for key in GROUPS}
    for row in listed:
        groups[row.due.group].rows.append(row)
    return [group for group in groups.values() if group.rows]


@dataclass(slots=True)
class Cut:
    """Where the time available ends: how much was planned above, what is below, and who fits."""

    planned: int
    spare: int
    fit: int
    below_people: int
    below_minutes: int


def cut(groups: Sequence[Group], available: int) -> Cut:
    """Mark rows that no longer fit in the time available; once one does not fit, nothing after it is planned."""
    planned, over = 0, False
    rows = [row for group in groups for row in group.rows]
    for row in rows:
        over = row.after = over or planned + row.minutes > available
        planned += 0 if over else row.minutes
    below = [row for row in rows if row.after]
    waiting = {row.person.id for row in below}
    fit = len({row.person.id for row in rows} - waiting)
    return Cut(planned, available - planned, fit, len(waiting), sum(row.minutes for row in below))
