"""Many lives in one look: cases of one moment are thought about together, each with ids of its own."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from throughcare.decide.assignment import Assigned, assignments
from throughcare.decide.evaluate import Answers, evaluate
from throughcare.decide.lives import Resource, lives
from throughcare.decide.routes import Trip, trips
from throughcare.definitions.cases import Case
from throughcare.definitions.compiled import Plan
from throughcare.record import subject

Row = dict[str, Any]
PLAIN = ("Practitioner", "Organization", "Location", "Contract")  # of nobody in particular, and the same in every life


@dataclass(slots=True)
class Look:
    """One evaluation, its tables read out once."""

    answers: Answers
    _tables: dict[str, list[Row]] = field(default_factory=dict)
    _sets: dict[tuple[str, str], dict[str, Row]] = field(default_factory=dict)

    def table(self, name: str) -> list[Row]:
        if name not in self._tables:
            self._tables[name] = getattr(self.answers, name).to_pylist()
        return self._tables[name]

    def rows(self, model: str, on: str) -> dict[str, Row]:
        if (model, on) not in self._sets:
            self._sets[model, on] = self.answers.rows(model, on)
        return self._sets[model, on]


@dataclass(slots=True)
class Outcome:
    """What the engine thinks of one case, in the case's own ids."""

    people: dict[str, int]
    look: Look
    mark: str

    def of(self, table: str, person: str, model: str) -> list[Row]:
        """One care model's answers about one person."""
        number = self.people[person]
        rows = (r for r in self.look.table(table) if r["person_id"] == number and r["model"] == model)
        return [{name: self._own(value) for name, value in row.items()} for row in rows]

    def all(self, table: str, model: str) -> list[Row]:
        """One care model's answers about everyone, and everything that is about nobody, in this case."""
        mine = set(self.people.values())
        rows = (r for r in self.look.table(table) if r["model"] == model)
        key = "anchor_key" if table == "obligation" else "row_key"
        rows = (r for r in rows if r["person_id"] in mine or (r["person_id"] is None and self.mark in r[key]))
        return [{name: self._own(value) for name, value in row.items()} for row in rows]

    def rows(self, model: str, on: str) -> dict[str, Row]:
        """The rows of a set, by key."""
        found = {key: row for key, row in self.look.rows(model, on).items() if self.mark in str(key)}
        return {self._own(key): {name: self._own(value) for name, value in row.items()} for key, row in found.items()}

    def assigned(self, model: str) -> list[Assigned]:
        """One care model's assignments. Choices are made of all cases, so such a case is looked at alone."""
        return [a for a in assignments(self.look.answers.relations, self.look.answers.plan) if a.model == model]

    def trips(self, model: str) -> list[Trip]:
        """One care model's trips."""
        return [t for t in trips(self.look.answers.relations, self.look.answers.plan) if t.model == model]

    def _own(self, value: Any) -> Any:
        return value.replace(self.mark, "") if self.mark and isinstance(value, str) else value


def outcomes(cases: Sequence[Case], plan: Plan) -> list[Outcome]:
    """The outcome of each case, in their order."""
    moments: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    whole = {on for _, on in plan.whole}
    for nth, case in enumerate(cases):
        moments[case.now, case.expect.zone, nth if _alone(case, whole) else -1].append(nth)
    found: dict[int, Outcome] = {}
    for group in moments.values():
        found |= _together({nth: cases[nth] for nth in group}, plan)
    return [found[nth] for nth in range(len(cases))]


def _alone(case: Case, whole: set[str]) -> bool:
    """A life that speaks of more than its people must not meet another: sums over everyone, organizations, sites."""
    expect = case.expect
    summed = expect.score or None in [*(m.person for m in expect.measure), *(e.person for e in expect.line)]
    odd = any("/" not in f.key or f.key[0].isdigit() or f.on in whole for f in expect.fact)
    summed = summed or None in [*(o.person for o in expect.owed), *(o.person for o in expect.owed_none)]
    places = any(not subject.patient_id(r) and (r["resourceType"] not in PLAIN or "extension" in r) for r in case.life)
    chosen = expect.assigned or expect.shared or expect.routed
    return bool(summed or odd or places or chosen)


def _together(cases: dict[int, Case], plan: Plan) -> dict[int, Outcome]:
    now, zone = next((c.now, c.expect.zone) for c in cases.values())
    marks = {nth: f"case{nth}---" if len(cases) > 1 else "" for nth in cases}
    known = lives([r for nth, case in cases.items() for r in marked(case.life, marks[nth])], now, zone)
    look = Look(evaluate(plan, known.tables, now, zone))
    people = {nth: {k.replace(m, ""): v for k, v in known.people.items() if m in k} for nth, m in marks.items()}
    return {nth: Outcome(people[nth], look, marks[nth]) for nth in cases}


def marked(life: list[Resource], mark: str) -> list[Resource]:
    """A life whose people, and what is about them, have ids no other life has. Places and staff keep theirs."""
    own = {f"{r['resourceType']}/{r['id']}" for r in life if subject.patient_id(r)}
    return [_renamed(r, own, mark) | {"id": mark + r["id"] if _key(r) in own else r["id"]} for r in life]


def _key(resource: Resource) -> str:
    return f"{resource['resourceType']}/{resource['id']}"


def _renamed(node: Any, own: set[str], mark: str) -> Any:
    if isinstance(node, list):
        return [_renamed(item, own, mark) for item in node]
    if not isinstance(node, dict):
        return node
    return {k: _reference(v, own, mark) if k == "reference" else _renamed(v, own, mark) for k, v in node.items()}


def _reference(value: Any, own: set[str], mark: str) -> Any:
    return value.replace("/", f"/{mark}", 1) if value in own else value
