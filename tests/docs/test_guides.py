"""The guides tell the truth: every command in them runs as written, and every command of measure and pay is in one.

They run on sixty invented people and two of the shipped care models: the words are the same for fourteen.
"""

import contextlib
import io
import json
import re
import shlex
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from unittest.mock import patch

import click
import pytest

from throughcare.cli import main, measure, pay
from throughcare.community.make import make
from throughcare.definitions import load
from throughcare.stores import bundled

from ..shipped import plan_once

GUIDES = Path(__file__).parents[2] / "docs/guides"
READ_AND_RUN = ["read-a-measure", "see-what-work-is-worth"]
# by tests of their own: test_source_guides.py, test_hl7_guide.py, tests/intake/test_ccda.py and others
RUN_BY_OTHERS = {
    "write-a-care-model", "identity", "ccda", "hmis", "devices", "directory", "claims", "tables", "hl7v2",
    "feeds", "bulk-data",
}  # fmt: skip
CARE_MODELS = ("care_transitions_intervention", "bundled_payment")
Run = Callable[[list[str]], tuple[int, str, str]]


def commands(page: Path) -> list[list[str]]:
    """The indented commands of a page, in order."""
    return [shlex.split(line)[1:] for line in re.findall(r"^    (throughcare .*)$", page.read_text(), re.MULTILINE)]


@pytest.fixture(scope="module")
def installed(short_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """Runs a command on a settled installation; gives what it ended with, said and complained."""
    home, data_dir = tmp_path_factory.mktemp("guides"), short_folder / "guides"
    make(home / "made", 60, 7, date(2026, 3, 17))
    (home / "models").mkdir()
    for name in CARE_MODELS:
        (home / "models" / name).symlink_to(load.SHIPPED / name)

    def run(words: list[str]) -> tuple[int, str, str]:
        asked = [w.replace("./my-data", str(data_dir)).replace("SOME-ID", "pr0-org-p000000") for w in words]
        out, err, code = io.StringIO(), io.StringIO(), 0
        typed = patch("sys.argv", ["throughcare", *asked])
        with typed, contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                main()
            except SystemExit as ended:
                code = ended.code if isinstance(ended.code, int) else 0
        return code, out.getvalue(), err.getvalue()

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(load, "SHIPPED", home / "models")
        plan_once(patched)
        try:
            for words in (["load", str(home / "made/practice_0"), "--source", "clinic"], ["settle", "--everyone"]):
                done = run(["--data-dir", "./my-data", *words])
                assert done[0] == 0, done
            yield run
        finally:
            bundled.stop(data_dir)


@pytest.mark.parametrize(
    ("guide", "words"),
    [pytest.param(g, words, id=" ".join(words[2:])) for g in READ_AND_RUN for words in commands(GUIDES / f"{g}.md")],
)
def test_a_command_of_a_guide_runs_as_written(guide: str, words: list[str], installed: Run) -> None:
    code, out, err = installed(words)
    assert code == 0, err
    assert not err or "more (--all shows them)" in err
    if {"--json", "--fhir"} & set(words):
        assert all(isinstance(json.loads(line), dict) for line in out.splitlines())


def test_no_guide_shows_a_command_that_no_test_runs() -> None:
    shown = {page.stem for page in GUIDES.glob("*.md") if re.search("^ *throughcare ", page.read_text(), re.MULTILINE)}
    assert shown == {*READ_AND_RUN, *RUN_BY_OTHERS}


@pytest.mark.parametrize(("noun", "group"), [("measure", measure.command), ("pay", pay.command)])
def test_every_command_and_option_is_in_a_guide(noun: str, group: click.Group) -> None:
    pages = "".join((GUIDES / f"{guide}.md").read_text() for guide in READ_AND_RUN)
    for verb, command in group.commands.items():
        assert re.search(rf"^    throughcare --data-dir ./my-data {noun} {verb}\b", pages, re.MULTILINE)
        own = {name for p in command.params for name in p.opts if name.startswith("--")} - {"--data-dir", "--database"}
        assert [name for name in sorted(own) if name not in pages] == []
