"""Consent in a browser: written down by keyboard alone, taken back with undo, at every size, in Spanish."""

from .conftest import Served, sign_in
from .looking import PICTURES, wrong_on


def test_consent_is_written_down_by_keyboard_and_taken_back_and_that_is_undone(chromium, town):
    path = f"/people/{town.people['p7']}/consents"
    with Served(town) as served:
        context = chromium.new_context(viewport={"width": 320, "height": 800}, locale="en-US")
        page = context.new_page()
        sign_in(page, served.address, "noor")
        page.goto(served.address + path)
        page.get_by_label("What is asked").focus()
        page.keyboard.type("Visits at")
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        page.get_by_label("Witnessed by").fill("Rosa Marín")
        page.keyboard.press("Enter")
        page.wait_for_url("**done=recorded**")
        assert "Visits at home" in page.locator("main").inner_text()
        page.get_by_role("button", name="Take back").click()
        page.wait_for_url("**done=withdrawn**")
        page.get_by_role("button", name="Undo").click()
        page.wait_for_url("**done=kept**")
        assert page.get_by_role("button", name="Take back").count() == 1
        page.get_by_label("What is asked").select_option(label="Tell an organization what it needs to help")
        page.get_by_label("Who may be told").select_option(label="Bayshore")
        page.get_by_label("No", exact=True).check()
        page.get_by_role("button", name="Write it down").click()
        page.wait_for_url("**done=recorded**")
        context.close()
        pages = {"consents": path, "consents_person": f"/people/{town.people['p7']}",
                 "consents_wrong": f"{path}?problem=form"}  # fmt: skip
        wrong = wrong_on(chromium, served, "noor", pages)
        context = chromium.new_context(viewport={"width": 320, "height": 800}, locale="es-US")
        page = context.new_page()
        sign_in(page, served.address, "noor")
        page.goto(served.address + path)
        assert "Lo que vale" in page.locator("main").inner_text()
        if PICTURES:
            page.screenshot(path=f"{PICTURES}/consents_es.png", full_page=True)
        context.close()
    assert not wrong, "\n".join(map(str, wrong))
