"""Every role, on every page, about one's own, the team's and another team's person: the expected answers by hand.

The table below was written from what each role is for, not from the product's own map. A page that is not in it fails.
"""

import pytest
from starlette.routing import Route

from throughcare.workspace.web import application

from .conftest import signed_in

WHOSE = ("own", "team", "other")
CARE = ("noor", "sam", "vance", "cleo", "ben")
NO_CARE = ("ada", "ines", "dana")
# Whom each may see: nurse, coordinator, supervisor and clinician their team; the health worker her own; others nobody.
MAY_SEE = {
    "noor": {"own", "team"},
    "sam": {"own", "team"},
    "vance": {"own", "team"},
    "cleo": {"own"},
    "ben": {"other"},
    "ada": set(),
    "ines": set(),
    "dana": set(),
}
# page -> what a care role, an administrator and an auditor get; "seen" means that it depends on whose person it is,
# and "supervisor" that of the care roles only a supervisor gets in.
TABLE = {
    "GET /": (303, 303, 303),
    "GET /today": (200, 403, 403),
    "GET /trips": (200, 403, 403),
    "GET /round": (200, 403, 403),
    "GET /people": (200, 403, 403),
    "GET /people/{person_id}": ("seen", 403, 403),
    "GET /people/{person_id}/timeline": ("seen", 403, 403),
    "GET /people/{person_id}/costs": ("seen", 403, 403),
    "GET /people/{person_id}/consents": ("seen", 403, 403),
    "POST /people/{person_id}/consents": ("seen", 403, 403),
    "GET /people/{person_id}/hospital": ("seen", 403, 403),
    "POST /people/{person_id}/hospital": ("seen", 403, 403),
    "GET /people/{person_id}/records": ("seen", 403, 403),
    "GET /people/{person_id}/looks": ("seen", 403, 403),
    "GET /same-person": (200, 403, 403),
    "POST /same-person": (404, 403, 403),  # no pair is named; tests/workspace/test_identity.py names some
    "GET /people/{person_id}/why/{model_id}": ("seen", 403, 403),
    "GET /find": (200, 403, 403),
    "GET /tasks/new": (200, 403, 403),
    "POST /tasks": ("seen", 403, 403),
    "POST /tasks/{task_id}/contact": ("seen", 403, 403),
    "POST /tasks/{task_id}/done": ("seen", 403, 403),
    "POST /tasks/{task_id}/snooze": ("seen", 403, 403),
    "POST /tasks/{task_id}/hand-over": ("seen", 403, 403),
    "POST /tasks/{task_id}/decline": ("seen", 403, 403),
    "POST /tasks/{task_id}/undo": ("seen", 403, 403),
    "GET /measures": (200, 403, 403),
    "GET /measures/{model_id}/{book}/{measure}": (200, 403, 403),
    "GET /measures/{model_id}/{book}/{measure}/table.csv": (200, 403, 403),
    "GET /care-models": (200, 200, 200),
    "GET /care-models/{model_id}": (200, 200, 200),
    "GET /feeds": ("supervisor", 200, 200),
    "GET /directory": (403, 403, 403),
    "POST /directory": (403, 403, 403),
    "GET /quarantine": (403, 403, 403),
    "POST /quarantine": (403, 403, 403),
    "GET /quarantine/{entry_no}": (403, 403, 403),
    "POST /quarantine/{entry_no}": (403, 403, 403),
    "GET /audit": (403, 403, 200),
    "GET /password": (200, 200, 200),
    "POST /password": (200, 200, 200),
    "POST /language": (303, 303, 303),
    "POST /sign-out": (303, 303, 303),
}
# What a data steward gets elsewhere than an administrator; no entry and no reason is named, as none is there.
STEWARD = {
    "GET /directory": 200,
    "POST /directory": 404,
    "GET /quarantine": 200,
    "POST /quarantine": 404,
    "GET /quarantine/{entry_no}": 404,
    "POST /quarantine/{entry_no}": 404,
}
OPEN_DOORS = {"GET /sign-in", "POST /sign-in", "GET /health", "GET /assets/{name:path}"}
CANARIES = ("zzyxcanary", "quorlwren")
FORMS = {
    "/contact": {"outcome": "no_answer"},
    "/snooze": {"reason": "asked", "until": "2026-03-20"},
    "/hand-over": {"owner": "Practitioner/noor"},
    "/decline": {"reason": "other"},
    "/undo": {"how": "hand_over"},
}


def pages(app) -> set[str]:
    """Every route the application has, as found in it."""
    found = set()
    for route in app.routes:
        assert isinstance(route, Route), f"{route} is no plain route, so nobody checked who may use it"
        found |= {f"{method} {route.path}" for method in route.methods - {"HEAD"}}
    return found


def test_every_page_is_in_the_table_and_every_line_is_a_page(shared):
    assert pages(application(shared.site)) == set(TABLE) | OPEN_DOORS


def expected(page: str, name: str, whose: str) -> int:
    care, administrator, auditor = TABLE[page]
    if name == "dana":
        return STEWARD.get(page, administrator)
    if name in NO_CARE:
        return administrator if name == "ada" else auditor
    if care == "supervisor":
        return 200 if name == "sam" else 403
    if care != "seen":
        return care
    if whose not in MAY_SEE[name]:
        return 404
    return 303 if page.startswith("POST") else 200


def request(browser, town, page: str, whose: str):
    method, path = page.split(" ")
    task = town.tasks[whose]
    path = path.format(person_id=town.people[whose], task_id=task, model_id="transitions", book="transitions",
                       measure="seen", entry_no=1)  # fmt: skip
    if method == "GET":
        return browser.get(path)
    form = next((form for end, form in FORMS.items() if path.endswith(end)), {})
    return browser.post(path, {"person": str(town.people[whose]), "activity": "home_visit", **form})


@pytest.mark.parametrize("name", CARE + NO_CARE)
def test_roles_by_pages_by_people(town, name):
    visit = signed_in(town)
    browser = visit(name)
    browser.get("/password")
    wrong = []
    for page in (p for p in TABLE if p != "POST /sign-out"):
        for whose in WHOSE:
            answer = request(browser, town, page, whose)
            if answer.status != expected(page, name, whose):
                wrong.append((page, whose, answer.status, expected(page, name, whose)))
            if "other" not in MAY_SEE[name]:
                told = (answer.text + str(answer.headers)).lower()
                wrong += [(page, whose, canary) for canary in CANARIES if canary in told]
    assert not wrong
    assert browser.post("/sign-out").status == 303
    assert browser.get("/care-models").header("location").startswith("/sign-in")


def test_the_canaries_do_sing_for_whom_they_may(town):
    """The oracle works: whoever may see the other team's person meets every canary."""
    answer = signed_in(town)("ben").get(f"/people/{town.people['other']}")
    assert all(canary in answer.text.lower() for canary in CANARIES)


@pytest.mark.parametrize("page", [p for p in TABLE])
def test_nobody_gets_anywhere_without_signing_in(shared, page):
    from .asking import Browser

    answer = request(Browser(application(shared.site)), shared, page, "own")
    assert answer.status == 303 and answer.header("location").startswith("/sign-in")
    assert not answer.body


def test_a_one_time_password_opens_nothing_but_its_own_change(town):
    from throughcare.access import staff

    from .asking import Browser
    from .world import NOW

    secret = staff.new_password(town.site.database, "noor", by="ada", at=NOW)
    browser = Browser(application(town.site))
    assert browser.sign_in("noor", secret).header("location") == "/password"
    for page in (p for p in TABLE if p not in ("GET /password", "POST /password", "POST /language", "POST /sign-out")):
        assert request(browser, town, page, "own").header("location") == "/password", page
    browser.get("/password")
    new = "three grey herons at dawn"
    assert browser.post("/password", {"old": secret, "new": new, "again": new}).header("location") == "/sign-in"
    assert browser.get("/today").header("location").startswith("/sign-in"), "the half session ended with its password"
    assert browser.sign_in("noor", new).header("location") == "/"
    assert browser.get("/today").status == 200
