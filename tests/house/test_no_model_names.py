"""The engine knows no care model: no model's id or title stands in code, queries or templates."""

import re
import tomllib
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "throughcare"
DATA = {"care_models", "care_library", "generated", "vendor"}
KINDS = {".py", ".sql", ".html", ".jinja", ".j2", ".js", ".css", ".toml", ".json"}


def shipped() -> list[dict[str, str]]:
    return [tomllib.loads(p.read_text()) for p in sorted((SOURCE / "care_models").glob("*/model.toml"))]


def shared() -> set[str]:
    """Names the whole field shares: a care model may be called like a role or a pathway of the care library."""
    library = SOURCE / "care_library"
    roles = tomllib.loads((library / "roles.toml").read_text())
    pathways = "".join(p.read_text() for p in sorted((library / "pathways").glob("*.toml")))
    return {r["id"] for r in roles["role"]} | set(re.findall(r'^id = "(\w+)"', pathways, re.MULTILINE))


def words_of(model: dict[str, str]) -> list[str]:
    """What only this care model is called."""
    known = shared()
    return [w for w in (model["id"], model["title"]) if re.sub(r"[\s-]+", "_", w.lower()) not in known]


def code() -> list[Path]:
    inside = (p for p in SOURCE.rglob("*") if p.suffix in KINDS and p.is_file())
    return [p for p in inside if not DATA & set(p.relative_to(SOURCE).parts)]


def naming(files: list[Path], words: list[str]) -> list[str]:
    """The files that say one of the words, however they are spelled: with spaces, dashes or underscores."""
    spelled = [re.sub(r"[\s_-]+", r"[\\s_-]+", re.escape(w).replace("\\ ", " ").replace("\\-", "-")) for w in words]
    pattern = re.compile("|".join(rf"\b{s}\b" for s in spelled), re.IGNORECASE)
    return [str(p) for p in files if pattern.search(p.read_text("utf-8", errors="ignore"))]


def test_there_are_models_and_there_is_code() -> None:
    assert shipped()
    assert len(code()) > 50


@pytest.mark.parametrize("model", [m for m in shipped() if words_of(m)], ids=lambda m: m["id"])
def test_no_code_names_a_care_model(model: dict[str, str]) -> None:
    assert not [Path(p).relative_to(SOURCE) for p in naming(code(), words_of(model))]


def test_nearly_every_care_model_has_a_name_of_its_own() -> None:
    assert len([m for m in shipped() if words_of(m)]) >= len(shipped()) - 1


def test_a_name_is_found_however_it_is_spelled(tmp_path: Path) -> None:
    for nth, text in enumerate(('if model == "evening_calls"', "-- Evening calls", "<h1>evening-calls</h1>")):
        (tmp_path / f"{nth}.py").write_text(text)
    (tmp_path / "other.py").write_text("the evening she calls")
    assert len(naming(sorted(tmp_path.iterdir()), ["evening_calls"])) == 3
