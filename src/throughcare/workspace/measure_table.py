"""A measure as a table to keep: CSV of the year whole and by group, then of the months, with who is silent now."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from starlette.responses import Response

from throughcare.definitions.periods import period_of
from throughcare.measure.reports import Reported
from throughcare.workspace import control_chart, measures
from throughcare.workspace.front import Desk

COLUMNS = ("measure", "start", "end", "group", "value", "score", "numerator", "counted", "excluded", "cannot_tell",
           "target", "computed_at", "silent_sources")  # fmt: skip
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would work these out


def send(desk: Desk) -> Response:
    """Groups of few stay empty, as on the page."""
    one = measures.of_address(desk)
    scores = desk.reader.rows("workspace/scores", model=one.model, measure=one.measure.id)
    months = control_chart.months(desk, one)
    silent = "; ".join(f"{name} since {last.isoformat()}" for name, last in desk.site.silent.now(desk.viewer.at))
    desk.looked("measure table", detail=f"{one.book} {one.measure.id}")
    rows = [*_year(one, [s for s in scores if s.book == one.book]), *_months(one, months)]
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(COLUMNS)
    for row in rows:
        table.writerow(_plain((row | {"silent_sources": silent}).get(name, "")) for name in COLUMNS)
    name = f"{one.model}-{one.measure.id}.csv"
    return Response(
        text.getvalue(), media_type="text/csv; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )  # fmt: skip


def _year(one: Reported, scores: list[Any]) -> Iterator[dict[str, Any]]:
    for s in scores:
        group, _, value = s.stratum.partition("=")
        counted = s.denominator - s.exclusion - s.exception
        row = {"measure": one.measure.id, "start": s.period_start, "end": s.period_end, "group": group, "value": value,
               "target": "" if one.target is None else one.target, "computed_at": s.at.isoformat()}  # fmt: skip
        if not s.stratum or counted >= measures.FEW:
            score = "" if s.score is None else f"{s.score.normalize():f}"
            row |= {"score": score, "numerator": s.numerator, "counted": counted,
                    "excluded": s.exclusion + s.exception, "cannot_tell": s.cannot_tell}  # fmt: skip
        yield row


def _months(one: Reported, rows: list[Any]) -> Iterator[dict[str, Any]]:
    for r in rows:
        if r.counted >= measures.FEW:
            start, end = period_of(f"{r.first:%Y-%m}")
            yield {"measure": one.measure.id, "start": start, "end": end, "score": f"{r.score.normalize():f}",
                   "numerator": r.numerator, "counted": r.counted}  # fmt: skip


def _plain(value: Any) -> str:
    """A text that no spreadsheet takes for a formula; a number stays a number."""
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(FORMULA) and not _number(text) else text


def _number(text: str) -> bool:
    return text.lstrip("-").replace(".", "", 1).isdigit()
