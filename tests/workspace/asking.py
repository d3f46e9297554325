"""A browser without a screen: sends requests to the application, keeps cookies, fills the forms a page offers."""

import asyncio
import re
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit


@dataclass
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key == name), "")

    def field(self, name: str) -> str:
        found = re.search(rf'name="{name}" value="([^"]*)"', self.text)
        return found[1] if found else ""


@dataclass
class Browser:
    """One visitor. `csrf` is what the last page with a form carried."""

    app: object
    cookies: dict[str, str] = field(default_factory=dict)
    source: str = "127.0.0.1"
    csrf: str = ""

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, headers=headers)

    def post(self, path: str, form: dict[str, str] | None = None, **headers: str) -> Answer:
        body = urlencode({"csrf": self.csrf, **(form or {})}).encode()
        return self.ask("POST", path, body, {"content_type": "application/x-www-form-urlencoded", **headers})

    def ask(self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None) -> Answer:
        answer = asyncio.run(self._ask(method, path, body, headers or {}))
        for cookie in [value for name, value in answer.headers if name == "set-cookie"]:
            name, _, rest = cookie.partition("=")
            value = rest.split(";")[0].strip('"')
            if "Max-Age=0" in cookie:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
        self.csrf = answer.field("csrf") or self.csrf
        return answer

    async def _ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        url = urlsplit(path)
        sent = {"host": "testhost", "cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()), **headers}
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": url.path,
            "raw_path": url.path.encode(),
            "query_string": url.query.encode(),
            "root_path": "",
            "headers": [(k.replace("_", "-").lower().encode(), v.encode()) for k, v in sent.items() if v],
            "client": (self.source, 5),
            "server": ("testhost", 80),
            "app": self.app,
        }
        got: dict = {"body": b""}
        asked = iter([{"type": "http.request", "body": body, "more_body": False}])

        async def receive():
            return next(asked, {"type": "http.disconnect"})

        async def send(message):
            if message["type"] == "http.response.start":
                got["status"] = message["status"]
                got["headers"] = [(k.decode(), v.decode()) for k, v in message["headers"]]
            else:
                got["body"] += message.get("body", b"")

        await self.app(scope, receive, send)
        return Answer(got["status"], got["headers"], got["body"])

    def sign_in(self, name: str, password: str) -> Answer:
        page = self.get("/sign-in")
        return self.post("/sign-in", {"entry": page.field("entry"), "next": "/", "name": name, "password": password})
