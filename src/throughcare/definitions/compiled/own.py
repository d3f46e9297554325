"""Own answers: what the engine found at the look before, as views that a set may start from.

They are one look late on purpose: within a look, nothing may rest on what that look is about to find.
"""

from throughcare.definitions.compiled.frames import PERSON, Frame, common, first_day

# What authors see.
COLUMNS: dict[str, dict[str, str]] = {
    "obligation": {
        **{name: "text" for name in ("model", "step", "anchor_key", "activity", "status", "reason")},
        "occurrence": "integer",
        **{"opens_on": "date", "due_on": "date", "resolved_on": "date"},
        **{"opens_at": "timestamp", "due_at": "timestamp", "resolved_at": "timestamp"},
    },
    "finding": {"model": "text", "rule": "text", "answer": "text", "since_on": "date", "since_at": "timestamp"},
    "line": {
        **{name: "text" for name in ("model", "line", "row_key", "service", "code", "status", "why_not", "by")},
        **{"on_date": "date", "month": "date", "units": "decimal", "price": "decimal", "amount": "decimal"},
        **{"priority": "integer", "enrolled_on": "date"},
    },
}
# What is handed over: the columns of the answers as they are kept.
KEPT: dict[str, dict[str, str]] = {
    "obligation": {
        **{name: "text" for name in ("obligation_key", "about")},
        "person_id": "integer",
        **{name: kind for name, kind in COLUMNS["obligation"].items() if kind != "date"},
    },
    "finding": {"person_id": "integer", "model": "text", "rule": "text", "answer": "text", "since": "timestamp"},
    "line": {"person_id": "integer", "about": "text", **COLUMNS["line"]},
}
_KEYS = {
    "obligation": 'v."obligation_key"',
    "finding": """v."model" || '|' || v."rule" || '|' || cast(v."person_id" as varchar)""",
    "line": """v."model" || '|' || v."line" || '|' || v."row_key" || '|'
        || coalesce(cast(v."person_id" as varchar), '')""",
}
_FROM = {"since_at": "since"}


def frame(name: str) -> Frame:
    """One of them as a relation: moments also as days, where the person lives."""
    columns = {**common(PERSON), **COLUMNS[name]}
    parts = [_column(name, column) for column in columns]
    made = Frame(name, "own", columns, first_day(COLUMNS[name]))
    people = 'left join $P$ p on p."person_id" = v."person_id" cross join "clock" c'
    made.base = f'select {", ".join(parts)} from "answer_{name}" v {people}'
    return made


def _column(name: str, column: str) -> str:
    if column == "key":
        return f'{_KEYS[name]} as "key"'
    if column == "source" or column not in (*KEPT[name], *COLUMNS[name]):
        return f"'' as \"{column}\""
    moment = f"{column[:-3]}_at"
    if column.endswith("_on") and moment in COLUMNS[name]:
        at = f'v."{_FROM.get(moment, moment)}"'
        return f'cast(timezone(coalesce(p."zone", c."zone"), {at}) as date) as "{column}"'
    return f'v."{_FROM.get(column, column)}" as "{column}"'
