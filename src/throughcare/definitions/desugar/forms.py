"""A form as sets and facts: its answers with their points, one row for each time it was filled in, and its scores."""

from decimal import Decimal
from typing import Any

from throughcare.definitions.desugar.made import UNKNOWN, Made, Written, choice, number, quoted
from throughcare.definitions.desugar.points import DECLINED, ends_of, points_of
from throughcare.definitions.desugar.scoring import score_facts
from throughcare.definitions.grammar import Form, Item, Set, Table

TO_RESPONSE = "key = response_key"


def form_entries(form: Form, file: str) -> Made:
    """The set form_<id> with its facts, and the set of its answers, form_<id>_answer."""
    made = Made(parameters=dict(form.parameter))
    source = f"form_response where form in {_names(form)}"
    made.set((file, ()), Set(id=f"form_{form.id}", says=form.title, from_=source))
    if form.item or form.any_item:
        _answers(made, form, file)
        _counts(made, form, file)
    for nth, item in enumerate(form.item):
        _item(made, form, item, (file, ("item", nth)))
    for name, text in form.also.items():
        made.fact((file, ("also", name)), f"form_{form.id}", name, name.replace("_", " "), value=text)
    _stated(made, form, file)
    for nth, scale in enumerate(form.scale):
        score_facts(made, form, scale, (file, ("scale", nth)))
    score_facts(made, form, form, (file, ()))
    _complete(made, form, file)
    return made


def _names(form: Form) -> str:
    return quoted([form.id, *form.url, *form.panel, *form.total])


def _table(made: Made, form: Form, file: str, name: str, rows: list[list[Any]], kind: Any = "exact") -> str:
    """A lookup table of the form; its name, or nothing when it would be empty."""
    if not rows:
        return ""
    name = f"form_{form.id}_{name}"
    made.table((file, ("item",)), Table(id=name, says=form.says, cites=form.cites, kind=kind, rows=rows))
    return name


def _answers(made: Made, form: Form, file: str) -> None:
    """One row per answer: which item it is to, what it is worth, and whether it was declined."""
    asked = [[name, i.id] for i in form.item for name in dict.fromkeys([i.id, i.code, *i.link]) if name]
    coded = [(i.id, code, points) for i in form.item for code, points in points_of(form, i).items()]
    items = _table(made, form, file, "item", asked)
    points = _table(made, form, file, "points", [[i, c, Decimal(number(p))] for i, c, p in coded if p != DECLINED])
    declined = _table(made, form, file, "declined", [[i, c, True] for i, c, p in coded if p == DECLINED])
    least, most = (_ends(made, form, file, n, name) for n, name in enumerate(("least", "most")))
    also = {"asked": _asked(form, items)}
    also["declined"] = f"is_true(lookup({declined}, asked, answer_code))" if declined else "false"
    on = f"form_{form.id}_answer"
    at: Written = (file, ("item",))
    source = f"form_answer where form in {_names(form)}"
    made.set(at, Set(id=on, says=f"Answers on: {form.title}", from_=source, also=also))
    inside = ["known(answer_value)"]
    inside += [f"not is_true(answer_value < {least})"] if least else []
    inside += [f"not is_true(answer_value > {most})"] if most else []
    worth = f"lookup({points}, asked, answer_code)"
    choose = [choice(f"known({worth})", worth)] if points else []
    choose += [choice(" and ".join(inside), "answer_value"), UNKNOWN]
    made.fact(at, on, "points", "What the answer is worth", choose=choose)


def _ends(made: Made, form: Form, file: str, end: int, name: str) -> str:
    """The lowest or highest number that is an answer, as an expression over the row; nothing when all are open."""
    rows = [[item.id, found] for item in form.item if (found := ends_of(form, item)[end]) is not None]
    table = _table(made, form, file, name, [[i, Decimal(number(x))] for i, x in rows])
    parts = [f"lookup({table}, asked)"] if table else []
    parts += [number(getattr(form.any_item, name))] if form.any_item else []
    return f"first_known({', '.join(parts)})" if len(parts) > 1 else "".join(parts)


def _asked(form: Form, items: str) -> str:
    if not items:
        return "item"
    return f"first_known(lookup({items}, item), item)" if form.any_item else f"lookup({items}, item)"


def _item(made: Made, form: Form, item: Item, at: Written) -> None:
    rows = f"form_{form.id}_answer where is_true(asked = '{item.id}') and not declined"
    verb = {item.several: rows}
    says = f"{form.title}: {item.id.replace('_', ' ')}"
    made.fact(at, f"form_{form.id}", item.id, says, **verb, take="points", link=TO_RESPONSE, if_none="unknown")


def _counts(made: Made, form: Form, file: str) -> None:
    """How many items were answered, and how many answers nobody can read."""
    on, rows = f"form_{form.id}", f"form_{form.id}_answer where known(asked) and not declined"
    made.fact(
        (file, ()), on, "answered", "How many of its items were answered",
        count_of=f"{rows} and known(points)", take="asked", link=TO_RESPONSE, if_none=0,
    )  # fmt: skip
    made.fact(
        (file, ()), on, "unread", "Answers that are none of the item's own",
        count=f"{rows} and not known(points)", link=TO_RESPONSE, if_none=0,
    )  # fmt: skip


def _stated(made: Made, form: Form, file: str) -> None:
    """The total as whoever filled the form in wrote it down: a result of its own, or an answer among the others."""
    on, at = f"form_{form.id}", (file, ("total",))
    totals = f"form_answer where item in {quoted(form.total)}" if form.total else ""
    coded = _table(made, form, file, "total", [[c, Decimal(number(p))] for c, p in form.total_points.items()])
    parts = ["score_given", *([f"lookup({coded}, score_code)"] if coded else [])]
    if totals:
        says = "The total among its answers"
        made.fact(at, on, "total_value", says, highest=totals, take="answer_value", link=TO_RESPONSE)
        parts.append("total_value")
    if totals and coded:
        says = "The total among its answers, as a code"
        made.fact(at, on, "total_code", says, highest=totals, take="answer_code", link=TO_RESPONSE)
        parts.append(f"lookup({coded}, total_code)")
    value = f"first_known({', '.join(parts)})" if len(parts) > 1 else parts[0]
    made.fact(at, on, "stated", "The total that was written down", value=value)


def _complete(made: Made, form: Form, file: str) -> None:
    """Filled in to the end: nothing more is needed to say what it says, and whoever rated could."""
    needed = [i.id for i in form.item if not i.optional]
    known = " and ".join(f"known({name})" for name in needed) or "answered > 0"
    parts = ["status = 'completed'", known if form.score == "none" else "known(score)"]
    at: Written = (file, ())
    if form.certified_within:
        at = (file, ("certified_within",))
        days = "days_between(rater_certified_on, on_date)"
        says = "Whoever rated was certified lately enough"
        made.fact(at, f"form_{form.id}", "rater_certified", says, value=f"{days} between 0 and {form.certified_within}")
        parts.append("rater_certified")
    made.fact(at, f"form_{form.id}", "complete", "Filled in to the end", value=" and ".join(f"({p})" for p in parts))
