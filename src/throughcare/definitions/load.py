"""Load a care model: a folder of data becomes one value, or every mistake in its files is said at once."""

from pathlib import Path
from typing import Any

import msgspec

from throughcare.definitions import grammar
from throughcare.definitions.desugar import Made, Misplaced, complete_model, needs_library
from throughcare.definitions.folder import Reader, shown
from throughcare.definitions.library import load_library, shipped_library
from throughcare.definitions.library_forms import entries_of, load_forms
from throughcare.definitions.parameters import parameters_of
from throughcare.definitions.toml_lines import line_at
from throughcare.faults import Finding, WrongDefinition
from throughcare.settings import Settings

__all__ = ["SHIPPED", "load_all", "load_library", "load_model", "model_folders", "shipped_library", "site_library"]

SHIPPED = Path(__file__).parent.parent / "care_models"
FILES: dict[str, type[msgspec.Struct]] = {
    "model.toml": grammar.ModelFile,
    "sets.toml": grammar.SetsFile,
    "eligibility.toml": grammar.EligibilityFile,
    "enrollment.toml": grammar.EnrollmentFile,
    "team.toml": grammar.TeamFile,
    "plan.toml": grammar.PlanFile,
    "work.toml": grammar.WorkFile,
    "measures.toml": grammar.MeasuresFile,
    "payment.toml": grammar.PaymentFile,
    "parameters.toml": grammar.ParametersFile,
}
LIBRARY_FILES: dict[str, type[msgspec.Struct]] = {
    "care_library/forms/<id>.toml": grammar.Form,
    "care_library/pathways/<id>.toml": grammar.PathwaysFile,
    "care_library/loops/<id>.toml": grammar.LoopsFile,
}
OTHERS = ["README.md", "words/*.toml", "forms/*.toml", "forms/*.json", "cases/*/life.json", "cases/*/expect.toml"]
REQUIRED = ("model.toml", "eligibility.toml", "README.md")


def load_all(settings: Settings) -> list[grammar.CareModel]:
    """The shipped care models and the site's own, sorted by id; the mistakes of all of them are said together."""
    models, findings = [], []
    for folder in model_folders(settings):
        try:
            models.append(load_model(folder))
        except WrongDefinition as wrong:
            findings += wrong.findings
    findings += _same_id(models)
    if findings:
        raise WrongDefinition(findings)
    return sorted(models, key=lambda m: m.model.id)


def site_library(settings: Settings) -> grammar.Library:
    """The care library with what the site brings along: value sets it has a license for, and tables."""
    if not (settings.value_sets_dir or settings.care_tables_dir):
        return shipped_library()
    return load_library(value_sets_dir=settings.value_sets_dir, tables_dir=settings.care_tables_dir)


def model_folders(settings: Settings) -> list[Path]:
    """Every folder that holds a care model: the shipped ones, then the site's own."""
    homes = [SHIPPED] + ([Path(settings.care_models_dir)] if settings.care_models_dir else [])
    folders = [folder for home in homes if home.is_dir() for folder in sorted(home.iterdir())]
    return [folder for folder in folders if folder.is_dir() and folder.name[0] not in "._"]


def load_model(folder: Path | str, library: grammar.Library | None = None) -> grammar.CareModel:
    """One folder, read; WrongDefinition with every mistake found in the shape of its files.

    What it takes of forms, loops and pathways becomes its own sets, facts and steps here.
    """
    reader = Reader(Path(folder))
    reader.expect(REQUIRED, [*FILES, *OTHERS])
    files = {name: reader.toml(name, kind) for name, kind in FILES.items() if name != "parameters.toml"}
    parameters, tables = parameters_of(reader)
    words = {path.stem: reader.words(path) for path in sorted(reader.folder.glob("words/*.toml"))}
    forms = load_forms(reader, shipped=SHIPPED.parent in Path(folder).absolute().parents)
    own = sum(entries_of(reader, forms, absolute=False).values(), Made())
    _cases(reader)
    _own_name(reader, files["model.toml"])
    reader.done()
    return _complete(_model(reader, files, parameters, tables, words), own, library)


def _complete(model: grammar.CareModel, own: Made, library: grammar.Library | None) -> grammar.CareModel:
    """With what it takes from elsewhere, when it takes anything."""
    library = library or shipped_library()
    if not (own.sets or model.work.pathway or needs_library(model, library)):
        return model
    try:
        return complete_model(model, library, own)
    except Misplaced as wrong:
        file, place = wrong.at
        line = line_at((library.lines | model.lines).get(file, {}), place)
        where = shown(Path(model.folder) / file)
        raise WrongDefinition([Finding(where, line, wrong.mistake.what, wrong.mistake.why, wrong.mistake.do)]) from None


def _model(reader: Reader, files: dict[str, Any], parameters: Any, tables: Any, words: Any) -> grammar.CareModel:
    return grammar.CareModel(
        folder=str(reader.folder),
        model=files["model.toml"],
        sets=files["sets.toml"] or grammar.SetsFile(),
        eligibility=files["eligibility.toml"],
        enrollment=files["enrollment.toml"] or grammar.EnrollmentFile(enters="planned"),
        team=files["team.toml"] or grammar.TeamFile(role=[]),
        plan=files["plan.toml"] or grammar.PlanFile(),
        work=files["work.toml"] or grammar.WorkFile(),
        measures=files["measures.toml"] or grammar.MeasuresFile(),
        payment=files["payment.toml"] or grammar.PaymentFile(),
        parameters=parameters,
        tables=tables,
        words=words,
        lines=reader.lines,
    )


def _cases(reader: Reader) -> None:
    """Each story has both its files; what they say is read by `cases` and `check`."""
    stories = [p for p in sorted(reader.folder.glob("cases/*")) if p.is_dir() and p.name[0] not in "._"]
    if not stories:
        why = "A care model proves itself on small lives."
        reader.say("cases", (), "the folder has no cases.", why, "Add cases/<story>/.")
    for story in stories:
        for name in ("life.json", "expect.toml"):
            if not (story / name).is_file():
                reader.say(f"cases/{story.name}", (), f"the case has no {name}.", do=f"Add cases/{story.name}/{name}.")


def _own_name(reader: Reader, model: grammar.ModelFile | None) -> None:
    if model and model.id != reader.folder.name:
        why = f'The folder is called "{reader.folder.name}"; people and enrollments find the care model by that name.'
        reader.say("model.toml", ("id",), f'the id is "{model.id}".', why, "Give the folder and the id one name.")


def _same_id(models: list[grammar.CareModel]) -> list[Finding]:
    seen: dict[str, str] = {}
    findings = []
    for m in models:
        if m.model.id in seen:
            what = f'another folder has the care model "{m.model.id}" already: {seen[m.model.id]}.'
            findings.append(Finding(f"{m.folder}/model.toml", 1, what, do="Rename one of the two folders."))
        seen.setdefault(m.model.id, m.folder)
    return findings
