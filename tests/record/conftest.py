"""Here every test that takes `database` runs on both paths: the bundled server and an ordinary one."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from throughcare.fhir import json
from throughcare.record.changes import Changes, Put
from throughcare.record.commit import commit
from throughcare.stores import postgres

AT = datetime(2026, 7, 6, 13, 0, tzinfo=UTC)


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


@pytest.fixture
def put(database):
    """Commit resources (dicts, or JSON text) in one change; says what the commit did."""

    def put(*resources, source="hospital", at=AT, if_version=None, **more):
        puts = [Put(r.encode() if isinstance(r, str) else json.write(r), source, if_version) for r in resources]
        return commit(database, Changes(puts, **more), door="flow", stage="test", actor="tests", at=at)

    return put
