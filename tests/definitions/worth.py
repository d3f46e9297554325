"""What an expression is worth over one small row: the functions as the engine runs them, for tests."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pyarrow as pa

from throughcare.decide.evaluate import TYPES
from throughcare.definitions import calendar
from throughcare.definitions.compiled import codes
from throughcare.definitions.compiled.frames import Frame
from throughcare.definitions.compiled.scopes import RowScope
from throughcare.definitions.expressions import Spelled, spell
from throughcare.definitions.functions import MACROS
from throughcare.definitions.grammar import Parameter, Table, ValueSet
from throughcare.definitions.windows import window
from throughcare.stores.duckdb import Thinker

KINDS = {str: "text", bool: "boolean", int: "integer", Decimal: "decimal", date: "date", datetime: "timestamp"}
TODAY = date(2026, 7, 9)


class Plain:
    """A place whose names are its columns."""

    def __init__(self, name: str, columns: Mapping[str, str], day: str | None) -> None:
        self.frame = Frame(name, "person" if name == "person" else "set", dict(columns), day)

    def find(self, name: str) -> tuple[str, str] | None:
        return (name, self.frame.columns[name]) if name in self.frame.columns else None

    def names(self) -> list[str]:
        return list(self.frame.columns)


class Worth:
    """An engine that says what expressions are worth."""

    def __init__(self) -> None:
        days = [calendar.macro(name) for name in ("US", "US-MI")]
        self.thinker = Thinker((*codes.MACROS, *MACROS, *days))

    def __call__(
        self,
        text: str,
        row: Mapping[str, Any] | None = None,
        *,
        blank: Mapping[str, str] | None = None,
        parameters: Mapping[str, Mapping[str, Any]] | None = None,
        tables: list[Table] | None = None,
        value_sets: Mapping[str, ValueSet] | None = None,
        calendar_name: str = "US",
        day: str | None = None,
        zone: str = "America/New_York",
        read: Callable[[str, Any], Spelled] = spell,
    ) -> Any:
        """`row` gives columns with values, `blank` columns (with their types) that are unknown."""
        row, blank = dict(row or {}), dict(blank or {})
        columns = {n: KINDS[type(v)] for n, v in row.items()} | blank
        person = Plain("person", {"zone": "text", "today": "date", "now": "timestamp", "person_id": "integer"}, "today")
        book = SimpleNamespace(
            parameters={n: Parameter(unit="", values=dict(v)) for n, v in (parameters or {}).items()},
            tables={t.id: t for t in tables or []},
            library=SimpleNamespace(value_sets=value_sets or {}),
            calendar=calendar_name,
            model_id="some_model",
            marked=lambda *code: None,
            person=lambda: person,
        )
        found = read(text, RowScope(book, Plain("rows", columns, day)))
        made = {n: pa.array([row.get(n)], TYPES[k]) for n, k in columns.items()} or {"nothing": pa.array([1])}
        people = {"zone": [zone], "today": pa.array([TODAY], pa.date32()), "person_id": [1]}
        engine = self.thinker
        nth = len(engine._held)
        engine.give(f"r{nth}", pa.table(made))
        engine.give(f"p{nth}", pa.table(people))
        (answer,) = engine.run(f"select {found.sql} as x from r{nth} r cross join p{nth} p").column("x").to_pylist()
        return answer

    def holds(self, text: str, row: Mapping[str, Any], day: str, blank: Mapping[str, str] | None = None) -> Any:
        """Does a window hold a day of the row?"""
        return self(text, row, blank=blank, read=lambda t, scope: window(t, scope).holds(spell(day, scope)))
