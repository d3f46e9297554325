"""A page looked at small and wide, light and dark: no finding of axe, nothing spills; kept as pictures on request."""

import os
from collections.abc import Callable, Mapping

from playwright.sync_api import Browser, Page

from .conftest import AXE, Served, sign_in

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PICTURES = os.environ.get("THROUGHCARE_PICTURES", "")  # a folder; with it the pages are kept to be looked at
SIZES = ((320, "light"), (320, "dark"), (1280, "light"), (1280, "dark"))


def wrong_on(
    chromium: Browser,
    served: Served,
    who: str,
    pages: Mapping[str, str],
    seen: Callable[[Page], bool] = lambda page: True,
) -> list[tuple]:
    """What is wrong on these pages (name -> path) for someone; `seen` says whether what matters is in view."""
    wrong: list[tuple] = []
    for width, scheme in SIZES:
        shape = {"width": width, "height": 800}
        context = chromium.new_context(viewport=shape, color_scheme=scheme, locale="en-US")
        page = context.new_page()
        sign_in(page, served.address, who)
        for name, path in pages.items():
            page.goto(served.address + path)
            wrong += [] if seen(page) else [(name, width, scheme, "what matters is not in view")]
            page.evaluate(AXE.read_text())
            found = page.evaluate("o => axe.run(document, o).then(r => r.violations)", {"runOnly": RULES})
            wrong += [(name, width, scheme, v["id"], v["nodes"][0]["html"][:200]) for v in found]
            spill = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            wrong += [(name, width, scheme, "spills by", spill)] if spill > 0 else []
            if PICTURES:
                page.screenshot(path=f"{PICTURES}/{name}_{width}_{scheme}.png", full_page=True)
        context.close()
    return wrong
