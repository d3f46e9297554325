"""Criteria and the rule: three values, what is missing, and which criteria decide."""

from collections.abc import Iterator
from typing import Any

from sqlglot import exp

from throughcare.definitions.compiled.frames import Entry, Frame
from throughcare.definitions.expressions import Mistake, Spelled, parse, spell, wanted
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
    kleene(parse(given.who), dict.fromkeys(used_criteria(names)))
    value = wanted(spell(given.who, names.row("person")), "boolean", names.row("person"), given.who)
    return Entry("eligible", "boolean", given.who, value)


def used_criteria(names: Any) -> list[str]:
    """The names the rule speaks of, criteria first, in the order of the file."""
    spoken = {c.name for c in parse(names.model.eligibility.rule.who).find_all(exp.Column)}
    known = [c.id for c in names.model.eligibility.criterion if c.id in spoken]
    return known + sorted(spoken - set(known))


class Deciding:
    """Which criteria settle an unknown, or fail a no (2.5, rule 4). Each pattern of answers is worked out once.

    A criterion settles an unknown when the rule with it true and with it false differ. It fails a no when the rule
    could not be met without it; when none alone could, all that are not met are named.
    """

    def __init__(self, who: str, names: list[str]) -> None:
        self._tree, self.names = parse(who), names
        self._known: dict[tuple[bool | None, ...], list[str]] = {}
        self._needed = [n for n in names if not kleene(self._tree, {other: other != n for other in names})]

    def __call__(self, answers: tuple[bool | None, ...]) -> list[str]:
        if answers not in self._known:
            self._known[answers] = self._decide(dict(zip(self.names, answers, strict=True)))
        return self._known[answers]

    def _decide(self, answers: dict[str, bool | None]) -> list[str]:
        answer = kleene(self._tree, answers)
        if answer is None:
            return [n for n, a in answers.items() if a is None and self._settles(n, answers)]
        if answer:
            return []
        unmet = [n for n, a in answers.items() if a is False]
        return [n for n in self._needed if n in unmet] or unmet

    def _settles(self, name: str, answers: dict[str, bool | None]) -> bool:
        return kleene(self._tree, {**answers, name: True}) is not kleene(self._tree, {**answers, name: False})


def kleene(node: Any, values: dict[str, bool | None]) -> bool | None:
    """A rule over true, false and unknown, as the engine would answer it."""
    if isinstance(node, exp.Column):
        return values[node.name]
    if isinstance(node, exp.Paren):
        return kleene(node.this, values)
    if isinstance(node, exp.Boolean):
        return bool(node.this)
    if isinstance(node, exp.Not):
        x = kleene(node.this, values)
        return None if x is None else not x
    if isinstance(node, exp.And | exp.Or):
        sides = kleene(node.this, values), kleene(node.expression, values)
        strong = isinstance(node, exp.Or)
        return strong if strong in sides else None if None in sides else not strong
    if isinstance(node, exp.Anonymous) and node.name == "at_least":
        parts = [kleene(x, values) for x in node.expressions[1:]]
        least = int(node.expressions[0].this)
        return True if parts.count(True) >= least else False if len(parts) - parts.count(False) < least else None
    raise Mistake(f'"{node.sql()}" is not allowed in the rule.', do="Join criteria with and, or, not, at_least.")


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
