"""Names of one care model: its sets, facts and criteria, each compiled when it is first spoken of."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from throughcare.definitions.compiled import criteria, facts, rhythms, sets
from throughcare.definitions.compiled.everyone import ALONE, Everyone
from throughcare.definitions.compiled.frames import Entry, Frame
from throughcare.definitions.compiled.graph import Graph
from throughcare.definitions.compiled.marks import SIGN
from throughcare.definitions.compiled.scopes import PAUSES, EventScope, PhraseScope, RowScope
from throughcare.definitions.expressions import Mistake, Spelled, phrase, spell
from throughcare.definitions.grammar import CareModel, Library, Set, Table, ValueSet
from throughcare.definitions.imported import Imported, imported
from throughcare.faults import Finding, WrongDefinition

RHYTHM = "rhythm."  # before the name of a rhythm, where a set starts from its dates
Make = Callable[[], Entry]


class At:
    """A set as this care model calls it: the frame, plus the facts and criteria the model puts on it."""

    def __init__(self, names: "Names", on: str, frame: Frame) -> None:
        self.book, self.on, self.frame = names, on, frame

    def find(self, name: str) -> tuple[str, str] | None:
        """The frame's column for a name, with its type; facts of the set it came from count too."""
        if name in self.frame.columns:
            return name, self.frame.columns[name]
        if SIGN in name and name in self.frame.inherited:
            return name, self.frame.inherited[name]
        if (self.on, name) in self.book.makers:
            made = self.book.computed(self.on, name)
            return made, self.frame.type_of(made) or "unknown"
        source = self.book.set_source(self.on)
        if source and not self.frame.grouped and (found := source.find(name)):
            if found[0] not in self.frame.inherited:
                self._carry(source, name, *found)
            return found
        return None

    def _carry(self, source: "At", name: str, column: str, kind: str) -> None:
        """A column of the set it starts from comes along with its rows, unless it is told from those very rows."""
        if self.book.everyone.rests_on(source.frame, column, self.frame):
            what = f'"{name}" is told of {source.on} from the rows of {self.on}, which would have to know it first.'
            raise Mistake(what, "Each is explained by the other.", f"Tell it of {self.on} by a fact of its own.")
        self.frame.inherited[column] = kind

    def names(self) -> list[str]:
        own = [n for on, n in self.book.makers if on == self.on]
        source = self.book.set_source(self.on)
        return [*self.frame.columns, *own, *(source.names() if source and not self.frame.grouped else [])]


class Names:
    """One care model being compiled."""

    def __init__(self, model: CareModel, library: Library, graph: Graph, calendar: str) -> None:
        self.model, self.library, self.graph = model, library, graph
        self.model_id, self.everyone = model.model.id, Everyone(graph)
        self.calendar = model.model.calendar or calendar
        self.parameters = model.parameters
        self.tables = {table.id: table for table in model.tables}
        self.findings: list[Finding] = []
        self.makers: dict[tuple[str, str], tuple[Make, tuple[str, tuple[Any, ...]]]] = {}
        self._sets: dict[str, tuple[Set, int]] = {s.id: (s, i) for i, s in enumerate(model.sets.set)}
        self._places: dict[str, At] = {}
        self._own: set[tuple[str, str]] = set()
        self._made: dict[tuple[str, str], str] = {}
        self._making: list[tuple[str, str]] = []
        self._gather()

    def _gather(self) -> None:
        for nth, fact in enumerate(self.model.sets.fact):
            self.makers[fact.on, fact.id] = partial(facts.fact, self, fact), ("sets.toml", ("fact", nth))
        for nth, criterion in enumerate(self.model.eligibility.criterion):
            place = ("eligibility.toml", ("criterion", nth))
            if (criterion.on, criterion.id) in self.makers:
                self._say(*place, f'"{criterion.id}" is the name of a fact too.', do="Give the criterion its own name.")
            self.makers[criterion.on, criterion.id] = partial(criteria.criterion, self, criterion), place
        if not self.model.is_measure:
            self.makers["person", "eligible"] = partial(criteria.rule, self), ("eligibility.toml", ("rule",))

    def add(
        self, on: str, name: str, make: Make, file: str = "", path: tuple[Any, ...] = (), *, own: bool = True
    ) -> None:
        """A computed column that the engine itself needs, by a name of its own; or one more name of the author's."""
        self.makers.setdefault((on, name), (make, (file, path)))
        if own:
            self._own.add((on, name))

    def place(self, name: str) -> At:
        """A set, a view, or the people, by the name an author gives."""
        if name not in self._places:
            if name == "person":
                frame = self.graph.person
            elif name in self._sets:
                frame = self._compiled_set(name)
            elif name.startswith(RHYTHM):
                frame = self._laid_out(name.removeprefix(RHYTHM))
            else:
                frame = self.graph.view(name)
            self._places[name] = At(self, name, frame)
        return self._places[name]

    def _compiled_set(self, name: str) -> Frame:
        definition, nth = self._sets[name]
        with self._once(("set", name)), self.at("sets.toml", ("set", nth)):
            hint = name if self.graph.share else f"{self.model_id}__{name}"
            return self.graph.set(hint, sets.frame(self, definition))
        raise Mistake(f'the set "{name}" has mistakes of its own.')

    def _laid_out(self, name: str) -> Frame:
        """The dates of a rhythm as rows."""
        rhythm = rhythms.named(self, name)
        nth = self.model.work.rhythm.index(rhythm)
        with self._once(("rhythm", name)), self.at("work.toml", ("rhythm", nth)):
            hint = f"rhythm_{name}" if self.graph.share else f"{self.model_id}__rhythm_{name}"
            return self.graph.set(hint, rhythms.frame(self, rhythm))
        raise Mistake(f'the rhythm "{name}" has mistakes of its own.')

    def set_source(self, on: str) -> At | None:
        if on.startswith(RHYTHM):
            return self.place(rhythms.named(self, on.removeprefix(RHYTHM)).on)
        if on not in self._sets:
            return None
        return self.place(phrase(self._sets[on][0].from_)[0])

    def person(self) -> At:
        return self.place("person")

    def computed(self, on: str, name: str) -> str:
        """The column of a fact, criterion or other computed value; compiled on first use."""
        key = (on, name)
        if key not in self._made:
            make, (file, path) = self.makers[key]
            with self._once(key), self.at(file, path):
                frame = self.place(on).frame
                self._made[key] = self.graph.entry(frame, f"{self.model_id}__{name}", make())
                if frame.kind == "person" and self.everyone.needed(frame, self._made[key]):
                    what = "tells of one person what only the rows of everyone together can tell."
                    raise Mistake(what, ALONE, "Say it on a set across people, and report it as a measure.")
            if key not in self._made:
                raise Mistake(f'"{name}" has mistakes of its own.')
        return self._made[key]

    def made(self) -> list[tuple[tuple[str, str], str]]:
        """Every computed column so far: (set, name) and the column that holds it."""
        return list(self._made.items())

    def is_own(self, on: str, name: str) -> bool:
        """Whether the engine itself asks for it, under a name no author wrote."""
        return (on, name) in self._own

    def try_place(self, name: str) -> None:
        with suppress(Mistake):
            self.place(name)

    def try_computed(self, on: str, name: str) -> None:
        """Compile now; a mistake is remembered where it stands."""
        with suppress(Mistake):
            self.computed(on, name)

    def all_columns(self) -> Iterator[tuple[str, Frame, dict[str, str]]]:
        """Every set that was spoken of, with its frame and the column of each name."""
        for on, place in self._places.items():
            made = {n: c for (other, n), c in self._made.items() if other == on and place.frame.type_of(c)}
            if place.frame.kind in ("person", "set") and self.graph.stands(place.frame):
                yield on, place.frame, {**{c: c for c in place.frame.columns}, **made}

    def called(self, column: str) -> str:
        """What this care model's author calls a column; nothing for what only the engine speaks of."""
        if any(column in place.frame.columns for place in self._places.values()):
            return column
        names = [key for key, made in self._made.items() if made == column]
        criteria = {c.id for c in self.model.eligibility.criterion}
        said = sorted((name in criteria, name) for on, name in names if (on, name) not in self._own)
        return said[0][1] if said else "" if names else column

    def pauses(self) -> None:
        """The pauses of a person become a column of theirs, for whoever counts days without them."""
        self.add("person", PAUSES, lambda: facts.pauses(self))

    def marked(
        self, frame: Frame, code: Spelled, system: Spelled | None, value_set: ValueSet
    ) -> tuple[str, int] | None:
        """Where the marks of a view's code answer for a value set; alone, every statement asks the codes themselves."""
        return self.graph.marks.asked(frame, code, system, value_set) if self.graph.share else None

    def imported(self, table: Table) -> Imported:
        """The file behind a table, part of the plan from now on."""
        found = imported(self.library, table)
        self.graph.imported[found.relation] = found
        return found

    def row(self, on: str) -> RowScope:
        return RowScope(self, self.place(on))

    def phrase(self, on: str, text: str) -> tuple[PhraseScope, Frame, Spelled]:
        """A phrase seen from a set: its scope, its frame, and its condition."""
        source, condition = phrase(text)
        target = self.place(source)
        scope = PhraseScope(self, self.place(on), target)
        holds = spell(condition, scope, "boolean") if condition else Spelled("true", "boolean")
        return scope, target.frame, holds

    def event(self, text: str) -> tuple[Frame, Spelled]:
        """A phrase seen from nobody's row: the frame of what happened, and its condition."""
        source, condition = phrase(text)
        target = self.place(source)
        scope = EventScope(self, target)
        return target.frame, spell(condition, scope, "boolean") if condition else Spelled("true", "boolean")

    @contextmanager
    def _once(self, key: tuple[str, str]) -> Any:
        if key in self._making:
            circle = " -> ".join(name for _, name in [*self._making[self._making.index(key) :], key])
            raise Mistake(f"{circle} is a circle.", "Each is explained by the next.", "Break it with another fact.")
        self._making.append(key)
        try:
            yield
        finally:
            self._making.remove(key)

    @contextmanager
    def at(self, file: str, path: tuple[Any, ...]) -> Any:
        """Mistakes inside are remembered with their file and line, once each."""
        try:
            yield
        except Mistake as mistake:
            if not file:
                raise
            if "has mistakes of its own" not in mistake.what:
                self._say(file, path, mistake.what, mistake.why, mistake.do)

    def _say(self, file: str, path: tuple[Any, ...], what: str, why: str = "", do: str = "") -> None:
        name, line = self.model.stands(file, path)
        where = str(Path(self.model.folder) / name)
        found = Finding(where, line, f"{self._called(file, path)}{what}", why, do)
        if found not in self.findings:
            self.findings.append(found)

    def _called(self, file: str, path: tuple[Any, ...]) -> str:
        """How the entry is called: "fact ed_visits_6m: "."""
        files = {"sets.toml": self.model.sets, "eligibility.toml": self.model.eligibility, "work.toml": self.model.work,
                 "team.toml": self.model.team, "plan.toml": self.model.plan,
                 "enrollment.toml": self.model.enrollment, "measures.toml": self.model.measures,
                 "payment.toml": self.model.payment}  # fmt: skip
        if len(path) < 2 or file not in files:
            return f"{path[0]}: " if path else ""
        return f"{path[0]} {getattr(files[file], path[0])[path[1]].id}: "

    def done(self) -> None:
        if self.findings:
            raise WrongDefinition(self.findings)
