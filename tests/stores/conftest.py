"""Here every test that takes `database` runs on both paths: the bundled server and an ordinary one."""

from collections.abc import Iterator

import pytest

from throughcare.stores import postgres


@pytest.fixture(scope="session", params=["bundled", "server"])
def server(request: pytest.FixtureRequest):
    return request.getfixturevalue({"bundled": "bundled_server", "server": "ordinary_server"}[request.param])


@pytest.fixture(scope="session")
def template(server) -> str:
    return server.template()


@pytest.fixture
def database(server, template: str) -> Iterator[postgres.Database]:
    name = server.create(template)
    with server.open(name) as database:
        yield database
    server.drop(name)
