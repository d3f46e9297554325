"""The front: takes each request to its page only after asking who it is, what their roles allow, and that it is theirs.

A page declares its roles; none declared means nobody. What cannot be read answers exactly like what is not there.
"""

import secrets
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from throughcare.access import door, sessions
from throughcare.access.reader import Reader
from throughcare.access.viewer import Viewer
from throughcare.workspace import render, security
from throughcare.workspace.site import Site
from throughcare.workspace.words import Words, choose

COOKIE = "throughcare"
log = structlog.get_logger()


class Absent(Exception):
    """Not there, or not yours: one answer for both."""


class Gone(Exception):
    """Go on to another page of ours."""

    def __init__(self, path: str) -> None:
        self.path = path


@dataclass(kw_only=True)
class Desk:
    """What a page works with: the request, who asks, their reader and words, and the site."""

    request: Request
    site: Site
    viewer: Viewer
    words: Words
    form: dict[str, str] = field(default_factory=dict)
    audited: bool = False

    def __post_init__(self) -> None:
        self.reader = Reader(self.site.database, self.viewer)

    @property
    def asked(self) -> dict[str, str]:
        return {name: value[:200].replace("\x00", "") for name, value in self.request.query_params.items()}

    def path(self, name: str) -> str:
        return str(self.request.path_params[name])

    def looked(self, action: str, person_id: int | None = None, detail: str = "") -> None:
        """Write the look down; a page that shows people cannot be sent before this."""
        door.looked(self.site.database, self.viewer, action, person_id, detail)
        self.audited = True

    def absent(self, action: str, person_id: int | None) -> Absent:
        """Write down that something was asked for and not shown."""
        door.looked(self.site.database, self.viewer, f"not shown: {action}", person_id)
        return Absent()

    def page(self, template: str, **data: Any) -> Response:
        url, offered = self.request.url, self.site.settings.languages.split(",")
        return HTMLResponse(render.page(template, self.viewer, self.words, url.path, url.query, offered, data))


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One route: path, method, the roles that may use it, and whether it shows people (and so must be audited)."""

    path: str
    handler: Callable[[Desk], Response]
    roles: frozenset[str]
    method: str = "GET"
    shows_people: bool = False
    form_bytes_max: int = security.BODY_BYTES_MAX
    half_session: bool = False  # reachable while a one-time password waits to be changed

    def route(self) -> Route:
        return Route(self.path, self._answer, methods=[self.method], name=f"{self.method} {self.path}")

    async def _answer(self, request: Request) -> Response:
        site: Site = request.app.state.site
        viewer = await run_in_threadpool(who, site, request)
        if viewer is None:
            return _to_sign_in(request)
        if viewer.must_change and not self.half_session:
            return _go(request, "/password")
        if not viewer.roles & self.roles:
            return refused(request, viewer)
        desk = Desk(request=request, site=site, viewer=viewer, words=speech(request, viewer))
        if self.method == "POST":
            if not security.same_origin(request):
                return trouble(request, 403)
            desk.form = await security.form(request, self.form_bytes_max)
            if not security.same_token(desk.form.get("csrf", ""), viewer.csrf):
                return trouble(request, 403)
        return await run_in_threadpool(self._run, desk)

    def _run(self, desk: Desk) -> Response:
        try:
            response = self.handler(desk)
        except Gone as gone:
            return _go(desk.request, gone.path)
        except Absent:
            return absent(desk.request)
        except Exception as error:
            return failed(desk.request, error)
        if self.shows_people and not desk.audited and response.status_code == 200:
            return failed(desk.request, RuntimeError(f"{self.path} shows people and wrote down no look"))
        return response


def who(site: Site, request: Request) -> Viewer | None:
    """The viewer of this request's session, or None."""
    return sessions.find(
        site.database,
        request.cookies.get(cookie_name(site), ""),
        at=site.clock(),
        idle=timedelta(minutes=site.settings.session_idle_minutes),
        zone=site.zone,
    )


def cookie_name(site: Site) -> str:
    return f"__Host-{COOKIE}" if site.settings.behind_proxy else COOKIE


def speech(request: Request, viewer: Viewer | None = None) -> Words:
    site: Site = request.app.state.site
    wanted = (viewer.language if viewer else "") or request.cookies.get("language", "")
    return Words(choose(request.headers.get("accept-language", ""), wanted, site.settings.languages.split(",")))


def _to_sign_in(request: Request) -> Response:
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    onward = f"/sign-in?next={_quoted(path)}" if request.method == "GET" and path != "/" else "/sign-in"
    return _go(request, onward)


def _quoted(path: str) -> str:
    return quote(security.local_path(path), safe="/")


def _go(request: Request, path: str) -> Response:
    """Elsewhere: a redirect for a page, a header that turns the whole page for a part of one."""
    if request.headers.get("hx-request") and path.startswith(("/sign-in", "/password")):
        return Response(status_code=204, headers={"HX-Redirect": path})
    return RedirectResponse(path, status_code=303)


def absent(request: Request) -> Response:
    """The one answer for not there, deleted and not yours: same status, same words, same headers."""
    return trouble(request, 404)


def refused(request: Request, viewer: Viewer) -> Response:
    return trouble(request, 403, viewer)


def trouble(request: Request, status: int, viewer: Viewer | None = None) -> Response:
    return HTMLResponse(render.trouble(speech(request, viewer), status), status_code=status)


def failed(request: Request, error: Exception) -> Response:
    """A failure: a code to tell support, nothing about anyone; the log holds places in our code, never values."""
    code = secrets.token_hex(4)
    places = [f"{Path(f.filename).name}:{f.lineno}" for f in traceback.extract_tb(error.__traceback__)][-6:]
    log.error("page failed", code=code, kind=type(error).__name__, places=places)
    return HTMLResponse(render.trouble(speech(request), 500, code), status_code=500)
