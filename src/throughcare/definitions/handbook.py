"""The handbook page of a care model: everything its definition says, in the order of the five questions, to print.

The body is in words. How each rule is written stands at the end, for those who check or change it.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from throughcare.definitions import in_words
from throughcare.definitions.grammar import CareModel, Library, Line, Measure, Parameter, Step


def handbook_page(model: CareModel, library: Library) -> str:
    """One page of Markdown, made from the definition alone."""
    about = model.model
    parts = [
        f"# {about.title}",
        f"{about.says}\n\n*{_sentence(about.serves)}* Version {about.version}, in force from {about.effective_from}.",
        "## Who belongs?\n\n" + in_words.belonging(model),
        _table(("It must be so that", "Source"), ((c.says, c.cites) for c in model.eligibility.criterion)),
        _section("## How people come and leave",
                 _table(("What happens", "Whoever is", "Is then", "Source"),
                        ((m.says, ", ".join(in_words.STATES[s] for s in m.from_), in_words.STATES[m.to], m.cites)
                         for m in model.enrollment.move))),
        _section("## Who serves?",
                 _table(("Role", "What for", "Needed", "Source"),
                        ((in_words.plain(r.id), r.says, "yes" if r.least else "if there is one", r.cites)
                         for r in model.team.role))
                 + "\n\n"
                 + _table(("Who takes whom, and in which order", "Source"),
                          ((a.says, a.cites) for a in (*model.team.assignment, *model.team.routing)))),
        _section("## What is owed?",
                 _table(("What", "Due", "Who", "Source"), (_step(model, library, s) for s in model.work.step))),
        _section("## What stands in the plan?",
                 _table(("Goal, action or content", "Source"),
                        ((e.says, e.cites) for e in (*model.plan.goal, *model.plan.activity, *model.plan.content)))),
        _section("## How well does it go?",
                 _table(("Measure", "Told as", "Target", "Source"), _measures(model, library))),
        _section("## What does it earn?",
                 _table(("For what", "Code", "Not paid while", "Source"), (_line(x) for x in model.payment.line))
                 + "\n\n"
                 + _table(("Step of a settlement", "Unit", "Source"),
                          ((c.says, c.unit, c.cites) for c in model.payment.calc))),
        _section("## The numbers it uses",
                 _table(("What it is", "Value", "Since", "Source", "Name"),
                        (row for name, p in sorted(model.parameters.items()) for row in _numbers(name, p)))
                 + "\n\n" + _table(("Table", "Source"), ((t.says, t.cites) for t in model.tables))),
        _section("## Sources", "\n".join(f"- {s.title}{f'. {s.note}' if s.note else ''}" for s in about.source)),
        _section("## How the rules are written",
                 _table(("Rule", "Written as"), ((_code(name), _code(text)) for name, text in _written(model)))),
    ]  # fmt: skip
    return "\n\n".join(part.strip() for part in parts if part.strip()) + "\n"


def handbook_index(models: Sequence[CareModel]) -> str:
    """The first page of a folder of pages: every care model in a sentence."""
    told = ((f"[{m.model.title}]({m.model.id}.md)", _sentence(m.model.serves), m.model.says) for m in models)
    table = _table(("Care model", "For whom", "What it does"), told)
    return f"# The care models\n\n{_OF_PAGES}\n\n{table}\n"


_OF_PAGES = (
    "Each page tells a whole care model in plain words: who belongs, who serves, what is owed and by when, how well it "
    "goes, what it earns, and where every rule and number comes from. The pages are made from the definitions by "
    "`throughcare model page --to docs/care-models`, and a test keeps them current."
)


def _section(heading: str, body: str) -> str:
    return f"{heading}\n\n{body}" if body.strip() else ""


def _step(model: CareModel, library: Library, step: Step) -> tuple[str, ...]:
    verb = library.activities[step.activity].verb
    asked = f"{step.says} ({verb})" if verb.lower() not in step.says.lower() else step.says
    return asked, in_words.due(model, step), " or ".join(map(in_words.plain, step.role)), step.cites


def _measures(model: CareModel, library: Library) -> Iterator[tuple[str, ...]]:
    for m in model.measures.measure:
        yield _measure(model, m, m.target)
    for use in model.measures.use:
        for m in library.measures[use.measure].measures.measure:
            yield _measure(model, m, use.target)


def _measure(model: CareModel, m: Measure, target: Any) -> tuple[str, ...]:
    better = ", lower is better" if m.better == "lower" else ""
    return m.says, in_words.score(m.score) + better, in_words.target(model, target), m.cites


def _line(line: Line) -> tuple[str, ...]:
    code = "by what was done" if line.code.startswith("= ") else line.code
    return line.says, code, "; ".join(n.because for n in line.needs), line.cites


def _numbers(name: str, parameter: Parameter) -> Iterator[tuple[str, ...]]:
    for since, value in sorted(parameter.values.items()):
        yield parameter.says, f"{in_words.told(value)} {parameter.unit}", str(since), parameter.cites, _code(name)


def _written(model: CareModel) -> Iterator[tuple[str, str]]:
    yield "rule", model.eligibility.rule.who
    yield from ((c.id, c.where) for c in model.eligibility.criterion)
    yield from ((s.id, s.resolved_by or s.resolved_on or s.form or "") for s in model.work.step)
    yield from ((m.id, m.numerator or "true") for m in model.measures.measure)
    yield from ((x.id, f"{x.units} * {x.price}") for x in model.payment.line)


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


def _table(head: tuple[str, ...], rows: Iterable[Any]) -> str:
    listed = [tuple(str(cell).replace("|", "\\|").replace("\n", " ") for cell in row) for row in rows]
    if not listed:
        return ""
    return "\n".join(f"| {' | '.join(line)} |" for line in (head, ("---",) * len(head), *listed))
