"""What is most urgent stands first on every screen: what can be caught, what has waited for weeks, the days to come."""

from dataclasses import replace
from datetime import timedelta

import pytest

from throughcare.fhir import json
from throughcare.record.changes import Changes, Put
from throughcare.record.commit import commit

from .conftest import signed_in
from .world import NOW

# Days from today until due; the order in which they are shown.
DUE = {"a": 5, "b": -40, "c": 0, "d": None, "e": -3, "f": -15, "g": -14, "h": 20}
URGENT_FIRST = ["g", "e", "c", "b", "f", "d", "a", "h"]


@pytest.fixture
def busy(town):
    """A patient with eight tasks of programs that only offer themselves, and nobody named for her."""
    tasks = [_task(town, name, days) for name, days in DUE.items()]
    commit(town.site.database, Changes(tasks), door="flow", stage="test", actor="tests", at=NOW)
    return town


def _task(town, name, days):
    due = {"end": (NOW + timedelta(days=days)).date().isoformat()} if days is not None else None
    return Put(
        json.write(
            {
                "resourceType": "Task",
                "id": f"o-{name}",
                "status": "requested",
                "intent": "order",
                "code": {"coding": [{"system": "urn:throughcare:activity", "code": "outreach"}]},
                "for": {"reference": "Patient/mate"},
                "authoredOn": NOW.isoformat(),
                **({"restriction": {"period": due}} if due else {}),
            }
        ),
        "throughcare",
    )


def shown(text):
    """The tasks of a page in the order they stand there."""
    parts = [part.split("o-", 1)[1][0] for part in text.split("/today?")[1:] if "open=o-" in part.split('"')[0]]
    return list(dict.fromkeys(parts))


def test_a_person_page_has_what_waited_for_weeks_before_the_days_to_come_and_says_so(busy):
    text = signed_in(busy)("noor").get(f"/people/{busy.people['team']}").text
    assert shown(text) == URGENT_FIRST
    heads = ["Late", "Today", "Late for weeks", "No date", "This week", "Later"]
    assert [h for h in heads if f">{h}</h3>" in text] == heads
    assert text.index(">Late for weeks</h3>") < text.index(">This week</h3>")


def test_a_short_list_leaves_out_the_days_to_come_and_never_what_is_late(busy):
    site = replace(busy.site, settings=replace(busy.site.settings, page_rows=6))
    text = signed_in(replace(busy, site=site))("noor").get("/today?view=team").text
    assert shown(text) == ["g", "e", "c", "b", "f"], "the sixth row is the teammate's own first task"
