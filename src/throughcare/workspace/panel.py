"""The panel: one person and one piece of work, ready to be done: who, the number, why now, and how it went."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from throughcare.definitions.grammar import CONTACT_OUTCOMES
from throughcare.workspace import care_team, reasons, times, worklist
from throughcare.workspace.front import Desk
from throughcare.workspace.names import people

SNOOZE_REASONS = ("asked", "waiting", "away", "not_now")
DECLINE_REASONS = ("refused", "not_needed", "done_elsewhere", "other")
SCRIPT_MAX = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    row: worklist.Row
    born: str
    phones: list[Any]
    family: list[Any]
    allergies: list[str]
    why: list[reasons.Reason]
    cap: str
    given: list[str]
    script: list[str]
    outcomes: list[str]
    mode: str
    colleagues: list[Any]
    next_id: str
    next_name: str
    problem: str
    earliest: str
    tomorrow: str


def of(desk: Desk, task_id: str, order: Sequence[str]) -> Panel | None:
    """The panel of a task, or None when none is asked for; what may not be seen is as absent as what never was."""
    if not task_id:
        return None
    task = desk.reader.row("workspace/task", key=f"Task/{task_id}")
    if task is None:
        return None
    listed = worklist.rows(desk.site, desk.reader, desk.words, [task])
    return _panel(desk, task, listed[0], order) if listed else None


def _panel(desk: Desk, task: Any, row: worklist.Row, order: Sequence[str]) -> Panel:
    reader, viewer, words = desk.reader, desk.viewer, desk.words
    activity = desk.site.library.activities.get(row.kind)
    next_id = _next(row.id, order)
    why = reasons.of_tasks(desk.site, reader, words, [task]).get(task.key, [])
    return Panel(
        row=row,
        born=times.birthday(words, row.person.born),
        phones=reader.rows("workspace/phones", person=row.person.id),
        family=[f for f in reader.rows("workspace/family", person=row.person.id) if f.name],
        allergies=[a.called for a in reader.rows("workspace/allergies", person=row.person.id) if a.called],
        why=why,
        cap=_cap(desk, task),
        given=_given(desk, row.person.id, why),
        script=_script(desk, row.kind),
        outcomes=activity.outcomes if activity else list(CONTACT_OUTCOMES),
        mode=activity.mode if activity else "phone",
        colleagues=reader.rows("workspace/colleagues", staff=viewer.staff_id, teams=list(viewer.teams)),
        next_id=next_id,
        next_name=_next_name(desk, next_id),
        problem=_problem(desk),
        earliest=viewer.at.astimezone(viewer.zone).strftime("%Y-%m-%dT%H:%M"),
        tomorrow=viewer.today.fromordinal(viewer.today.toordinal() + 1).isoformat(),
    )


def _cap(desk: Desk, task: Any) -> str:
    """What the cap on contacts of all programs together says of this one: it waits, or could not."""
    key = f"panel.{task.business_status}"
    if not task.business_status or not desk.words.has(key):
        return ""
    until = task.snoozed_until
    day = times.day(desk.words, until, desk.viewer.today) if until else ""
    return desk.words(key, day=day)


def _given(desk: Desk, person_id: int, why: Sequence[reasons.Reason]) -> list[str]:
    """Whom an assignment suggests for the very case the work is about, or why it found nobody."""
    cases = {reason.anchor for reason in why}
    found = [one for one in care_team.chosen(desk, person_id) if one["case"] in cases] if cases else []
    return [care_team.sentence(desk, one) for one in found]


def _script(desk: Desk, kind: str) -> list[str]:
    """What to ask, when the library has words for this activity: keys script.<activity>.1, .2 and so on."""
    phrases = (desk.site.phrase(desk.words.language, None, f"script.{kind}.{n}", "") for n in range(1, SCRIPT_MAX + 1))
    return [phrase for phrase in phrases if phrase]


def _next(current: str, order: Sequence[str]) -> str:
    """The piece of work after this one in the list."""
    if current not in order:
        return order[0] if order else ""
    place = order.index(current) + 1
    return order[place] if place < len(order) else ""


def _next_name(desk: Desk, task_id: str) -> str:
    task = desk.reader.row("workspace/task", key=f"Task/{task_id}") if task_id else None
    if task is None:
        return ""
    known = people(desk.reader, desk.words, [task.person_id])
    return known[task.person_id].name if task.person_id in known else ""


def _problem(desk: Desk) -> str:
    """What was wrong with the last form, in words."""
    code = desk.asked.get("problem", "")
    if not code:
        return ""
    return desk.words(f"problem.{code}") if desk.words.has(f"problem.{code}") else desk.words("problem.form")


@dataclass(frozen=True, slots=True)
class Said:
    """What was just done, to be said once, with a way to undo it."""

    task_id: str
    person: str
    how: str
    what: str
    contact: str


def said(desk: Desk, task_id: str, how: str) -> Said | None:
    if not task_id or not desk.words.has(f"said.{how}"):
        return None
    task = desk.reader.row("workspace/task", key=f"Task/{task_id}")
    if task is None:
        return None
    known = people(desk.reader, desk.words, [task.person_id]).get(task.person_id)
    what = desk.asked.get("what", "")
    outcome = desk.words(f"outcome.{what}") if desk.words.has(f"outcome.{what}") else ""
    return Said(task_id, known.name, how, outcome, desk.asked.get("contact", "")) if known else None
