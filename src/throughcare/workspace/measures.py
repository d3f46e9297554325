"""Measures: every score with its people, its groups and its definition, so that the number can be defended."""

import json
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from starlette.responses import Response

from throughcare.definitions.grammar import CareModel, Measure
from throughcare.definitions.scores import place
from throughcare.measure.reports import Reported, reported
from throughcare.workspace import bars, control_chart, freshness, times
from throughcare.workspace.front import Absent, Desk
from throughcare.workspace.names import people

FEW = 11  # smaller groups could name someone
ROWS = 100


def show_all(desk: Desk) -> Response:
    """All measures by care model, as they stood last night."""
    scores = {(s.model, s.book, s.measure): s for s in desk.reader.rows("workspace/scores", model=None, measure=None)
              if not s.stratum}  # fmt: skip
    listed: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in reported(desk.site.models.values(), desk.site.library):
        listed[one.model].append(_line(desk, one, scores.get((one.model, one.book, one.measure.id))))
    desk.looked("measures", detail="scores")
    desk.audited = True
    told = next(iter(scores.values()), None)
    groups = [(desk.site.title(desk.words.language, model), model, lines) for model, lines in listed.items()]
    return desk.page("measures.html", groups=groups, silent=freshness.of_numbers(desk), **_when(desk, told))


def show(desk: Desk) -> Response:
    """One measure: whole, by group, and row by row for the people the viewer may see."""
    one = of_address(desk)
    book, name = one.book, one.measure.id
    with desk.reader.open():
        scores = [s for s in desk.reader.rows("workspace/scores", model=one.model, measure=name) if s.book == book]
        rows = desk.reader.rows("workspace/measure_people", book=book, measure=name, person=None, limit=ROWS)
        known = people(desk.reader, desk.words, sorted({r.person_id for r in rows}))
        chart = control_chart.of(desk, one, FEW)
    desk.looked("measure rows", detail=f"{book} {name}")
    desk.audited = True
    whole = next((s for s in scores if not s.stratum), None)
    return desk.page(
        "measure.html",
        measure=_line(desk, one, whole),
        chart=chart,
        silent=freshness.of_numbers(desk),
        parts=_parts(one.measure),
        strata=_strata(desk, [s for s in scores if s.stratum]),
        rows=[_row(desk, one.measure, r, known) for r in rows if r.person_id in known],
        **_when(desk, whole),
    )


def of_address(desk: Desk) -> Reported:
    """The measure of the address, as its care model reports it."""
    wanted = tuple(desk.path(part) for part in ("model_id", "book", "measure"))
    for one in reported(desk.site.models.values(), desk.site.library):
        if (one.model, one.book, one.measure.id) == wanted:
            return one
    raise Absent


def _when(desk: Desk, score: Any | None) -> dict[str, Any]:
    if score is None:
        return {"period": "", "told": ""}
    words, viewer = desk.words, desk.viewer
    return {
        "period": words("measures.period", start=score.period_start.isoformat(), end=score.period_end.isoformat()),
        "told": times.moment(words, score.at, viewer.at, viewer.zone),
    }


def _line(desk: Desk, one: Reported, score: Any | None) -> dict[str, Any]:
    """A measure in a row: what it says, where it stands, how far from its target in people."""
    words, measure = desk.words, one.measure
    says = measure.says or measure.id.replace("_", " ")
    book = desk.site.library.measures.get(one.book)
    phrase = book.words.get(words.language, {}).get(f"measure.{measure.id}") if book else None
    says = phrase or desk.site.phrase(words.language, one.book, f"measure.{measure.id}", says)
    found: dict[str, Any] = {"model": one.model, "book": one.book, "id": measure.id, "says": says,
                             "cites": measure.cites, "better": measure.better, "note": measure.note, "svg": "",
                             "target": "", "cannot_tell": 0, "excluded": 0, "gap": None}  # fmt: skip
    if score is None:
        return found | {"state": "none"}
    counted = score.denominator - score.exclusion - score.exception
    found |= {"numerator": score.numerator, "counted": counted, "excluded": score.exclusion + score.exception,
              "cannot_tell": score.cannot_tell}  # fmt: skip
    if score.score is None:
        return found | {"state": "empty"}
    target = None if one.target is None else Decimal(str(one.target))
    is_share = measure.score == "share"
    shown = f"{score.score.normalize():f}{'%' if is_share else ''}"
    return found | {
        "state": "told",
        "score": shown,
        "target": "" if target is None else f"{target.normalize():f}{'%' if is_share else ''}",
        "reached": target is not None and _reached(score.score, target, measure),
        "gap": _gap(score, counted, target, measure) if is_share and target is not None else None,
        "svg": bars.share(score.score, target, shown) if is_share else "",
    }


def _reached(score: Decimal, target: Decimal, measure: Measure) -> bool:
    return score >= target if measure.better == "higher" else score <= target


def _gap(score: Any, counted: int, target: Decimal, measure: Measure) -> int:
    """How many more (or fewer) rows in the numerator would reach the target."""
    wanted = target * counted / 100
    missing = wanted - score.numerator if measure.better == "higher" else score.numerator - wanted
    return max(0, -int(-missing // 1))


def _parts(measure: Measure) -> list[tuple[str, str]]:
    parts = [(name, getattr(measure, name)) for name in
             ("population", "denominator", "exclusion", "numerator", "exception")]  # fmt: skip
    return [(name, text) for name, text in parts if text not in (None, "true", "false")]


def _strata(desk: Desk, scores: Iterable[Any]) -> list[dict[str, Any]]:
    """Groups by the column that tells them apart; a group of few is named and not told."""
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for s in scores:
        column, _, value = s.stratum.partition("=")
        counted = s.denominator - s.exclusion - s.exception
        told = counted >= FEW and s.score is not None
        shown = f"{s.score.normalize():f}" if told else ""
        groups[column.replace("_", " ")].append(
            {"value": value, "told": told, "score": shown, "numerator": s.numerator, "counted": counted,
             "svg": bars.share(s.score, None, shown) if told else ""}
        )  # fmt: skip
    return [{"column": column, "groups": listed} for column, listed in groups.items()]


def _row(desk: Desk, measure: Measure, row: Any, known: dict[int, Any]) -> dict[str, Any]:
    where = place(row._asdict())
    proof = json.loads(row.proof) if row.proof else {}
    return {
        "person": known[row.person_id],
        **_stands(desk, measure, where),
        "proof": [(name.replace("_", " "), value) for name, value in proof.items() if value is not None],
    }


def _stands(desk: Desk, measure: Measure, where: str) -> dict[str, Any]:
    """Where a row stands, in words and as a state; where lower is better, what did not happen is good."""
    good, bad = ("ok", "due") if measure.better == "higher" else ("due", "ok")
    state = {"numerator": good, "denominator": bad, "cannot_tell": "due"}.get(where, "wait")
    turned = measure.better == "lower" and where in ("numerator", "denominator")
    return {"place_says": desk.words(f"measures.place_{where}{'_lower' if turned else ''}"), "state": state}


def of_model(desk: Desk, model: CareModel) -> list[dict[str, Any]]:
    """The measures of one care model, for its page."""
    scores = {(s.book, s.measure): s for s in desk.reader.rows("workspace/scores", model=model.model.id, measure=None)
              if not s.stratum}  # fmt: skip
    return [_line(desk, one, scores.get((one.book, one.measure.id))) for one in reported([model], desk.site.library)]


def of_person(desk: Desk, person_id: int) -> list[dict[str, Any]]:
    """Where one person counts, and where something is still missing."""
    names = {(r.book, r.measure.id): r for r in reported(desk.site.models.values(), desk.site.library)}
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in desk.reader.rows("workspace/person_measures", person=person_id):
        one, where = names.get((row.model, row.measure)), place(row._asdict())
        if one and where not in ("outside", "population"):
            found[row.model, row.measure] = _line(desk, one, None) | _stands(desk, one.measure, where)
    return list(found.values())
