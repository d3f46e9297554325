"""The care models' answers about an invented community, graded against the truth that was planted in it."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from throughcare.community.make import make
from throughcare.flow import door
from throughcare.flow.passes import settle
from throughcare.flow.published import publish
from throughcare.intake.load import load
from throughcare.settings import Settings
from throughcare.stores.postgres import Database

ON = date(2026, 3, 17)
NOON = datetime(2026, 3, 17, 16, tzinfo=UTC)
PEOPLE = 600

# care model: (what makes it true of a person, least precision, least recall)
GRADED = {
    "patient_centered_medical_home": (lambda t: t["in_panel"], 0.97, 0.99),
    "chronic_care_model": (lambda t: bool(t["long_term_conditions"]) or t["unnamed_high_pressure"], 0.98, 0.95),
    "care_transitions_intervention": (lambda t: t["coaching"]["answer"] == "yes", 0.85, 0.85),
}


@dataclass
class Graded:
    precision: float
    recall: float
    wrong: list[str]


@pytest.fixture(scope="module")
def community(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("graded")
    make(folder, PEOPLE, 11, ON)
    return folder


def test_answers_agree_with_the_planted_truth(database: Database, community: Path) -> None:
    settings = Settings.read({}, time_zone="America/New_York")

    def commit(changes):
        return door.commit(database, changes, stage="intake", at=NOON)

    for source in sorted(p for p in community.iterdir() if p.is_dir()):
        load(database, [source], source=source.name, settings=settings, commit=commit)
    settle(database, publish(settings), NOON)
    truths = [json.loads(line) for line in (community / "truth.ndjson").read_text().splitlines()]
    for model, (true, precision, recall) in GRADED.items():
        graded = _grade(database, model, truths, true)
        said = f"{model}: precision {graded.precision:.3f}, recall {graded.recall:.3f}; {graded.wrong[:12]}"
        assert graded.precision >= precision and graded.recall >= recall, said
        print(said)


def _grade(database: Database, model: str, truths: list[dict], true) -> Graded:
    """By patient id at home: unlinked copies of a person at a hospital are judged by the person's own practice."""
    with database.connection() as connection:
        person_of = dict(connection.execute("select patient_id, person_id from record.patient_person").fetchall())
        rows = connection.execute(
            "select person_id from think.finding where model = %s and rule = 'eligible' and answer = 'met'", [model]
        )
        found = {person for (person,) in rows}
    yes = right = said = 0
    wrong = []
    for t in truths:
        homes = {person_of[p] for p in t["patients"] if p in person_of}
        is_so, is_said = bool(true(t)), bool(homes & found)
        yes, said, right = yes + is_so, said + is_said, right + (is_so and is_said)
        if is_so != is_said:
            wrong.append(f"{t['person']}: {'missed' if is_so else 'extra'}")
    return Graded(right / said if said else 0.0, right / yes if yes else 0.0, wrong)
