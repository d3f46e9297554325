"""Reasons: why a piece of work exists, as the care models say it: the rule, its source, the event and the dates."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from throughcare.access.reader import Reader
from throughcare.workspace import times
from throughcare.workspace.site import Site
from throughcare.workspace.words import Words

CHIPS_MAX = 2
LEARNT = ("claim", "document", "person")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One care model's reason for a piece of work."""

    model: str
    program: str
    rule: str
    cites: str
    event: str  # "Left hospital Fri"; empty when no event is behind it
    event_key: str
    anchor: str  # the key of the row the step stands on
    opens: str
    opens_on: date | None
    due: times.Due
    status: str
    minutes: int
    needs: int
    done: int
    note: str


def of_tasks(site: Site, reader: Reader, words: Words, tasks: Sequence[Any]) -> dict[str, list[Reason]]:
    """Task key -> its reasons, the earliest due first."""
    ids = [task.key.partition("/")[2] for task in tasks]
    owed = reader.rows("workspace/task_reasons", ids=ids)
    events = _events(site, reader, words, {key for one in owed for key in (one.anchor_key, one.about) if key})
    found = defaultdict(list)
    for one in owed:
        found[one.task].append(_reason(site, reader, words, one, events))
    return found


def _reason(site: Site, reader: Reader, words: Words, one: Any, events: dict[str, str]) -> Reason:
    step, viewer = site.steps.get((one.model, one.step)), reader.viewer
    says = step.says if step and step.says else one.step.replace("_", " ")
    opens = one.opens_at.astimezone(viewer.zone).date() if one.opens_at else None
    return Reason(
        model=one.model,
        program=site.title(words.language, one.model),
        rule=site.phrase(words.language, one.model, f"step.{one.step}", says),
        cites=step.cites if step else "",
        event=events.get(one.anchor_key) or events.get(one.about, ""),
        event_key=one.anchor_key if one.anchor_key in events else (one.about if one.about in events else ""),
        anchor=one.anchor_key,
        opens=times.day_long(words, opens) if opens else "",
        opens_on=opens,
        due=_due(words, one, viewer),
        status=one.status,
        minutes=step.minutes if step else 0,
        needs=one.needs,
        done=one.done_count,
        note=one.reason,
    )


def _due(words: Words, one: Any, viewer: Any) -> times.Due:
    """Clocks in days end with their day; clocks in hours end at their minute."""
    if one.due_at is None:
        return times.due(words, None, None, viewer.at, viewer.zone)
    if one.due_precision == "minute":
        return times.due(words, one.due_at, None, viewer.at, viewer.zone)
    return times.due(words, None, one.due_at.astimezone(viewer.zone).date(), viewer.at, viewer.zone)


def _events(site: Site, reader: Reader, words: Words, keys: set[str]) -> dict[str, str]:
    if not keys:
        return {}
    found = reader.rows("workspace/events", keys=list(keys))
    return {one.key: event(site, words, one, reader.viewer) for one in found}


def event(site: Site, words: Words, one: Any, viewer: Any) -> str:
    """What happened, in a few words and a day: "Left hospital Fri"; and who told of it, where no feed of visits did."""
    said = _said(site, words, one, viewer)
    if one.learnt_as in LEARNT:
        return words(f"event.learnt.{one.learnt_as}", event=said, day=_when(words, one.learnt_at, None, viewer))
    return said


def _said(site: Site, words: Words, one: Any, viewer: Any) -> str:
    when = _when(words, one.at, one.day, viewer)
    what = one.what or ""
    if one.kind == "encounter":
        place = {"observation": "observation_stay"}.get(what, what)
        place = place if words.has(f"event.{place}.ended") else "office"
        return words(f"event.{place}.{'ended' if one.ended else 'began'}", day=when)
    if one.kind == "observation" and one.value is not None:
        return words("event.reading", value=f"{one.value.normalize():f}", unit=one.unit or "", day=when)
    if one.kind == "enrollment":
        return words("event.enrollment", program=site.title(words.language, what), day=when)
    return words(f"event.{one.kind}", day=when)


def _when(words: Words, at: datetime | None, on: date | None, viewer: Any) -> str:
    if on is None and at is None:
        return ""
    local = on or at.astimezone(viewer.zone).date()  # type: ignore[union-attr]
    return times.day(words, local, viewer.today)


def chips(why: Sequence[Reason], words: Words) -> list[str]:
    """The few words on the row: the event first, then the rule; each once."""
    said = dict.fromkeys([*(r.event for r in why if r.event), *(r.rule for r in why)])
    return list(said)[:CHIPS_MAX] or [words("today.asked_by_a_person")]


def programs(why: Sequence[Reason]) -> list[str]:
    return list(dict.fromkeys(reason.program for reason in why))
