"""A query that could show someone without the access condition is refused before it runs."""

from importlib import resources

import pytest
from sqlglot.errors import ParseError

from throughcare.access import guard
from throughcare.faults import Refused

SAFE = [
    "select 1 from flat.task t where {allowed:t} and t.status = 'x'",
    "select 1 from flat.task t join flat.person p on p.person_id = t.person_id where {allowed:t} and {allowed:p}",
    "select 1 from door.team x left join flat.person p on p.person_id = x.team_id and {allowed:p}",
    "with open_work as (select * from flat.task t where {allowed:t}) select * from open_work",
    "select name from record.source",
    "select a.at from door.audit a where {auditor:a}",
    "select r.body from record.resource r where {nobody:r}",
    "select l.amount from think.line l where {program:l}",
    "select o.step from think.obligation o left join flat.session s on s.session_key = o.about where {program:o}",
    "select q.body from record.quarantine q where {steward:q}",
]
UNSAFE = [
    "select * from flat.task t",
    "select * from flat.task t where {allowed:t} or true",
    "select * from flat.task t where not {allowed:t}",
    "select * from flat.task t where case when {allowed:t} then true else true end",
    "select * from flat.task t where {allowed:p}",
    "select * from flat.task t where {auditor:t}",
    "select * from flat.person p where {nobody:p}",
    "select q.body from record.quarantine q",
    "select q.body from record.quarantine q where {auditor:q}",
    "select * from flat.person p where {steward:p}",
    "select * from flat.person p where {program:p}",
    "select * from think.line l where {program:l} or true",
    "select * from think.line l where {nobody:l}",
    "select * from think.obligation o where {program:o} or o.status = 'open'",
    "select * from think.obligation o where {auditor:o}",
    "select t.stops from think.trip t",
    "select * from flat.task t join flat.person p on p.person_id = t.person_id where {allowed:t}",
    "select * from flat.task t left join flat.person p on {allowed:t} and p.person_id = t.person_id",
    "select * from flat.task t where exists (select 1 from flat.task t where {allowed:t})",
    "select * from flat.task t, lateral (select * from flat.person where {allowed:t}) q where {allowed:t}",
    "select (select count(*) from flat.task) from door.team",
    "with open_work as (select * from flat.task) select * from open_work",
    "select 1 from flat.task t where {allowed:t} union all select 1 from flat.task t",
    "select * from task t",
    "select * from some_new_schema.thing x",
    "table flat.task",
    "delete from flat.task t where {allowed:t}",
    "with gone as (delete from flat.task t where {allowed:t} returning 1) select * from gone",
    "select password_hash from door.staff",
    "select * from door.staff",
    "select token_hash from door.session s where {allowed:s}",
]


@pytest.mark.parametrize("text", SAFE)
def test_a_query_with_its_condition_on_every_alias_may_run(text):
    assert guard.checked("safe", text) == text


@pytest.mark.parametrize("text", UNSAFE)
def test_a_query_that_could_show_more_is_refused(text):
    with pytest.raises(Refused):
        guard.checked("unsafe", text)


def test_two_statements_are_not_one_query():
    with pytest.raises((Refused, ParseError)):
        guard.checked("two", "select 1 from flat.task t where {allowed:t}; delete from flat.task")


def test_every_query_a_screen_can_name_passes_the_guard():
    folder = resources.files("throughcare.workspace").joinpath("queries")
    texts = {f.name: f.read_text() for f in folder.iterdir()}
    assert len(texts) > 30
    for name, text in texts.items():
        guard.checked(name, text)
