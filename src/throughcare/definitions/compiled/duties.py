"""Duties: the steps of all care models as statements over their anchors, their events and their pauses."""

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import partial
from typing import Any

import pyarrow as pa

from throughcare.definitions import calendar
from throughcare.definitions.compiled import owing, steps
from throughcare.definitions.compiled.anchors import Anchors, Compiled
from throughcare.definitions.compiled.everyone import ALONE, Everyone, Node
from throughcare.definitions.compiled.frames import ENTITY, Frame
from throughcare.definitions.compiled.names import Names
from throughcare.definitions.compiled.plan import Statement, together_as
from throughcare.definitions.compiled.schedule import Schedule
from throughcare.definitions.expressions import Mistake

_READ = re.compile(r'\b([rp])\."([^"]+)"')
NO_OBLIGATION = """select '' as obligation_key, 0::bigint as person_id, '' as model, '' as version, '' as step,
    '' as anchor_key, 0 as occurrence, '' as activity, '' as about, []::varchar[] as roles, '' as escalates_to,
    null::timestamptz as opens_at,
    null::timestamptz as due_at, 'day' as due_precision, null::timestamptz as warn_at, '' as status,
    null::timestamptz as resolved_at, '' as resolved_by, '' as reason, 0 as done_count, 1 as needs where false"""


class Duties:
    """What is owed: the steps with what resolves and pauses them. With `share`, what is spelled equally is one."""

    def __init__(self, models: list[Names], *, share: bool) -> None:
        self.models, self.share = models, share
        self.steps: list[Compiled] = []
        self.phrases: dict[str, dict[int, tuple[Frame, int, owing.Phrase]]] = {}

    def read(self, names: Names) -> None:
        """The steps of one care model; their mistakes are remembered there."""
        for nth, given in enumerate(names.model.work.step):
            with names.at("work.toml", ("step", nth)):
                self.steps.append(steps.step(names, len(self.steps) + 1, given))

    def find(self) -> None:
        """What resolves and pauses them, once all sets are known."""
        self.phrases = {kind: self._phrases(kind) for kind in ("events", "pauses")}

    def leave_out(self, whole: Everyone) -> None:
        """Work on what is no person's, or on what needs everyone, is thought about at another time."""
        self.steps = [
            s for s in self.steps if not any(a.frame.subject == ENTITY or whole.needed(a.frame) for a in s.anchors)
        ]
        mine = {s.number for s in self.steps}
        self.phrases = {kind: {n: p for n, p in found.items() if n in mine} for kind, found in self.phrases.items()}

    def asked(self, person: Frame) -> Iterator[Node]:
        """What steps read: the columns of their anchors, and of the events that resolve or pause them."""
        for step in self.steps:
            for anchor in step.anchors:
                yield anchor.frame, ""
                for alias, name in _READ.findall(" ".join([*anchor.fields.values(), anchor.extra, anchor.where])):
                    yield (person if alias == "p" else anchor.frame), name
        for target, _, said in (p for found in self.phrases.values() for p in found.values()):
            yield target, ""
            yield from ((target, name) for alias, name in said.holds.uses if alias == "v")
            yield from ((person, name) for alias, name in said.holds.uses if alias == "p")
            yield from [(target, said.link)] if said.link else []

    def table(self) -> pa.Table:
        """The steps as rows, so that one statement serves them all."""
        numbers = {kind: {step: nth for step, (_, nth, _) in found.items()} for kind, found in self.phrases.items()}
        calendars = {n.model_id: n.calendar for n in self.models}
        return owing.definitions(self.steps, calendars, numbers["events"], numbers["pauses"])

    def statements(self, schedule: Schedule, people: str) -> list[Statement]:
        """Anchors, events and pauses, then all that is owed, and when to look again."""
        made = self._anchors(schedule, people)
        happened = self._sources(schedule, people, self.phrases["events"], "events", owing.events_of)
        paused = self._sources(schedule, people, self.phrases["pauses"], "pauses", owing.pauses_of)
        calendars = {n.calendar: calendar.engine_name(n.calendar) for n in self.models}
        if not made:
            return [Statement("obligation", NO_OBLIGATION), Statement("wake", owing.wakes(True))]
        listed = {"anchors": made, "events": happened, "pauses": paused}
        together = {word: together_as(word, part) for word, part in listed.items() if part and self.share}
        read = tuple([together[w].name] if w in together else [s.name for s in part] for w, part in listed.items())
        units = {s.warn.unit for s in self.steps if s.warn}
        links = any(s.link for s in self.steps)
        nobody = any(a.frame.subject == ENTITY for s in self.steps for a in s.anchors)
        named = partial(owing.obligations, read[0], read[1], read[2], calendars, units)
        all_of = partial(named, links=links, nobody=nobody)
        if self.share:
            owed = [Statement("obligation", all_of())]
        else:
            owed = [Statement(f"obligation {s.number}", all_of(only=f'and u."step" = {s.number}')) for s in self.steps]
            owed.append(together_as("obligation", owed))
        return [*made, *happened, *paused, *together.values(), *owed, Statement("wake", owing.wakes(True))]

    def _anchors(self, schedule: Schedule, people: str) -> list[Statement]:
        by_frame: dict[str, list[Anchors]] = defaultdict(list)
        frames: dict[str, Frame] = {}
        nth = 0
        for step in self.steps:
            for anchor in step.anchors:
                nth += 1
                key = anchor.frame.name if self.share else f"{anchor.frame.name} {nth}"
                by_frame[key].append(anchor)
                frames[key] = anchor.frame
        return [
            Statement(
                f"anchors {key}",
                owing.anchors_of(frames[key], listed, schedule.final(frames[key]), people),
                nothing_without=schedule.final(frames[key]).strip('"'),
            )
            for key, listed in by_frame.items()
        ]

    def _sources(self, schedule: Schedule, people: str, found: Any, word: str, make: Any) -> list[Statement]:
        by_frame: dict[Any, dict[int, owing.Phrase]] = defaultdict(dict)
        frames: dict[Any, Frame] = {}
        for target, nth, said in found.values():
            key = target.name if self.share else f"{target.name} {nth}"
            by_frame[key][nth], frames[key] = said, target
        return [
            Statement(
                f"{word} {key}",
                make(frames[key], said, schedule.final(frames[key]), people),
                nothing_without=schedule.final(frames[key]).strip('"'),
            )
            for key, said in by_frame.items()
        ]

    def _phrases(self, kind: str) -> dict[int, tuple[Frame, int, owing.Phrase]]:
        """Step -> its frame, the number of its phrase (equal ones share it) and the condition."""
        found: dict[int, tuple[Frame, int, owing.Phrase]] = {}
        numbers: dict[Any, int] = {}
        for step in self.steps:
            text = getattr(step, kind)
            if not text:
                continue
            names = next(n for n in self.models if n.model_id == step.model)
            nth = names.model.work.step.index(step.given)
            with names.at("work.toml", ("step", nth)):
                link = step.link[1] if step.link and kind == "events" else None
                target, said = self._phrase(names, step, text, link)
                key = (target.name, said.holds.sql, link) if self.share else step.number
                found[step.number] = (target, numbers.setdefault(key, len(numbers) + 1), said)
            names.done()
        return found

    def _phrase(self, names: Names, step: Compiled, text: str, link: str | None) -> tuple[Frame, owing.Phrase]:
        """What resolves or pauses a step, as a condition over the rows of its view alone."""
        target, holds = names.event(text)
        if target.subject == ENTITY and not link:
            why = "Its rows are no person's."
            raise Mistake(f'"{text}" finds no person.', why, 'Add link = "our_column = their_column".')
        read = [(target, ""), *((target, name) for alias, name in holds.uses if alias == "v")]
        mine = not any(names.everyone.needed(a.frame) or a.frame.subject == ENTITY for a in step.anchors)
        if mine and any(names.everyone.needed(*node) for node in read):
            raise Mistake(f'"{text}" needs the rows of everyone.', ALONE, "Hang the step on a set across people.")
        return target, owing.Phrase(holds, link)
