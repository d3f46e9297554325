"""The town, built once per run; each test of a screen gets a copy of it, or shares one when it only reads."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from throughcare.workspace.web import application

from . import world
from .asking import Browser


@pytest.fixture(scope="session")
def town_template(bundled_server, bundled_template) -> Iterator[tuple[str, world.World]]:
    name = bundled_server.create(bundled_template)
    with bundled_server.open(name) as database:
        town = world.build(database)
    yield name, town
    bundled_server.drop(name)


def _copy(server, made) -> Iterator[world.World]:
    name, town = made
    copied = server.create(name)
    with server.open(copied) as database:
        yield replace(town, site=replace(town.site, database=database))
    server.drop(copied)


@pytest.fixture(scope="session")
def shared(bundled_server, town_template) -> Iterator[world.World]:
    """A town for tests that only look."""
    yield from _copy(bundled_server, town_template)


@pytest.fixture
def town(bundled_server, town_template) -> Iterator[world.World]:
    """A town of one's own, for tests that act."""
    yield from _copy(bundled_server, town_template)


@pytest.fixture
def visit(shared) -> Callable[[str], Browser]:
    """A browser signed in under a name, in the shared town."""
    return signed_in(shared)


def signed_in(town: world.World) -> Callable[[str], Browser]:
    app = application(town.site)

    def visit(name: str) -> Browser:
        browser = Browser(app)
        assert browser.sign_in(name, world.PASSWORD).status == 303
        return browser

    return visit
