"""The house put together: settings, database, published care models, the worker beside, and the workspace in front."""

import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from ipaddress import ip_address

from starlette.applications import Starlette

from throughcare.access import indexes
from throughcare.faults import Refused
from throughcare.flow.passes import settle
from throughcare.flow.published import Published, publish
from throughcare.flow.worker import Worker
from throughcare.record.views import ensure_views
from throughcare.settings import Settings
from throughcare.stores import postgres
from throughcare.stores.postgres import Database
from throughcare.workspace.site import Site
from throughcare.workspace.web import application

LOOPBACK_NAMES = ("localhost",)


def ready(settings: Settings) -> Database:
    """The database of this installation, brought up to this version."""
    database = postgres.open(settings)
    database.migrate()
    ensure_views(database)
    indexes.ensure(database)
    return database


def site(settings: Settings, database: Database, published: Published) -> Site:
    """What the workspace stands on; acts settle the people they touched before the page is shown again."""
    return Site(
        database=database,
        settings=settings,
        models={m.model.id: m for m in published.models},
        library=published.library,
        settle=lambda people: settle(database, published, datetime.now(UTC), people),
    )


def build(settings: Settings) -> Starlette:
    """The ASGI application: it starts the worker with the server and stops it with the server."""
    refuse_open_door(settings)
    database, published = ready(settings), publish(settings)
    app = application(site(settings, database, published))
    app.router.lifespan_context = lambda _: _lifespan(database, published)
    return app


@contextlib.asynccontextmanager
async def _lifespan(database: Database, published: Published) -> AsyncIterator[None]:
    worker = Worker(database, published)
    worker.start()
    try:
        yield
    finally:
        worker.stop()
        database.close()


def refuse_open_door(settings: Settings) -> None:
    """Never listen off this machine without a proxy that ends TLS."""
    if not settings.behind_proxy and not _loopback(settings.host):
        raise Refused(
            f"Throughcare will not listen on {settings.host} without TLS.",
            where="THROUGHCARE_HOST",
            why="Passwords and records would travel in the clear.",
            do="Listen on 127.0.0.1, or put a proxy that ends TLS in front and set THROUGHCARE_BEHIND_PROXY=true.",
        )


def _loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host in LOOPBACK_NAMES


def asgi() -> Starlette:
    """The application of the settings in the environment, for an ASGI server."""
    return build(Settings.read())
