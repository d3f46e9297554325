"""Which installation a command means may be said before or behind it, and two live side by side."""

import pytest
from click.testing import CliRunner

from throughcare.cli import throughcare
from throughcare.settings import Settings


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[Settings]:
    import throughcare.cli.load as load

    given: list[Settings] = []

    def remember(settings: Settings, *rest: object) -> object:
        given.append(settings)
        raise SystemExit(0)

    monkeypatch.setattr(load, "load_files", remember)
    return given


PLACES = ["--data-dir {d} load x", "load x --data-dir {d}", "--data-dir elsewhere load x --data-dir {d}"]


@pytest.mark.parametrize("line", PLACES)
def test_the_data_directory_is_taken_from_either_place(seen: list[Settings], tmp_path, line: str) -> None:  # type: ignore[no-untyped-def]
    CliRunner().invoke(throughcare, line.format(d=tmp_path / "own").split())
    assert seen[0].data_dir == tmp_path / "own"


def test_the_setting_names_it_too(seen: list[Settings], tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setenv("THROUGHCARE_DATA_DIR", str(tmp_path / "set"))
    CliRunner().invoke(throughcare, ["load", "x"])
    assert seen[0].data_dir == tmp_path / "set"


def test_every_command_says_what_it_is_for() -> None:
    said = CliRunner().invoke(throughcare, ["--help"]).output
    for name in ("community", "db", "demo", "load", "model", "quarantine", "serve", "settle", "staff", "status"):
        assert f"  {name} " in said
        assert CliRunner().invoke(throughcare, [name, "--help"]).exit_code == 0
