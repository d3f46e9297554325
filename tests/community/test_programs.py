"""Every care model that is shipped has people at every stage of its journey, workers for its roles, and a truth."""

import json
import re
import tomllib
from collections import defaultdict
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from throughcare.community.casting import NEWBORN_DAYS, STAGES
from throughcare.community.make import make
from throughcare.community.programs import PROGRAMS

ON = date(2026, 3, 17)
NOT_WORKERS = {"person", "family_caregiver", "natural_support", "community_organization", "coordination_platform"}
_ROLE = re.compile(r'"system":"urn:throughcare:role","code":"([a-z_]+)"')
MOST_RESOURCES, PEOPLE = 75_000, 2_000


def _truth(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "truth.ndjson").read_text().splitlines()]


def _stages(truth: list[dict[str, Any]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for one in truth:
        if one["plays"]:
            program, _, stage = one["plays"].partition("/")
            found[program].add(stage)
    return found


@pytest.fixture(scope="module")
def community(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("community")
    make(folder, 260, 7, ON)
    return folder


def test_every_care_model_that_is_shipped_has_a_program() -> None:
    shipped = {p.name for p in files("throughcare.care_models").iterdir() if (p / "model.toml").is_file()}
    assert {one.care_model for one in PROGRAMS.values()} == shipped


def test_every_program_has_people_at_every_stage(community: Path) -> None:
    cast = _stages(_truth(community))
    missing = {(program, stage) for program, stages in STAGES.items() for stage in stages if stage not in cast[program]}
    assert {(p, s) for p, s in missing if p != "newborn" or s in NEWBORN_DAYS} == set()


def test_a_small_community_has_people_of_every_program(tmp_path: Path) -> None:
    make(tmp_path, 50, 7, ON)
    truth = _truth(tmp_path)
    assert set(STAGES) - {"newborn"} <= set(_stages(truth))


def test_every_program_has_people_who_may_join_who_may_not_and_of_whom_nobody_can_tell(community: Path) -> None:
    truth = _truth(community)
    for program in PROGRAMS:
        assert {one["programs"][program]["answer"] for one in truth} == {"yes", "no", "unknown"}, program


def test_every_answer_of_the_truth_says_why_unless_it_is_yes(community: Path) -> None:
    answers = [a for one in _truth(community) for a in one["programs"].values()]
    assert {a["answer"] for a in answers} == {"yes", "no", "unknown"}
    assert all(bool(a["because"]) != (a["answer"] == "yes") for a in answers)


def test_every_role_of_the_library_has_a_worker(community: Path) -> None:
    library = tomllib.loads(files("throughcare.care_library").joinpath("roles.toml").read_text())
    held = {r for path in community.glob("*/*.ndjson") for r in _ROLE.findall(path.read_text())}
    assert {role["id"] for role in library["role"]} - NOT_WORKERS - held == set()


def test_every_stage_is_found_by_a_story(community: Path) -> None:
    stories = json.loads((community / "community.json").read_text())["stories"]
    told = {tuple(one["story"].split("/")) for one in stories}
    assert told >= {(program, stage) for program, stages in _stages(_truth(community)).items() for stage in stages}
    assert all(one["patient"] for one in stories)


def test_one_person_is_in_four_programs_at_once(community: Path) -> None:
    stories = json.loads((community / "community.json").read_text())["stories"]
    story = next(one for one in stories if one["story"].startswith("four_at_once"))
    true = next(one for one in _truth(community) if one["person"] == story["person"])
    assert {name for name, a in true["programs"].items() if a["answer"] == "yes"} >= set(story["programs"])
    assert len(story["programs"]) == 4


def test_a_large_community_stays_small(tmp_path: Path) -> None:
    manifest = make(tmp_path, PEOPLE, 7, ON)
    assert PEOPLE < sum(manifest["sources"].values()) < MOST_RESOURCES
