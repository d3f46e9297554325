"""Journeys share the published care models, all fourteen; every life has a record of its own."""

from pathlib import Path

import pytest

from throughcare.flow.published import Published, publish
from throughcare.settings import Settings
from throughcare.stores.postgres import Database

from .life import Life


@pytest.fixture(scope="session")
def published() -> Published:
    return publish(Settings())


@pytest.fixture
def life(database: Database, published: Published, tmp_path: Path) -> Life:
    return Life(database=database, published=published, folder=tmp_path)
