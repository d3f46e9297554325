"""The line about a silent source in a browser: on Today, on a person's page, on measures; small, wide, light, dark."""

import os

from ..workspace.test_feeds import feeding  # noqa: F401
from ..workspace.test_freshness import telling  # noqa: F401
from .conftest import AXE, Served, sign_in
from .test_screens import RULES

PICTURES = os.environ.get("THROUGHCARE_PICTURES", "")  # a folder; with it the pages are kept to be looked at


def test_the_line_passes_axe_and_stays_in_view_at_every_size(chromium, telling):  # noqa: F811
    wrong = []
    with Served(telling) as served:
        for width, scheme in ((320, "light"), (320, "dark"), (1280, "light"), (1280, "dark")):
            shape = {"width": width, "height": 800}
            context = chromium.new_context(viewport=shape, color_scheme=scheme, locale="en-US")
            page = context.new_page()
            sign_in(page, served.address, "noor")
            someone = f"/people/{telling.people['p1']}"
            for path in ("/today", someone, "/measures", "/measures/transitions/transitions/seen"):
                page.goto(served.address + path)
                line = page.get_by_text("st marys has been silent since").bounding_box()
                wrong += [] if line and line["y"] < 800 else [(width, scheme, path, "the line is not in view")]
                page.evaluate(AXE.read_text())
                found = page.evaluate("o => axe.run(document, o).then(r => r.violations)", {"runOnly": RULES})
                wrong += [(width, scheme, path, v["id"], v["nodes"][0]["html"][:200]) for v in found]
                spill = page.evaluate("document.documentElement.scrollWidth - innerWidth")
                wrong += [(width, scheme, path, "spills by", spill)] if spill > 0 else []
                if PICTURES:
                    page.screenshot(path=f"{PICTURES}/{path[-4:]}_{width}_{scheme}.png")
            context.close()
    assert not wrong, "\n".join(map(str, wrong))
