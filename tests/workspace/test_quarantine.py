"""The quarantine in pages: counted by reason, seen whole, corrected and taken in, dropped and taken back, audited."""

import html
import re

import pytest

from throughcare.fhir import json
from throughcare.intake import quarantine
from throughcare.record.view import View
from throughcare.workspace import texts

from ..intake.loading import run
from ..intake.test_quarantine import ADT
from .conftest import signed_in

READING = {
    "resourceType": "Observation",
    "status": "final",
    "code": {"text": "Weight"},
    "subject": {"reference": "Patient/p3"},
}


def reading(name: str, **parts) -> bytes:
    return json.write(READING | {"id": name} | parts)


@pytest.fixture
def waiting(town, tmp_path):
    """Forty lines of one reason, one of another, and a message that begins wrongly."""
    lines = [reading(f"bad-{n}", status="no such status") for n in range(40)]
    (tmp_path / "readings.ndjson").write_bytes(b"\n".join([*lines, reading("bad id!"), reading("good")]))
    (tmp_path / "message.hl7").write_text(ADT.format(control="7").replace("MSH", "MSX", 1), newline="")
    assert run(town.site.database, tmp_path / "readings.ndjson", source="scale").quarantined == 41
    assert run(town.site.database, tmp_path / "message.hl7", source="hospital").quarantined == 1
    return town


def entry_of(town, part: bytes) -> quarantine.Entry:
    entries = (quarantine.entry(town.site.database, one.entry_no) for one in quarantine.listed(town.site.database))
    return next(one for one in entries if part in one.body)


def shown(answer) -> str:
    """The text in the form, as a browser would hold it."""
    text = re.search(r"<textarea[^>]*>\n(.*)</textarea>", answer.text, re.DOTALL)
    assert text, answer.text
    return html.unescape(text[1])


def sent(text: str) -> str:
    """What a browser sends of it: every line end as CR LF."""
    return re.sub("\r\n|\r|\n", "\r\n", text)


def audit(town, who: str) -> list[tuple[str, str]]:
    with town.site.database.connection() as connection:
        asked = "select action, detail from door.audit where actor = %s order by audit_no"
        return connection.execute(asked, [who]).fetchall()


def test_forty_of_one_reason_are_one_line_and_the_most_stand_first(waiting):
    text = signed_in(waiting)("dana").get("/quarantine").text
    assert "42 things wait." in text
    counts = re.findall(r'class="big">(\d+)</b>', text)
    assert counts == ["40", "1", "1"]
    group = re.search(r'href="(/quarantine\?state=waiting&amp;alike=\w+)"', text)[1]
    entries = signed_in(waiting)("dana").get(html.unescape(group)).text
    assert len(re.findall(r'href="/quarantine/\d+"', entries)) == 40 and "readings.ndjson, line 40" in entries


def test_a_text_that_came_often_says_so_until_the_counts_add_up(waiting, tmp_path):
    (tmp_path / "again.ndjson").write_bytes(b"\n".join([reading("bad-7", status="no such status")] * 3))
    assert run(waiting.site.database, tmp_path / "again.ndjson", source="scale").quarantined == 3
    dana, bad = signed_in(waiting)("dana"), entry_of(waiting, b'"bad-7"')
    text = dana.get("/quarantine").text
    assert "42 things wait. Came 45 times in all." in text and "Came 43 times in all." in text
    group = re.search(r'href="(/quarantine\?state=waiting&amp;alike=\w+)"', text)[1]
    assert "Came 4 times in all." in dana.get(html.unescape(group)).text
    assert "<dd>4 times</dd>" in dana.get(f"/quarantine/{bad.entry_no}").text


def test_a_page_in_another_language_says_what_the_reasons_are_written_in(waiting):
    dana, bad = signed_in(waiting)("dana"), entry_of(waiting, b'"bad-7"')
    pages = ("/quarantine", f"/quarantine/{bad.entry_no}")
    assert not any("Reasons are written" in dana.get(page).text for page in pages)
    dana.post("/language", {"language": "es", "back": "/quarantine"})
    assert all("Los motivos están en inglés" in dana.get(page).text for page in pages)


def test_an_entry_is_corrected_in_the_page_and_is_in_the_record_then(waiting):
    dana, bad = signed_in(waiting)("dana"), entry_of(waiting, b'"bad-7"')
    page = dana.get(f"/quarantine/{bad.entry_no}")
    assert page.status == 200 and shown(page).encode() == bad.body and "readings.ndjson" in page.text
    fixed = shown(page).replace("no such status", "final")
    done = dana.post(f"/quarantine/{bad.entry_no}", {"word": "fixed", "text": sent(fixed)})
    assert done.status == 303
    assert "as corrected" in dana.get(done.header("location")).text
    assert View(waiting.site.database).read("Observation", "bad-7") == fixed.encode()
    assert quarantine.entry(waiting.site.database, bad.entry_no).state == "replayed"


def test_refused_again_the_new_reason_is_shown_and_the_corrected_text_stays_in_the_form(waiting):
    dana, bad = signed_in(waiting)("dana"), entry_of(waiting, b'"bad-7"')
    dana.get(f"/quarantine/{bad.entry_no}")
    given = bad.body.decode().replace("no such status", "final").replace("bad-7", "bad 7")
    answer = dana.post(f"/quarantine/{bad.entry_no}", {"word": "fixed", "text": given})
    assert answer.status == 422 and shown(answer) == given
    assert "Refused again" in answer.text and "An id has" not in shown(answer) and 'role="alert"' in answer.text
    assert entry_of(waiting, b'"bad-7"') == bad, "the entry stays as it came"
    assert "42 things wait." in dana.get("/quarantine").text, "no second entry"


def test_a_message_goes_back_with_the_line_ends_it_came_with(waiting):
    dana, bad = signed_in(waiting)("dana"), entry_of(waiting, b"MSX")
    page = dana.get(f"/quarantine/{bad.entry_no}")
    done = dana.post(f"/quarantine/{bad.entry_no}", {"word": "fixed", "text": sent(shown(page).replace("MSX", "MSH"))})
    assert done.status == 303, shown(done)
    with waiting.site.database.connection() as connection:
        kept = connection.execute("select body from record.message where source = 'hospital'").fetchall()
    assert [body.rstrip("\r") for (body,) in kept] == [ADT.format(control="7").rstrip("\r")]


def test_as_it_came_it_is_tried_whatever_stands_in_the_form(waiting):
    dana, bad = signed_in(waiting)("dana"), entry_of(waiting, b'"bad-7"')
    dana.get("/quarantine")
    answer = dana.post(f"/quarantine/{bad.entry_no}", {"word": "same", "text": reading("other").decode()})
    assert answer.status == 422 and View(waiting.site.database).read("Observation", "other") is None


def test_a_drop_has_an_undo(waiting):
    dana, bad = signed_in(waiting)("dana"), entry_of(waiting, b'"bad-7"')
    dana.get("/quarantine")
    done = dana.get(dana.post(f"/quarantine/{bad.entry_no}", {"word": "drop"}).header("location")).text
    assert "Undo" in done and "41 things wait." in done
    assert dana.post(f"/quarantine/{bad.entry_no}", {"word": "drop"}).status == 422, "someone was first"
    fixed = bad.body.decode().replace("no such status", "final")
    late = dana.post(f"/quarantine/{bad.entry_no}", {"word": "fixed", "text": fixed})
    assert late.status == 422 and "Someone else was first" in late.text
    assert View(waiting.site.database).read("Observation", "bad-7") is None
    assert dana.post(f"/quarantine/{bad.entry_no}", {"word": "wait"}).status == 303
    assert entry_of(waiting, b'"bad-7"') == bad


def test_all_of_one_reason_are_taken_in_together_once_the_cause_is_gone(waiting):
    dana = signed_in(waiting)("dana")
    page = dana.get("/quarantine").text
    alike = re.search(r"alike=(\w+)", page)[1]
    told = dana.get(dana.post("/quarantine", {"word": "same", "alike": alike}).header("location")).text
    assert "0 are in the record now. 40 are left." in told, "the cause is not gone"
    with waiting.site.database.connection() as connection:
        changed = "convert_to(replace(convert_from(body, 'utf8'), 'no such status', 'final'), 'utf8')"
        connection.execute(f"update record.quarantine set body = {changed} where source = 'scale'")
    told = dana.get(dana.post("/quarantine", {"word": "same", "alike": alike}).header("location")).text
    assert "40 are in the record now." in told and "are left" not in told and "2 things wait." in told
    assert View(waiting.site.database).read("Observation", "bad-39")


def test_all_of_one_reason_are_dropped_and_wait_again_together(waiting):
    dana = signed_in(waiting)("dana")
    alike = re.search(r"alike=(\w+)", dana.get("/quarantine").text)[1]
    told = dana.get(dana.post("/quarantine", {"word": "drop", "alike": alike}).header("location")).text
    assert "40 were dropped." in told and "2 things wait." in told
    assert "40 things were dropped." in dana.get("/quarantine?state=dropped").text
    told = dana.get(dana.post("/quarantine", {"word": "wait", "alike": alike}).header("location")).text
    assert "40 wait again." in told and "42 things wait." in told


def test_every_look_and_every_act_is_written_down_with_the_entry_and_no_text(waiting):
    dana, bad = signed_in(waiting)("dana"), entry_of(waiting, b'"bad-7"')
    dana.get("/quarantine")
    dana.get(f"/quarantine/{bad.entry_no}")
    dana.post(f"/quarantine/{bad.entry_no}", {"word": "same"})
    dana.post(f"/quarantine/{bad.entry_no}", {"word": "drop"})
    dana.post(f"/quarantine/{bad.entry_no}", {"word": "wait"})
    fixed = bad.body.decode().replace("no such status", "final")
    dana.post(f"/quarantine/{bad.entry_no}", {"word": "fixed", "text": fixed})
    dana.get("/quarantine/999999")
    lines = [one for one in audit(waiting, "dana") if "quarantine" in one[0] or one[0] == "commit"]
    number = bad.entry_no
    assert lines[0] == ("quarantine list", "42 waiting")
    assert lines[1:6] == [
        ("quarantine entry", f"entry {number}"),
        ("quarantine replay", f"entry {number} as it came: refused"),
        ("quarantine entry", f"entry {number}"),
        ("quarantine drop", f"entry {number}"),
        ("quarantine restore", f"entry {number}"),
    ]
    assert lines[6][0] == "commit" and lines[6][1].startswith("intake stored=1 ")
    assert lines[7:] == [
        ("quarantine replay", f"entry {number} corrected: stored"),
        ("not shown: quarantine entry", ""),
    ]


@pytest.mark.parametrize("name", ["noor", "sam", "cleo", "vance", "ada", "ines"])
def test_whoever_is_no_data_steward_gets_the_same_refusal_and_no_text(waiting, name):
    browser, bad = signed_in(waiting)(name), entry_of(waiting, b'"bad-7"')
    browser.get("/password")
    for answer in (
        browser.get("/quarantine"),
        browser.get(f"/quarantine/{bad.entry_no}"),
        browser.get("/quarantine/999999"),
        browser.post(f"/quarantine/{bad.entry_no}", {"word": "drop"}),
        browser.post("/quarantine", {"word": "drop", "alike": "x"}),
    ):
        assert answer.status == 403 and "bad-7" not in answer.text
    assert entry_of(waiting, b'"bad-7"') == bad


def test_an_entry_that_is_not_there_is_absent_however_it_is_spelt(waiting):
    dana = signed_in(waiting)("dana")
    dana.get("/quarantine")
    for number in ("0", "-1", "9" * 30, "x", "1.0", "٣"):
        assert dana.get(f"/quarantine/{number}").status == 404
        assert dana.post(f"/quarantine/{number}", {"word": "drop"}).status == 404


@pytest.mark.parametrize(
    ("body", "can"),
    [
        (b'{"a": "\xc3\xa9"}', True),
        (b'{"a": "\xe9"}', True),
        (b"MSH|a\rPID|\x92\r", True),
        (b"one\r\ntwo\n\nthree\r", True),
        (b"\n\nfirst lines are empty", True),
        (b"a\x00b", False),
        (b"\x0bMSH|a\x1c\r", False),
        (b"\x81\x8d", False),
        (b"x" * (texts.TEXT_BYTES_MAX + 1), False),
    ],
)
def test_a_text_that_is_not_changed_goes_back_byte_for_byte_or_cannot_be_changed_here(body, can):
    text = texts.read(body[: texts.TEXT_BYTES_MAX], len(body))
    assert bool(text.encoding) is can
    if can:
        assert texts.written(sent(text.shown), body) == body


def test_a_corrected_text_keeps_encoding_and_line_ends():
    assert texts.written("é\r\nà", b"\xe9\rb") == b"\xe9\r\xe0"
    assert texts.written("é\r\nb\r\nc", "é\r\nb".encode()) == "é\r\nb\r\nc".encode()
    assert texts.written("Ж\r\nb", b"\xe9\rb") is None, "a letter this alphabet does not have"


def test_a_form_that_is_longer_than_any_text_shown_is_refused(waiting):
    dana, bad = signed_in(waiting)("dana"), entry_of(waiting, b'"bad-7"')
    dana.get("/quarantine")
    longer = "x" * (texts.TEXT_BYTES_MAX + 1)
    answer = dana.post(f"/quarantine/{bad.entry_no}", {"word": "fixed", "text": longer})
    assert answer.status == 422 and "too long" in answer.text
    assert dana.post(f"/quarantine/{bad.entry_no}", {"text": "x" * texts.FORM_BYTES_MAX}).status == 413
    assert dana.post("/quarantine", {"text": "x" * 70_000}).status == 413, "other forms stay small"


def test_a_text_is_shown_as_text_whatever_it_holds(town, tmp_path):
    (tmp_path / "a.ndjson").write_bytes(b'{"resourceType": "</textarea><script>alert(1)</script>"}')
    run(town.site.database, tmp_path, source="<b>scale</b>")
    text = signed_in(town)("dana").get(f"/quarantine/{entry_of(town, b'script').entry_no}").text
    assert "<script>alert" not in text and "<b>scale" not in text
