"""Safety around every answer: strict headers, small bodies, and forms that only our own pages can have sent."""

import hmac
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_BYTES_MAX = 64 * 1024
FIELDS_MAX = 60
FORM = "application/x-www-form-urlencoded"
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
NO_STORE = "no-store"


class Headers:
    """Puts the headers on every answer, also on errors; nothing about people may be kept by browser or proxy."""

    def __init__(self, app: ASGIApp, https: bool) -> None:
        self.app = app
        given = {**HEADERS, **({"strict-transport-security": "max-age=31536000"} if https else {})}
        self.headers = [(name.encode(), value.encode()) for name, value in given.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        await self.app(scope, receive, _with(self.headers, send))


def _with(headers: list[tuple[bytes, bytes]], send: Send) -> Callable[[Message], Awaitable[None]]:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            have = {name for name, _ in message["headers"]}
            message["headers"] = [*message["headers"], *headers]
            if b"cache-control" not in have:
                message["headers"].append((b"cache-control", NO_STORE.encode()))
        await send(message)

    return sending


class BadForm(Exception):
    """A form that is too big, of another kind, or not from one of our pages; `status` says which."""

    def __init__(self, status: int) -> None:
        self.status = status


async def form(request: Request, bytes_max: int = BODY_BYTES_MAX) -> dict[str, str]:
    """The fields of a posted form, read under limits. Only call it once it is known who is asking."""
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != FORM:
        raise BadForm(415)
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > bytes_max:
            raise BadForm(413)
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=FIELDS_MAX, errors="strict")
    except ValueError:
        raise BadForm(400) from None
    return {name: value.replace("\x00", "") for name, value in pairs}


def same_origin(request: Request) -> bool:
    """Whether the browser says that the request comes from our own pages. Forwarding headers are not believed."""
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    return origin is None or origin.split("://")[-1] == request.headers.get("host", "")


def same_token(given: str, wanted: str) -> bool:
    return bool(wanted) and hmac.compare_digest(given.encode(), wanted.encode())


def local_path(path: str) -> str:
    """A path of our own to go on to, or the front page: never another site."""
    safe = path.startswith("/") and not path.startswith(("//", "/\\")) and "\n" not in path and "\r" not in path
    return path if safe and "\\" not in path else "/"
