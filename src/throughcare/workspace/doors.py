"""Doors: sign in, sign out, choose another password, choose a language."""

import hashlib
import secrets

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from throughcare.access import door, sessions, staff
from throughcare.faults import Fault
from throughcare.workspace import front, render, security
from throughcare.workspace.front import Desk
from throughcare.workspace.site import Site
from throughcare.workspace.words import Words

# Signing in has no session yet: its form carries the hash of this cookie, so no other site can sign someone in.
ENTRY = "throughcare-entry"


async def show_sign_in(request: Request) -> Response:
    words = front.speech(request)
    wanted = request.query_params.get("lang", "")
    if wanted in render.LANGUAGE_NAMES:
        response: Response = RedirectResponse("/sign-in", status_code=303)
        response.set_cookie("language", wanted, max_age=365 * 86400, httponly=True, samesite="lax")
        return response
    onward = security.local_path(request.query_params.get("next", "/"))
    return _sign_in_page(request, words, onward, wrong=False)


def _sign_in_page(request: Request, words: Words, onward: str, *, wrong: bool) -> Response:
    site: Site = request.app.state.site
    secret = secrets.token_urlsafe(24)
    others = [code for code in site.settings.languages.split(",") if code != words.language]
    body = render.outside(words, "sign_in.html", entry=_entry(secret), onward=onward, wrong=wrong, languages=others)
    response = HTMLResponse(body, status_code=422 if wrong else 200)
    response.set_cookie(
        ENTRY, secret, httponly=True, samesite="strict", secure=site.settings.behind_proxy, path="/sign-in"
    )
    return response


def _entry(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


async def sign_in(request: Request) -> Response:
    site: Site = request.app.state.site
    if not security.same_origin(request):
        return front.trouble(request, 403)
    form = await security.form(request)
    cookie = request.cookies.get(ENTRY, "")
    onward = security.local_path(form.get("next", "/"))
    if not cookie or not security.same_token(form.get("entry", ""), _entry(cookie)):
        return RedirectResponse("/sign-in", status_code=303)
    signed = await run_in_threadpool(_try, site, request, form)
    if signed is None:
        return _sign_in_page(request, front.speech(request), onward, wrong=True)
    response = RedirectResponse("/password" if signed.must_change else onward, status_code=303)
    response.set_cookie(
        front.cookie_name(site),
        signed.token,
        httponly=True,
        samesite="lax",
        secure=site.settings.behind_proxy,
        path="/",
    )
    response.delete_cookie(ENTRY, path="/sign-in")
    return response


def _try(site: Site, request: Request, form: dict[str, str]) -> sessions.SignedIn | None:
    name, at = form.get("name", "")[:200], site.clock()
    signed = sessions.sign_in(
        site.database,
        name,
        form.get("password", ""),
        source=request.client.host if request.client else "",
        at=at,
        old_token=request.cookies.get(front.cookie_name(site), ""),
    )
    # A wrong name may hold a password typed into the wrong field: only names that exist are written down.
    door.note(
        site.database, "signed in" if signed else "sign-in refused", by=name.lower() if signed else "unknown", at=at
    )
    return signed


def sign_out(desk: Desk) -> Response:
    sessions.sign_out(desk.site.database, desk.request.cookies.get(front.cookie_name(desk.site), ""))
    response = RedirectResponse("/sign-in", status_code=303)
    response.delete_cookie(front.cookie_name(desk.site), path="/")
    return response


def show_password(desk: Desk) -> Response:
    return desk.page("password.html", problem="")


def change_password(desk: Desk) -> Response:
    """Old and new; the session ends with the old password, so the next page is the door."""
    old, new = desk.form.get("old", ""), desk.form.get("new", "")
    if new != desk.form.get("again", ""):
        return desk.page("password.html", problem="differ")
    try:
        by = desk.viewer.sign_in
        right = staff.change_password(desk.site.database, desk.viewer.staff_id, old, new, by=by, at=desk.viewer.at)
    except Fault:
        return desk.page("password.html", problem="short")
    return RedirectResponse("/sign-in", status_code=303) if right else desk.page("password.html", problem="wrong")


def choose_language(desk: Desk) -> Response:
    wanted = desk.form.get("language", "")
    if wanted in desk.site.settings.languages.split(","):
        staff.set_language(desk.site.database, desk.viewer.staff_id, wanted)
    return RedirectResponse(security.local_path(desk.form.get("back", "/")), status_code=303)


def start(desk: Desk) -> Response:
    """The front page: work for those who care for people; the audit, the feeds or the care models for others."""
    if desk.viewer.cares:
        return RedirectResponse("/today", status_code=303)
    first = {"auditor": "/audit", "data_steward": "/feeds"}
    return RedirectResponse(next((first[r] for r in first if r in desk.viewer.roles), "/care-models"), status_code=303)
