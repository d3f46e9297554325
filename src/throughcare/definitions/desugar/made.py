"""What a form, a pathway or a loop stands for, entry by entry, and where its author wrote what each came from."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlglot import exp

from throughcare.definitions.expressions import Mistake, parse
from throughcare.definitions.grammar import Choice, Fact, Parameter, Set, Step, Table
from throughcare.definitions.toml_lines import Path

Written = tuple[str, Path]  # file, and the path in it
UNKNOWN = Choice(else_="unknown")


class Misplaced(Exception):
    """A mistake with the place where its author wrote it."""

    def __init__(self, at: Written, mistake: Mistake) -> None:
        self.at, self.mistake = at, mistake
        super().__init__(str(mistake))


@dataclass(slots=True)
class Made:
    """Entries of the grammar, and for each the author's own place: ("fact", on, id), ("set", id) or ("step", id)."""

    sets: list[Set] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    parameters: dict[str, Parameter] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    written: dict[tuple[str, ...], Written] = field(default_factory=dict)

    def set(self, at: Written, made: Set) -> None:
        self.sets.append(made)
        self.written["set", made.id] = at

    def fact(self, where: Written, on: str, name: str, says: str, **verb: Any) -> None:
        """One fact on a set; its verb and what belongs to it by name."""
        self.facts.append(Fact(on=on, id=name, says=says, **verb))
        self.written["fact", on, name] = where

    def table(self, at: Written, made: Table) -> None:
        self.tables.append(made)
        self.written["table", made.id] = at

    def step(self, at: Written, made: Step) -> None:
        self.steps.append(made)
        self.written["step", made.id] = at

    def entries(self) -> Iterator[tuple[str, Any]]:
        """Each entry but the steps with its kind; a parameter with its name."""
        yield from (("set", one) for one in self.sets)
        yield from (("fact", one) for one in self.facts)
        yield from (("table", one) for one in self.tables)
        yield from (("parameter", one) for one in self.parameters.items())

    def take(self, other: "Made", kind: str, entry: Any) -> None:
        """One entry of another, with its place."""
        if kind == "parameter":
            self.parameters[entry[0]] = entry[1]
            return
        lists: dict[str, list[Any]] = {"set": self.sets, "fact": self.facts, "table": self.tables}
        lists[kind].append(entry)
        self.written[key_of(kind, entry)] = other.written[key_of(kind, entry)]

    def __add__(self, other: "Made") -> "Made":
        return Made(
            self.sets + other.sets, self.facts + other.facts, self.tables + other.tables,
            self.parameters | other.parameters, self.steps + other.steps, self.written | other.written,
        )  # fmt: skip


def key_of(kind: str, entry: Any) -> tuple[str, ...]:
    """By what an entry is told apart: a fact by its set too."""
    return (kind, entry.on, entry.id) if kind == "fact" else (kind, entry.id)


def choice(if_: str, then: str) -> Choice:
    """One row of a decision table that gives an expression."""
    return Choice(if_=if_, then=f"= {then}")


def number(x: Any) -> str:
    """A number as an expression reads it: always with its point, so that all numbers of a form are of one kind."""
    text = format(Decimal(str(x)), "f")
    return text if "." in text else f"{text}.0"


def quoted(words: Iterable[str]) -> str:
    """Texts as the right side of `in`."""
    return "(" + ", ".join("'" + word.replace("'", "''") + "'" for word in dict.fromkeys(words)) + ")"


def renamed(text: str, names: dict[str, str]) -> str:
    """An expression with other names in place of some of its own."""
    tree = parse(text).copy()
    for column in [tree, *tree.find_all(exp.Column)]:
        if isinstance(column, exp.Column) and not column.table and column.name in names:
            column.set("this", exp.to_identifier(names[column.name]))
    return str(tree.sql())


def named(text: str) -> set[str]:
    """The plain names an expression speaks of."""
    return {c.name for c in parse(text).find_all(exp.Column) if not c.table}


def plain(word: str) -> str:
    """A state or code as part of a name: "in-progress" is in_progress."""
    return re.sub(r"[^a-z0-9]+", "_", word.lower()).strip("_")
