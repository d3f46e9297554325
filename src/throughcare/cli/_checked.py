"""What `model check` finds: each care model and each measure of the care library, with the cases that prove it."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from msgspec import structs

from throughcare.decide.cases import run_cases
from throughcare.definitions.cases import KINDS, TABLES, Case, load_cases
from throughcare.definitions.check import Reading, check, turns
from throughcare.definitions.compiled import compile_models
from throughcare.definitions.grammar import CareModel, Library
from throughcare.definitions.load import load_model
from throughcare.faults import Finding, WrongDefinition
from throughcare.settings import Settings


@dataclass(slots=True)
class Checked:
    """One folder: how many measures and cases it holds, and every mistake."""

    name: str
    measures: int = 0
    cases: list[Case] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    turned: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        kinds = Counter(kind for case in self.cases for kind in case.kinds)
        told = f" ({', '.join(f'{kinds[kind]} {kind}' for kind in KINDS)})" if kinds.keys() - {"edge"} else ""
        return f"{self.name}: {counted(len(self.cases), 'case')}{told}, {counted(len(self.findings), 'finding')}"


def checked_model(folder: Path, library: Library, settings: Settings) -> Checked:
    """A care model, read from its folder."""
    return _checked(folder.name, folder, lambda: load_model(folder), library, settings)


def checked_measure(name: str, library: Library, settings: Settings) -> Checked:
    """A measure of the care library, which is read already."""
    book = library.measures[name]
    return _checked(f"library measure {name}", Path(book.folder), lambda: book, library, settings)


def _checked(name: str, folder: Path, read: Callable[[], CareModel], library: Library, settings: Settings) -> Checked:
    found = Checked(name)
    try:
        model = read()
        own = folder / "cases" / TABLES
        library = structs.replace(library, tables_dir=str(own)) if own.is_dir() else library
        found.measures = len(model.measures.measure)
        found.findings = check(model, library)
        found.cases = load_cases(folder)
        if not found.findings:
            plan = compile_models([model], library, settings.calendar)
            told = run_cases([(case, model) for case in found.cases], plan)
            found.findings = [finding for some in told for finding in some]
        found.turned = [str(turn) for turn in turns(Reading(model, library))]
    except WrongDefinition as wrong:
        found.findings = wrong.findings
    return found


def totals(models: Sequence[Checked], measures: Sequence[Checked]) -> str:
    """Everything that was checked, in one line."""
    parts = [
        f"{counted(len(some), kind)} with {counted(sum(len(one.cases) for one in some), 'case')}"
        for some, kind in ((models, "care model"), (measures, "library measure"))
        if some
    ]
    every = [*models, *measures]
    told = counted(sum(len(one.findings) for one in every), "finding")
    return f"In all: {', '.join(parts)}; {counted(sum(one.measures for one in every), 'measure')}, {told}"


def counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
