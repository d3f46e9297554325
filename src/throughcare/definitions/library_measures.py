"""Measures of the care library: a folder each, with the sets and facts the measure stands on."""

from pathlib import Path

from throughcare.definitions import grammar
from throughcare.definitions.cases import TABLES
from throughcare.definitions.folder import Reader
from throughcare.definitions.parameters import parameters_of
from throughcare.faults import Finding, WrongDefinition

KNOWN = ["measure.toml", "parameters.toml", "README.md", "words/*.toml", "cases/*/life.json", "cases/*/expect.toml"]
KNOWN += [f"cases/{TABLES}/*.csv"]
NOBODY = grammar.EligibilityFile(criterion=[], rule=grammar.Rule(who="false"))


def load_measures(home: Path) -> dict[str, grammar.CareModel]:
    """Every measure folder below a home, by id; the mistakes of all of them are said together."""
    found: dict[str, grammar.CareModel] = {}
    findings: list[Finding] = []
    for folder in sorted(p for p in home.glob("*") if p.is_dir() and p.name[0] not in "._"):
        try:
            found[folder.name] = load_measure(folder)
        except WrongDefinition as wrong:
            findings += wrong.findings
    if findings:
        raise WrongDefinition(findings)
    return found


def load_measure(folder: Path) -> grammar.CareModel:
    """One folder of care_library/measures: a care model without people of its own, which only measures."""
    reader = Reader(folder)
    reader.expect(("measure.toml",), KNOWN)
    file: grammar.LibraryMeasureFile | None = reader.toml("measure.toml", grammar.LibraryMeasureFile)
    parameters, tables = parameters_of(reader)
    words = {path.stem: reader.words(path) for path in sorted(reader.folder.glob("words/*.toml"))}
    if file and file.id != folder.name:
        why = "Care models name a measure by its folder."
        reader.say("measure.toml", ("id",), f'the id is "{file.id}".', why, "Give the folder and the id one name.")
    reader.done()
    assert file
    return grammar.CareModel(
        folder=str(folder),
        model=_as_model(file),
        sets=grammar.SetsFile(set=file.set, fact=file.fact),
        eligibility=NOBODY,
        enrollment=grammar.EnrollmentFile(enters="planned"),
        team=grammar.TeamFile(role=[]),
        plan=grammar.PlanFile(),
        work=grammar.WorkFile(),
        measures=grammar.MeasuresFile(measure=file.measure),
        parameters=parameters,
        tables=tables,
        words=words,
        lines=reader.lines | {name: reader.lines.get("measure.toml", {}) for name in ("sets.toml", "measures.toml")},
        is_measure=True,
        standard=file.standard,
    )


def _as_model(file: grammar.LibraryMeasureFile) -> grammar.ModelFile:
    return grammar.ModelFile(
        id=file.id, title=file.title, version=file.version, effective_from=file.effective_from, says=file.says,
        serves=file.steward, maturity="ready", service="measure", source=file.source,
    )  # fmt: skip
