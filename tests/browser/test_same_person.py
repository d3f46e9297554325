"""The page of doubtful pairs in a browser: small and wide, light and dark, decided and taken back."""

import os

import pytest

from ..workspace.test_identity import doubtful  # noqa: F401
from .conftest import AXE, Served, sign_in
from .looking import RULES

PICTURES = os.environ.get("THROUGHCARE_PICTURES", "")  # a folder; with it the pages are kept to be looked at


@pytest.fixture
def pairs(doubtful):  # noqa: F811
    with Served(doubtful) as one:
        yield one


def test_pairs_pass_axe_at_every_size_and_a_decision_can_be_taken_back(chromium, pairs):
    wrong = []
    for width in (320, 1280):
        for scheme in ("light", "dark"):
            context = chromium.new_context(
                viewport={"width": width, "height": 800}, color_scheme=scheme, locale="en-US"
            )
            page = context.new_page()
            sign_in(page, pairs.address, "noor")
            for path in ("/same-person", f"/people/{pairs.town.people['p3']}/records"):
                page.goto(pairs.address + path)
                page.evaluate(AXE.read_text())
                found = page.evaluate("o => axe.run(document, o).then(r => r.violations)", {"runOnly": RULES})
                wrong += [(width, scheme, path, v["id"], v["nodes"][0]["html"][:200]) for v in found]
                spill = page.evaluate("document.documentElement.scrollWidth - innerWidth")
                wrong += [(width, scheme, path, "spills by", spill)] if spill > 0 else []
                if PICTURES:
                    page.screenshot(path=f"{PICTURES}/{path.split('/')[-1]}_{width}_{scheme}.png", full_page=True)
            context.close()
    assert not wrong, "\n".join(map(str, wrong))
    page = chromium.new_context(locale="en-US").new_page()
    sign_in(page, pairs.address, "noor")
    page.goto(f"{pairs.address}/same-person")
    page.get_by_role("button", name="Two people").click()
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Same person").click()
    assert page.get_by_role("status").first.inner_text().startswith("Said: one person")
    page.context.close()
