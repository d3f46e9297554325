"""Export: ask a server for everything, wait as it says, fetch its files whole, and let them be loaded.

Source: HL7 FHIR Bulk Data Access 3.0 (manifests of several pages, `deleted`), and 2.0 for older servers.
"""

import contextlib
import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx2

from throughcare.faults import Malformed, Unavailable
from throughcare.intake.bulk import resumed
from throughcare.intake.bulk.sign_in import SignIn

WAIT_SECONDS, WAIT_SECONDS_MAX = 5.0, 300.0
TRIES_MAX = 5
POLLS_MAX = 10_000
PAGES_MAX = 1_000
MANIFEST_BYTES_MAX = 16 * 2**20
FILE_BYTES_MAX = 64 * 2**30
PENDING = "#pending"
_CODE = re.compile(r"[a-z-]{1,40}")
BUSY = frozenset({429, 500, 502, 503, 504})


@dataclass(slots=True)
class Export:
    """One export into a folder. What was fetched stays there until it is loaded, so a stopped one goes on."""

    client: httpx2.Client
    folder: Path
    sign_in: SignIn | None = None
    sleep: Callable[[float], None] = time.sleep
    hosts: set[tuple[str, str]] = field(default_factory=set)  # (scheme, host:port) that may see our token

    def run(self, url: str) -> Iterator[tuple[str, Path]]:
        """Each file as ("output" | "deleted" | "outcome", path), page after page; the newest time last said is kept."""
        self.hosts.add(urlsplit(url)[:2])
        status = self._kept("status") or self._kick_off(url)
        for manifest in self._pages(status):
            needs_token = manifest.get("requiresAccessToken") is True
            for kind in ("output", "deleted", "outcome", "error"):
                for one in manifest.get(kind) or []:
                    yield ("outcome" if kind == "error" else kind), self._file(_url(one), needs_token)
            self._keep("time", str(manifest.get("transactionTime", "")))

    def _kick_off(self, url: str) -> str:
        answer = self._get(url, {"accept": "application/fhir+json", "prefer": "respond-async"})
        if answer.status_code == 200:
            return url  # a publisher's manifest stands there already
        if answer.status_code != 202 or "content-location" not in answer.headers:
            raise Unavailable(f"The server started no export ({answer.status_code}).", where=url, do=_said(answer))
        status = urljoin(url, answer.headers["content-location"])
        self._keep("status", status)
        return status

    def _pages(self, status: str) -> Iterator[dict[str, Any]]:
        url = status
        for _ in range(PAGES_MAX):
            manifest = self._manifest(url)
            yield manifest
            links = [n for n in manifest.get("link") or [] if isinstance(n, dict) and n.get("relation") == "next"]
            following = str(links[0].get("url", "")) if links else PENDING
            if following == PENDING:
                return
            url = urljoin(url, following)
        raise Malformed(f"The manifest has more than {PAGES_MAX} pages.", where=status)

    def _manifest(self, url: str) -> dict[str, Any]:
        """Wait until it is there, as long as the server says."""
        wait = WAIT_SECONDS
        for _ in range(POLLS_MAX):
            answer = self._get(url, {"accept": "application/json"})
            if answer.status_code == 202:
                self.sleep(_asked(answer, wait))
                wait = min(wait * 2, WAIT_SECONDS_MAX)
                continue
            if answer.status_code in (404, 410):
                self._forget("status")
                raise Unavailable("The export is no longer there.", where=url, do="Run it again: it starts anew.")
            if answer.status_code != 200:
                self._forget("status")
                raise Unavailable(f"The export failed ({answer.status_code}).", where=url, do=_said(answer))
            if _ended(answer):
                self._forget("status")
                raise Unavailable("The files of the export have ended.", where=url, do="Run it again: it starts anew.")
            return _read(answer, url)
        raise Unavailable("The export did not end.", where=url, do="Run it again: it goes on waiting.")

    def _file(self, url: str, needs_token: bool) -> Path:
        """The file, from where the last try ended; its name comes from its address, never from the server's words."""
        name = blake2b(url.encode(), digest_size=16).hexdigest()
        done, part = self.folder / f"{name}.ndjson", self.folder / f"{name}.part"
        for attempt in range(TRIES_MAX):
            if done.exists():
                return done
            with contextlib.suppress(httpx2.TransportError):
                if self._more(url, part, needs_token):
                    part.rename(done)
                    return done
            self.sleep(min(2.0**attempt, WAIT_SECONDS_MAX))
        raise Unavailable("A file of the export cannot be fetched.", where=url, do="Run it again: it goes on here.")

    def _more(self, url: str, part: Path, needs_token: bool) -> bool:
        """What is left of the file, if it is still the same; else the whole of it."""
        have = part.stat().st_size if part.exists() else 0
        headers = {"accept": "application/fhir+ndjson", "accept-encoding": "identity"}
        if have:
            headers |= resumed.asked(part, have)
        with self.client.stream("GET", url, headers={**headers, **self._token(url, needs_token)}) as answer:
            if answer.status_code == 416 or (answer.status_code == 206 and not resumed.goes_on(answer, part, have)):
                part.unlink(missing_ok=True)  # what we have is no beginning of what the server has
                return False
            if answer.status_code in BUSY:
                return False
            if answer.status_code not in (200, 206):
                raise Unavailable(f"A file was not given ({answer.status_code}).", where=url, do="Run it again.")
            if answer.status_code == 200:
                resumed.keep(answer, part)
            with part.open("ab" if answer.status_code == 206 else "wb") as stream:
                for chunk in answer.iter_bytes():  # as it comes, so that what came before a break is kept
                    stream.write(chunk)
                    if stream.tell() > FILE_BYTES_MAX:
                        raise Malformed("A file of the export is too large.", where=url)
        return True

    def _get(self, url: str, headers: dict[str, str]) -> httpx2.Response:
        """Ask again when the server is busy; what it answers at last is for the caller to judge."""
        for attempt in range(TRIES_MAX):
            answer = self.client.get(url, headers={**headers, **self._token(url, True)})
            if answer.status_code not in BUSY or "retry-after" not in answer.headers:
                return answer
            self.sleep(_asked(answer, 2.0**attempt))
        return answer

    def _token(self, url: str, needed: bool) -> dict[str, str]:
        """Our token goes only where the export was asked for: a file may lie with someone else."""
        if self.sign_in is None or not needed or urlsplit(url)[:2] not in self.hosts:
            return {}
        return {"authorization": f"Bearer {self.sign_in.token(self.client)}"}

    def let_go(self) -> None:
        """Once all is loaded: tell the server that it may delete its files. If it does not listen, they end by time."""
        if status := self._kept("status"):
            with contextlib.suppress(httpx2.TransportError):
                self.client.delete(status, headers=self._token(status, True))
            self._forget("status")

    def _kept(self, name: str) -> str:
        file = self.folder / name
        return file.read_text() if file.exists() else ""

    def _keep(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text)

    def _forget(self, name: str) -> None:
        (self.folder / name).unlink(missing_ok=True)


def _read(answer: httpx2.Response, url: str) -> dict[str, Any]:
    try:
        manifest = json.loads(answer.content) if len(answer.content) <= MANIFEST_BYTES_MAX else None
    except (ValueError, RecursionError):
        manifest = None
    if not isinstance(manifest, dict):
        raise Malformed("The server's answer is no manifest.", where=url)
    return manifest


def _ended(answer: httpx2.Response) -> bool:
    """Whether the files are past the time that the server keeps them."""
    try:
        return parsedate_to_datetime(answer.headers["expires"]) < datetime.now(UTC)
    except (KeyError, ValueError, TypeError):
        return False


def _url(one: Any) -> str:
    if not isinstance(one, dict) or not str(one.get("url", "")).startswith(("https://", "http://")):
        raise Malformed("The manifest names a file without an address.")
    return str(one["url"])


def _asked(answer: httpx2.Response, otherwise: float) -> float:
    """Seconds to wait, from Retry-After in seconds or as a date, never longer than the limit."""
    said = answer.headers.get("retry-after", "")
    try:
        seconds = float(said) if said.isdigit() else (parsedate_to_datetime(said) - datetime.now(UTC)).total_seconds()
    except (ValueError, TypeError):
        seconds = otherwise
    return min(max(seconds, 0.0), WAIT_SECONDS_MAX)


def _said(answer: httpx2.Response) -> str:
    """The code of the server's OperationOutcome; its free text may name people."""
    try:
        code = str(answer.json()["issue"][0]["code"])
    except (ValueError, KeyError, IndexError, TypeError):
        code = ""
    return f"It says: {code}." if _CODE.fullmatch(code) else "Ask whoever runs the server."
