"""Fuse: the whole published set as one plan of few statements; or, to check it, one statement per entry."""

from collections import defaultdict
from typing import Any

from throughcare.definitions import calendar
from throughcare.definitions.compiled import (
    belonging,
    concurrency,
    measuring,
    owing,
    paying,
    returning,
    roles,
    steps,
)
from throughcare.definitions.compiled.anchors import Anchors, Compiled
from throughcare.definitions.compiled.frames import Frame
from throughcare.definitions.compiled.graph import Graph
from throughcare.definitions.compiled.names import Names
from throughcare.definitions.compiled.plan import Plan, Statement
from throughcare.definitions.compiled.schedule import Schedule
from throughcare.definitions.expressions import Mistake
from throughcare.definitions.grammar import CareModel, Library
from throughcare.faults import Finding, WrongDefinition

ENROLLMENT = {"model": "text", "state": "text", "started_on": "date", "ended_on": "date", "reason": "text"}
PERSON = {"birth_date": "date", "died_on": "date", "died": "boolean", "zone": "text"}


def compile_models(models: list[CareModel], library: Library, site_calendar: str = "US") -> Plan:
    """The published set compiled together: equal sets and facts are one, each view is read once per set."""
    return _Compiler(models, library, site_calendar, share=True).plan()


def compile_unfused(models: list[CareModel], library: Library, site_calendar: str = "US") -> Plan:
    """The same answers, every set, fact, criterion and step of every care model in a statement of its own."""
    return _Compiler(models, library, site_calendar, share=False).plan()


class _Compiler:
    """One compilation: the models' names, their graph, and the statements in order."""

    def __init__(self, models: list[CareModel], library: Library, site_calendar: str, *, share: bool) -> None:
        views = {**library.views}
        views["person"] = {**PERSON, **views.get("person", {})}
        views["enrollment"] = {**ENROLLMENT, **views.get("enrollment", {})}
        self.graph, self.share, self.library = Graph(views, share=share), share, library
        self.models = [Names(m, library, self.graph, site_calendar) for m in models if not m.is_measure]
        self.measures = [Names(m, library, self.graph, site_calendar) for m in _measures(models, library)]
        self.books = [*self.models, *self.measures]
        self.steps: list[Compiled] = []
        for names in self.books:
            self._read(names)
        findings = [finding for names in self.books for finding in names.findings]
        if findings:
            raise WrongDefinition(findings)

    def _read(self, names: Names) -> None:
        """Everything a care model says, compiled; its mistakes are gathered."""
        if not calendar.known(names.calendar):
            names.findings.append(
                Finding(f"{names.model.folder}/model.toml", 1, f'"{names.calendar}" is not a calendar.')
            )
            return
        if not names.model.is_measure:
            roles.prepare(names)
            belonging.prepare_moves(names)
            returning.prepare(names)
            belonging.prepare_plan(names)
            paying.prepare(names)
        measuring.prepare(names)
        for each in names.model.sets.set:
            names.try_place(each.id)
        for on, name in list(names.makers):
            names.try_computed(on, name)
        for nth, given in enumerate(names.model.work.step):
            with names.at("work.toml", ("step", nth)):
                self.steps.append(steps.step(names, len(self.steps) + 1, given))

    def plan(self) -> Plan:
        evidence = belonging.evidence_columns(self.models)
        events, pauses = self._phrases("events"), self._phrases("pauses")
        schedule = Schedule(self.graph, evidence, alone=not self.share)
        people = schedule.final(self.graph.person)
        statements = list(schedule.statements())
        statements.append(Statement("standing", belonging.standing(self.models, people)))
        statements.append(Statement("role", belonging.serving(self.models, people)))
        statements.append(Statement("proposal", belonging.proposals(self.models, people)))
        statements += self._owed(schedule, people, events, pauses)
        statements.append(Statement("measure_row", measuring.rows(self.books, schedule, self._stands)))
        statements.append(Statement("candidates", paying.lines(self.models, schedule, self._stands)))
        statements.append(Statement("line", concurrency.settled(self.library.concurrency)))
        return self._finished(schedule, statements, evidence)

    def _stands(self, frame: Frame) -> bool:
        """Whether the plan knows the rows of a frame."""
        return True

    def _phrases(self, kind: str) -> dict[int, tuple[Frame, int, Any]]:
        """Step -> its frame, the number of its phrase (equal ones share it) and the condition."""
        found: dict[int, tuple[Frame, int, Any]] = {}
        numbers: dict[Any, int] = {}
        for step in self.steps:
            text = getattr(step, kind)
            if not text:
                continue
            names = next(n for n in self.models if n.model_id == step.model)
            nth = names.model.work.step.index(step.given)
            with names.at("work.toml", ("step", nth)):
                _, target, holds = names.phrase("person", text)
                if any(alias == "r" for alias, _ in holds.uses):
                    raise Mistake(
                        f'"{text}" speaks of the row described.', do="Leave out this.x; write person.x if meant."
                    )
                key = (target.name, holds.sql) if self.share else step.number
                found[step.number] = (target, numbers.setdefault(key, len(numbers) + 1), holds)
            names.done()
        return found

    def _owed(self, schedule: Schedule, people: str, events: Any, pauses: Any) -> list[Statement]:
        made = self._anchors(schedule, people)
        happened = self._sources(schedule, people, events, "events", owing_events)
        paused = self._sources(schedule, people, pauses, "pauses", owing_pauses)
        self.calendars = {n.calendar: calendar.engine_name(n.calendar) for n in self.models}
        read = tuple([s.name for s in part] for part in (made, happened, paused))
        if not made:
            return [Statement("obligation", NO_OBLIGATION), Statement("wake", owing.wakes(True))]
        units = {s.warn.unit for s in self.steps if s.warn}
        if self.share:
            owed = [Statement("obligation", owing.obligations(read[0], read[1], read[2], self.calendars, units))]
        else:
            owed = [
                Statement(
                    f"obligation {s.number}",
                    owing.obligations(read[0], read[1], read[2], self.calendars, units, f'and u."step" = {s.number}'),
                )
                for s in self.steps
            ]
            owed.append(Statement("obligation", " union all ".join(f'select * from "{s.name}"' for s in owed)))
        return [*made, *happened, *paused, *owed, Statement("wake", owing.wakes(True))]

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
        by_frame: dict[Any, dict[int, Any]] = defaultdict(dict)
        frames: dict[Any, Frame] = {}
        for target, nth, holds in found.values():
            key = target.name if self.share else f"{target.name} {nth}"
            by_frame[key][nth], frames[key] = holds, target
        made = []
        for key, conditions in by_frame.items():
            uses_people = any(alias == "p" for holds in conditions.values() for alias, _ in holds.uses)
            spelled = {nth: holds.sql for nth, holds in conditions.items()}
            sql = make(frames[key], spelled, uses_people, schedule.final(frames[key]), people)
            made.append(Statement(f"{word} {key}", sql, nothing_without=schedule.final(frames[key]).strip('"')))
        return made

    def _finished(self, schedule: Schedule, statements: list[Statement], evidence: set[str]) -> Plan:
        numbers = {
            kind: {step: nth for step, (_, nth, _) in self._phrases(kind).items()} for kind in ("events", "pauses")
        }
        by_model = {n.model_id: n.calendar for n in self.models}
        table = owing.definitions(self.steps, by_model, numbers["events"], numbers["pauses"])
        used = {"person", "enrollment", *self.graph.views}
        plan = Plan(
            statements=statements,
            constants={"steps": table},
            views={name: self.graph.view(name).columns for name in sorted(used)},
            calendars=sorted(set(by_model.values())),
            versions={n.model_id: n.model.model.version for n in self.models},
        )
        for names in self.books:
            for on, frame, columns in names.all_columns():
                relation = schedule.final(frame).strip('"')
                plan.relations[names.model_id, on] = relation
                plan.columns.update(
                    {(names.model_id, on, name): (relation, column) for name, column in columns.items()}
                )
        plan.belongs, plan.people = belonging.rules(self.models), schedule.final(self.graph.person).strip('"')
        for step in self.steps:
            frame = step.anchors[0].frame
            names = next(n for n in self.models if n.model_id == step.model)
            blanks = {(names.called(n), n) for a in step.anchors for n in a.rests_on if names.called(n)}
            rests_on = tuple((column, name) for name, column in sorted(blanks))
            plan.rests_on[step.model, step.given.id] = (schedule.final(frame).strip('"'), rests_on)
        plan.evidence = {n: f"{n}$e" for n, e in self.graph.person.entries.items() if e.fold and n in evidence}
        return plan


def _measures(models: list[CareModel], library: Library) -> list[CareModel]:
    """Measures given themselves, and those of the library that a care model reports, each once."""
    used = {use.measure for m in models for use in m.measures.use}
    found = {m.model.id: m for m in models if m.is_measure}
    return [*found.values(), *(library.measures[u] for u in sorted(used) if u in library.measures and u not in found)]


def owing_events(target: Frame, conditions: dict[int, str], uses_people: bool, table: str, people: str) -> str:
    return owing.events_of(target, conditions, uses_people, table, people)


def owing_pauses(target: Frame, conditions: dict[int, str], uses_people: bool, table: str, people: str) -> str:
    return owing.pauses_of(conditions, uses_people, table, people)


NO_OBLIGATION = """select '' as obligation_key, 0::bigint as person_id, '' as model, '' as version, '' as step,
    '' as anchor_key, 0 as occurrence, '' as activity, '' as about, []::varchar[] as roles, '' as escalates_to,
    null::timestamptz as opens_at,
    null::timestamptz as due_at, 'day' as due_precision, null::timestamptz as warn_at, '' as status,
    null::timestamptz as resolved_at, '' as resolved_by, '' as reason, 0 as done_count, 1 as needs where false"""
