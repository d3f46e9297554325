"""Costs: one person's months as money: what each program may claim, what is missing, and what gave way to what."""

from collections import defaultdict
from datetime import date
from typing import Any

from starlette.responses import Response

from throughcare.definitions.grammar import CareModel
from throughcare.pay.twin import Worth, twin
from throughcare.workspace import measures, person, times
from throughcare.workspace.front import Desk

MONTHS_SHOWN = 12
PROGRAM_LINES_SHOWN = 4  # of each line that is about no person


def show(desk: Desk) -> Response:
    with desk.reader.open():
        who = person.known(desk, "costs")
        rows = [row._asdict() for row in desk.reader.rows("workspace/person_lines", person=who.id)]
        counted = measures.of_person(desk, who.id)
        data = person.strip(desk, who)
    desk.looked("costs", who.id)
    months = sorted({row["month"] for row in rows if row["month"]}, reverse=True)
    month = _month(desk.asked.get("month", ""), months)
    found = twin(who.id, month, rows) if month else None
    return desk.page(
        "costs.html",
        tab="costs",
        months=[(f"{m:%Y-%m}", times.month(desk.words, m), m == month) for m in months[:MONTHS_SHOWN]],
        month=times.month(desk.words, month) if month else "",
        twin=found,
        worth=[_worth(desk, one) for one in found.worth] if found else [],
        measures=counted,
        **data,
    )


def _month(asked: str, months: list[date]) -> date | None:
    return next((m for m in months if m.isoformat()[:7] == asked), months[0] if months else None)


def _worth(desk: Desk, one: Worth) -> dict[str, Any]:
    model = desk.site.models.get(one.model)
    return {
        "title": desk.site.title(desk.words.language, one.model),
        "model": one.model,
        "amount": one.amount,
        "within_reach": one.within_reach,
        "lines": [_line(desk, model, line) for line in (*one.payable, *one.blocked, *one.lost)],
    }


def _line(desk: Desk, model: CareModel | None, line: Any) -> dict[str, Any]:
    language = desk.words.language
    given = next((x for x in model.payment.line if x.id == line["line"]), None) if model else None
    says = given.says if given else line["line"].replace("_", " ")
    return {
        "says": desk.site.phrase(language, line["model"], f"line.{line['line']}", says),
        "code": line.get("code"),
        "on": times.day(desk.words, line["on_date"], desk.viewer.today) if line["on_date"] else "",
        "units": line.get("units"),
        "amount": line["amount"],
        "status": line["status"],
        "status_says": desk.words(f"costs.status_{line['status']}"),
        "why": _why(desk, line),
        "cites": given.cites if given else "",
    }


def _why(desk: Desk, line: Any) -> list[str]:
    """The reasons in the reader's language: the program's, the library's, else as they were told."""
    told = line["why_not"].split("; ") if line["why_not"] else []
    found = []
    for nth, word in enumerate(line["why"]):
        fallback = told[nth] if nth < len(told) else line["why_not"]
        known = str(desk.words(f"costs.{word}")) if desk.words.has(f"costs.{word}") else fallback
        found.append(desk.site.phrase(desk.words.language, line["model"], word, known))
    return found


def of_model(desk: Desk, model: CareModel) -> dict[str, Any]:
    """What a care model earns, for its page: its lines with this month's numbers, those of no person, its steps."""
    language, month = desk.words.language, desk.viewer.today.replace(day=1)
    counts: dict[str, dict[str, Any]] = {}
    whole: dict[str, list[dict[str, Any]]] = defaultdict(list)
    if desk.viewer.cares:
        for row in desk.reader.rows("workspace/model_lines", model=model.model.id, month=month):
            counts.setdefault(row.line, {})[row.status] = row
        for row in desk.reader.rows("workspace/program_lines", model=model.model.id, shown=PROGRAM_LINES_SHOWN):
            whole[row.line].append(_line(desk, model, {**row._asdict(), "model": model.model.id}))
    lines = [
        {
            "says": desk.site.phrase(language, model.model.id, f"line.{x.id}", x.says),
            "code": "" if x.code.startswith("= ") else x.code,
            "needs": [desk.site.phrase(language, model.model.id, f"need.{x.id}_{n}", need.because)
                      for n, need in enumerate(x.needs, 1)],
            "cites": x.cites,
            "payable": counts.get(x.id, {}).get("payable"),
            "whole": whole[x.id],
            "blocked": sum(r.lines for s, r in counts.get(x.id, {}).items() if s != "payable"),
        }
        for x in model.payment.line
    ]  # fmt: skip
    calcs = [
        {"says": desk.site.phrase(language, model.model.id, f"calc.{x.id}", x.says), "unit": x.unit, "cites": x.cites}
        for x in model.payment.calc
    ]
    return {"lines": lines, "calcs": calcs}
