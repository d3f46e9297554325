"""`throughcare measure` and `throughcare pay` on an installation with one shipped care model and four invented people.

The lives are cases of that care model, whose expected numbers come from the reference (T-TCM-3, T-TCM-7, T-MRP-1, and
the coaching contract); the commands must tell the same, and their counts must add up.
"""

import contextlib
import io
import json
import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from unittest.mock import patch

import pytest

from throughcare.cli import main
from throughcare.definitions import load
from throughcare.flow import door
from throughcare.intake import status
from throughcare.record import views
from throughcare.record.changes import Changes, Put
from throughcare.stores.postgres import Database

from ..shipped import plan_once

MODEL = "care_transitions_intervention"
CASES = load.SHIPPED / MODEL / "cases"
STORIES = {
    "paid": "claimed_for_a_visit_on_day_7",
    "blocked": "not_claimed_with_lists_a_day_late",
    "day30": "medicines_on_day_30",
    "day31": "medicines_on_day_31",
    "contract": "forty_complete_and_ten_partial",
}
COMPARED = "medication_reconciliation_post_discharge"


def life(story: str, mark: str) -> list[dict[str, Any]]:
    """A case's resources, each id and reference ending in -mark, so that several lives stand side by side."""
    text = (CASES / story / "life.json").read_text()
    text = re.sub(r'"id": "([^"]+)"', rf'"id": "\1-{mark}"', text)
    text = re.sub(r'"reference": "(Patient|Encounter|Communication)/([^"]+)"', rf'"reference": "\1/\2-{mark}"', text)
    return [entry["resource"] for entry in json.loads(text, parse_float=str)["entry"]]


@pytest.fixture(scope="module")
def installed(bundled_server, bundled_template, tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    """The database of an installation that was settled on 15 July."""
    home = tmp_path_factory.mktemp("models")
    (home / MODEL).symlink_to(load.SHIPPED / MODEL)
    name = bundled_server.create(bundled_template)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(load, "SHIPPED", home)
        plan_once(patched)
        with bundled_server.open(name) as database:
            views.ensure_views(database)
            texts = [json.dumps(r).encode() for mark, story in STORIES.items() for r in life(story, mark)]
            at = datetime(2026, 7, 20, tzinfo=UTC)
            door.commit(database, Changes(puts=[Put(text) for text in texts]), stage="intake", at=at)
            settled = run(database, "settle", "--everyone", "--at", "2026-07-15T09:00:00-04:00")
            assert settled[0] == 0, settled
            yield database
    bundled_server.drop(name)


def run(database: Database, *words: str) -> tuple[int, str, str]:
    """The whole program, from its arguments to its exit code, with what it said and complained."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    typed = patch("sys.argv", ["throughcare", "--database", database.dsn, *words])
    with typed, contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main()
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 0
    return code, out.getvalue(), err.getvalue()


def said(database: Database, *words: str) -> str:
    code, out, err = run(database, *words)
    assert code == 0, err
    return out


def objects(text: str) -> list[dict[str, Any]]:
    return [json.loads(line, parse_float=Decimal) for line in text.splitlines()]


def test_a_report_tells_the_score_and_how_it_is_counted(installed: Database) -> None:
    """T-MRP-1: compared on day 30 counts, on day 31 not; of the two who left in June both were in time."""
    told = said(installed, "measure", "report", "--period", "2026", "--model", MODEL)
    head, counted = re.search(r"^(.*Medicine lists compared by day 30.*)\n(.*)$", told, re.MULTILINE).groups()  # type: ignore[union-attr]
    assert head == f"{MODEL}: Medicine lists compared by day 30 after hospital"
    assert counted.startswith("    75.00 % (3 of 4; 0 excluded, 0 excepted)")


def test_a_report_in_json_adds_up(installed: Database) -> None:
    found = objects(said(installed, "measure", "report", "--period", "2026", "--json"))
    assert {one["model"] for one in found} == {MODEL}
    for one in found:
        assert one["numerator"] + one["exclusion"] + one["exception"] <= one["denominator"] <= one["population"]
        assert one["start"] == "2026-01-01" and one["end"] == "2026-12-31"
    (one,) = [one for one in found if one["measure"] == COMPARED and not one["stratum"]]
    assert one["book"] == COMPARED
    assert (one["population"], one["denominator"], one["numerator"], one["score"]) == (4, 4, 3, "75.00")


def test_a_report_of_another_period_counts_its_own_rows(installed: Database) -> None:
    """The stays of the two who left in March; those of June are not in the first quarter."""
    found = objects(said(installed, "measure", "report", "--period", "2026-Q1", "--json"))
    (one,) = [one for one in found if one["measure"] == COMPARED and not one["stratum"]]
    assert (one["denominator"], one["numerator"], one["score"]) == (2, 1, "50.00")


def test_groups_add_up_to_the_whole(installed: Database) -> None:
    found = objects(said(installed, "measure", "report", "--period", "2026", "--json", "--groups"))
    parts: dict[tuple[str, str], int] = {}
    for one in (one for one in found if one["stratum"]):
        key = (one["measure"], one["stratum"].partition("=")[0])
        parts[key] = parts.get(key, 0) + one["denominator"]
    whole = {one["measure"]: one["denominator"] for one in found if not one["stratum"]}
    assert parts and all(whole[measure] == number for (measure, _), number in parts.items())


def test_a_report_as_fhir_is_a_measure_report(installed: Database) -> None:
    found = objects(said(installed, "measure", "report", "--period", "2026", "--fhir"))
    assert {one["resourceType"] for one in found} == {"MeasureReport"}
    assert {one["period"]["start"] for one in found} == {"2026-01-01"}


def test_each_form_of_a_report_names_the_silent_sources(installed: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    last = datetime(2026, 7, 11, 8, 30, tzinfo=UTC)
    monkeypatch.setattr(status, "silent", lambda database, habits, *, at: [("st_marys", last)])
    asked = ("measure", "report", "--period", "2026", "--model", MODEL)
    words = "st_marys has been silent since 2026-07-11 08:30 UTC: what it did not send is not counted."
    assert said(installed, *asked).splitlines()[-1] == words
    for one in objects(said(installed, *asked, "--json")):
        assert one["silent"] == [{"source": "st_marys", "last_heard": "2026-07-11T08:30:00+00:00"}]
    for one in objects(said(installed, *asked, "--fhir")):
        assert [e["valueString"] for e in one["extension"][0]["extension"][:1]] == ["st_marys"]


def test_the_rows_prove_the_score(installed: Database) -> None:
    rows = objects(said(installed, "measure", "rows", COMPARED, COMPARED, "--period", "2026"))
    places = [row["place"] for row in rows]
    assert (len(places), places.count("numerator"), places.count("denominator")) == (4, 3, 1)
    late = objects(said(installed, "measure", "rows", COMPARED, COMPARED, "--period", "2026", "--place", "denominator"))
    assert [row["row"].partition("#")[0] for row in late] == ["Encounter/stay-1-day31"]


def test_the_lines_of_a_month_by_status_and_what_holds_them_back(installed: Database) -> None:
    """T-TCM-3 earns 270 dollars; T-TCM-7 nothing, with 270 held back. Prices are the example fee schedule's."""
    told = said(installed, "pay", "month", "--period", "2026-06")
    lines, held = told.split("\nHeld back:\n")
    table = [line.split() for line in lines.splitlines() if "transitional_care_management" in line]
    assert [row[2:] for row in table] == [["blocked", "1", "270.00"], ["payable", "1", "270.00"]]
    assert f"{MODEL}: the medicine lists were not compared by the day of the visit" in held


def test_the_lines_of_a_month_in_json_are_those_of_the_table(installed: Database) -> None:
    found = objects(said(installed, "pay", "month", "--period", "2026-06", "--json"))
    mine = {one["status"]: Decimal(one["amount"]) for one in found if one["line"] == "transitional_care"}
    assert mine == {"payable": Decimal("270.00"), "blocked": Decimal("270.00")}
    assert all(one["on_date"].startswith("2026-06") for one in found)
    year = objects(said(installed, "pay", "month", "--period", "2026", "--json"))
    months = [len(objects(said(installed, "pay", "month", "--period", f"2026-{m:02}", "--json"))) for m in range(1, 13)]
    assert len(year) == sum(months) > 0


def test_one_persons_month_as_money(installed: Database) -> None:
    paid = said(installed, "pay", "twin", "--person", "Patient/ana-paid", "--month", "2026-06")
    assert paid.startswith(f"{MODEL}: 270.00 payable, 0.00 within reach\n")
    assert "99496    x 1      270.00  payable" in paid
    late = said(installed, "pay", "twin", "--person", "Patient/ana-blocked", "--month", "2026-06")
    assert late.startswith(f"{MODEL}: 0.00 payable, 270.00 within reach\n")
    assert "blocked  the medicine lists were not compared by the day of the visit" in late


def test_one_persons_month_in_json(installed: Database) -> None:
    found = objects(said(installed, "pay", "twin", "--person", "Patient/ana-paid", "--month", "2026-06", "--json"))
    assert [(one["code"], one["status"], Decimal(one["amount"])) for one in found] == [
        ("99496", "payable", Decimal("270.00"))
    ]


def test_a_month_without_work_says_so(installed: Database) -> None:
    told = said(installed, "pay", "twin", "--person", "Patient/ana-paid", "--month", "2026-01")
    assert told == "Nothing that any program pays for is recorded in that month.\n"


def test_a_settlement_is_told_step_by_step(installed: Database) -> None:
    """40 whole programs at 350 and 10 partial ones at 120 dollars: 14,000 and 1,200, together 15,200."""
    told = said(installed, "pay", "settle", "--period", "2026", "--model", MODEL)
    steps = {line.split()[0]: line.split()[1] for line in told.splitlines() if line.startswith("  ")}
    assert (steps["complete_payment"], steps["partial_payment"], steps["contract_payment"]) == (
        "14000",
        "1200",
        "15200",
    )
    assert "[Contract of the program with a payer]" in told


def test_a_settlement_in_json_holds_the_same_steps(installed: Database) -> None:
    found = objects(said(installed, "pay", "settle", "--period", "2026", "--json"))
    (one,) = [one for one in found if one["on"] == "coaching_statements"]
    assert one["steps"]["contract_payment"] == "15200" and one["model"] == MODEL


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("measure", "rows", MODEL, "no_such", "--period", "2026"), 1, 'There is no measure "no_such" in'),
        (("measure", "rows", "no_such", COMPARED), 1, 'There is no care model or library measure "no_such".'),
        (("measure", "report", "--model", "no_such"), 1, 'There is no care model "no_such".'),
        (("measure", "report", "--period", "2026-13"), 2, '"2026-13" is no period'),
        (("measure", "report", "--period", "July"), 2, '"July" is no period; write 2026, 2026-Q3 or 2026-07.'),
        (("pay", "month", "--period", "2026-00"), 2, '"2026-00" is no period'),
        (("pay", "twin", "--person", "Patient/nobody", "--month", "2026-07"), 1, "Patient/nobody is not there."),
        (("pay", "twin", "--person", "Patient/ana-paid", "--month", "2026"), 2, '"2026" is no month; write 2026-07.'),
        (("pay", "settle", "--model", "no_such"), 1, 'There is no care model "no_such".'),
        (("pay", "settle", "--period", "2026-Q5"), 2, '"2026-Q5" is no period'),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_mistake_is_told_plainly(installed: Database, words: tuple[str, ...], code: int, told: str) -> None:
    done = run(installed, *words)
    assert (done[0], done[1]) == (code, "")
    assert told in done[2] and "Traceback" not in done[2]
