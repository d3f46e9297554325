"""The day's work in a real browser: by keyboard alone, without scripts, and with names that try to be scripts."""

import pytest

from .conftest import sign_in


def logged(town) -> list:
    with town.site.database.connection() as connection:
        return connection.execute(
            "select activity, reached from flat.contact where worker_id = 'Practitioner/noor' and known_to is null"
        ).fetchall()


@pytest.fixture
def page(chromium, own):
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="en-US")
    page = context.new_page()
    page.set_default_timeout(10_000)
    sign_in(page, own.address, "noor")
    yield page
    context.close()


def test_a_call_without_answer_takes_three_keys(page, own):
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_selector("#panel")
    assert page.url.endswith("open=t-p0"), "the address says what is open"
    page.keyboard.press("3")
    page.wait_for_selector(".said")
    assert page.inner_text(".said b") == "Saved: No answer."
    assert logged(own.town) == [("post_discharge_contact", False)]
    assert page.get_attribute("#panel", "data-task") == "t-p22", "the next person is ready"
    assert page.inner_text("#live") == "Saved: No answer."


def test_undo_by_key_and_the_way_back(page, own):
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_selector("#panel")
    page.keyboard.press("1")
    page.wait_for_selector(".said")
    page.keyboard.press("u")
    page.wait_for_selector(".said b:has-text('Taken back.')")
    assert logged(own.town) == []


def test_moving_closing_and_where_the_focus_goes(page):
    for _ in range(3):
        page.keyboard.press("j")
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.closest('tr').id") == "t-p22"
    page.keyboard.press("o")
    page.wait_for_selector("#panel[data-task=t-p22]")
    page.keyboard.press("]")
    page.wait_for_selector("#panel[data-task=t-p1]")
    page.keyboard.press("Escape")
    page.wait_for_selector("#panel", state="detached")
    assert page.evaluate("document.activeElement.closest('tr').id") == "t-p1", "back on the row it came from"


def test_keys_never_fire_in_fields_and_can_be_switched_off(page, own):
    page.goto(f"{own.address}/today?open=t-p7")
    page.click("#note")
    page.keyboard.type("123 call again, j k e z a u")
    assert page.input_value("#note") == "123 call again, j k e z a u" and logged(own.town) == []
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    page.wait_for_selector("#help[open]")
    page.uncheck("#keys-on")
    page.click("#help button")
    page.keyboard.press("3")
    page.wait_for_timeout(300)
    assert logged(own.town) == []


def test_snooze_opens_by_key_with_its_reason_first(page, own):
    page.goto(f"{own.address}/today?open=t-p7")
    page.keyboard.press("z")
    assert page.evaluate("document.activeElement.id") == "snooze-reason"
    page.click("#do-snooze button")
    page.wait_for_selector(".said")
    assert page.inner_text(".said b") == "It sleeps."


def test_the_palette_finds_a_person_by_three_letters(page):
    page.keyboard.press("Control+k")
    page.keyboard.type("mari")
    page.wait_for_selector("#palette-found a:has-text('Quintanar')")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/people/*")
    assert "Quintanar" in page.inner_text("h1") or "Teamwright" in page.inner_text("h1")


def test_everything_that_matters_works_without_scripts(chromium, own):
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844}, locale="en-US")
    page = context.new_page()
    page.goto(f"{own.address}/sign-in")
    page.fill("#name", "noor")
    page.fill("#password", "a lamp in the harbor")
    page.click("button.main")
    page.click("tr.go.first .start")
    page.fill("#note", "Rang twice.")
    page.click("button[value=left_message]")
    assert page.inner_text(".said b") == "Saved: Left message."
    assert logged(own.town) == [("post_discharge_contact", False)]
    page.click("#undo")
    assert page.inner_text(".said b") == "Taken back."
    page.click(f"a[href='/people/{own.town.people['p1']}']")
    page.click("text=Timeline")
    page.goto(f"{own.address}/find?q=mari")
    assert "Quintanar" in page.inner_text("#found")
    context.close()


def test_after_signing_out_the_way_back_shows_nothing(page, own):
    page.goto(f"{own.address}/people/{own.town.people['p7']}")
    page.click(".menu summary")
    page.click("text=Sign out")
    page.wait_for_url("**/sign-in")
    page.go_back()
    page.wait_for_timeout(300)
    assert "Quintanar" not in page.content()


def test_a_page_left_open_too_long_goes_to_the_door(page, own):
    from throughcare.access import sessions

    with own.town.site.database.connection() as connection:
        sessions.end_all(
            connection, connection.execute("select staff_id from door.staff where sign_in = 'noor'").fetchone()[0]
        )
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-in**")
