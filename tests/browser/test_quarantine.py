"""Feeds and quarantine in a browser: small and wide, light and dark; one entry corrected, refused, and taken in."""

import os

import pytest

from throughcare.record.view import View

from ..workspace.test_feeds import feeding  # noqa: F401
from ..workspace.test_quarantine import entry_of, waiting  # noqa: F401
from .conftest import AXE, Served, sign_in
from .looking import RULES

PICTURES = os.environ.get("THROUGHCARE_PICTURES", "")  # a folder; with it the pages are kept to be looked at


@pytest.fixture
def served_waiting(feeding, waiting):  # noqa: F811
    with Served(waiting) as one:
        yield one


def test_feeds_and_quarantine_pass_axe_at_every_size(chromium, served_waiting):
    town, address = served_waiting.town, served_waiting.address
    number, wrong = entry_of(town, b"MSX").entry_no, []
    for width in (320, 1280):
        for scheme in ("light", "dark"):
            shape = {"width": width, "height": 800}
            context = chromium.new_context(viewport=shape, color_scheme=scheme, locale="en-US")
            page = context.new_page()
            sign_in(page, address, "dana")
            paths = ["/feeds", "/quarantine", f"/quarantine/{number}", "/quarantine?state=dropped"]
            page.goto(f"{address}/quarantine")
            paths.append(page.locator(".reasons a").first.get_attribute("href"))
            for place, path in enumerate(paths):
                page.goto(address + path)
                page.evaluate(AXE.read_text())
                found = page.evaluate("o => axe.run(document, o).then(r => r.violations)", {"runOnly": RULES})
                wrong += [(width, scheme, path, v["id"], v["nodes"][0]["html"][:200]) for v in found]
                spill = page.evaluate("document.documentElement.scrollWidth - innerWidth")
                wrong += [(width, scheme, path, "spills by", spill)] if spill > 0 else []
                if PICTURES:
                    page.screenshot(path=f"{PICTURES}/{place}_{width}_{scheme}.png", full_page=True)
            context.close()
    assert not wrong, "\n".join(map(str, wrong))


@pytest.mark.parametrize("scripts", [True, False])
def test_an_entry_is_corrected_refused_and_taken_in(chromium, served_waiting, scripts):
    context = chromium.new_context(locale="en-US", java_script_enabled=scripts)
    page, bad = context.new_page(), entry_of(served_waiting.town, b'"bad-7"')
    sign_in(page, served_waiting.address, "dana")
    page.goto(f"{served_waiting.address}/quarantine/{bad.entry_no}")
    text = page.get_by_label("The text as it came")
    assert text.input_value().encode() == bad.body
    page.get_by_role("button", name="Take in as it came").click()
    assert page.get_by_role("alert").inner_text().startswith("Refused again")
    still_wrong = bad.body.decode().replace("no such status", "finall")
    text.fill(still_wrong)
    page.get_by_role("button", name="Take in as corrected").click()
    assert page.get_by_role("alert").inner_text().startswith("Refused again")
    assert text.input_value() == still_wrong
    text.fill(still_wrong.replace("finall", "final"))
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/refused.png", full_page=True)
    page.get_by_role("button", name="Take in as corrected").click()
    assert "is in the record now, as corrected" in page.get_by_role("status").first.inner_text()
    assert View(served_waiting.town.site.database).read("Observation", "bad-7")
    context.close()


def test_a_message_of_many_lines_goes_through_a_browser_with_its_own_line_ends(chromium, served_waiting):
    page = chromium.new_context(locale="en-US").new_page()
    bad = entry_of(served_waiting.town, b"MSX")
    sign_in(page, served_waiting.address, "dana")
    page.goto(f"{served_waiting.address}/quarantine/{bad.entry_no}")
    text = page.get_by_label("The text as it came")
    text.fill(text.input_value().replace("MSX", "MSH", 1))
    page.get_by_role("button", name="Take in as corrected").click()
    assert "as corrected" in page.get_by_role("status").first.inner_text()
    with served_waiting.town.site.database.connection() as connection:
        ((kept,),) = connection.execute("select body from record.message where source = 'hospital'").fetchall()
    assert kept.rstrip("\r") == bad.body.decode().replace("MSX", "MSH", 1).rstrip("\r")
    page.context.close()
