"""Forms come from our own pages only; every answer carries strict headers and is kept by nobody."""

import pytest

from throughcare.workspace.web import application

from .asking import Browser
from .conftest import signed_in


@pytest.fixture
def noor(town):
    browser = signed_in(town)("noor")
    browser.get("/today?open=t-p7")
    return browser


@pytest.mark.parametrize(
    ("form", "headers", "status"),
    [
        ({"csrf": ""}, {}, 403),
        ({"csrf": "guess"}, {}, 403),
        ({}, {"origin": "https://elsewhere.example"}, 403),
        ({}, {"origin": "null"}, 403),
        ({}, {"sec_fetch_site": "cross-site"}, 403),
        ({}, {"content_type": "text/plain"}, 415),
        ({}, {"content_type": "application/json"}, 415),
        ({}, {"content_type": "multipart/form-data; boundary=x"}, 415),
        ({"note": "x" * 70_000}, {}, 413),
        ({f"f{n}": "x" for n in range(100)}, {}, 400),
    ],
)
def test_a_form_that_is_not_ours_changes_nothing(noor, town, form, headers, status):
    assert noor.post("/tasks/t-p7/contact", {"outcome": "reached", **form}, **headers).status == status
    with town.site.database.connection() as connection:
        assert (
            connection.execute("select count(*) from flat.contact where worker_id = 'Practitioner/noor'").fetchone()[0]
            == 0
        )


def test_the_same_form_from_our_page_is_taken(noor, town):
    answer = noor.post(
        "/tasks/t-p7/contact", {"outcome": "reached"}, origin="http://testhost", sec_fetch_site="same-origin"
    )
    assert answer.status == 303


def test_a_token_of_one_session_does_not_fit_another(noor, town):
    other = signed_in(town)("cory")
    other.csrf = noor.csrf
    assert other.post("/tasks/t-p7/contact", {"outcome": "reached"}).status == 403


def test_reading_changes_nothing_even_at_the_address_of_a_form(noor):
    assert noor.get("/tasks/t-p7/contact?outcome=reached").status == 405
    assert noor.get("/sign-out").status == 405
    assert noor.get("/today").status == 200


def test_a_method_in_a_field_or_header_is_only_text(noor):
    assert noor.get("/people?_method=DELETE", x_http_method_override="DELETE").status == 200
    assert noor.ask("TRACE", "/today").status == 405
    assert noor.ask("HEAD", "/today").status == 200


def test_forwarding_headers_are_not_believed(town):
    browser = Browser(application(town.site))
    answer = browser.get(
        "/today", x_user="noor", x_forwarded_user="noor", x_forwarded_for="127.0.0.1", forwarded="for=1"
    )
    assert answer.status == 303


def test_nobody_can_sign_someone_in_from_another_site(town):
    browser = Browser(application(town.site))
    page = browser.get("/sign-in")
    good = {"entry": page.field("entry"), "name": "noor", "password": "a lamp in the harbor"}
    assert browser.post("/sign-in", {**good, "entry": "guess"}).header("location") == "/sign-in"
    browser.cookies.pop("throughcare-entry")
    assert browser.post("/sign-in", good).header("location") == "/sign-in"
    assert "throughcare" not in browser.cookies


@pytest.mark.parametrize(
    "onward", ["https://elsewhere.example", "//elsewhere.example", "/\\elsewhere.example", "javascript:1", ""]
)
def test_signing_in_goes_on_only_to_pages_of_ours(town, onward):
    browser = Browser(application(town.site))
    page = browser.get("/sign-in")
    form = {"entry": page.field("entry"), "next": onward, "name": "noor", "password": "a lamp in the harbor"}
    assert browser.post("/sign-in", form).header("location") == "/"


@pytest.mark.parametrize(
    "path", ["/today", "/people/1", "/nothing", "/sign-in", "/care-models", "/health", "/assets/style.css"]
)
def test_every_answer_carries_the_strict_headers(noor, path):
    answer = noor.get(path)
    policy = answer.header("content-security-policy")
    assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
    assert answer.header("x-content-type-options") == "nosniff"
    assert answer.header("cross-origin-opener-policy") == "same-origin"
    kept = answer.header("cache-control")
    assert kept == "no-store" if not path.startswith("/assets") else kept == "no-cache"


def test_assets_are_exactly_the_files_there_are(noor):
    assert noor.get("/assets/keys.js").status == 200
    for path in (
        "/assets/../render.py",
        "/assets/..%2frender.py",
        "/assets/.hidden",
        "/assets/vendor/SOURCE.json",
        "/assets/",
    ):
        assert noor.get(path).status == 404


def test_the_session_cookie_is_out_of_reach_of_scripts(town):
    answer = Browser(application(town.site)).sign_in("noor", "a lamp in the harbor")
    cookie = next(value for name, value in answer.headers if name == "set-cookie" and value.startswith("throughcare="))
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie


def test_a_failure_says_nothing_about_anyone_and_still_carries_the_headers(noor, town, monkeypatch):
    from throughcare.workspace import today

    monkeypatch.setattr(today, "_tasks", lambda desk, view: 1 / 0)
    answer = noor.get("/today")
    assert answer.status == 500 and "ZeroDivision" not in answer.text and answer.header("cache-control") == "no-store"
    assert "Tell support this code" in answer.text
