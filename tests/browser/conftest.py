"""A real Chromium on a real server over the town. Without one every test here is skipped, and the summary says so."""

import asyncio
import contextlib
import os
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from granian.constants import Interfaces
from granian.server.embed import Server
from playwright.sync_api import Browser, Page, sync_playwright

from throughcare.settings import Settings
from throughcare.workspace.web import application

from ..workspace.world import PASSWORD

NO_BROWSER = (
    "not run in a browser: no Chromium was found. Install one (Debian: apt-get install chromium), "
    "or set THROUGHCARE_CHROMIUM to its path"
)
USUAL = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/usr/bin/google-chrome-stable")
FLAGS = [
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"


def chromium_path() -> str | None:
    given = Settings.read().chromium
    places = [given] if given else [*USUAL, shutil.which("chromium") or ""]
    return next((place for place in places if place and os.path.exists(place)), None)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser a file: its event loop must not outlive it, other tests run loops of their own."""
    path = chromium_path()
    if path is None:
        pytest.skip(NO_BROWSER)
    flags = FLAGS + (["--no-sandbox"] if os.geteuid() == 0 else [])
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        yield browser
        browser.close()


class Served:
    """The town behind a real server on a free port of loopback, in a thread of its own."""

    def __init__(self, one) -> None:
        self.town = one
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> "Served":
        app = application(self.town.site)
        self._server = Server(app, port=self.port, interface=Interfaces.ASGI, log_enabled=False)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        for _ in range(100):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 0.2):
                return self
            time.sleep(0.05)
        raise AssertionError("the server did not start")

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._server.serve())

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._server.stop)
        self._thread.join(10)


@pytest.fixture(scope="session")
def served(shared) -> Iterator[Served]:
    """For tests that only look."""
    with Served(shared) as one:
        yield one


@pytest.fixture
def own(town) -> Iterator[Served]:
    """For tests that act."""
    with Served(town) as one:
        yield one


@pytest.fixture(scope="module")
def session_cookie(served, chromium) -> Callable[[str], list]:
    """The cookies of someone signed in, signed in once per name."""
    kept: dict[str, list] = {}

    def cookies(name: str) -> list:
        if name not in kept:
            context = chromium.new_context(locale="en-US")
            sign_in(context.new_page(), served.address, name)
            kept[name] = context.cookies()
            context.close()
        return kept[name]

    return cookies


def sign_in(page: Page, address: str, name: str) -> None:
    page.goto(f"{address}/sign-in")
    page.fill("#name", name)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "sign-in" not in url)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = [r for r in terminalreporter.stats.get("skipped", []) if NO_BROWSER in str(r.longrepr)]
    if skipped:
        terminalreporter.write_line(f"{len(skipped)} tests were {NO_BROWSER}.", yellow=True, bold=True)
