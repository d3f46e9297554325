"""Contact caps: how many contacts a week all programs together ask of a person; what can wait waits, and says so."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta, tzinfo

from throughcare.act.phrases import SAYS, plain_date
from throughcare.act.shapes import WHY, Resource, Stored, Write, code_of, concept, extension, with_extension, without
from throughcare.act.task import OPEN, Setting, activity_of, due_of, set_by_person, stamped
from throughcare.definitions.grammar import ContactCap

HELD, OVER = "contact_cap", "over_cap"  # waits for a week with room; cannot wait, though the week is full
WEEK = timedelta(days=7)


def capped(
    writes: Sequence[Write], standing: Iterable[Stored], rules: Sequence[ContactCap], at: Setting
) -> list[Write]:
    """The task writes once every cap is kept: contacts beyond it wait for the next week with room.

    Of what is asked, what is due first comes first. What a person decided, or began, is left as it is and counts; so
    does what was done this week. A contact that is due before there is room is asked all the same, and marked.
    """
    known = {t.body["id"]: t for t in standing}
    found = list(writes)
    for rule in rules:
        found = _by_rule(found, known, rule, at)
    return found


def _by_rule(writes: list[Write], known: Mapping[str, Stored], rule: ContactCap, at: Setting) -> list[Write]:
    new = {w.body["id"]: w for w in writes}
    tasks: dict[int, list[Resource]] = defaultdict(list)
    stay: list[Stored | Write] = [t for i, t in known.items() if i not in new]
    for one in [*stay, *writes]:
        tasks[one.person_id].append(one.body)
    for person, bodies in tasks.items():
        for body in _one_person(bodies, rule, at, at.zones[person]):
            old = known.get(body["id"])
            new[body["id"]] = Write(person, body, old.version if old else None)
    return [w for i, w in new.items() if i not in known or w.body is not known[i].body]


def _one_person(tasks: list[Resource], rule: ContactCap, at: Setting, zone: tzinfo) -> Iterable[Resource]:
    """The tasks of one person that this cap changes."""
    counted = [t for t in tasks if activity_of(t) in rule.activities and not at.phrases.safety(activity_of(t))]
    asked = [t for t in counted if t["status"] in OPEN and t["status"] != "on-hold"]
    free = [t for t in asked if not _decided(t)]
    now = _monday(at.now.astimezone(zone).date())
    taken = list(_taken(counted, asked, now, zone))
    if len(free) + len(taken) <= rule.per_week and not any(_mark(t) for t in free):
        return
    room: dict[date, int] = defaultdict(lambda: rule.per_week)
    for week in taken:
        room[week] -= 1
    for task in sorted(free, key=lambda t: (due_of(t) or "9999", t["id"])):
        week, due = now, due_of(task)[:10]
        while room[week] <= 0:
            week += WEEK
        late = bool(due) and date.fromisoformat(due) < week
        room[now if late else week] -= 1
        yield stamped(task, _over(task, rule) if late else _until(task, week, now, rule), at)


def _taken(counted: list[Resource], asked: list[Resource], now: date, zone: tzinfo) -> Iterable[date]:
    """The weeks in which places are gone: contacts done this week, and open ones that a person decided about."""
    for task in counted:
        end = task.get("executionPeriod", {}).get("end")
        if task["status"] == "completed" and end and _local(end, zone) >= now:
            yield now
    for task in asked:
        if _decided(task):
            yield max(now, _monday(date.fromisoformat(extension(task, "snoozed-until") or now.isoformat())))


def _decided(task: Resource) -> bool:
    """A person began it, chose its owner or date, or snoozed it."""
    snoozed = extension(task, "snoozed-until") is not None and _mark(task) != HELD
    return set_by_person(task) or snoozed or task["status"] != "requested"


def _until(task: Resource, week: date, now: date, rule: ContactCap) -> Resource:
    """Asked this week, or hidden until a later one begins, with the reason."""
    free = _free(task)
    if week == now:
        return free
    says = SAYS[HELD].format(n=rule.per_week, new=plain_date(week.isoformat()))
    return with_extension(free, "snoozed-until", week.isoformat()) | {"businessStatus": concept(WHY, HELD, says)}


def _over(task: Resource, rule: ContactCap) -> Resource:
    return _free(task) | {"businessStatus": concept(WHY, OVER, SAYS[OVER].format(n=rule.per_week))}


def _free(task: Resource) -> Resource:
    """The task without what a cap had said of it."""
    if not _mark(task):
        return task
    free = without(task, "businessStatus")
    return with_extension(free, "snoozed-until", None) if _mark(task) == HELD else free


def _mark(task: Resource) -> str | None:
    code = code_of(task.get("businessStatus"), WHY)
    return code if code in (HELD, OVER) else None


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _local(instant: str, zone: tzinfo) -> date:
    return datetime.fromisoformat(instant).astimezone(zone).date()
