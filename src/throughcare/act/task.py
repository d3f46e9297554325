"""One task: opened for a group of obligations, revised when they change, completed or cancelled when they close."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo

from throughcare.act.moves import moved
from throughcare.act.owed import Owed, common_roles, event_of, name_of
from throughcare.act.phrases import SAYS, Phrases, plain_date
from throughcare.act.shapes import (
    ACTIVITY,
    ROLE,
    WHY,
    Resource,
    code_of,
    concept,
    day_of,
    extension,
    extensions,
    instant,
    unique,
    with_extension,
    with_note,
    without,
)

OPEN = frozenset({"draft", "requested", "received", "accepted", "ready", "in-progress", "on-hold"})
REOPENED_BY_PEOPLE = frozenset({"rejected", "cancelled", "entered-in-error"})


@dataclass(frozen=True, slots=True)
class Setting:
    """What every task of a pass needs to know: the moment, the words, and each person's reference and time zone."""

    now: datetime
    phrases: Phrases
    patients: Mapping[int, str]
    zones: Mapping[int, tzinfo]
    owners: Mapping[tuple[int, str, str], str]
    withdrawn: frozenset[str] = frozenset()  # events that tasks are about and that no longer stand in the record

    def due(self, owed: Owed) -> str:
        """The due date as FHIR text: a day for clocks in days, an instant for clocks in hours; '' when unknown."""
        if owed.due_at is None:
            return ""
        if owed.due_precision == "minute":
            return instant(owed.due_at)
        return day_of(owed.due_at, self.zones[owed.person_id])


def activity_of(task: Resource) -> str:
    return code_of(task.get("code"), ACTIVITY) or ""


def about_of(task: Resource) -> str:
    """The event a task is about: its focus, or the key of a row that is no resource."""
    return event_of(task.get("focus", {}).get("reference") or extension(task, "about"))


def keys_of(task: Resource) -> list[str]:
    """The obligations a task stands for."""
    return [i["valueString"] for i in task.get("input", ()) if i.get("type", {}).get("text") == "obligation"]


def names_of(task: Resource) -> set[str]:
    return {name_of(key) for key in keys_of(task)}


def due_of(task: Resource) -> str:
    return task.get("restriction", {}).get("period", {}).get("end", "")


def set_by_person(task: Resource) -> bool:
    return extension(task, "set-by-person") is True


def human(task: Resource) -> Resource:
    """The task marked as a person's own: its owner and its date, if it has one, are theirs."""
    marked = with_extension(task, "set-by-person", True)
    return with_extension(marked, "own-due", due_of(task)) if due_of(task) else marked


def held(task: Resource) -> bool:
    """A person said no: declined, cancelled or struck out by hand. The decision stands for what the task stood for."""
    return task["status"] == "rejected" or (task["status"] in REOPENED_BY_PEOPLE and set_by_person(task))


def opened(group: list[Owed], ident: str, earlier: Resource | None, at: Setting) -> Resource:
    """A new task for a group; `earlier` is the closed task that stood for the same obligations."""
    first = group[0]
    task: Resource = {
        "resourceType": "Task",
        "id": ident,
        "status": "requested",
        "intent": "order",
        "code": concept(ACTIVITY, first.activity),
        "description": at.phrases.verb(first.activity),
        "for": {"reference": at.patients[first.person_id]},
        "authoredOn": instant(at.now),
    }
    if first.event:
        is_reference = first.event.count("/") == 1 and first.event[0].isupper()
        task |= {"focus": {"reference": first.event}} if is_reference else {"extension": extensions(about=first.event)}
    if earlier is not None:
        task = with_extension(task, "reopens", {"reference": f"Task/{earlier['id']}"})
        task = with_note(task, SAYS["still_asked" if set_by_person(earlier) else "reopened"], at.now)
    return stamped(task, revised(task, group, (), {}, at), at)


def revised(
    task: Resource, group: list[Owed], waiting: Iterable[Owed], closed: Mapping[str, Owed], at: Setting
) -> Resource:
    """The open task as its obligations want it now, keeping whatever a person changed."""
    asking = [*group, *waiting]
    new = standing_for(task, group)
    new = with_outputs(new, [closed[k] for k in keys_of(new) if k in closed])
    new |= {"reasonCode": {"text": " · ".join(unique(at.phrases.reason(o.model, o.step) for o in asking))}}
    new = _dated(new, task, asking, at)
    new = _held(new, group, asking)
    new = _urgent(new, group, at)
    new = _for_roles(new, group or asking, at)
    return new if set_by_person(new) else _owned(new, group or asking, at)


def standing_for(task: Resource, group: list[Owed]) -> Resource:
    """The task with every obligation of the group among its inputs, each once, the older ones first."""
    keys = {name_of(key): key for key in keys_of(task)} | {o.name: o.key for o in group}
    others = [i for i in task.get("input", ()) if i.get("type", {}).get("text") != "obligation"]
    inputs = [{"type": {"text": "obligation"}, "valueString": key} for key in keys.values()]
    return without(task, "input") | ({"input": others + inputs} if others or inputs else {})


def with_outputs(task: Resource, closed: Iterable[Owed]) -> Resource:
    """The task pointing at what resolved each obligation that is met."""
    done = [
        {"type": {"text": o.key}, "valueReference": {"reference": o.resolved_by.partition("#")[0]}}
        for o in sorted(closed, key=lambda o: o.key)
        if o.status in ("met", "late") and o.resolved_by and "/" in o.resolved_by
    ]
    keys = set(keys_of(task))
    kept = [o for o in task.get("output", ()) if o["type"].get("text") not in keys]
    return without(task, "output") | ({"output": kept + done} if kept or done else {})


def _dated(new: Resource, old: Resource, asking: list[Owed], at: Setting) -> Resource:
    """The earliest due date; a date a person chose stays, except that safety never waits past the rule's date."""
    first = min(asking, key=lambda o: (o.due, o.key))
    rule, was, own = at.due(first), due_of(old), extension(old, "own-due")
    safety = at.phrases.safety(first.activity) and rule != ""
    if own is None:
        new = _due(new, was, rule, _why_moved(old, first), at)
    elif safety and own > rule:
        new = _due(with_extension(new, "own-due", None), was, rule, "due_safety", at)
    else:
        new = _beside_own(new, extension(old, "rule-due"), rule, at)
    return _shown_in_time(new, rule, at) if safety else new


def _beside_own(new: Resource, known: str | None, rule: str, at: Setting) -> Resource:
    """A person's own date stays; the rule's date stands beside it, with a note when it moves."""
    new = with_extension(new, "rule-due", rule or None)
    return new if known in (None, rule) else with_note(new, SAYS["due_own"].format(new=plain_date(rule)), at.now)


def _shown_in_time(new: Resource, rule: str, at: Setting) -> Resource:
    snoozed = extension(new, "snoozed-until")
    if not snoozed or snoozed <= rule[:10]:
        return new
    new = with_extension(new, "snoozed-until", rule[:10])
    return with_note(new, SAYS["snooze_safety"].format(new=plain_date(rule)), at.now)


def _due(new: Resource, was: str, rule: str, why: str, at: Setting) -> Resource:
    if rule == was:
        return new
    if was:
        new = with_note(new, SAYS[why].format(new=plain_date(rule), old=plain_date(was)), at.now)
    kept = without(new.get("restriction", {}), "period")
    restriction = kept | ({"period": {"end": rule}} if rule else {})
    return without(new, "restriction") | ({"restriction": restriction} if restriction else {})


def _why_moved(old: Resource, first: Owed) -> str:
    if first.name not in names_of(old):
        return "due_joined"
    return "due_moved" if len(keys_of(old)) == 1 else "due_left"


def _held(new: Resource, group: list[Owed], asking: list[Owed]) -> Resource:
    """On hold while every reason is paused; asked for again as soon as one is not."""
    by_rule = code_of(new.get("businessStatus"), WHY) == "paused"
    if not group and all(o.status == "paused" for o in asking) and (by_rule or new["status"] == "requested"):
        says = SAYS["paused"].format(reason="; ".join(unique(o.reason for o in asking if o.reason)))
        return new | {"status": "on-hold", "businessStatus": concept(WHY, "paused", says.rstrip(": "))}
    if by_rule:
        return without(new, "businessStatus") | {"status": "requested"}
    return new


def _urgent(new: Resource, group: list[Owed], at: Setting) -> Resource:
    """Urgent once a clock has warned, as soon as possible once it is past due."""
    if any(o.status == "breached" for o in group):
        return new | {"priority": "asap"}
    if any(o.warn_at and o.warn_at <= at.now for o in group):
        return new | {"priority": "urgent"}
    return without(new, "priority") if new.get("priority") in ("urgent", "asap") and not set_by_person(new) else new


def _for_roles(new: Resource, group: list[Owed], at: Setting) -> Resource:
    """Who may do it; past due, also the role it escalates to, with a note the first time."""
    higher = unique(o.escalates_to for o in group if o.status == "breached" and o.escalates_to)
    had = [code_of(p, ROLE) or "" for p in new.get("performerType", ())]
    for role in higher:
        if role not in had:
            new = with_note(new, SAYS["escalated"].format(role=at.phrases.role(role)), at.now)
    wanted = had if set_by_person(new) and had else common_roles(group)
    roles = unique([*wanted, *higher]) or had
    return without(new, "performerType") | ({"performerType": [concept(ROLE, r) for r in roles]} if roles else {})


def _owned(new: Resource, group: list[Owed], at: Setting) -> Resource:
    """Owned by whoever holds the first of its roles in the person's care team, if anyone does."""
    for role in common_roles(group):
        for owed in group:
            if owner := at.owners.get((owed.person_id, owed.model, role)):
                return new | {"owner": {"reference": owner}}
    return without(new, "owner")


def completed(task: Resource, closed: list[Owed], at: Setting) -> Resource:
    """The task done: when the last of its obligations was resolved, and by which events."""
    ends = [o.resolved_at for o in closed if o.status in ("met", "late") and o.resolved_at]
    done = with_outputs(task, closed) | {"status": "completed"}
    return moved(task, _ended(without(done, "businessStatus"), max(ends, default=at.now), at), at.now)


def cancelled(task: Resource, why: str, says: str, at: Setting) -> Resource:
    """The task withdrawn, with the reason in words."""
    kept = without(task, "businessStatus")
    ended = _ended(kept | {"status": "cancelled", "statusReason": concept(WHY, why, says)}, at.now, at)
    return moved(task, ended, at.now)


def _ended(task: Resource, end: datetime, at: Setting) -> Resource:
    period = task.get("executionPeriod", {})
    start = period.get("start")
    ended = {"end": instant(max(end, datetime.fromisoformat(start)) if start else end)}
    return task | {"executionPeriod": period | ended, "lastModified": instant(at.now)}


def stamped(old: Resource, new: Resource, at: Setting) -> Resource:
    """The new form with its moment of change, or the old one itself when nothing differs."""
    if without(new, "lastModified") == without(old, "lastModified"):
        return old
    return moved(old, new | {"lastModified": instant(at.now)}, at.now)
