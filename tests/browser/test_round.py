"""A round of visits in a browser: every size and scheme, on paper, and done from a phone without a script."""

from ..workspace.test_round import agreed, street, tell  # noqa: F401
from .conftest import Served, sign_in
from .looking import PICTURES, wrong_on


def test_a_round_passes_axe_and_spills_nowhere(chromium, street):  # noqa: F811
    tell(street, agreed("p3", "2026-03-17T10:00"))
    with Served(street) as served:
        wrong = wrong_on(chromium, served, "noor", {"round": "/round", "round_link": "/today"})
    assert not wrong, "\n".join(map(str, wrong))


def test_a_visit_is_done_from_a_phone_without_any_script(chromium, street):  # noqa: F811
    with Served(street) as served:
        context = chromium.new_context(viewport={"width": 320, "height": 640}, java_script_enabled=False)
        page = context.new_page()
        sign_in(page, served.address, "noor")
        page.goto(f"{served.address}/round")
        first = page.locator("ol.round li").first
        name = first.locator("a.who").inner_text()
        for button in first.locator(".fones a").all():
            assert button.bounding_box()["height"] >= 44, "a thumb finds it"
        first.get_by_role("link", name="Start").click()
        page.get_by_role("button", name="Reached").first.click()
        assert "/round" in page.url and "Undo" in page.locator("main").inner_text()
        assert name in page.locator(".said").inner_text()
        context.close()


def test_on_paper_there_are_names_hours_addresses_and_numbers_and_no_buttons(chromium, street):  # noqa: F811
    with Served(street) as served:
        context = chromium.new_context(viewport={"width": 800, "height": 1000}, locale="en-US")
        page = context.new_page()
        sign_in(page, served.address, "noor")
        page.goto(f"{served.address}/round")
        page.emulate_media(media="print")
        text = page.locator("main").inner_text()
        if PICTURES:
            page.screenshot(path=f"{PICTURES}/round_paper.png", full_page=True)
        assert "Corliss Mayfair" in text and "p2 Shore Road" in text and "(555)" in text and "About 8:40 am" in text
        assert not page.get_by_role("link", name="Start").first.is_visible()
        assert not page.locator(".bar").is_visible() and not page.locator("nav.views").is_visible()
        context.close()
