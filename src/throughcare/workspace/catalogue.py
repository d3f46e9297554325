"""The catalogue: every care model as a page a clinician can read, made from its definition alone."""

from collections import defaultdict
from typing import Any

from starlette.responses import Response

from throughcare.definitions.grammar import CareModel, Criterion, Step
from throughcare.workspace import care_team, cases, costs, deadlines, measures, program_work, threads
from throughcare.workspace.front import Absent, Desk

STATES = ("active", "planned", "onhold", "finished")


def show_all(desk: Desk) -> Response:
    states, answers = _counts(desk)
    models = [
        _summary(desk, model, states[model.model.id], answers[model.model.id]) for model in desk.site.models.values()
    ]
    if desk.viewer.cares:
        desk.looked("care models", detail="counts")
    desk.audited = True
    return desk.page("catalogue.html", models=models, counted=desk.viewer.cares)


def _counts(desk: Desk) -> tuple[dict[str, dict[str, int]], dict[str, dict[str, int]]]:
    """Per model: people by state of enrollment, and by what the rule answers; only people the viewer may see."""
    states: dict[str, dict[str, int]] = defaultdict(dict)
    answers: dict[str, dict[str, int]] = defaultdict(dict)
    if desk.viewer.cares:
        with desk.reader.open():
            for row in desk.reader.rows("workspace/model_states"):
                states[row.model][row.state] = row.people
            for row in desk.reader.rows("workspace/model_answers"):
                answers[row.model][row.answer] = row.people
    return states, answers


def _summary(desk: Desk, model: CareModel, states: dict[str, int], answers: dict[str, int]) -> dict[str, Any]:
    language, about = desk.words.language, model.model
    ticks, ends = _ticks(desk, model)
    return {
        "id": about.id,
        "title": desk.site.title(language, about.id),
        "svg": threads.rhythm(ticks, ends),
        "says": desk.site.phrase(language, about.id, "says", about.says),
        "serves": desk.site.phrase(language, about.id, "serves", about.serves),
        "length": desk.words("time.days", n=about.length_days) if about.length_days else desk.words("models.goes_on"),
        "states": states,
        "answers": answers,
    }


def _ticks(desk: Desk, model: CareModel) -> tuple[list[float], bool]:
    """Due times as shares of the program's length, or of a year."""
    length = model.model.length_days or 365
    lines = [_line(desk, model, step) for step in model.work.step]
    dues = [d for line in lines for d in (*([line.due] if line.due else []), *line.repeats) if 0 < d <= length]
    return [d / length for d in dues], bool(model.model.length_days)


def show(desk: Desk) -> Response:
    model = desk.site.models.get(desk.path("model_id"))
    if model is None:
        raise Absent
    states, answers = _counts(desk)
    owed = (
        {row.step: row for row in desk.reader.rows("workspace/model_owed", model=model.model.id, now=desk.viewer.at)}
        if desk.viewer.cares
        else {}
    )
    if desk.viewer.cares:
        desk.looked("care models", detail=f"counts of {model.model.id}")
    desk.audited = True
    language, today = desk.words.language, desk.viewer.today
    steps = [_step(desk, model, step, owed.get(step.id)) for step in model.work.step]
    return desk.page(
        "model.html",
        model=_summary(desk, model, states[model.model.id], answers[model.model.id]),
        about=model.model,
        criteria=[_criterion(desk, model, c) for c in model.eligibility.criterion],
        rule=_rule(model),
        roles=[_role(desk, model, role) for role in model.team.role],
        steps=steps,
        svg=_svg(desk, model),
        states=[s for s in STATES if s in model.enrollment.states],
        reasons=[
            (r.id, desk.site.phrase(language, model.model.id, f"reason.{r.id}", r.says))
            for r in model.enrollment.reason
        ],
        goals=[
            (desk.site.phrase(language, model.model.id, f"goal.{g.id}", g.says or g.id), g.target, g.cites)
            for g in model.plan.goal
        ],
        parameters=[(name, p, deadlines.current(p, today)) for name, p in sorted(model.parameters.items())],
        scores=measures.of_model(desk, model) if desk.viewer.cares else [],
        money=costs.of_model(desk, model),
        cases=cases.of(model),
        sharing=care_team.sharing(desk, model) if desk.viewer.cares else [],
        own_work=program_work.owed(desk, model) if desk.viewer.cares else [],
        moves=model.enrollment.move,
        counted=desk.viewer.cares,
    )


def _criterion(desk: Desk, model: CareModel, criterion: Criterion) -> dict[str, str]:
    says = criterion.says or criterion.id.replace("_", " ")
    return {
        "says": desk.site.phrase(desk.words.language, model.model.id, f"criterion.{criterion.id}", says),
        "cites": criterion.cites,
        "note": criterion.note,
        "ask": criterion.if_missing_ask or "",
        "id": criterion.id,
    }


def _rule(model: CareModel) -> str:
    """Whether everyone of the criteria must hold, or the rule combines them otherwise (then it is shown as written)."""
    who = model.eligibility.rule.who
    return "" if " or " not in f" {who} " and "not " not in who else who


def _role(desk: Desk, model: CareModel, role: Any) -> dict[str, Any]:
    known = desk.site.library.roles.get(role.id)
    fallback = known.says if known and known.says else role.id.replace("_", " ").capitalize()
    return {
        "title": desk.site.phrase(desk.words.language, model.model.id, f"role.{role.id}", fallback),
        "says": role.says,
        "lead": role.lead,
        "required": role.least > 0,
        "cap": role.caseload.cap if role.caseload else None,
    }


def _step(desk: Desk, model: CareModel, step: Step, owed: Any) -> dict[str, Any]:
    language = desk.words.language
    return {
        "id": step.id,
        "says": desk.site.phrase(language, model.model.id, f"step.{step.id}", step.says or step.id.replace("_", " ")),
        "due": _due_words(desk, model, step),
        "cites": step.cites,
        "minutes": step.minutes,
        "roles": ", ".join(desk.site.role(language, model.model.id, role) for role in step.role),
        "needs": step.needs,
        "owed": owed,
    }


def _due_words(desk: Desk, model: CareModel, step: Step) -> str:
    """The deadline as the definition writes it, with parameters as their numbers; it reads as a phrase."""
    if step.rhythm:
        rhythm = next((r for r in model.work.rhythm if r.id == step.rhythm), None)
        return rhythm.says if rhythm and rhythm.says else desk.words("models.comes_again")
    return _said(_with_numbers(step.due or "", model, desk), desk)


def _said(phrase: str, desk: Desk) -> str:
    """ "2 business days after ended_on" as people say it: "2 business days after it ended"."""
    head, _, column = phrase.rpartition(" ")
    key = f"column.{column.removesuffix('_on').removesuffix('_at')}"
    says = desk.words(key) if desk.words.has(key) else column.removesuffix("_on").removesuffix("_at")
    return f"{head} {says}".replace("_", " ").strip()


def _with_numbers(phrase: str, model: CareModel, desk: Desk) -> str:
    head, _, rest = phrase.partition(" ")
    known = model.parameters.get(head)
    return f"{deadlines.current(known, desk.viewer.today)} {rest}" if known else phrase


def _line(desk: Desk, model: CareModel, step: Step) -> threads.Line:
    on, language = desk.viewer.today, desk.words.language
    due, last = deadlines.days(step.due, model, on), model.model.length_days or 365
    repeats = tuple(day for day in deadlines.repeats(step, model, on) if day <= last)
    activity = desk.site.library.activities.get(step.activity)
    verb = desk.site.phrase(
        language, model.model.id, f"activity.{step.activity}", activity.verb if activity else step.says
    )
    who = desk.site.role(language, model.model.id, step.role[0]) if step.role else ""
    label = _due_words(desk, model, step).partition(" after ")[0]
    return threads.Line(verb, who, label, deadlines.days(step.opens, model, on) or 0.0, due, repeats)


def _svg(desk: Desk, model: CareModel) -> Any:
    lines = [_line(desk, model, step) for step in model.work.step]
    drawable = [line for line in lines if line.due is not None or line.repeats]
    if not drawable:
        return ""
    words = desk.words
    return threads.owed(
        drawable,
        words("models.owed_title"),
        words("models.owed_told", n=len(drawable)),
        words("models.day"),
        words("models.start"),
    )
