"""Times as people say them, with the edges of days, zones and the changing of clocks."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from throughcare.workspace import times
from throughcare.workspace.words import Words

NY, EN, ES = ZoneInfo("America/New_York"), Words("en"), Words("es")
NOW = datetime(2026, 3, 17, 12, 40, tzinfo=UTC)  # Tuesday 8:40 am


@pytest.mark.parametrize(
    ("at", "on", "says", "state", "group"),
    [
        (NOW - timedelta(hours=3), None, "Late 3 h", "late", "late"),
        (NOW - timedelta(minutes=40), None, "Late 40 min", "late", "late"),
        (NOW - timedelta(days=5), None, "Late 5 days", "late", "late"),
        (NOW - timedelta(seconds=1), None, "Late 1 min", "late", "late"),
        (datetime(2026, 3, 17, 14, 0, tzinfo=UTC), None, "By 10 am", "due", "today"),
        (datetime(2026, 3, 17, 16, 0, tzinfo=UTC), None, "By noon", "", "today"),
        (datetime(2026, 3, 17, 20, 30, tzinfo=UTC), None, "By 4:30 pm", "", "today"),
        (None, date(2026, 3, 17), "Today", "", "today"),
        (datetime(2026, 3, 17, 4, 0, tzinfo=UTC), date(2026, 3, 17), "Today", "", "today"),
        (None, date(2026, 3, 16), "Late 8 h", "late", "late"),
        (datetime(2026, 3, 18, 13, 0, tzinfo=UTC), None, "Wed 9 am", "", "tomorrow"),
        (None, date(2026, 3, 23), "Mon", "", "week"),
        (None, date(2026, 4, 2), "Apr 2", "", "later"),
        (None, date(2027, 1, 4), "Jan 4, 2027", "", "later"),
        (None, None, "No date", "", "none"),
    ],
)
def test_due_times(at, on, says, state, group):
    due = times.due(EN, at, on, NOW, NY)
    assert (due.says, due.state, due.group) == (says, state, group)


def test_a_day_ends_at_its_own_midnight_also_when_clocks_change():
    night = datetime(2026, 11, 2, 4, 59, tzinfo=UTC)  # Sunday Nov 1, 11:59 pm, after 25 hours
    assert times.due(EN, None, date(2026, 11, 1), night, NY).group == "today"
    assert times.due(EN, None, date(2026, 11, 1), night + timedelta(minutes=2), NY).group == "late"


def test_work_and_past_moments():
    assert [times.worked(EN, m) for m in (0, 5, 60, 260)] == ["0 min", "5 min", "1 h", "4 h 20 min"]
    assert times.moment(EN, NOW - timedelta(minutes=35), NOW, NY) == "8:05 am"
    assert times.moment(EN, NOW - timedelta(days=4, hours=-6), NOW, NY) == "Fri 2:40 pm"
    assert times.moment(EN, datetime(2026, 3, 13, 4, tzinfo=UTC), NOW, NY) == "Fri", "a day without an hour"
    assert times.moment(EN, NOW - timedelta(days=40), NOW, NY) == "Feb 5"
    assert times.due(ES, None, date(2026, 3, 18), NOW, NY).says == "mié"


def test_ages_on_birthdays():
    assert times.age(date(1960, 3, 17), date(2026, 3, 17)) == 66
    assert times.age(date(1960, 3, 18), date(2026, 3, 17)) == 65
    assert times.age(date(2000, 2, 29), date(2025, 2, 28)) == 24
    assert times.age(date(2000, 2, 29), date(2025, 3, 1)) == 25
    assert times.age(None, date(2026, 3, 17)) is None
