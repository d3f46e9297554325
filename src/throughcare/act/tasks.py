"""Tasks: what is owed now against the tasks that stand, and the least that has to be written to make them agree."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from throughcare.act.owed import LIVE, Owed, groups, opens_work
from throughcare.act.phrases import SAYS
from throughcare.act.shapes import Resource, Stored, Write, ident, unique, with_note, without
from throughcare.act.task import (
    OPEN,
    Setting,
    about_of,
    activity_of,
    cancelled,
    completed,
    held,
    human,
    keys_of,
    names_of,
    opened,
    revised,
    stamped,
)

Place = tuple[int, str, str]  # person, activity, event: where one piece of work is looked for


def reconcile(owed: Iterable[Owed], tasks: Iterable[Stored], at: Setting) -> list[Write]:
    """The task writes that make stored work equal to owed work, place by place; nothing where they agree already."""
    wanted: dict[Place, list[Owed]] = defaultdict(list)
    standing: dict[Place, list[Stored]] = defaultdict(list)
    for one in owed:
        wanted[one.person_id, one.activity, one.event].append(one)
    for task in tasks:
        standing[task.person_id, activity_of(task.body), about_of(task.body)].append(task)
    taken = {t.body["id"] for there in standing.values() for t in there}
    writes: list[Write] = []
    for place in sorted(wanted.keys() | standing.keys()):
        writes += _one_place(place, wanted.get(place, []), standing.get(place, []), taken, at)
    return writes


def _one_place(place: Place, owed: list[Owed], tasks: list[Stored], taken: set[str], at: Setting) -> list[Write]:
    tasks = sorted(tasks, key=lambda t: (t.body.get("authoredOn", ""), t.body["id"]))
    said_no = set().union(*(names_of(t.body) for t in tasks if held(t.body)))
    live = [o for o in owed if o.status in LIVE and o.name not in said_no]
    work = groups(o for o in live if opens_work(o, at.now))
    standing = [t for t in tasks if t.body["status"] in OPEN]
    pairs = _pairs(work, standing)
    writes: list[Write | None] = []
    for number, group in enumerate(work):
        task = pairs.get(number)
        if task is not None:
            writes.append(_update(task, group, owed, live, at))
        else:
            new = opened(group, _new_id(place, taken), _closed_before(group, tasks), at)
            writes.append(Write(place[0], new))
    paired = {t.body["id"] for t in pairs.values()}
    covered = {o.name for group in work for o in group}
    for task in standing:
        if task.body["id"] not in paired:
            writes.append(_without_work(task, owed, live, covered, at))
    return [w for w in writes if w is not None]


def _pairs(work: list[list[Owed]], standing: list[Stored]) -> dict[int, Stored]:
    """Which standing task goes on for which group: the one that shares most obligations, then one a person made."""
    names = [names_of(t.body) for t in standing]
    shares = [
        (-len(names[t] & {o.name for o in group}), g, t)
        for g, group in enumerate(work)
        for t in range(len(standing))
        if names[t] & {o.name for o in group}
    ]
    adoptable = [(0, g, t) for g in range(len(work)) for t in range(len(standing)) if not names[t]]
    pairs: dict[int, Stored] = {}
    used: set[int] = set()
    for _, g, t in sorted(shares) + adoptable:
        if g not in pairs and t not in used:
            pairs[g] = standing[t]
            used.add(t)
    return pairs


def _update(task: Stored, group: list[Owed], owed: list[Owed], live: list[Owed], at: Setting) -> Write | None:
    names = names_of(task.body)
    waiting = [o for o in live if o.name in names and not any(o is g for g in group) and not opens_work(o, at.now)]
    old = task.body
    if not names:
        old = _adopted(old, group, at)
    return _written(task, stamped(task.body, revised(old, group, waiting, _closed(owed), at), at))


def _adopted(task: Resource, group: list[Owed], at: Setting) -> Resource:
    """A task a person made becomes the task for the group: its owner stays, and so does its date if it has one."""
    reason = " · ".join(unique(at.phrases.reason(o.model, o.step) for o in group))
    return with_note(human(task), SAYS["adopted"].format(reason=reason), at.now)


def _without_work(task: Stored, owed: list[Owed], live: list[Owed], covered: set[str], at: Setting) -> Write | None:
    """An open task that no group wants: kept while its reasons wait, completed when one was met, else cancelled."""
    names = names_of(task.body)
    if not names:
        return None
    waiting = [o for o in live if o.name in names and o.name not in covered]
    if waiting:
        return _written(task, stamped(task.body, revised(task.body, [], waiting, _closed(owed), at), at))
    mine = [o for o in owed if o.name in names and o.status not in LIVE]
    if any(o.status in ("met", "late") for o in mine):
        return _written(task, completed(task.body, mine, at))
    if "requester" in task.body:
        return _written(task, _orphaned(task.body, mine, at))
    if names & covered:
        return _written(task, cancelled(task.body, "elsewhere", SAYS["elsewhere"], at))
    says = unique(o.reason for o in mine if o.reason)
    if says:
        return _written(task, cancelled(task.body, "rule", "; ".join(says), at))
    why = "withdrawn" if about_of(task.body) in at.withdrawn else "cancelled"
    return _written(task, cancelled(task.body, why, SAYS[why], at))


def _orphaned(task: Resource, mine: list[Owed], at: Setting) -> Resource:
    """A person's own task goes on without the rules that had joined it."""
    says = "; ".join(unique(o.reason for o in mine if o.reason)) or SAYS["cancelled"]
    kept = [i for i in task["input"] if i.get("type", {}).get("text") != "obligation"]
    body = without(task, "input", "reasonCode") | ({"input": kept} if kept else {})
    return with_note(body, SAYS["orphaned"].format(reason=says), at.now)


def _closed(owed: list[Owed]) -> Mapping[str, Owed]:
    return {o.key: o for o in owed if o.status not in LIVE}


def _closed_before(group: list[Owed], tasks: list[Stored]) -> Resource | None:
    """The latest closed task that stood for one of these obligations: the new one refers to it."""
    names = {o.name for o in group}
    past = [t.body for t in tasks if t.body["status"] not in OPEN and not held(t.body) and names & names_of(t.body)]
    return past[-1] if past else None


def _new_id(place: Place, taken: set[str]) -> str:
    number = 0
    while (new := ident("t", *place, number)) in taken:
        number += 1
    taken.add(new)
    return new


def _written(task: Stored, new: Resource) -> Write | None:
    return None if new is task.body else Write(task.person_id, new, task.version)


def in_doubt(owed: Iterable[Owed], tasks: Iterable[Stored]) -> set[str]:
    """The events of open tasks for which nothing is answered any more: do they still stand in the record?"""
    answered = {o.name for o in owed}
    open_tasks = (t.body for t in tasks if t.body["status"] in OPEN)
    return {about_of(t) for t in open_tasks if about_of(t) and not names_of(t) & answered}


def obligation_keys(tasks: Iterable[Stored]) -> set[str]:
    """Every obligation an open task stands for: the closed ones among them are all that must be read."""
    return {key for t in tasks if t.body["status"] in OPEN for key in keys_of(t.body)}
