"""Checking the demo: count what it promises, serve it on a free port, sign in as everyone, ask for every page."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

from throughcare.cli._demo import PASSWORD, Built
from throughcare.cli._demo_hospital import first_task, sending
from throughcare.cli._demo_promises import Line, of_hospital, promises, tables
from throughcare.community import places
from throughcare.faults import Unavailable
from throughcare.settings import Settings

READY_SECONDS_MAX = 60
CHECK_EVERY_SECONDS, FIRST_TASK_SECONDS_MAX = 1.0, 60.0
PAGES_MAX, PROGRAM_PAGES_MAX = 40, 12  # for each of the two teams, and for each of the programs' people
_LINK = re.compile(r'href="(/[^"#?]*)')
_ENTRY = re.compile(r'name="entry" value="([^"]+)"')


def check(settings: Settings, built: Built, say: Callable[[str], None]) -> int:
    """Print what lives; 0 when all of it does."""
    with _serving(settings) as address:
        with sending(settings, CHECK_EVERY_SECONDS) as hospital:
            seconds = first_task(settings, hospital, FIRST_TASK_SECONDS_MAX)
        pages, failed = _look_at_pages(address)
    lines = [*promises(built), Line("pages answered", pages, pages > 10 and not failed), of_hospital(seconds)]
    say("")
    for line in lines:
        say(f"  {'lives' if line.lives else 'DEAD ':<6} {line.what:<60} {line.number:>9,}")
    for row in tables(built):
        say(row)
    for page in failed:
        say(f"         {page}")
    return 0 if all(line.lives for line in lines) else 1


@contextmanager
def _serving(settings: Settings) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = [sys.executable, "-c", "from throughcare.cli import main; main()"]
    command = [*program, "--data-dir", str(settings.data_dir), "serve", "--port", str(port)]
    environ = {**os.environ, "THROUGHCARE_DATABASE": ""}
    log = Path(settings.data_dir) / "serve.log"
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, env=environ, start_new_session=True)
        try:
            _wait(f"http://127.0.0.1:{port}/", process, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(20)


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS_MAX
    while time.monotonic() < deadline and process.poll() is None:
        try:
            build_opener().open(address, timeout=2).close()
            return
        except HTTPError:
            return
        except (URLError, OSError):
            time.sleep(0.2)
    said = log.read_text(errors="replace").strip().splitlines()[-12:]
    raise Unavailable("The server did not answer.", where=address, why="\n  ".join(said) or "It said nothing.")


def _look_at_pages(address: str) -> tuple[int, list[str]]:
    """Every page that everyone's first page leads to: how many answered, and what did not."""
    answered, failed = 0, []
    for one in (*places.STAFF, *places.PROGRAM_STAFF):
        most = PROGRAM_PAGES_MAX if one in places.PROGRAM_STAFF else PAGES_MAX
        browser = build_opener(HTTPCookieProcessor(CookieJar()))
        pages = _sign_in(browser, address, one.sign_in)
        seen: set[str] = set()
        while pages and len(seen) < most:
            path = pages.pop(0)
            if path in seen or path.startswith(("/assets", "/sign-out")):
                continue
            seen.add(path)
            try:
                html = browser.open(address + path, timeout=20).read().decode(errors="replace")
                answered += 1
                pages += [found for found in _LINK.findall(html) if found not in seen]
            except (HTTPError, URLError) as problem:
                failed.append(f"{one.sign_in} {path}: {problem}")
    return answered, failed


def _sign_in(browser: OpenerDirector, address: str, who: str) -> list[str]:
    page = browser.open(f"{address}/sign-in", timeout=20).read().decode()
    entry = _ENTRY.search(page)
    form = {"name": who, "password": PASSWORD, "entry": entry[1] if entry else "", "next": "/"}
    browser.addheaders = [("Origin", address)]
    answer = browser.open(f"{address}/sign-in", data=urlencode(form).encode(), timeout=20)
    return ["/", *_LINK.findall(answer.read().decode())]
