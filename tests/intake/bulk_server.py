"""A Bulk Data server as a test has it: real HTTP on loopback, strict about tokens, and as awkward as real ones are."""

import json
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from joserfc import jwt


class Server:
    """`files` by path; `manifests` by path, "{here}" standing for our own address. Every request is written down."""

    def __init__(self, key: Any = None) -> None:
        self.key, self.files, self.manifests = key, dict[str, bytes](), dict[str, dict]()
        self.asked: list[tuple[str, str]] = []
        self.tokens: list[str] = []
        self.claims: list[dict] = []
        self.waits, self.busy, self.cut, self.headers = 2, 0, set[str](), dict[str, str]()
        self.status = 200
        self.versions: dict[str, dict[str, str]] = {}  # headers of a file, as etag or last-modified
        self.if_range: list[str | None] = []
        self.seen: Counter[str] = Counter()
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None: ...

            def do_GET(self) -> None:
                owner.get(self)

            def do_POST(self) -> None:
                owner.token(self)

            def do_DELETE(self) -> None:
                owner.asked.append(("DELETE", self.path))
                owner.send(self, 202)

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.here = f"http://127.0.0.1:{self.http.server_port}"

    def __enter__(self) -> "Server":
        threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.http.shutdown()
        self.http.server_close()

    def send(self, to: Any, status: int, body: bytes = b"", length: int | None = None, **headers: str) -> None:
        to.send_response(status)
        for name, value in headers.items():
            to.send_header(name.replace("_", "-"), value)
        to.send_header("content-length", str(len(body) if length is None else length))
        to.end_headers()
        to.wfile.write(body)
        to.close_connection = length is not None

    def token(self, to: Any) -> None:
        form = parse_qs(to.rfile.read(int(to.headers["content-length"])).decode())
        assert form["grant_type"] == ["client_credentials"]
        statement = jwt.decode(form["client_assertion"][0], self.key, algorithms=["RS384", "ES384"])
        self.claims.append({**statement.header, **statement.claims})
        self.tokens.append(f"token-{len(self.tokens)}")
        self.send(to, 200, json.dumps({"access_token": self.tokens[-1], "expires_in": 300}).encode())

    def get(self, to: Any) -> None:
        self.asked.append(("GET", to.path))
        self.seen[to.path] += 1
        if self.key and to.headers.get("authorization") not in {f"Bearer {t}" for t in self.tokens}:
            self.send(to, 401)
        elif to.path.endswith("$export"):
            assert to.headers["prefer"] == "respond-async"
            self.send(to, 202, content_location=f"{self.here}/status")
        elif self.busy:
            self.busy -= 1
            self.send(to, 429, retry_after="7")
        elif to.path == "/status" and self.waits:
            self.waits -= 1
            self.send(to, 202, retry_after="3", x_progress="working")
        elif to.path in self.manifests:
            body = json.dumps(self.manifests[to.path]).replace("{here}", self.here).encode()
            self.send(to, self.status, body, **self.headers)
        elif to.path in self.files:
            self.file(to, self.files[to.path])
        else:
            self.send(to, 404)

    def file(self, to: Any, body: bytes) -> None:
        """In `cut` the first answer ends in the middle of the file; a range is answered as asked, of one version."""
        start = int(to.headers.get("range", "bytes=0-").removeprefix("bytes=").removesuffix("-"))
        headers, wanted = self.versions.get(to.path, {}), to.headers.get("if-range")
        self.if_range.append(wanted)
        start = start if wanted is None or wanted in headers.values() else 0
        rest = body[start:]
        if to.path in self.cut and self.seen[to.path] == 1:
            self.send(to, 200, rest[: len(rest) // 2], length=len(rest), **headers)
        elif start:
            self.send(to, 206, rest, content_range=f"bytes {start}-{len(body) - 1}/{len(body)}", **headers)
        else:
            self.send(to, 200, rest, **headers)
