"""Views: their flat tables, made when the database is brought up and rebuilt when a definition changed."""

from collections import defaultdict
from typing import Any

from throughcare.fhir import json as fhir_json
from throughcare.record import recipes
from throughcare.record.prefix import prefixed
from throughcare.record.prepare import flat_rows
from throughcare.record.recipes import FlatView, Views
from throughcare.stores import copy
from throughcare.stores.postgres import Connection, Database
from throughcare.stores.sql import query

_PORTION = 5_000


def ensure_views(database: Database, views: Views | None = None) -> list[str]:
    """Make the flat tables fit the library; the names of the views whose rows were made anew."""
    views = views or recipes.shipped(database.settings.time_zone)
    with database.connection() as connection:
        connection.execute(query("record/head"))
        standing = dict(connection.execute("select view, digest from record.flat_view").fetchall())
        gone = sorted(standing.keys() - views.tables.keys())
        changed = [v for name, v in sorted(views.tables.items()) if standing.get(name) != v.digest]
        for view in gone:
            connection.execute(query("record/drop_view", table=f"flat.{view}"))
            connection.execute("delete from record.flat_view where view = %s", [view])
        for table in changed:
            _make(connection, table)
        if changed:
            _fill(connection, views, changed)
    return [view.name for view in changed]


def _make(connection: Connection, view: FlatView) -> None:
    connection.execute(query("record/make_view", table=f"flat.{view.name}"))
    for name, kind in view.columns.items():
        connection.execute(query("record/add_column", table=f"flat.{view.name}", column=name) + b" " + kind.encode())
    connection.execute(query("record/index_view_key", table=f"flat.{view.name}"))
    connection.execute(query("record/index_view_person", table=f"flat.{view.name}"))
    connection.execute(query("record/remember_view"), {"view": view.name, "digest": view.digest})


def _fill(connection: Connection, views: Views, changed: list[FlatView]) -> None:
    """Every version of every resource the views read, with the moments it was known from and to."""
    names = {view.name for view in changed}
    types = sorted({t for view in changed for t in view.resource_types})
    people = {p: f"{person}\t{no}" for p, person, no in connection.execute(query("record/all_people"))}
    with connection.cursor("versions") as cursor:
        cursor.execute(query("record/versions_of_types"), {"types": types})
        while rows := cursor.fetchmany(_PORTION):
            lines: dict[str, list[bytes]] = defaultdict(list)
            for row in rows:
                _flatten(row, views, names, people, lines)
            for view, some in lines.items():
                columns = [*recipes.ALWAYS, *views.tables[view].columns]
                copy.into(connection, f"flat.{view}", columns, some)


def _flatten(row: tuple, views: Views, names: set[str], people: dict[str, str], lines: dict[str, list[bytes]]) -> None:
    text, source, prefix, known_from, known_to = row
    body = text.encode()
    resource: dict[str, Any] = prefixed(fhir_json.read(body), prefix)
    until = copy.NULL if known_to is None else known_to.isoformat(sep=" ")
    span = f"{copy.text(source)}\t{known_from.isoformat(sep=' ')}\t{until}"
    for view, key, patient, about, cells in flat_rows(views, resource, body):
        if view in names:
            whom = people.get(patient or "", f"{copy.NULL}\t{copy.NULL}")
            lines[view].append(f"{key}\t{whom}\t{about}\t{span}{cells}\n".encode())
