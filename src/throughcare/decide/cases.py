"""Run cases: each small life through the engine, and every difference from what was expected, in words."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from throughcare.decide.assignment import Assigned
from throughcare.decide.choices import assigned, routed, shared
from throughcare.decide.together import Outcome, outcomes
from throughcare.decide.told import told_day, told_due
from throughcare.definitions import grammar
from throughcare.definitions.cases import Case
from throughcare.definitions.compiled import Plan
from throughcare.definitions.folder import shown
from throughcare.definitions.scores import added
from throughcare.definitions.toml_lines import Path, line_at
from throughcare.faults import Finding

Row = dict[str, Any]
_WORD = {"met": "belongs", "not_met": "does not belong", "unknown": "unknown"}


def run_cases(cases: Sequence[tuple[Case, grammar.CareModel]], plan: Plan) -> list[list[Finding]]:
    """For each case what is not as expected, at its line of expect.toml; nothing means the case holds."""
    found = outcomes([case for case, _ in cases], plan)
    return [
        [_finding(case, path, what) for path, what in _Run(case, model, outcome, plan.measures).differences()]
        for (case, model), outcome in zip(cases, found, strict=True)
    ]


def _finding(case: Case, path: Path, what: str) -> Finding:
    where = shown(case.folder / "expect.toml")
    return Finding(where, line_at(case.lines, path), f"case {case.story}: {what}", case.expect.says)


@dataclass(slots=True)
class _Run:
    """One case with its answers."""

    case: Case
    model: grammar.CareModel
    outcome: Outcome
    measures: Mapping[tuple[str, str], grammar.Measure]

    def differences(self) -> Iterator[tuple[Path, str]]:
        expect = self.case.expect
        kinds: list[tuple[str, Sequence[Any], Callable[[Any], Iterator[str]]]] = [
            ("belongs", expect.belongs, self._belongs),
            ("owed", expect.owed, self._owed),
            ("owed_none", expect.owed_none, self._owed_none),
            ("fact", expect.fact, self._fact),
            ("serves", expect.serves, self._serves),
            ("plan", expect.plan, self._plan),
            ("move", expect.move, self._move),
            ("measure", expect.measure, self._measure),
            ("score", expect.score, self._score),
            ("line", expect.line, self._line),
            ("assigned", expect.assigned, lambda e: assigned(e, self._assignments, self.outcome.people)),
            ("shared", expect.shared, lambda e: shared(e, self._assignments)),
            ("routed", expect.routed, lambda e: routed(e, self.outcome.trips(self.model.model.id))),
        ]
        for kind, entries, compare in kinds:
            for nth, entry in enumerate(entries):
                person = getattr(entry, "person", None)
                if person is not None and person not in self.outcome.people:
                    yield (kind, nth), f"{entry.person} is not in the life."
                else:
                    yield from (((kind, nth), what) for what in compare(entry))

    @property
    def _assignments(self) -> list[Assigned]:
        return self.outcome.assigned(self.model.model.id)

    def _of(self, table: str, person: str, book: str | None = None) -> list[Row]:
        """This model's answers about one person, or those of a measure of the library that it uses."""
        return self.outcome.of(table, person, book or self.model.model.id)

    def _belongs(self, e: grammar.ExpectBelongs) -> Iterator[str]:
        found = next((r for r in self._of("finding", e.person) if r["rule"] == "eligible"), None)
        if not found:
            yield f"nothing was found out about {e.person}."
            return
        criteria = {c["id"]: c for c in json.loads(found["criteria"])}
        if found["answer"] != e.answer:
            because = self._because(criteria, found["deciding"], found["answer"])
            yield f"expected {e.person}: {_WORD[e.answer]}, got {_WORD[found['answer']]}{because}."
        for name, wanted in (*((n, "not_met") for n in e.unmet or []), *((n, "unknown") for n in e.unknown or [])):
            if criteria[name]["answer"] != wanted:
                yield f"expected the criterion {name} to be {_said(wanted)}, got {_said(criteria[name]['answer'])}."

    def _because(self, criteria: dict[str, Row], deciding: list[str], answer: str) -> str:
        says = {c.id: c.says for c in self.model.eligibility.criterion}
        named = [n for n in deciding if n in criteria] or [n for n, c in criteria.items() if c["answer"] == answer]
        parts = [f'"{says.get(n, n)}" is {_said(criteria[n]["answer"])}{_missing(criteria[n])}' for n in named]
        return f" because {' and '.join(parts)}" if parts else ""

    def _owed(self, e: grammar.ExpectOwed) -> Iterator[str]:
        rows = self._obligations(e.person, e.step, e.about)
        if e.occurrence is not None:
            rows = [r for r in rows if r["occurrence"] == e.occurrence]
        if not rows:
            whom = e.person or "nobody in particular"
            yield f"expected {whom} to be owed {e.step}{_about(e.about)}, got nothing.{self._others(e.person)}"
            return
        yield from min((list(self._compared(e, row)) for row in rows), key=len)

    def _compared(self, e: grammar.ExpectOwed, row: Row) -> Iterator[str]:
        for key, wanted, got in (
            ("opens", e.opens, row["opens_at"]),
            ("due", e.due, row["due_at"]),
            ("resolved", e.resolved_on, row["resolved_at"]),
        ):
            if wanted is not None and not self._same_day(wanted, got):
                because = told_due(self.model, self.outcome, row) if key == "due" else ""
                yield f"{e.step}: expected {key} {wanted}, got {told_day(got, wanted, self.zone)}{because}."
        for key, said, was in (
            ("status", e.status, row["status"]),
            ("resolved_by", e.resolved_by, row["resolved_by"]),
            ("reason", e.reason, row["reason"]),
        ):
            if said is not None and said != was:
                why = f" because {row['reason']}" if key == "status" and row["reason"] else ""
                yield f"{e.step}: expected {key} {said}, got {was or 'none'}{why}."

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.case.expect.zone)

    def _same_day(self, wanted: Any, got: datetime | None) -> bool:
        if got is None:
            return False
        if isinstance(wanted, datetime):
            return bool(wanted.astimezone(UTC) == got)
        return bool(wanted == got.astimezone(self.zone).date())

    def _obligations(self, person: str | None, step: str, about: str | None) -> list[Row]:
        rows = [r for r in self._rows("obligation", person) if r["step"] == step and (person or not r["person_id"])]
        return [r for r in rows if about in (None, r["about"], r["anchor_key"])]

    def _others(self, person: str | None) -> str:
        others = sorted({r["step"] for r in self._rows("obligation", person)})
        return f" Owed are: {', '.join(others)}." if others else " Nothing at all is owed."

    def _owed_none(self, e: grammar.ExpectOwedNone) -> Iterator[str]:
        for row in (r for r in self._obligations(e.person, e.step, e.about) if r["status"] != "cancelled"):
            because = told_due(self.model, self.outcome, row)
            got = f"one for {row['anchor_key']}, {row['status']}{because}"
            yield f"expected {e.person or 'nobody'} not to be owed {e.step}, got {got}."

    def _fact(self, e: grammar.ExpectFact) -> Iterator[str]:
        rows = self.outcome.rows(self.model.model.id, e.on)
        if e.key not in rows:
            there = f"Rows: {', '.join(map(str, rows))}." if rows else "It has no rows."
            yield f"{e.on} has no row {e.key}. {there}"
        elif not _equal(e.value, got := rows[e.key][e.id]):
            yield f"expected {e.id} of {e.key} to be {e.value}, got {'unknown' if got is None else got}."

    def _serves(self, e: grammar.ExpectServes) -> Iterator[str]:
        members = [r["member"] for r in self._of("role", e.person) if r["role"] == e.role and r["member"]]
        if e.missing and members:
            yield f"expected nobody to be {e.role}, got {', '.join(members)}."
        if e.member and e.member not in members:
            yield f"expected {e.member} to be {e.role}, got {', '.join(members) or 'nobody'}."

    def _plan(self, e: grammar.ExpectPlan) -> Iterator[str]:
        if e.content:
            lacks = any((r["kind"], r["id"]) == ("missing", e.content) for r in self._of("proposal", e.person))
            if lacks != e.absent:
                yield f"expected the plan {'to lack' if e.absent else 'to hold'} {e.content}, and it does not."
            return
        kind, name = ("goal", e.goal) if e.goal else ("activity", e.activity)
        there = any(r["kind"] == kind and r["id"] == name for r in self._of("proposal", e.person))
        if there == e.absent:
            wanted, got = ("out of", "in") if e.absent else ("in", "not in")
            yield f"expected the {kind} {name} to be {wanted} the plan; it is {got} it."

    def _move(self, e: grammar.ExpectMove) -> Iterator[str]:
        found = [r["answer"] for r in self._of("finding", e.person) if r["rule"] == f"move:{e.move}"]
        if found != [e.answer]:
            got = _said(found[0]) if found else "nothing: the enrollment is in no state that the move starts from"
            yield f"expected the move {e.move} to be {_said(e.answer)}, got {got}."

    def _measure(self, e: grammar.ExpectMeasure) -> Iterator[str]:
        rows = [r for r in self._rows("measure_row", e.person, e.use) if r["measure"] == e.measure]
        rows = [r for r in rows if e.key in (None, r["row_key"])]
        if e.none != (not rows):
            yield f"{e.measure}: expected {'no row' if e.none else 'a row'}, got {_listed(rows, 'row_key')}."
        elif rows and len(rows) > 1:
            yield f"{e.measure} has several rows: {_listed(rows, 'row_key')}; say which with key."
        for name in ("population", "denominator", "exclusion", "exception", "numerator", "value"):
            wanted = getattr(e, name)
            if rows and wanted is not None and not _equal(wanted, got := rows[0][name]):
                yield f"{e.measure}: expected {name} {_plainly(wanted)}, got {_plainly(got)}."

    def _score(self, e: grammar.ExpectScore) -> Iterator[str]:
        measure = self.measures[e.use or self.model.model.id, e.measure]
        rows = [r for r in self._rows("measure_row", None, e.use) if r["measure"] == e.measure]
        rows = [r for r in rows if e.stratum.items() <= _strata(r).items()]
        got = added(measure, rows)
        for name in ("population", "denominator", "exclusion", "exception", "numerator", "cannot_tell", "score"):
            wanted = getattr(e, name)
            if wanted is not None and getattr(got, name) != wanted:
                yield f"{e.measure}: expected {name} {wanted}, got {getattr(got, name)}."

    def _line(self, e: grammar.ExpectLine) -> Iterator[str]:
        rows = [r for r in self._rows("line", e.person) if r["line"] == e.line]
        rows = [r for r in rows if e.key in (None, r["row_key"]) and e.on in (None, r["on_date"])]
        if e.none != (not rows):
            yield f"{e.line}: expected {'no line' if e.none else 'a line'}, got {_listed(rows, 'on_date')}."
        elif not e.none:
            yield from min((list(self._lined(e, row)) for row in rows), key=len)

    def _lined(self, e: grammar.ExpectLine, row: Row) -> Iterator[str]:
        for name in ("code", "units", "price", "amount", "status"):
            wanted = getattr(e, name)
            if wanted is not None and not _equal(wanted, row[name]):
                because = f" because {row['why_not']}" if name == "status" and row["why_not"] else ""
                yield f"{e.line}: expected {name} {wanted}, got {_plainly(row[name])}{because}."
        if e.why_not is not None and e.why_not not in row["why_not"]:
            yield f'{e.line}: expected why_not to say "{e.why_not}", got "{row["why_not"]}".'

    def _rows(self, table: str, person: str | None, book: str | None = None) -> list[Row]:
        """This model's rows about one person, or about anyone and anything."""
        return self._of(table, person, book) if person else self.outcome.all(table, book or self.model.model.id)


def _listed(rows: list[Row], column: str) -> str:
    return ", ".join(_plainly(r[column]) for r in rows[:5]) or "none"


def _plainly(value: Any) -> str:
    return "unknown" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _strata(row: Row) -> dict[str, str]:
    return {name: _plainly(value) for name, value in json.loads(row["strata"] or "{}").items()}


def _said(answer: str) -> str:
    return {"met": "met", "not_met": "not met"}.get(answer, "unknown")


def _missing(criterion: Row) -> str:
    return f" ({', '.join(criterion['missing'])} missing)" if criterion["missing"] else ""


def _about(about: str | None) -> str:
    return f" for {about}" if about else ""


def _equal(wanted: Any, got: Any) -> bool:
    if wanted == "unknown":
        return got is None
    if isinstance(wanted, bool) or isinstance(got, bool):
        return wanted is got
    if isinstance(wanted, int | Decimal) and isinstance(got, int | Decimal):
        return wanted == got
    if isinstance(wanted, datetime) and isinstance(got, datetime):
        return wanted.astimezone(UTC) == got.astimezone(UTC)
    return bool(wanted == got) and isinstance(got, date) == isinstance(wanted, date)
