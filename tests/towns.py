"""The town of tests/workspace/world, built once a run: a test of a screen gets a copy, or shares one to look at.

What it is built of is brought in when the first such test asks: the other tests start sooner.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest


@pytest.fixture(scope="session")
def town_template(bundled_server: Any, bundled_template: str) -> Iterator[tuple[str, Any]]:
    from .workspace import world

    name = bundled_server.create(bundled_template)
    with bundled_server.open(name) as database:
        town = world.build(database)
    yield name, town
    bundled_server.drop(name)


@pytest.fixture(scope="session")
def shared(bundled_server: Any, town_template: tuple[str, Any]) -> Iterator[Any]:
    """A town for tests that only look."""
    yield from _copy(bundled_server, town_template)


@pytest.fixture
def town(bundled_server: Any, town_template: tuple[str, Any]) -> Iterator[Any]:
    """A town of one's own, for tests that act."""
    yield from _copy(bundled_server, town_template)


@pytest.fixture
def visit(shared: Any) -> Callable[[str], Any]:
    """A browser signed in under a name, in the shared town."""
    from .workspace.conftest import signed_in

    return signed_in(shared)


def _copy(server: Any, made: tuple[str, Any]) -> Iterator[Any]:
    name, town = made
    copied = server.create(name)
    with server.open(copied) as database:
        yield replace(town, site=replace(town.site, database=database))
    server.drop(copied)
