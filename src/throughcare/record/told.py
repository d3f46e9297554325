"""Told: for which moment a source last spoke of a resource, where its files say one; an older file undoes no newer."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from throughcare.stores.postgres import Connection
from throughcare.stores.sql import query

Key = tuple[str, str]


def of(connection: Connection, keys: Iterable[Key]) -> dict[Key, datetime]:
    """By (type, id), in the source's own time; nothing for what no dated file has told."""
    asked = [f"{resource_type}/{id}" for resource_type, id in keys]
    if not asked:
        return {}
    rows = connection.execute(query("record/told"), {"keys": asked})
    return {(resource_type, id): as_of for resource_type, id, as_of in rows}


def keep(connection: Connection, told: Mapping[Key, datetime]) -> None:
    if told:
        types, ids = map(list, zip(*told, strict=True))
        values = {"types": types, "ids": ids, "moments": list(told.values())}
        connection.execute(query("record/keep_told"), values)
