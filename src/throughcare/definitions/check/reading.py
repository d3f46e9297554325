"""A care model while it is checked: its entries by place, and the mistakes found so far."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from throughcare.definitions.compiled import own
from throughcare.definitions.compiled.facts import VERBS
from throughcare.definitions.compiled.names import RHYTHM
from throughcare.definitions.folder import shown
from throughcare.definitions.grammar import CareModel, Entry, Fact, Library, Reason, Set, Step
from throughcare.definitions.near import did_you_mean
from throughcare.definitions.toml_lines import Path as Place
from throughcare.faults import Finding

__all__ = ["VERBS", "At", "Reading"]


class At(NamedTuple):
    """Where an entry stands: its file, its kind, its path in the file, and the entry itself."""

    file: str
    kind: str
    path: Place
    entry: Entry | Reason

    @property
    def name(self) -> str:
        """How messages call it: "criterion age_65"."""
        return f"{self.kind} {self.entry.id}"


@dataclass
class Reading:
    """One model and its library, with lookups by name."""

    model: CareModel
    library: Library
    findings: list[Finding] = field(default_factory=list)

    def say(self, at: At, what: str, why: str = "", do: str = "", key: Place = ()) -> None:
        """One mistake in an entry; `key` leads from the entry to the very line."""
        self.say_in(at.file, (*at.path, *key), f"{at.name}: {what}", why, do)

    def say_in(self, file: str, path: Place, what: str, why: str = "", do: str = "") -> None:
        """One mistake at a place of a file."""
        name, line = self.model.stands(file, path)
        finding = Finding(shown(Path(self.model.folder) / name), line, what, why, do)
        if finding not in self.findings:
            self.findings.append(finding)

    def known(self, at: At, key: Place, word: str, names: list[str], kind: str, do: str = "") -> bool:
        """True when `word` is one of `names`; else a mistake with the nearest name."""
        if word in names:
            return True
        listed = f"Known: {', '.join(sorted(names)[:12])}." if names else "None is defined."
        self.say(at, f'there is no {kind} "{word}".{did_you_mean(word, names)}', "", do or listed, key)
        return False

    @property
    def sets(self) -> dict[str, Set]:
        return {s.id: s for s in self.model.sets.set}

    @property
    def sources(self) -> list[str]:
        """Whatever a phrase may speak of: views, sets, and the sets that the library has for the asking."""
        library = (s.id for made in self.library.stands_for.values() for s in made.sets)
        dates = (f"{RHYTHM}{r.id}" for r in self.model.work.rhythm)
        return [*self.library.views, *own.COLUMNS, *self.sets, *library, *dates]

    def facts(self, on: str) -> dict[str, Fact]:
        """The facts on one set, its own only."""
        return {f.id: f for f in self.model.sets.fact if f.on == on}

    def steps(self) -> Iterator[tuple[At, Step]]:
        return ((At("work.toml", "step", ("step", n), s), s) for n, s in enumerate(self.model.work.step))

    def row_of(self, step: Step) -> str:
        """The set a step hangs on: its own, or that of its rhythm."""
        return next((r.on for r in self.model.work.rhythm if r.id == step.rhythm), step.on)

    def entries(self) -> Iterator[At]:
        """Every entry of every file."""
        m = self.model
        files: list[tuple[str, str, Sequence[Any]]] = [
            ("sets.toml", "set", m.sets.set),
            ("sets.toml", "fact", m.sets.fact),
            ("eligibility.toml", "criterion", m.eligibility.criterion),
            ("enrollment.toml", "move", m.enrollment.move),
            ("enrollment.toml", "reason", m.enrollment.reason),
            ("team.toml", "role", m.team.role),
            ("team.toml", "assignment", m.team.assignment),
            ("team.toml", "routing", m.team.routing),
            ("plan.toml", "goal", m.plan.goal),
            ("plan.toml", "activity", m.plan.activity),
            ("plan.toml", "content", m.plan.content),
            ("work.toml", "rhythm", m.work.rhythm),
            ("work.toml", "step", m.work.step),
            ("measures.toml", "measure", m.measures.measure),
            ("payment.toml", "line", m.payment.line),
            ("payment.toml", "calc", m.payment.calc),
            ("parameters.toml", "table", m.tables),
        ]
        for file, kind, entries in files:
            for nth, entry in enumerate(entries):
                yield At(file, kind, (kind, nth), entry)
