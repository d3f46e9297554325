"""Fuse: the whole published set as one plan of few statements; or, to check it, one statement per entry."""

from collections.abc import Collection, Iterable, Iterator

from throughcare.definitions import calendar
from throughcare.definitions.compiled import (
    assigning,
    belonging,
    giving_way,
    measuring,
    own,
    paying,
    returning,
    roles,
)
from throughcare.definitions.compiled.duties import Duties
from throughcare.definitions.compiled.everyone import Everyone, Node
from throughcare.definitions.compiled.frames import ENTITY, Frame
from throughcare.definitions.compiled.graph import Graph
from throughcare.definitions.compiled.kept import Kept
from throughcare.definitions.compiled.names import Names
from throughcare.definitions.compiled.plan import QUOTE, Assigning, Plan, Statement
from throughcare.definitions.compiled.schedule import Schedule
from throughcare.definitions.expressions import spell
from throughcare.definitions.grammar import CareModel, Library
from throughcare.faults import Finding, WrongDefinition

REACHING = ("person_id", "household_id")  # links by which one person's rows meet another's
ENROLLMENT = {"model": "text", "state": "text", "started_on": "date", "ended_on": "date", "reason": "text"}
On = tuple[str, str]  # a care model (or measure of the library), and one of its sets
RestsOn = tuple[str, tuple[tuple[str, str], ...]]  # a relation; what authors call some of its columns, and the columns
PERSON = {"birth_date": "date", "died_on": "date", "died": "boolean", "zone": "text"}


def compile_models(
    models: list[CareModel],
    library: Library,
    site_calendar: str = "US",
    *,
    everyone: bool = True,
    whole_sets: bool = True,
    only: Collection[On] | None = None,
) -> Plan:
    """The published set compiled together: equal sets and facts are one, each view is read once per set.

    Without `everyone`, what only the rows of all people can tell is left out: the plan is for some of them at a time.
    Without `whole_sets`, a set keeps only the columns that answers rest on: nobody asks for its rows. With `only`, what
    neither answers nor the rows of these sets rest on is not worked out either.
    """
    compiler = _Compiler(models, library, site_calendar, share=True, everyone=everyone)
    return compiler.plan(whole_sets and only is None, only)


def compile_unfused(
    models: list[CareModel], library: Library, site_calendar: str = "US", *, everyone: bool = True
) -> Plan:
    """The same answers, every set, fact, criterion and step of every care model in a statement of its own."""
    return _Compiler(models, library, site_calendar, share=False, everyone=everyone).plan()


class _Compiler:
    """One compilation: the models' names, their graph, and the statements in order."""

    def __init__(
        self, models: list[CareModel], library: Library, site_calendar: str, *, share: bool, everyone: bool
    ) -> None:
        views = {**library.views}
        views["person"] = {**PERSON, **views.get("person", {})}
        views["enrollment"] = {**ENROLLMENT, **views.get("enrollment", {})}
        self.graph = Graph(views, without_people=library.without_people, share=share)
        self.share, self.library, self.everyone = share, library, everyone
        self.assigned: list[Assigning] = []
        self.models = [Names(m, library, self.graph, site_calendar) for m in models if not m.is_measure]
        # Measures are sums over everyone for a period; nobody waits for them when one person's record changes.
        asked = _measures(models, library) if everyone else []
        self.measures = [Names(m, library, self.graph, site_calendar) for m in asked]
        self.books = [*self.models, *self.measures]
        self.duties = Duties(self.models, share=share)
        for names in self.books:
            self._read(names)
        findings = [finding for names in self.books for finding in names.findings]
        if findings:
            raise WrongDefinition(findings)
        self.duties.find()
        if not everyone:
            self._leave_out()

    def _leave_out(self) -> None:
        """What only everyone's rows can tell, and work on what is no person's, is thought about at another time."""
        whole = Everyone(self.graph)
        self.duties.leave_out(whole)
        mine = (node for names in self.models for node in _asked_of(names))
        whole.leave_out([*self.duties.asked(self.graph.person), *mine])

    def _leave_unread(self, asked: Iterable[Frame]) -> None:
        """What no answer rests on, and none of the sets asked for, is not worked out."""
        answers = (node for names in self.books for node in _asked_of(names))
        rows = ((frame, name) for frame in asked for name in ("", *frame.entries, *frame.inherited))
        workers = (node for names in self.models for node in assigning.asked(names))
        Everyone(self.graph).keep([*self.duties.asked(self.graph.person), *answers, *workers, *rows])

    def _told(self) -> Iterator[str]:
        """The columns of the people that findings are told with."""
        for rule in belonging.rules(self.models):
            yield from (column for told in rule.criteria for column, _ in told.rests_on)

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
            assigning.prepare(names)
        if self.everyone:
            measuring.prepare(names)
        for each in names.model.sets.set:
            names.try_place(each.id)
        for on, name in list(names.makers):
            names.try_computed(on, name)
        self.duties.read(names)

    def plan(self, whole_sets: bool = True, only: Collection[On] | None = None) -> Plan:
        asked = [names.place(on).frame for names in self.books for m, on in only or () if m == names.model_id]
        if only is None:
            asked.append(self.graph.person)
        else:
            self._leave_unread(asked)
        evidence = belonging.evidence_columns(self.models)
        schedule = Schedule(self.graph, evidence, alone=not self.share)
        people = schedule.final(self.graph.person)
        rests_on = dict(self._rests_on(schedule))
        statements = []
        statements.append(Statement("standing", belonging.standing(self.models, people)))
        statements.append(Statement("role", belonging.serving(self.models, people)))
        statements.append(Statement("proposal", belonging.proposals(self.models, people)))
        statements += self.duties.statements(schedule, people)
        measured = self.books if self.everyone else []
        statements += measuring.rows(measured, schedule, self._stands)
        statements += paying.lines(self.models, schedule, self._stands)
        statements += giving_way.settled(self.library.concurrency)
        statements += self._assigning(schedule)
        reasons = [(relation, column) for relation, columns in rests_on.values() for column, _ in columns]
        reasons += [(people.strip(QUOTE), column) for column in self._told()]
        kept = None if whole_sets else Kept(schedule.frames, statements, reasons, asked)
        statements = [*schedule.statements(kept), *statements]
        plan = self._finished(schedule, statements, kept)
        plan.rests_on, plan.whole_sets = rests_on, whole_sets
        plan.asked = frozenset(schedule.final(frame).strip(QUOTE) for frame in asked)
        plan.evidence = {n: f"{n}$e" for n, e in self.graph.person.entries.items() if e.fold and n in evidence}
        return plan

    def _rests_on(self, schedule: Schedule) -> Iterator[tuple[tuple[str, str], RestsOn]]:
        """For each step, where the rows of its anchors are, and the columns a missing date can be put down to."""
        for step in self.duties.steps:
            frame = step.anchors[0].frame
            names = next(n for n in self.models if n.model_id == step.model)
            blanks = {(names.called(n), n) for a in step.anchors for n in a.rests_on if names.called(n)}
            told = tuple((column, name) for name, column in sorted(blanks))
            yield (step.model, step.given.id), (schedule.final(frame).strip(QUOTE), told)

    def _reaches(self) -> bool:
        """Whether a fact on people's rows folds rows of other people: of a child, or of everyone in the household."""
        frames = (self.graph.person, *self.graph.sets.values())
        folds = (e.fold for f in frames if f.subject != ENTITY for e in f.entries.values() if e.fold)
        return any(f.link and f.target.subject != ENTITY and f.link[0] in REACHING for f in folds)

    def _assigning(self, schedule: Schedule) -> list[Statement]:
        """Who may take whom: only where everyone is thought about, since each choice changes the next."""
        made: list[Statement] = []
        for names in self.models if self.everyone else ():
            for kind, told in (("assignment", assigning.pairs), ("routing", assigning.stops)):
                for nth, given in enumerate(getattr(names.model.team, kind)):
                    with names.at("team.toml", (kind, nth)):
                        name = f"{kind} {names.model_id} {given.id}"
                        made.append(Statement(name, told(names, given, schedule)))
                        self.assigned.append(Assigning(names.model_id, given, name))
            names.done()
        return made

    def _stands(self, frame: Frame, *names: str) -> bool:
        """Whether the plan knows the rows of a frame, with these columns."""
        return self.graph.stands(frame, *names)

    def _unread(self, statement: Statement, statements: list[Statement]) -> bool:
        """Own answers that nothing in this plan reads need not be handed over."""
        mine = statement.name.partition("@")[0] in self.graph.own
        return mine and not any(f'"{statement.name}"' in s.sql for s in statements)

    def _whole(self, names: Names) -> Iterator[str]:
        """The sets that are no person's, or that are made of everyone's rows."""
        for on, frame, _ in names.all_columns():
            if frame.subject == ENTITY or names.everyone.needed(frame):
                yield on

    def _finished(self, schedule: Schedule, statements: list[Statement], kept: Kept | None) -> Plan:
        statements = [s for s in statements if not self._unread(s, statements)]
        texts = [s.sql for s in statements]
        used = {"person", "enrollment"} | {v for v in self.graph.views if any(f'"view_{v}"' in t for t in texts)}
        plan = Plan(
            statements=statements,
            constants={"steps": self.duties.table()} | {name: file.table for name, file in self.graph.imported.items()},
            views={name: self.graph.view(name).columns for name in sorted(used)},
            marks=self.graph.marks,
            own={n: own.KEPT[n] for n in sorted(self.graph.own) if any(f'"answer_{n}"' in t for t in texts)},
            calendars=sorted({n.calendar for n in self.models}),
            versions={n.model_id: n.model.model.version for n in self.models},
        )
        plan.whole = frozenset((n.model_id, on) for n in self.books for on in self._whole(n))
        for names in self.books:
            for on, frame, columns in names.all_columns():
                relation = schedule.final(frame).strip('"')
                plan.relations[names.model_id, on] = relation
                for name, column in columns.items():
                    if not kept or column in frame.entries or kept.has(frame, column):
                        plan.columns[names.model_id, on, name] = relation, column
        plan.belongs, plan.people = belonging.rules(self.models), schedule.final(self.graph.person).strip('"')
        plan.assigning, plan.reaches = self.assigned, self._reaches()
        plan.measures = {(n.model_id, m.id): m for n in self.books for m in n.model.measures.measure}
        return plan


def _asked_of(names: Names) -> Iterator[Node]:
    """What a care model asks of people and sets by itself: criteria, the rule, moves, roles, plan and lines."""
    criteria = {c.id for c in names.model.eligibility.criterion if c.on == "person"} | {"eligible"}
    for (on, name), column in names.made():
        if names.is_own(on, name) or (on == "person" and name in criteria):
            yield names.place(on).frame, column
    for line in names.model.payment.line:
        frame = names.place(line.on).frame
        yield frame, ""
        for day in (line.at, line.limited_by):
            uses = spell(day, names.row(line.on)).uses if day else ()
            yield from ((frame, name) for alias, name in uses if alias == "r")


def _measures(models: list[CareModel], library: Library) -> list[CareModel]:
    """Measures given themselves, and those of the library that a care model reports, each once."""
    used = {use.measure for m in models for use in m.measures.use}
    found = {m.model.id: m for m in models if m.is_measure}
    return [*found.values(), *(library.measures[u] for u in sorted(used) if u in library.measures and u not in found)]
