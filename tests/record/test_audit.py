"""The audit chain: whatever was changed, removed, moved or slipped in, its first place is named."""

import pytest

from throughcare.record import audit
from throughcare.record.changes import Heard

from .lives import patient


@pytest.fixture
def lines(put):
    for i in range(5):
        put(patient(f"p{i}"), audit=[Heard("load", detail="a file"), Heard("read", 40001 + i, purpose="TREAT")])


def tamper(database, *statements):
    with database.connection() as connection:
        for statement in statements:
            connection.execute(statement)


def test_a_chain_nobody_touched_is_whole(database, lines):
    assert audit.verify(database) is None
    tamper(database, "set timezone = 'Asia/Tokyo'")
    assert audit.verify(database) is None


def test_an_empty_chain_is_whole(database):
    assert audit.verify(database) is None


@pytest.mark.parametrize(
    ("statements", "first_bad"),
    [
        (["update door.audit set actor = 'someone else' where audit_no = 7"], 7),
        (["update door.audit set at = at - interval '1 microsecond' where audit_no = 3"], 3),
        (["update door.audit set person_id = null where audit_no = 2"], 2),
        (["delete from door.audit where audit_no = 5"], 5),
        (["delete from door.audit where audit_no >= 14"], 14),
        (["truncate door.audit"], 1),
        (
            [
                "update door.audit set audit_no = 1000 where audit_no = 4",
                "update door.audit set audit_no = 4 where audit_no = 5",
                "update door.audit set audit_no = 5 where audit_no = 1000",
            ],
            4,
        ),
        (
            [
                "insert into door.audit (audit_no, at, actor, action, hash)"
                " select 16, at, actor, action, hash from door.audit where audit_no = 1"
            ],
            16,
        ),
        (["update record.head set audit_hash = sha256('x')"], 16),
    ],
)
def test_the_first_line_that_was_tampered_with_is_named(database, lines, statements, first_bad):
    tamper(database, *statements)
    broken = audit.verify(database)
    assert broken is not None and broken.audit_no == first_bad


def test_a_line_rewritten_with_a_seal_of_its_own_breaks_the_one_after(database, lines):
    with database.connection() as connection:
        row = connection.execute(
            "select audit_no, at, commit_no, actor, role, action, person_id, purpose, detail, outcome"
            " from door.audit where audit_no = 6"
        ).fetchone()
        before = connection.execute("select hash from door.audit where audit_no = 5").fetchone()[0]
        forged = audit.sealed(bytes(before), [*row[:3], "forger", *row[4:]])
        connection.execute("update door.audit set actor = 'forger', hash = %s where audit_no = 6", [forged])
    assert audit.verify(database).audit_no == 7
