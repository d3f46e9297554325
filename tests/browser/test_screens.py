"""Every screen, light and dark, small and wide: no finding of axe, nothing spills, nothing is refused or broken."""

import pytest

from .conftest import AXE
from .looking import RULES

SCREENS = {
    "sign_in": ("", "/sign-in"),
    "password": ("noor", "/password"),
    "today": ("noor", "/today"),
    "panel": ("noor", "/today?open=t-p7"),
    "said": ("noor", "/today?done=t-p7&how=contact&what=no_answer&contact=c-x"),
    "wrong_form": ("noor", "/today?open=t-p7&problem=call_at"),
    "week": ("noor", "/today?view=week"),
    "empty": ("cory", "/today"),
    "person": ("noor", "/people/{p7}"),
    "plain_person": ("noor", "/people/{p5}"),
    "timeline": ("noor", "/people/{p7}/timeline"),
    "looks": ("noor", "/people/{p7}/looks"),
    "consents": ("noor", "/people/{p7}/consents"),
    "hospital_stay": ("noor", "/people/{p7}/hospital"),
    "records": ("noor", "/people/{p7}/records"),
    "same_person": ("noor", "/same-person"),
    "why": ("noor", "/people/{p7}/why/transitions"),
    "why_unknown": ("noor", "/people/{p7}/why/steady"),
    "people": ("noor", "/people"),
    "found": ("noor", "/people?q=mari"),
    "behind_a_number": ("noor", "/people?model=steady&answer=met"),
    "find": ("noor", "/find?q=mari"),
    "directory": ("dana", "/directory"),
    "trips": ("noor", "/trips"),
    "round": ("noor", "/round"),
    "new_task": ("noor", "/tasks/new?person={p7}"),
    "whom": ("noor", "/tasks/new"),
    "models": ("noor", "/care-models"),
    "model": ("noor", "/care-models/transitions"),
    "steady": ("ada", "/care-models/steady"),
    "measures": ("noor", "/measures"),
    "measure": ("noor", "/measures/transitions/transitions/seen"),
    "costs": ("noor", "/people/{p7}/costs"),
    "audit": ("ines", "/audit"),
    "absent": ("noor", "/nothing"),
    "forbidden": ("ines", "/today"),
}
WHO = {who for who, _ in SCREENS.values()}


def _matters(message) -> bool:
    """Errors and anything the content policy refused; not the browser's own line about an answer of 403 or 404."""
    return message.type == "error" and "status of 40" not in message.text


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_screen_passes_axe_and_nothing_spills(chromium, served, session_cookie, scheme, width):
    wrong: list[tuple] = []
    axe = AXE.read_text()
    size = {"width": width, "height": 800}
    contexts = {who: chromium.new_context(viewport=size, color_scheme=scheme, locale="en-US") for who in WHO}
    for who, context in contexts.items():
        context.add_cookies(session_cookie(who) if who else [])
    for name, (who, path) in SCREENS.items():
        page = contexts[who].new_page()
        page.on("console", lambda m, name=name, wrong=wrong: wrong.append((name, m.text)) if _matters(m) else None)
        page.on("pageerror", lambda e, name=name, wrong=wrong: wrong.append((name, str(e))))
        page.goto(served.address + path.format(**served.town.people))
        assert page.url.endswith("/sign-in") == (name == "sign_in")
        page.evaluate(axe)
        found = page.evaluate(
            "o => axe.run(document, o).then(r => r.violations)", {"runOnly": RULES, "resultTypes": ["violations"]}
        )
        wrong += [(name, v["id"], v["nodes"][0]["html"][:200], v["nodes"][0]["failureSummary"][:200]) for v in found]
        spill = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        wrong += [(name, "spills by", spill)] if spill > 0 else []
        page.close()
    for context in contexts.values():
        context.close()
    assert not wrong, "\n".join(map(str, wrong))


def test_axe_does_find_what_is_wrong(chromium, served):
    """The judge works: a page with a picture without words and pale text is not passed."""
    page = chromium.new_page()
    page.goto(f"{served.address}/sign-in")
    page.evaluate("() => { const i = document.createElement('img'); document.querySelector('main').append(i); }")
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run(document).then(r => r.violations.map(v => v.id))")
    page.close()
    assert "image-alt" in found


def test_titles_are_their_own(chromium, served, session_cookie):
    titles = {}
    context = chromium.new_context(locale="en-US")
    for name in ("today", "panel", "person", "people", "models", "model", "new_task"):
        context.add_cookies(session_cookie("noor"))
        page = context.new_page()
        page.goto(served.address + SCREENS[name][1].format(**served.town.people))
        titles[name] = page.title()
        page.close()
    context.close()
    assert len(set(titles.values())) == len(titles)


def test_sixteen_rows_fit_on_a_usual_screen(chromium, served, session_cookie):
    context = chromium.new_context(viewport={"width": 1920, "height": 1080}, locale="en-US")
    context.add_cookies(session_cookie("noor"))
    page = context.new_page()
    page.goto(f"{served.address}/today")
    seen = page.evaluate(
        "[...document.querySelectorAll('tr.go')].filter(r => r.getBoundingClientRect().bottom <= innerHeight).length"
    )
    context.close()
    assert seen >= 16
