"""Program work: what is owed about no person, such as a session's check or a report, for the teams of its program."""

from typing import Any

from throughcare.definitions.grammar import CareModel
from throughcare.workspace import times
from throughcare.workspace.front import Desk

ROWS_MAX = 20


def owed(desk: Desk, model: CareModel | None = None) -> list[dict[str, Any]]:
    """Open work of one care model, or of all, soonest first; as the last look at everyone found it."""
    rows = desk.reader.rows(
        "workspace/program_owed", model=model.model.id if model else None, now=desk.viewer.at, limit=ROWS_MAX
    )
    return [_line(desk, row) for row in rows if (row.model, row.step) in desk.site.steps]


def _line(desk: Desk, row: Any) -> dict[str, Any]:
    viewer, language = desk.viewer, desk.words.language
    step = desk.site.steps[row.model, row.step]
    day = row.due_at.astimezone(viewer.zone).date() if row.due_at and row.due_precision == "day" else None
    return {
        "model": row.model,
        "program": desk.site.title(language, row.model),
        "says": desk.site.phrase(language, row.model, f"step.{step.id}", step.says or step.id.replace("_", " ")),
        "about": ", ".join(part for part in (row.name, _starts(desk, row)) if part),
        "roles": ", ".join(desk.site.role(language, row.model, role) for role in row.roles),
        "due": times.due(desk.words, row.due_at, day, viewer.at, viewer.zone),
    }


def _starts(desk: Desk, row: Any) -> str:
    if row.starts_at is None:
        return ""
    local = row.starts_at.astimezone(desk.viewer.zone)
    return f"{times.day(desk.words, local.date(), desk.viewer.today)} {times.clock(desk.words, local)}"
