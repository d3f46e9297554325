"""The directory's doubles in a browser: every size and scheme, and decided without a script."""

from ..workspace.test_directory import pantry, tell, told  # noqa: F401
from .conftest import Served, sign_in
from .looking import wrong_on


def test_the_page_passes_axe_and_a_pair_is_decided_without_a_script(chromium, told):  # noqa: F811
    tell(
        told,
        "east",
        pantry("d", "7 Far Road", phone="555-014-2000", name="A name so long that it must break somewhere"),
    )
    tell(
        told,
        "west",
        pantry("e", "8 Far Road", phone="555-014-2000", name="A name so long that it must break somewhere"),
    )
    with Served(told) as served:
        wrong = wrong_on(chromium, served, "dana", {"directory": "/directory"})
        context = chromium.new_context(viewport={"width": 320, "height": 800}, java_script_enabled=False)
        page = context.new_page()
        sign_in(page, served.address, "dana")
        page.goto(f"{served.address}/directory")
        page.get_by_role("button", name="They are two").first.click()
        assert "They are kept apart." in page.locator("main").inner_text()
        page.get_by_role("button", name="Undo").click()
        assert "That is taken back." in page.locator("main").inner_text()
        context.close()
    assert not wrong, "\n".join(map(str, wrong))
