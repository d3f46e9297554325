"""SQL as files with names: `query("record/current")` is the file current.sql in the folder queries of room record."""

import re
from functools import cache
from importlib import resources

from psycopg import sql

_HOLE = re.compile(r"\{([a-z_]+)\}")


def query(name: str, **holes: str | list[str]) -> bytes:
    """The text of a query. Holes `{table}`, `{columns}` take identifiers only (quoted here); values are parameters."""
    text = _text(name)
    if holes:
        text = _HOLE.sub(lambda hole: _identifiers(holes[hole.group(1)]), text)
    return text.encode()


@cache
def _text(name: str) -> str:
    room, _, rest = name.partition("/")
    return resources.files(f"throughcare.{room}").joinpath("queries", f"{rest}.sql").read_text(encoding="utf-8")


def _identifiers(names: str | list[str]) -> str:
    """One name (a dot separates schema and table), or a list of columns."""
    if isinstance(names, list):
        return ", ".join(map(_quoted, names))
    return ".".join(map(_quoted, names.split(".")))


def _quoted(name: str) -> str:
    return sql.Identifier(name).as_string(None)
