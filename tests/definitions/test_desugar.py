"""Forms and pathways become sets, facts and steps: mistakes stay at their author's line, what is named comes along."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from throughcare.definitions.check import check
from throughcare.definitions.load import load_library, load_model, shipped_library
from throughcare.faults import Finding, WrongDefinition

FORM = """id = "steady"
title = "Steady on the feet"
says = "Two questions on falls"
cites = "Our own"
license = "free"
url = ["urn:throughcare:form:steady"]
positive = "score >= steady_from"

[answers]
yes = { y = 1, n = 0 }

[[item]]
id = "fell"
points = "yes"

[[item]]
id = "afraid"
points = { y = 1, n = 0, later = "declined" }

[parameter.steady_from]
says = "Points from which falls are likely"
unit = "points"
cites = "Our own"
values = { 2020-01-01 = 1 }
"""
PATHWAY = """
[[pathway]]
id = "walking"
says = "Walks again"
cites = "Our own"
on = "walks"
completed = "known(walked_done_on)"
finished_incomplete = "stopped"

[[pathway.step]]
id = "shoes"
says = "Get shoes"
activity = "visit"
role = ["nurse"]
done = "contact where activity = 'visit'"

[[pathway.step]]
id = "walked"
says = "Walk around the block"
activity = "call"
role = ["nurse"]
after = "shoes"
within = "10 days"
done = "contact where activity = 'call' and reached"
"""
WALKS = """
[[set]]
id = "walks"
says = "Walks that were begun"
from = "encounter where class = 'walk'"
also = { opened_on = "started_on", stopped = "status = 'stopped'" }
"""
SPANISH = 'walking_shoes = "Conseguir zapatos"\nwalking_walked = "Dar una vuelta"\n'
VIEWS = {"form_response": "form status on_date:date score_given:decimal score_code",
         "form_answer": "form item answer_code answer_value:decimal on_date:date response_key"}  # fmt: skip


@pytest.fixture
def home(tiny: Callable[..., Path], tiny_library: Path) -> Callable[..., Path]:
    """home("forms/steady.toml", old, new): a library with one form, with one piece of it replaced."""

    def write(file: str = "", old: str = "", new: str = "", **more: str) -> Path:
        files = {"forms/steady.toml": FORM} | {name.replace("__", "/"): text for name, text in more.items()}
        for name, text in files.items():
            path = tiny_library / name
            path.parent.mkdir(exist_ok=True)
            assert name != file or old in text
            path.write_text(text.replace(old, new, 1) if name == file else text)
        for view, columns in VIEWS.items():
            parts = [c.partition(":") for c in columns.split()]
            declared = [{"name": "person", "path": "x"}]
            declared += [{"name": n, "path": "x", "type": kind or "string"} for n, _, kind in parts]
            folder = tiny_library / "views" / view
            folder.mkdir(exist_ok=True)
            (folder / "Any.json").write_text(json.dumps({"resource": "Any", "select": [{"column": declared}]}))
        return tiny_library

    return write


def wrong(folder: Path) -> list[Finding]:
    with pytest.raises(WrongDefinition) as refused:
        load_library(folder)
    return refused.value.findings


def test_a_model_takes_what_it_names_and_no_more(tiny: Callable[..., Path], home: Callable[..., Path]) -> None:
    library = load_library(home())
    count = '\n[[fact]]\nid = "steady"\nsays = "x"\nlatest = "form_steady"\ntake = "score"\nif_none = "unknown"\n'
    model = load_model(tiny("sets.toml", new=count), library)
    assert check(model, library) == []
    assert {s.id for s in model.sets.set} == {"stays", "form_steady", "form_steady_answer"}
    taken = {f.id for f in model.sets.fact if f.on == "form_steady"}
    assert {"score", "fell", "afraid", "lowest", "highest"} <= taken
    assert not {"band", "positive", "complete", "unread"} & taken
    assert "steady_from" not in model.parameters
    assert load_model(tiny(), library).sets.set[1:] == []


def test_a_mistake_about_a_form_is_told_at_the_models_own_line(
    tiny: Callable[..., Path], home: Callable[..., Path]
) -> None:
    library = load_library(home())
    count = '\n[[fact]]\nid = "steady"\nsays = "x"\ncount = "form_stedy"\nif_none = 0\n'
    (found,) = check(load_model(tiny("sets.toml", new=count), library), library)
    assert (found.file[-9:], found.line) == ("sets.toml", 22)
    assert "Did you mean form_steady?" in found.what


LIBRARY_WORDS = [
    (
        'positive = "score >= steady_from"',
        'positive = "scor >= steady_from"',
        7,
        '"scor" is not known on the form. Did',
    ),
    ('positive = "score >= steady_from"', 'positive = "score >= 11"', 7, "11 stands in the expression itself."),
    ('positive = "score >= steady_from"', 'positive = "score / 1"', 7, "The / sign is not allowed."),
    ('positive = "score >= steady_from"', 'positive = "larger(score)"', 7, "larger() takes 2 values, not 1."),
    ('points = "yes"', 'points = "yess"', 14, 'item fell: there are no answers "yess". Did you mean yes?'),
    ("y = 1, n = 0, later", "y = true, n = 0, later", 18, 'item afraid: the answer y is worth "True".'),
    ('id = "fell"', 'id = "score"', 13, 'item score: "score" is a column of every form.'),
    ('id = "steady"', 'id = "unsteady"', 1, 'the id is "unsteady".'),
    ('cites = "Our own"\nlicense', 'cites = ""\nlicense', 1, "form steady: cites nothing."),
    ('cites = "Our own"\nvalues', 'cites = ""\nvalues', 20, "parameter steady_from: cites no source."),
    (
        "[[item]]",
        '[[scale]]\nid = "s"\nitems = ["fel"]\n\n[[item]]',
        14,
        'scale s: there is no item "fel". Did you mean',
    ),
    ('license = "free"', 'license = "free"\nscore = "given"', 6, "the score is only stated, but no total says where."),
]


@pytest.mark.parametrize(("old", "new", "line", "what"), LIBRARY_WORDS, ids=[w for *_, w in LIBRARY_WORDS])
def test_mistakes_in_a_form_are_told_at_its_line(
    home: Callable[..., Path], old: str, new: str, line: int, what: str
) -> None:
    found = wrong(home("forms/steady.toml", old, new))
    told = [(f.line, f.what) for f in found if f.file.endswith("forms/steady.toml") and what in f.what]
    assert told and told[0][0] == line, "\n".join(map(str, found))


# The licensing gate.
QUESTIONNAIRE = {
    "resourceType": "Questionnaire",
    "status": "active",
    "item": [
        {"linkId": "fell", "text": "Did you fall?", "type": "choice"},
        {"linkId": "afraid", "text": "Are you afraid?", "type": "choice"},
    ],
}


def test_licensed_wording_is_refused_in_the_library_and_free_wording_is_not(home: Callable[..., Path]) -> None:
    wording = json.dumps(QUESTIONNAIRE)
    assert "steady" in load_library(home(**{"forms/steady.json": wording})).forms


def test_licensed_wording_teaches_where_it_belongs(home: Callable[..., Path]) -> None:
    folder = home("forms/steady.toml", 'license = "free"', 'license = "licensed"')
    (folder / "forms/steady.json").write_text(json.dumps(QUESTIONNAIRE))
    (found,) = wrong(folder)
    assert found.file.endswith("forms/steady.json")
    assert found.what == "the form steady is licensed, yet this file carries the wording of its questions."
    assert "codes and points only" in found.why and "care model folder of its own" in found.do
    bare = [{k: v for k, v in item.items() if k != "text"} for item in QUESTIONNAIRE["item"]]
    (folder / "forms/steady.json").write_text(json.dumps(QUESTIONNAIRE | {"item": bare}))
    assert "steady" in load_library(folder).forms


def test_a_site_imports_licensed_wording_into_a_folder_of_its_own(
    tiny: Callable[..., Path], home: Callable[..., Path]
) -> None:
    library = load_library(home())
    folder = tiny("forms/walk.toml", new=FORM.replace("steady", "walk").replace('"free"', '"licensed"'))
    (folder / "forms/walk.json").write_text(json.dumps(QUESTIONNAIRE))
    count = '\n[[fact]]\nid = "walk"\nsays = "x"\ncount = "form_walk where positive"\nif_none = 0\n'
    (folder / "sets.toml").write_text((folder / "sets.toml").read_text() + count)
    model = load_model(folder, library)
    assert check(model, library) == []
    assert "form_walk" in {s.id for s in model.sets.set}


def test_a_form_of_ones_own_takes_the_place_of_the_librarys(
    tiny: Callable[..., Path], home: Callable[..., Path]
) -> None:
    library = load_library(home())
    folder = tiny("forms/steady.toml", new=FORM.replace("y = 1, n = 0 }\n\n", "y = 5, n = 0 }\n\n", 1))
    count = '\n[[fact]]\nid = "falls"\nsays = "x"\ncount = "form_steady where positive"\nif_none = 0\n'
    (folder / "sets.toml").write_text((folder / "sets.toml").read_text() + count)
    model = load_model(folder, library)
    assert check(model, library) == []
    assert [s.id for s in model.sets.set].count("form_steady") == 1
    worth = [row for table in model.tables if table.id.startswith("form_steady") for row in table.rows]
    assert 5 in [row[-1] for row in worth]
    assert model.stands("sets.toml", ("fact", len(model.sets.fact) - 1))[0].endswith("forms/steady.toml")


def test_a_questionnaire_must_agree_with_the_points(home: Callable[..., Path]) -> None:
    folder = home()
    weight = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
    options = [
        {"valueCoding": {"code": code}, "extension": [{"url": weight, "valueDecimal": points}]}
        for code, points in (("y", 2), ("n", 0))
    ]
    asked = [QUESTIONNAIRE["item"][0] | {"answerOption": options}]
    (folder / "forms/steady.json").write_text(json.dumps(QUESTIONNAIRE | {"item": asked}))
    found = [f.what for f in wrong(folder)]
    assert found == [
        "item fell: y is not worth the same here and in steady.toml.",
        'the questionnaire does not ask "afraid".',
    ]


def test_what_is_no_questionnaire_is_refused(home: Callable[..., Path]) -> None:
    folder = home()
    (folder / "forms/steady.json").write_text('{"resourceType": "Patient"}')
    assert wrong(folder)[0].what == "the form is not a FHIR Questionnaire in JSON."


# A care model's own pathways.
@pytest.fixture
def walker(tiny: Callable[..., Path], tiny_library: Path) -> Callable[..., list[Finding]]:
    """walker(old, new): a model with a pathway of its own, spoilt in one place; the mistakes found in it."""

    def look(old: str = "", new: str = "") -> list[Finding]:
        assert old in PATHWAY
        folder = tiny("work.toml", new=PATHWAY.replace(old, new, 1) if old else PATHWAY)
        (folder / "sets.toml").write_text((folder / "sets.toml").read_text() + WALKS)
        (folder / "words/es.toml").write_text((folder / "words/es.toml").read_text() + SPANISH)
        library = load_library(tiny_library)
        try:
            return check(load_model(folder, library), library)
        except WrongDefinition as refused:
            return refused.findings

    return look


def test_a_pathway_of_ones_own_is_complete(walker: Callable[..., list[Finding]]) -> None:
    assert walker() == []


PATHWAY_WORDS = [
    ('activity = "visit"', 'activity = "visitt"', 23, 'no activity in the care library "visitt". Did you mean visit?'),
    ('role = ["nurse"]', 'role = ["nurce"]', 24, 'no role in the care library "nurce". Did you mean nurse?'),
    (
        'done = "contact where',
        'done = "contacts where',
        25,
        'there is no view or set "contacts". Did you mean contact?',
    ),
    ("known(walked_done_on)", "known(walkd_done_on)", 17, '"walkd_done_on" is not known on walks.'),
    (
        "known(walked_done_on)",
        "days_between(shoes_done_on, walked_done_on) > 5",
        17,
        "5 stands in the expression itself",
    ),
    ('after = "shoes"', 'after = "socks"', 27, 'the step walked follows "socks", which is no step before it.'),
    ('on = "walks"', 'on = "walk"', 16, 'there is no set "walk". Did you mean walks?'),
    ('within = "10 days"', 'within = "10 dais"', 27, '"10 dais after shoes_done_on" cannot be read'),
    ('finished_incomplete = "stopped"', 'finished_incomplete = "stoped"', 18, '"stoped" is not known on walks.'),
    ('cites = "Our own"\non', "on", 12, "pathway walking: cites no source."),
]


@pytest.mark.parametrize(("old", "new", "line", "what"), PATHWAY_WORDS, ids=[w for *_, w in PATHWAY_WORDS])
def test_mistakes_in_a_pathway_are_told_at_its_line(
    walker: Callable[..., list[Finding]], old: str, new: str, line: int, what: str
) -> None:
    found = walker(old, new)
    told = [f for f in found if what in f.what]
    assert told and told[0].file.endswith("work.toml"), "\n".join(map(str, found))
    assert told[0].line == line, "\n".join(map(str, found))


USES = [
    ('[[use]]\npathways = "pchi_curent"\n', 12, 'use: there are no pathways "pchi_curent". Did you mean pchi_current?'),
    (
        '[[use]]\npathways = "pchi_current"\nonly = ["employmnt"]\n',
        13,
        'use: pchi_current has no pathway "employmnt". Did you mean employment?',
    ),
]


@pytest.mark.parametrize(("text", "line", "what"), USES, ids=[w for *_, w in USES])
def test_a_use_of_what_is_not_there_is_told(tiny: Callable[..., Path], text: str, line: int, what: str) -> None:
    library = shipped_library()
    found = check(load_model(tiny("work.toml", new=text), library), library)
    assert any(f.what == what and f.file.endswith("work.toml") and f.line == line for f in found)


def test_a_step_names_a_form_that_is_there_and_nothing_beside(
    tiny: Callable[..., Path], home: Callable[..., Path]
) -> None:
    library = load_library(home())
    resolved = "resolved_by = \"contact where activity = 'call' and reached\""
    for new, what in (
        ('form = "stedy"', 'step call: there is no form "stedy". Did you mean steady?'),
        (f'form = "steady"\n{resolved}', "step call: says twice what resolves it."),
        (f"partial_counts = true\n{resolved}", "step call: counts a part of a form, but names none."),
    ):
        found = check(load_model(tiny("work.toml", resolved, new), library), library)
        assert what in [f.what for f in found]
    assert check(load_model(tiny("work.toml", resolved, 'form = "steady"'), library), library) == []
