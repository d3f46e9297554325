"""The web application of the workspace: its routes, its static files, and what it says when something breaks."""

import mimetypes
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from throughcare.workspace import doors, front, render, security
from throughcare.workspace.routes import PAGES
from throughcare.workspace.site import Site

YEAR = "public, max-age=31536000, immutable"


class Workspace(Starlette):
    """A Starlette whose safety headers stand outside everything else, so that failures carry them too."""

    def build_middleware_stack(self) -> ASGIApp:
        return security.Headers(super().build_middleware_stack(), https=self.state.https)


def application(site: Site) -> Starlette:
    """The workspace over one site. No debug mode exists, no documentation pages, no sample data."""
    app = Workspace(
        routes=[
            *(page.route() for page in PAGES),
            Route("/sign-in", doors.show_sign_in, name="GET /sign-in"),
            Route("/sign-in", doors.sign_in, methods=["POST"], name="POST /sign-in"),
            Route("/health", health, name="GET /health"),
            Route("/assets/{name:path}", asset, name="GET /assets/{name:path}"),
        ],
        exception_handlers={404: _absent, 405: _odd, security.BadForm: _bad_form, Exception: _failed, 500: _failed},
    )
    app.state.site = site
    app.state.https = site.settings.behind_proxy
    app.router.redirect_slashes = False
    return app


async def health(request: Request) -> Response:
    """Whether the process answers; says nothing about anyone."""
    return PlainTextResponse("ok\n")


async def asset(request: Request) -> Response:
    """A file of ours: exactly those in the folder, by name; nothing above it, nothing hidden."""
    name = request.path_params["name"]
    if name not in _assets():
        return front.absent(request)
    kept = YEAR if request.query_params.get("v") == render.fingerprint(name) else "no-cache"
    kind = mimetypes.guess_type(name)[0] or "text/plain"
    return FileResponse(render.ASSETS / name, media_type=kind, headers={"cache-control": kept})


def _assets() -> frozenset[str]:
    return frozenset(str(path.relative_to(render.ASSETS)) for path in _files(render.ASSETS))


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and path.suffix in (".css", ".js", ".svg", ".LICENSE")]


async def _absent(request: Request, error: Exception) -> Response:
    return front.absent(request)


async def _odd(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 400
    return front.trouble(request, status)


async def _bad_form(request: Request, error: Exception) -> Response:
    assert isinstance(error, security.BadForm)
    return front.trouble(request, error.status)


async def _failed(request: Request, error: Exception) -> Response:
    return front.failed(request, error)
