"""What names mean in an expression of a form, before any care model uses it: its items, its columns, its parameters."""

from collections.abc import Mapping, Sequence
from typing import Any

from throughcare.definitions.expressions import Mistake, Spelled
from throughcare.definitions.functions import FUNCTIONS
from throughcare.definitions.near import did_you_mean


class FormScope:
    """Kinds are not known yet; that names exist and that the expression is one of the grammar's can be said now."""

    functions: Mapping[str, Any] = FUNCTIONS

    def __init__(self, known: Sequence[str]) -> None:
        self.known = known

    def column(self, table: str, name: str) -> Spelled:
        if not table and name not in self.known:
            what = f'"{name}" is not known on the form.{did_you_mean(name, self.known)}'
            raise Mistake(what, "", "Name an item, a column or a [parameter.<name>] of this form.")
        return Spelled(name, "unknown")

    def local_day(self, x: Spelled) -> Spelled:
        return x

    def local_midnight(self, x: Spelled) -> Spelled:
        return x

    def in_value_set(self, code: Spelled, system: Spelled | None, name: str) -> Spelled:
        return Spelled("", "boolean")

    def lookup(self, table: str, keys: list[Spelled]) -> Spelled:
        return Spelled("", "unknown")

    def business_days(self) -> str:
        return ""

    def member(self, x: Spelled, name: str) -> Spelled:
        return Spelled("", "boolean")

    def scoring(self, name: str) -> None:
        """A form's formula is a score."""

    def previous(self, x: Spelled) -> Spelled:
        raise Mistake("a form speaks of one response.", "", "Compare responses in a fact of the care model.")

    def interpolate(self, table: str, x: Spelled) -> Spelled:
        return Spelled("", "decimal")
