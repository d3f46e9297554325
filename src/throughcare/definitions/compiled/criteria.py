"""Criteria and the rule: three values, what is missing, and which criteria decide."""

from collections.abc import Iterator
from typing import Any

from sqlglot import exp

from throughcare.definitions.compiled.frames import Entry, Frame
from throughcare.definitions.expressions import Mistake, Spelled, parse, quoted, spell, wanted
from throughcare.definitions.functions import FUNCTIONS
from throughcare.definitions.grammar import Criterion


def criterion(names: Any, given: Criterion) -> Entry:
    """One criterion; a choice of the person or a clinician outranks what the record says."""
    scope = names.row(given.on)
    value = spell(given.where, scope, "boolean")
    if given.overridden_by:
        over = spell(given.overridden_by, scope, "boolean")
        value = Spelled(f"coalesce({over.sql}, {value.sql})", "boolean", value.uses | over.uses)
    return Entry(given.id, "boolean", given.says, value)


def rule(names: Any) -> Entry:
    """Who belongs, from criteria alone."""
    given = names.model.eligibility.rule
    if given.on != "person":
        raise Mistake("the rule speaks of people; a rule on another set is not known yet.", do='Leave out on = "…".')
    for name in used_criteria(names):
        if name not in {c.id for c in names.model.eligibility.criterion if c.on == "person"}:
            raise Mistake(f'"{name}" in who is not a criterion of a person.', do="The rule names criteria only.")
    value = wanted(spell(given.who, names.row("person")), "boolean", names.row("person"), given.who)
    return Entry("eligible", "boolean", given.who, value)


def used_criteria(names: Any) -> list[str]:
    """The criteria of the rule, in the order it names them."""
    return list(dict.fromkeys(c.name for c in parse(names.model.eligibility.rule.who).find_all(exp.Column)))


def deciding(names: Any, columns: dict[str, str]) -> tuple[str, str]:
    """SQL lists of the criteria that settle an unknown, and of those that fail a no (2.5, rule 4).

    A criterion settles an unknown when the rule with it true and with it false differ. It fails a no when the
    rule could not be met without it; when none alone could, all that are not met are named.
    """
    who = names.model.eligibility.rule.who
    settles, fails, unmet = [], [], []
    for name, column in columns.items():
        true, false = (_rule_with(who, columns, {name: value}) for value in ("true", "false"))
        settles.append(f"case when {column} is null and {true} is distinct from {false} then {quoted(name)} end")
        missed = f"case when not {column} then {quoted(name)} end"
        unmet.append(missed)
        if not _holds(who, {other: other != name for other in columns}):
            fails.append(missed)
    first = f"care_listed([{', '.join(fails)}])" if fails else "[]::varchar[]"
    no = f"case when len({first}) > 0 then {first} else care_listed([{', '.join(unmet)}]) end"
    return f"care_listed([{', '.join(settles)}])", no


def _rule_with(who: str, columns: dict[str, str], instead: dict[str, str]) -> str:
    """The rule in the engine's words with some criteria replaced."""
    return spell(who, _Given({**columns, **instead})).sql  # type: ignore[arg-type]


class _Given:
    """Names that stand for given SQL."""

    functions: dict[str, Any]

    def __init__(self, columns: dict[str, str]) -> None:
        self.columns, self.functions = columns, FUNCTIONS

    def column(self, table: str, name: str) -> Spelled:
        return Spelled(self.columns[name], "boolean")


def _holds(who: str, values: dict[str, bool]) -> bool:
    """The rule over plain yes and no."""

    def value(node: Any) -> Any:
        if isinstance(node, exp.Column):
            return values[node.name]
        if isinstance(node, exp.Paren):
            return value(node.this)
        if isinstance(node, exp.Not):
            return not value(node.this)
        if isinstance(node, exp.And | exp.Or):
            sides = value(node.this), value(node.expression)
            return all(sides) if isinstance(node, exp.And) else any(sides)
        if isinstance(node, exp.Boolean):
            return bool(node.this)
        if isinstance(node, exp.Anonymous) and node.name == "at_least":
            return sum(value(x) for x in node.expressions[1:]) >= int(node.expressions[0].this)
        raise Mistake(f'"{node.sql()}" is not allowed in the rule.', do="Join criteria with and, or, not, at_least.")

    return bool(value(parse(who)))


def leaves(frame: Frame, uses: frozenset[tuple[str, str]]) -> Iterator[str]:
    """The columns and folds of the row on which a value rests, in order of name."""
    seen: set[str] = set()
    waiting = sorted(name for alias, name in uses if alias in ("r", "p"))
    while waiting:
        name = waiting.pop(0)
        if name in seen:
            continue
        seen.add(name)
        entry = frame.entries.get(name)
        if entry and entry.value:
            waiting += sorted(n for alias, n in entry.value.uses if alias == "r")
        else:
            yield name


def called(frame: Frame, column: str) -> str:
    """The author's own name of a column, without the mark that tells equal names apart."""
    if column not in frame.entries:
        return column
    stem = column.split("__", 1)[1] if "__" in column else column.rpartition("_")[0]
    return stem.strip("_")
