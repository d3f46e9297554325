"""Roles: who serves, from the first source that has someone."""

import re
from typing import Any

from throughcare.definitions.compiled.facts import folded
from throughcare.definitions.compiled.frames import Entry, column
from throughcare.definitions.expressions import Spelled, phrase
from throughcare.definitions.grammar import Fact, Role


def prepare(names: Any) -> None:
    """Each source of each role as a fact of the person, and has_<role> for expressions."""
    for nth, role in enumerate(names.model.team.role):
        path = ("role", nth)
        for place, found_in in enumerate(role.found_in):
            given = _fact(role, place, found_in)
            names.add("person", given.id, _make(names, given), "team.toml", path)
        names.add("person", f"has_{role.id}", _has(names, role), "team.toml", path)


def sources(names: Any, role: Role) -> list[tuple[str, str]]:
    """Per source of a role: its column and the author's words."""
    return [
        (names.computed("person", _fact(role, nth, found).id), _split(role, found)[0])
        for nth, found in enumerate(role.found_in)
    ]


def _fact(role: Role, nth: int, found_in: str) -> Fact:
    """The newest row of a source; "view.column where …" takes another column than the role's own."""
    text, take = _split(role, found_in)
    return Fact(id=f"{role.id}_found_{nth}", latest=text, take=take, if_none="unknown", skip_unknown=True)


def _split(role: Role, found_in: str) -> tuple[str, str]:
    match = re.match(r"\s*([a-z_0-9]+)\.([a-z_0-9]+)(.*)", found_in, re.DOTALL)
    text, take = (match[1] + match[3], match[2]) if match else (found_in, role.take)
    return f"{text} and known({take})" if phrase(text)[1] else f"{text} where known({take})", take


def _make(names: Any, given: Fact) -> Any:
    return lambda: folded(names, given, "latest", given.latest or "")


def _has(names: Any, role: Role) -> Any:
    def make() -> Entry:
        found = [column("r", name, "text") for name, _ in sources(names, role)]
        sql = " or ".join(f"{f.sql} is not null" for f in found) or "false"
        return Entry(
            f"has_{role.id}",
            "boolean",
            role.says,
            Spelled(f"({sql})", "boolean", frozenset().union(*(f.uses for f in found))),
        )

    return make
