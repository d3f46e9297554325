"""Messages: kept as they were received, with the things they speak of, in the commit that makes them durable."""

from collections.abc import Sequence
from datetime import datetime

from throughcare.record.changes import Message
from throughcare.stores.postgres import Connection
from throughcare.stores.sql import query


def keep(connection: Connection, messages: Sequence[Message], *, commit_no: int, at: datetime) -> int:
    """Keep them in this order; how many were new. The same message of the same source again is known."""
    if not messages:
        return 0
    named = [(place, about) for place, one in enumerate(messages, 1) for about in one.about]
    row = connection.execute(query("record/add_messages"), {
        "commit_no": commit_no, "at": at,
        "sources": [m.source for m in messages], "formats": [m.format for m in messages],
        "controls": [m.control for m in messages], "digests": [m.digest for m in messages],
        "said": [m.said_at for m in messages], "asides": [m.is_aside for m in messages],
        "bodies": [m.body for m in messages],
        "places": [place for place, _ in named], "abouts": [about for _, about in named],
    }).fetchone()  # fmt: skip
    assert row is not None
    return int(row[0])
