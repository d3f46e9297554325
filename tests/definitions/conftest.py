"""A tiny care model and library on disk, that each test may spoil in one place."""

from collections.abc import Callable
from pathlib import Path

import pytest

MODEL = {
    "model.toml": """id = "tiny"
title = "Tiny"
version = "1"
effective_from = 2026-01-01
says = "Calls people after a stay"
serves = "Adults who left hospital"
maturity = "trial"
service = "calls"
""",
    "sets.toml": """[[set]]
id = "stays"
says = "Hospital stays that ended"
from = "encounter where class = 'inpatient' and known(ended_on)"

[[fact]]
on = "person"
id = "stays_ever"
says = "Number of stays"
count = "stays"
if_none = 0

[[fact]]
on = "stays"
id = "call_by"
says = "The day to call by"
value = "days_after(ended_on, call_days)"
""",
    "eligibility.toml": """[[criterion]]
id = "adult"
says = "Is an adult"
where = "age_in_years(person.birth_date, today) >= age_min"
cites = "Our own"

[[criterion]]
id = "was_in_hospital"
says = "Was in hospital"
where = "stays_ever >= 1"
cites = "Our own"

[rule]
who = "adult and was_in_hospital"
""",
    "work.toml": """[[step]]
id = "call"
says = "Call the person"
on = "stays"
opens = "ended_on"
due = "2 business days after ended_on"
activity = "call"
resolved_by = "contact where activity = 'call' and reached"
role = ["nurse"]
cites = "Our own"
""",
    "parameters.toml": """[age_min]
says = "Youngest age"
unit = "years"
cites = "Our own"
values = { 2000-01-01 = 18 }

[call_days]
says = "Days until the call"
unit = "days"
cites = "Our own"
values = { 2000-01-01 = 2 }
""",
    "words/es.toml": """[model]
title = "Pequeño"
says = "Llama después de una estancia"
serves = "Adultos que salieron del hospital"

[criterion]
adult = "Es una persona adulta"
was_in_hospital = "Estuvo en el hospital"

[step]
call = "Llamar a la persona"
""",
    "README.md": "# Tiny\n\nCalls people after a stay.\n",
}
LIBRARY = {
    "activities.toml": """[[activity]]
id = "call"
says = "A call after a stay"
verb = "Call after hospital"

[[activity]]
id = "visit"
says = "A visit at home"
verb = "Visit at home"
""",
    "roles.toml": """[[role]]
id = "nurse"
says = "Nurse"
staff_roles = ["nurse"]
""",
    "value_sets/conditions.toml": """[[value_set]]
id = "diabetes"
says = "Diabetes"
cites = "Our own"
codes = { icd10cm = ["E11*"] }
""",
    "words/es.toml": """[activity]
call = "Llamar tras el hospital"
visit = "Visitar en casa"

[role]
nurse = "Enfermera"
""",
}
VIEWS = {
    "person": {"birth_date": "date", "died": "boolean", "sex": "string"},
    "encounter": {"class": "code", "status": "code", "started_at": "dateTime", "ended_at": "dateTime"},
    "diagnosis": {"system": "uri", "code": "code", "recorded_on": "date", "clinical_status": "code"},
    "observation": {"code": "code", "value": "decimal", "unit": "string", "effective_at": "dateTime"},
    "contact": {"activity": "code", "happened_at": "dateTime", "on_date": "date", "reached": "boolean"},
    "care_team_member": {"role": "code", "member_key": "string", "from_on": "date"},
    "pause": {"reason": "code", "from_on": "date", "to_on": "date"},
    "plan_part": {"part": "code", "due_on": "date"},
    "organization": {"kind": "code", "state": "code", "asked_on": "date"},
}
WITHOUT_PEOPLE = ("organization",)
CASES = {
    "left_hospital": ("met", ""),
    "still_a_child": ("not_met", ""),
    "turns_eighteen_today": ("met", 'edge = "the birthday itself"\n'),
    "birth_date_missing": ("unknown", ""),
}


@pytest.fixture
def tiny(tmp_path: Path) -> Callable[..., Path]:
    """tiny("work.toml", old="…", new="…") writes the model with one piece replaced, or a file added."""

    def write(file: str = "", old: str = "", new: str = "") -> Path:
        folder = tmp_path / "tiny"
        for name, text in MODEL.items():
            _write(folder / name, text)
        for story, (answer, edge) in CASES.items():
            _write(folder / f"cases/{story}/life.json", '{"resourceType": "Bundle", "type": "collection", "entry": []}')
            _write(folder / f"cases/{story}/expect.toml", _expect(answer, edge))
        if file:
            whole = (folder / file).read_text() if (folder / file).exists() else ""
            assert old in whole, f"{file} does not hold {old!r}"
            _write(folder / file, whole.replace(old, new, 1) if old else whole + new)
        return folder

    return write


@pytest.fixture
def tiny_library(tmp_path: Path) -> Path:
    """A small care library: two activities, one role, one value set, a few views."""
    folder = tmp_path / "library"
    for name, text in LIBRARY.items():
        _write(folder / name, text)
    for view, own in VIEWS.items():
        columns = own if view in WITHOUT_PEOPLE else {"person": "string", **own}
        declared = ", ".join(f'{{"name": "{n}", "path": "{n}", "type": "{t}"}}' for n, t in columns.items())
        _write(folder / "views" / view / "Any.json", f'{{"resource": "Any", "select": [{{"column": [{declared}]}}]}}')
    return folder


def _expect(answer: str, edge: str) -> str:
    return f"""says = "A small life"
{edge}now = 2026-07-03T09:00:00-04:00

[[belongs]]
person = "Patient/ana"
answer = "{answer}"
"""


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
