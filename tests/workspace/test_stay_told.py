"""A stay whose end a claim told of: the work after it says so, and since when it is known, in both languages."""

import json
from datetime import datetime

import pytest

from throughcare.fhir import json as fhir_json
from throughcare.flow import door
from throughcare.flow.moment import Moment
from throughcare.identity import stays
from throughcare.intake.load import load
from throughcare.record.changes import Changes, Put
from throughcare.record.view import View

from ..identity.stays_as_told import claim
from .conftest import signed_in
from .world import NEW_YORK, NOW

WHO, STAY = "p7", "p7-stay"


@pytest.fixture
def revealed(town, tmp_path):
    """The hospital told of a stay without its end; the plan's claim, this morning, with it."""
    database = town.site.database
    body = fhir_json.read(View(database).read("Encounter", STAY))
    start, end = (datetime.fromisoformat(body["period"][n]).astimezone(NEW_YORK).date() for n in ("start", "end"))
    body["status"] = "in-progress"
    del body["period"]["end"]
    door.commit(database, Changes([Put(fhir_json.write(body), "St. Brigid")]), stage="intake", at=NOW)
    bill = claim("bill", f"{start}", f"{end}") | {"patient": {"reference": f"Patient/{WHO}"}}
    (tmp_path / "bill.json").write_text(json.dumps(bill))

    def commit(changes):
        return door.commit(database, changes, stage="intake", at=NOW)

    counts = load(database, [tmp_path], source="city_plan", settings=database.settings, commit=commit)
    assert counts.stored == 1
    door.commit(database, stays.run(Moment(database), NOW, [town.people[WHO]]), stage="identity", at=NOW)
    return town


@pytest.mark.parametrize(("language", "says", "by"), [
    ("en", "Left hospital Fri, learnt from a claim today", "as told by St. Brigid, city plan"),
    ("es", "Salió del hospital vie, se supo por una reclamación al seguro hoy", "según St. Brigid, city plan"),
])  # fmt: skip
def test_the_task_and_the_evidence_say_who_told_of_the_stay_and_when(revealed, language, says, by):
    noor = signed_in(revealed)("noor")
    noor.get("/today")
    noor.post("/language", {"language": language, "back": "/today"})
    assert says in noor.get(f"/today?open=t-{WHO}").text
    evidence = noor.get(f"/people/{revealed.people[WHO]}/why/transitions").text
    assert f"{says}, {by}" in evidence


def test_the_timeline_shows_the_stay_once(revealed):
    lines = signed_in(revealed)("noor").get(f"/people/{revealed.people[WHO]}/timeline").text
    with revealed.site.database.connection() as connection:
        connection.execute("delete from flat.stay_telling")
    twice = signed_in(revealed)("noor").get(f"/people/{revealed.people[WHO]}/timeline").text
    assert lines.count("St. Brigid") == 1 < twice.count("St. Brigid"), "its place, and not also the hospital's own line"
