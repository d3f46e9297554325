"""Finds the official suites, and holds the list of cases we know we fail to its word."""

import tomllib
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from zipfile import ZipFile

import pytest

from throughcare.settings import Settings

ROOT = Path(__file__).parents[2]
HOW = "official suites are not here: set THROUGHCARE_SHARED_DATA to the folder of third-party test data"


def shared(name: str) -> Path:
    """A file of the shared data folder, whether it is there or not."""
    folder = Settings.read().shared_data
    return (folder if folder.is_absolute() else ROOT / folder) / name


@cache
def open_archive(name: str) -> ZipFile | None:
    """A zip of the shared data folder, None where there is none."""
    path = shared(name)
    return ZipFile(path) if path.exists() else None


def cases_or_skip(cases: list, *, skip_now: bool = False, width: int = 1) -> list:
    """The cases, or one that is reported as skipped with the way to get them."""
    if not cases and skip_now:
        pytest.skip(HOW)
    return cases or [pytest.param(*[None] * width, id="no-suite", marks=pytest.mark.skip(reason=HOW))]


class KnownFailures:
    """Cases that fail for a stated reason. One that passes is an error too, so the list cannot go stale."""

    def __init__(self, reasons: dict[str, str]) -> None:
        self.reasons = reasons

    def judge(self, name: str, run: Callable[[], None]) -> None:
        if name not in self.reasons:
            run()
            return
        try:
            run()
        except (Exception, pytest.fail.Exception):
            return
        pytest.fail(f"{name} passes now: take it off the list of known failures")

    def all_named_in(self, names: Iterable[str]) -> None:
        assert not set(self.reasons) - set(names), "the list of known failures names cases that do not exist"


def known_failures(file: str, suite: str) -> KnownFailures:
    return KnownFailures(tomllib.loads((Path(__file__).parent / file).read_text()).get(suite, {}))
