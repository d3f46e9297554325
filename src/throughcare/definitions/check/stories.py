"""A care model proves itself: at least one yes, one no, one edge and one unknown, and cases that name what exists."""

from datetime import date

from throughcare.definitions.cases import KINDS, Case, load_cases
from throughcare.definitions.check.reading import Reading
from throughcare.definitions.check.scope import names_of
from throughcare.definitions.folder import shown
from throughcare.definitions.grammar import ExpectMeasure, ExpectScore
from throughcare.definitions.near import did_you_mean
from throughcare.definitions.toml_lines import line_at
from throughcare.faults import Finding, WrongDefinition

HOW = {
    "yes": 'a person who belongs: [[belongs]] with answer = "met"',
    "no": 'a person who does not: [[belongs]] with answer = "not_met"',
    "edge": 'a person just on a border: edge = "which border" at the top of expect.toml',
    "unknown": 'a person of whom too little is known: [[belongs]] with answer = "unknown"',
}


def check_stories(reading: Reading) -> None:
    """The four kinds are there (of a measure, any case), and every id a case expects is an id of the model."""
    try:
        cases = load_cases(reading.model.folder)
    except WrongDefinition as wrong:
        reading.findings += wrong.findings
        return
    if reading.model.is_measure and not cases:
        reading.say_in(
            "cases", (), "no case proves this measure.", "", "Add cases/<story>/ with a life and its [[measure]]."
        )
    shown_kinds = {kind for case in cases for kind in case.kinds}
    for kind in () if reading.model.is_measure else KINDS:
        if kind not in shown_kinds:
            reading.say_in("cases", (), f"no case shows {kind}.", "Four kinds prove a rule.", f"Add {HOW[kind]}.")
    for case in cases:
        _names(reading, case)


def _names(reading: Reading, case: Case) -> None:
    m, expect = reading.model, case.expect
    steps, criteria = [s.id for s in m.work.step], [c.id for c in m.eligibility.criterion]
    for nth, b in enumerate(expect.belongs):
        for name in [*(b.unmet or []), *(b.unknown or [])]:
            _known(reading, case, ("belongs", nth), name, criteria, "criterion")
    for nth, owed in enumerate(expect.owed):
        _known(reading, case, ("owed", nth, "step"), owed.step, steps, "step")
        _dated(reading, case, nth, {"opens": owed.opens, "due": owed.due})
    for nth, none in enumerate(expect.owed_none):
        _known(reading, case, ("owed_none", nth, "step"), none.step, steps, "step")
    rows = names_of(reading)
    for nth, f in enumerate(expect.fact):
        if f.id not in rows.columns(f.on):
            _known(reading, case, ("fact", nth, "id"), f.id, _facts(reading, f.on), f"fact on {f.on}")
    for kind in ("measure", "score"):
        for nth, e in enumerate(getattr(expect, kind)):
            _measured(reading, case, (kind, nth), e)
    for kind, given in (("assigned", "assignment"), ("shared", "assignment"), ("routed", "routing")):
        for nth, e in enumerate(getattr(expect, kind)):
            _known(reading, case, (kind, nth), getattr(e, given), [x.id for x in getattr(m.team, given)], given)
    for nth, e in enumerate(expect.assigned):
        if (e.person is None) == (e.case is None):
            _say(reading, case, ("assigned", nth), "name the case by its person, or by its key, and not by both.")
    lines = [x.id for x in m.payment.line]
    for nth, move in enumerate(expect.move):
        _known(reading, case, ("move", nth), move.move, [x.id for x in m.enrollment.move], "move in enrollment.toml")
    for nth, paid in enumerate(expect.line):
        _known(reading, case, ("line", nth), paid.line, lines, "line in payment.toml")
    for nth, s in enumerate(expect.serves):
        _known(reading, case, ("serves", nth, "role"), s.role, [r.id for r in m.team.role], "role in team.toml")
    for nth, p in enumerate(expect.plan):
        listed = {"goal": m.plan.goal, "activity": m.plan.activity, "content": m.plan.content}
        kind = next((k for k in listed if getattr(p, k)), "activity")
        names = [e.id for e in listed[kind]]  # type: ignore[attr-defined]
        _known(reading, case, ("plan", nth), getattr(p, kind) or "", names, f"{kind} in plan.toml")


def _measured(reading: Reading, case: Case, path: tuple[str | int, ...], e: ExpectMeasure | ExpectScore) -> None:
    """A measure of its own, or one of a library measure that it takes."""
    if e.use is None:
        _known(reading, case, path, e.measure, [x.id for x in reading.model.measures.measure], "measure")
        return
    _known(reading, case, path, e.use, [u.measure for u in reading.model.measures.use], "measure taken by [[use]]")
    if book := reading.library.measures.get(e.use):
        _known(reading, case, path, e.measure, [x.id for x in book.measures.measure], f"measure in {e.use}")


def _dated(reading: Reading, case: Case, nth: int, given: dict[str, object]) -> None:
    for key, value in given.items():
        if value is not None and not isinstance(value, date):
            do = "Write 2026-07-07, or a moment with its offset."
            _say(reading, case, ("owed", nth, key), f"{key} is not a date.", do)


def _facts(reading: Reading, on: str) -> list[str]:
    own = [f.id for f in reading.model.sets.fact if f.on == on]
    own += [c.id for c in reading.model.eligibility.criterion if c.on == on]
    own += [c.id for c in reading.model.payment.calc if c.on == on]
    chosen = reading.sets.get(on)
    extra = [*chosen.also, *(s.id for s in chosen.sum), *(["kept"] if chosen.at_most else [])] if chosen else []
    return own + extra


def _known(reading: Reading, case: Case, path: tuple[str | int, ...], name: str, names: list[str], kind: str) -> None:
    if name not in names:
        what = f'there is no {kind} "{name}".{did_you_mean(name, names)}'
        _say(reading, case, path, what, f"Known: {', '.join(names) or 'none'}.")


def _say(reading: Reading, case: Case, path: tuple[str | int, ...], what: str, do: str = "") -> None:
    where = shown(case.folder / "expect.toml")
    reading.findings.append(Finding(where, line_at(case.lines, path), f"case {case.story}: {what}", do=do))
