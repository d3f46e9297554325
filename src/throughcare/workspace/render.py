"""Rendering: templates with escaping always on, a strict undefined, and the few words every page shares."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from throughcare.access.viewer import Viewer
from throughcare.workspace import threads
from throughcare.workspace.words import Words

FOLDER = Path(__file__).parent
ASSETS = FOLDER / "assets"
LANGUAGE_NAMES = {"en": "English", "es": "Español"}


@cache
def fingerprint(name: str) -> str:
    """The first bytes of an asset's hash: a changed file has another address, so browsers may keep it."""
    return hashlib.sha256((ASSETS / name).read_bytes()).hexdigest()[:12]


environment = Environment(
    loader=FileSystemLoader(FOLDER / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
    cache_size=100,
)
environment.globals.update(
    asset=lambda name: f"/assets/{name}?v={fingerprint(name)}", thread=threads, language_names=LANGUAGE_NAMES
)
environment.filters["bdi"] = lambda text: Markup("<bdi>{}</bdi>").format(text)


def page(
    template: str, viewer: Viewer, words: Words, path: str, query: str, offered: list[str], data: dict[str, Any]
) -> str:
    """A whole page for someone signed in. With htmx the browser takes the part it needs from the same page."""
    others = [code for code in offered if code != words.language and code in LANGUAGE_NAMES]
    return environment.get_template(template).render(
        t=words,
        lang=words.language,
        viewer=viewer,
        csrf=viewer.csrf,
        here=path,
        address=path + (f"?{query}" if query else ""),
        languages=others,
        **data,
    )


def outside(words: Words, template: str, **data: Any) -> str:
    """A page for someone not signed in."""
    return environment.get_template(template).render(t=words, lang=words.language, viewer=None, **data)


def trouble(words: Words, status: int, code: str = "") -> str:
    kind = {403: "forbidden", 404: "absent", 500: "failed"}.get(status, "odd")
    return outside(words, "trouble.html", kind=kind, code=code)
