"""Journeys share the published care models, all fourteen, compiled once; every life has a record of its own."""

from pathlib import Path

import pytest

from throughcare.definitions.compiled import compile_models
from throughcare.definitions.compiled.plan import Plan
from throughcare.flow import population
from throughcare.flow.published import Published, publish
from throughcare.settings import Settings
from throughcare.stores.postgres import Database

from .life import Life


@pytest.fixture(scope="session")
def published() -> Published:
    return publish(Settings())


@pytest.fixture(scope="session")
def of_everyone(published: Published) -> Plan:
    """The plan of the nightly look at everyone, which each look would otherwise compile anew."""
    return compile_models(list(published.models), published.library, Settings().calendar, everyone=True)


@pytest.fixture
def life(database: Database, published: Published, of_everyone: Plan, tmp_path: Path, monkeypatch) -> Life:
    monkeypatch.setattr(population, "compile_models", lambda *_, **__: of_everyone)
    return Life(database=database, published=published, folder=tmp_path)
