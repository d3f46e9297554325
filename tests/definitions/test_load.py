"""A care model folder is read whole, or every mistake in it is said at once, with file and line."""

from collections.abc import Callable
from pathlib import Path

import pytest

from throughcare.definitions.load import load_all, load_library, load_model
from throughcare.faults import Finding, WrongDefinition
from throughcare.settings import Settings


def wrong(folder: Path) -> list[Finding]:
    with pytest.raises(WrongDefinition) as caught:
        load_model(folder)
    return caught.value.findings


def the_one(folder: Path) -> Finding:
    findings = wrong(folder)
    assert len(findings) == 1, findings
    return findings[0]


def test_a_good_folder_becomes_one_value(tiny: Callable[..., Path]) -> None:
    model = load_model(tiny())
    assert model.model.id == "tiny"
    assert model.work.step[0].due == "2 business days after ended_on"
    assert model.parameters["age_min"].values == {"2000-01-01": 18}
    assert model.words["es"]["step.call"] == "Llamar a la persona"
    assert model.lines["eligibility.toml"][("criterion", 1, "where")] == 10


def test_a_file_that_nothing_reads_is_refused_with_the_nearest_name(tiny: Callable[..., Path]) -> None:
    finding = the_one(tiny("works.toml", new="x = 1\n"))
    assert finding.file.endswith("tiny/works.toml")
    assert "Did you mean work.toml?" in finding.what


@pytest.mark.parametrize("name", ["model.toml", "eligibility.toml", "README.md"])
def test_a_required_file_that_is_missing_is_named(tiny: Callable[..., Path], name: str) -> None:
    folder = tiny()
    (folder / name).unlink()
    assert [f.what for f in wrong(folder) if f.file.endswith(name)] == ["the file is missing."]


def test_a_folder_without_cases_is_refused(tiny: Callable[..., Path]) -> None:
    folder = tiny()
    for path in sorted((folder / "cases").rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    assert the_one(folder).what == "the folder has no cases."


def test_a_case_without_what_is_expected_is_refused(tiny: Callable[..., Path]) -> None:
    folder = tiny()
    (folder / "cases/left_hospital/expect.toml").unlink()
    assert the_one(folder).what == "the case has no expect.toml."


def test_an_unknown_key_is_named_with_its_line_and_the_nearest_one(tiny: Callable[..., Path]) -> None:
    finding = the_one(tiny("work.toml", "opens =", "open ="))
    assert (finding.line, finding.what) == (5, 'step call: "open" is not a key here. Did you mean opens?')


def test_a_missing_key_is_named(tiny: Callable[..., Path]) -> None:
    finding = the_one(tiny("work.toml", 'activity = "call"\n', ""))
    assert (finding.line, finding.what) == (1, 'step call: the key "activity" is missing.')


def test_a_wrong_type_is_said_in_words(tiny: Callable[..., Path]) -> None:
    finding = the_one(tiny("work.toml", 'role = ["nurse"]', 'role = "nurse"'))
    assert (finding.line, finding.what) == (9, 'step call: "role" is text, but must be a list in [ ].')


def test_a_word_outside_its_list_is_refused(tiny: Callable[..., Path]) -> None:
    finding = the_one(tiny("work.toml", 'on = "stays"', 'on = "stays"\nwhile = "enroled"'))
    assert "is not one of its words. Did you mean enrolled?" in finding.what


@pytest.mark.parametrize(
    ("file", "line", "names"),
    [
        ("eligibility.toml", 1, "criterion adult"),
        ("work.toml", 1, "step call"),
        ("parameters.toml", 1, "age_min"),
    ],
)
def test_what_cites_no_source_is_refused(tiny: Callable[..., Path], file: str, line: int, names: str) -> None:
    finding = next(f for f in wrong(tiny(file, 'cites = "Our own"\n', "")) if "cites" in f.what)
    assert finding.line == line
    assert finding.what.startswith(names)


def test_what_says_nothing_is_refused(tiny: Callable[..., Path]) -> None:
    assert the_one(tiny("sets.toml", 'says = "Number of stays"\n', "")).what == "fact stays_ever: says nothing."


def test_two_entries_with_one_id_are_refused_at_the_second(tiny: Callable[..., Path]) -> None:
    finding = the_one(tiny("eligibility.toml", 'id = "was_in_hospital"', 'id = "adult"'))
    assert (finding.line, finding.what) == (8, 'criterion adult: another criterion has the id "adult" already.')


def test_an_id_that_is_no_plain_name_is_refused(tiny: Callable[..., Path]) -> None:
    assert "is not a plain name" in the_one(tiny("work.toml", 'id = "call"', 'id = "Call now"')).what


def test_text_that_is_not_toml_points_at_its_line_without_the_parsers_words(tiny: Callable[..., Path]) -> None:
    finding = the_one(tiny("work.toml", 'on = "stays"', "on = stays"))
    assert (finding.line, finding.what) == (4, "work.toml cannot be read: this line is not TOML.")


def test_the_folder_and_the_id_have_one_name(tiny: Callable[..., Path]) -> None:
    assert the_one(tiny("model.toml", 'id = "tiny"', 'id = "small"')).what == 'the id is "small".'


def test_a_form_must_be_a_questionnaire(tiny: Callable[..., Path]) -> None:
    assert "not a FHIR Questionnaire" in the_one(tiny("forms/a.json", new="{}")).what


def test_a_phrase_that_is_empty_is_refused(tiny: Callable[..., Path]) -> None:
    assert the_one(tiny("words/es.toml", '"Pequeño"', '""')).what == "model.title is not a phrase."


def test_all_mistakes_are_said_at_once(tiny: Callable[..., Path]) -> None:
    folder = tiny("work.toml", "opens =", "open =")
    (folder / "README.md").unlink()
    (folder / "sets.toml").write_text("nonsense")
    assert len(wrong(folder)) == 3


def test_shipped_models_have_no_privilege(tiny: Callable[..., Path]) -> None:
    settings = Settings(care_models_dir=str(tiny().parent))
    (tiny().parent / "library").exists()
    assert "tiny" in [m.model.id for m in load_all(settings)]


def test_the_library_gives_columns_with_types(tiny_library: Path) -> None:
    library = load_library(tiny_library)
    assert library.views["encounter"]["started_at"] == "timestamp"
    assert library.views["encounter"]["started_on"] == "date"
    assert library.views["encounter"]["person_id"] == "integer"
    assert library.activities["call"].verb == "Call after hospital"


def test_two_files_of_a_view_must_agree(tiny_library: Path) -> None:
    other = '{"select": [{"column": [{"name": "status", "path": "status", "type": "boolean"}]}]}'
    (tiny_library / "views/encounter/Other.json").write_text(other)
    with pytest.raises(WrongDefinition, match="the column status is boolean here and text in another file"):
        load_library(tiny_library)
