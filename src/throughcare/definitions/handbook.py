"""The handbook page of a care model: everything its definition says, in the order of the five questions, to print."""

from collections.abc import Iterable, Iterator
from typing import Any

from throughcare.definitions.grammar import CareModel, Library, Parameter, Step


def handbook_page(model: CareModel, library: Library) -> str:
    """One page of Markdown, made from the definition alone."""
    about = model.model
    parts = [
        f"# {about.title}",
        f"{about.says}\n\n*{about.serves}.* Version {about.version}, in force from {about.effective_from}.",
        "## Who belongs?\n\n" + _rule(model),
        _table(("It must be so that", "Written as", "Source"),
               ((c.says, _code(c.where), c.cites) for c in model.eligibility.criterion)),
        _section("## How people come and leave",
                 _table(("What happens", "From", "To", "Source"),
                        ((m.says, ", ".join(m.from_), m.to, m.cites) for m in model.enrollment.move))),
        _section("## Who serves?",
                 _table(("Role", "What for", "Needed", "Source"),
                        ((_word(r.id), r.says, "yes" if r.least else "if there is one", r.cites)
                         for r in model.team.role))),
        _section("## What is owed?",
                 _table(("Step", "Due", "Who", "Resolved by", "Source"),
                        (_step(model, library, s) for s in model.work.step))),
        _section("## What stands in the plan?",
                 _table(("Goal, action or content", "Source"),
                        ((e.says, e.cites) for e in (*model.plan.goal, *model.plan.activity, *model.plan.content)))),
        _section("## How well does it go?",
                 _table(("Measure", "Reached when", "Score", "Source"), _measures(model, library))),
        _section("## What does it earn?",
                 _table(("Line", "Code", "Units times price", "Not while", "Source"),
                        ((x.says, _code(x.code), _code(f"{x.units} * {x.price}"), "; ".join(n.because for n in x.needs),
                          x.cites) for x in model.payment.line))
                 + "\n\n"
                 + _table(("Step of a settlement", "Unit", "Source"),
                          ((c.says, c.unit, c.cites) for c in model.payment.calc))),
        _section("## The numbers it uses",
                 _table(("Number", "Value", "Since", "What it is", "Source"),
                        (row for name, p in sorted(model.parameters.items()) for row in _numbers(name, p)))),
        _section("## Sources", "\n".join(f"- {s.title}{f'. {s.note}' if s.note else ''}" for s in about.source)),
    ]  # fmt: skip
    return "\n\n".join(part.strip() for part in parts if part.strip()) + "\n"


def _section(heading: str, body: str) -> str:
    return f"{heading}\n\n{body}" if body.strip() else ""


def _rule(model: CareModel) -> str:
    return (
        f"Someone belongs when {_code(model.eligibility.rule.who)}. What is missing makes the answer unknown, not no."
    )


def _step(model: CareModel, library: Library, step: Step) -> tuple[str, ...]:
    due = step.due or f"again and again, by the rhythm {_word(step.rhythm or '')}"
    done = _code(step.resolved_by or step.resolved_on or "")
    verb = library.activities[step.activity].verb
    return f"{step.says} ({verb})", due, " or ".join(map(_word, step.role)), done, step.cites


def _measures(model: CareModel, library: Library) -> Iterator[tuple[str, ...]]:
    for m in model.measures.measure:
        yield m.says, _code(m.numerator or "true"), m.score, m.cites
    for use in model.measures.use:
        for m in library.measures[use.measure].measures.measure:
            yield f"{m.says} (of the care library)", _code(m.numerator or "true"), m.score, m.cites


def _numbers(name: str, parameter: Parameter) -> Iterator[tuple[str, ...]]:
    for since, value in sorted(parameter.values.items()):
        shown = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        yield _word(name), f"{shown} {parameter.unit}", since, parameter.says, parameter.cites


def _word(name: str) -> str:
    return name.replace("_", " ")


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


def _table(head: tuple[str, ...], rows: Iterable[Any]) -> str:
    listed = [tuple(str(cell).replace("|", "\\|").replace("\n", " ") for cell in row) for row in rows]
    if not listed:
        return ""
    return "\n".join(f"| {' | '.join(line)} |" for line in (head, ("---",) * len(head), *listed))
