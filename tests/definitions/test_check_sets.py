"""The check knows every operation on sets and every verb: what compiles has no findings, and mistakes are found."""

from collections.abc import Callable
from pathlib import Path

import pytest

from throughcare.definitions.check import check
from throughcare.definitions.check.expressions import check_expressions
from throughcare.definitions.check.reading import Reading
from throughcare.definitions.check.scope import names_of
from throughcare.definitions.compiled import compile_models
from throughcare.definitions.compiled.fuse import _Compiler
from throughcare.definitions.load import load_library, load_model

SETS = """
[[set]]
id = "days"
says = "Days of stays"
from = "stays"
also = { until = "days_before(ended_on, 1)" }
each = { unit = "day", from = "started_on", to = "until", as = "day_on" }

[[set]]
id = "runs"
says = "Days in a row"
from = "days"
also = { last_on = "day_on" }
merge = { start = "day_on", end = "last_on", per = ["class"] }

[[set]]
id = "by_class"
says = "Stays by class, over everyone"
from = "stays"
group = { by = ["class"], across = true }
[[set.sum]]
id = "how_many"
count = "rows"
[[set.sum]]
id = "latest_on"
highest = "ended_on"
[[set.sum]]
id = "usual"
median = "call_days"

[[set]]
id = "ranked"
says = "Stays in order"
from = "stays"
pick = { per = ["person_id"], order = ["ended_on high"], first = 0, place = "nth_stay" }

[[set]]
id = "clinics"
says = "Clinics"
from = "organization where kind = 'clinic'"
also = { waits = "days_between(asked_on, today)", in_period = "asked_on between period.start and period.end" }

[[set]]
id = "planned"
says = "Calls as planned"
from = "rhythm.weekly"

[[set]]
id = "missed"
says = "Calls that were missed"
from = "obligation where model = this_model and step = 'call' and status = 'breached'"
rule_on = "due_on"

[[fact]]
on = "runs"
id = "length"
says = "Days in the run"
value = "days_between(day_on, last_on) + 1"

[[fact]]
on = "ranked"
id = "longer_than_before"
says = "Is it longer than the stay before"
value = "call_by > previous(call_by)"

[[fact]]
on = "clinics"
id = "people_seen"
says = "Stays that a clinic heard of"
count = "stays where class = 'inpatient'"
link = "key = class"
window = "during period"
if_none = 0

[[fact]]
on = "clinics"
id = "waits_more"
says = "Does it wait longer than the one before it"
value = "waits > previous(waits)"
per = ["state"]

[[fact]]
on = "person"
id = "run_mean"
says = "Mean length of a run"
mean = "runs"
take = "length"

[[fact]]
on = "person"
id = "second_stay"
says = "When the second stay ended"
nth = "ranked where nth_stay >= 1"
take = "ended_on"
n = 2

[[fact]]
on = "person"
id = "stay_spread"
says = "Days between the first and the last stay"
spread = "stays"
take = "ended_on"

[[fact]]
on = "person"
id = "spread_score"
says = "A score of the spread"
kind = "score"
value = "round_half_up(sqrt(absolute(stay_spread)) * interpolate(line, run_mean) * lookup(rates, sex, today), 1)"

[[fact]]
on = "person"
id = "missed_ever"
says = "Was a call ever missed"
exists = "missed where due_on <= person.second_stay"
if_none = false

[[fact]]
on = "person"
id = "planned_next"
says = "The next planned call"
lowest = "planned where planned_on > today and segment = 'w'"
take = "planned_on"
"""
WORK = """
[[rhythm]]
id = "weekly"
says = "Every week"
kind = "grid"
on = "stays"
segment = [ { id = "w", from = "ended_on", every = "1 week", times = 1, lead = "1 day" } ]
cites = "Our own"

[[step]]
id = "visit"
says = "Visit the clinic"
on = "clinics"
opens = "asked_on"
due = "2 days after asked_on"
activity = "visit"
resolved_by = "contact where activity = 'visit'"
link = "key = activity"
while = "always"
role = ["nurse"]
cites = "Our own"
"""
TABLES = """
[[table]]
id = "line"
says = "A line"
kind = "slope"
rows = [[0, 10, 1, 2]]
cites = "Our own"

[[table]]
id = "rates"
says = "Rates by sex and day"
kind = "exact"
band_last = true
closed = true
rows = [["female", 2026-01-01, 1.5]]
cites = "Our own"
"""
SPANISH = '\nvisit = "Visitar la clínica"\n'


@pytest.fixture
def whole(tiny: Callable[..., Path]) -> Callable[..., Path]:
    """The tiny model with everything in it, and one piece of sets.toml, work.toml or parameters.toml replaced."""

    def write(file: str = "", old: str = "", new: str = "") -> Path:
        folder = tiny()
        for name, text in (("sets.toml", SETS), ("work.toml", WORK), ("parameters.toml", TABLES),
                           ("words/es.toml", SPANISH)):  # fmt: skip
            path = folder / name
            path.write_text(path.read_text() + text)
        if file:
            whole = (folder / file).read_text()
            assert old in whole
            (folder / file).write_text(whole.replace(old, new, 1))
        return folder

    return write


def test_what_compiles_has_no_findings(whole: Callable[..., Path], tiny_library: Path) -> None:
    model, library = load_model(whole()), load_library(tiny_library)
    assert check(model, library) == []
    for everyone in (True, False):
        compile_models([model], library, everyone=everyone)


def test_the_check_and_the_compiler_agree_on_every_kind(whole: Callable[..., Path], tiny_library: Path) -> None:
    model, library = load_model(whole()), load_library(tiny_library)
    (compiled,) = _Compiler([model], library, "US", share=True, everyone=True).books
    names = names_of(Reading(model, library))
    told = 0
    for on in ("person", "stays", "days", "runs", "by_class", "ranked", "clinics", "planned", "missed"):
        row, place = names.row(on), compiled.place(on)
        for name in row:
            found = place.find(name)
            if not name.startswith("known_"):
                assert found and found[1] == row[name], (on, name, found, row[name])
                told += 1
    assert told > 100


MISTAKES = [
    ("sets.toml", 'from = "started_on"', 'from = "class"', '"class" is a text, but a date is wanted'),
    ("sets.toml", 'end = "last_on"', 'end = "lst_on"', '"lst_on" is not known on'),
    ("sets.toml", 'per = ["class"]', 'per = ["clas"]', '"clas" is not known on'),
    ("sets.toml", 'median = "call_days"', 'median = "class"', '"class" is a text, but a number is wanted'),
    ("sets.toml", "days_between(asked_on, today)", "days_between(asked_on, person.birth_date)", "means nothing here"),
    ("sets.toml", "asked_on between period.start", "asked_on between period.begin", '"begin" is not known on period'),
    ("sets.toml", 'from = "rhythm.weekly"', 'from = "rhythm.weakly"', 'no view or set "rhythm.weakly". Did you mean'),
    ("sets.toml", 'from = "obligation where model', 'from = "obligatoin where model', "Did you mean obligation?"),
    ("sets.toml", "status = 'breached'", "state = 'breached'", '"state" is not known on obligation'),
    ("sets.toml", 'link = "key = class"\n', "", "nothing says which rows of stays belong to a row of clinics"),
    ("sets.toml", 'per = ["state"]\n', "", "previous() needs per"),
    ("sets.toml", 'per = ["state"]', 'per = ["stat"]', '"stat" is not known on clinics. Did you mean state?'),
    ("sets.toml", "n = 2\n", "", "nth does not say which one"),
    ("sets.toml", 'kind = "score"\n', "", "sqrt() is for scores alone"),
    ("sets.toml", "interpolate(line, run_mean)", "interpolate(lin, run_mean)", 'no table "lin". Did you mean line?'),
    ("sets.toml", "interpolate(line, run_mean)", "lookup(line, run_mean)", "is a line"),
    ("sets.toml", "lookup(rates, sex, today)", "lookup(rates, sex)", "is looked up by 2 value(s)"),
    ("sets.toml", 'mean = "runs"\ntake = "length"', 'mean = "runs"\ntake = "class"', "but a number is wanted"),
    ("sets.toml", 'mean = "runs"\ntake = "length"', 'mean = "runs"', "mean does not say which column to take"),
    ("sets.toml", "segment = 'w'", "segment = w", '"w" is not known on planned'),
    ("work.toml", 'while = "always"\n', "", "the rows of clinics are no person's"),
    ("work.toml", 'link = "key = activity"\n', "", "nothing says which rows of contact belong to a row of clinics"),
    ("work.toml", 'lead = "1 day"', 'lead = "soon"', '"soon" is not a length of time'),
    ("parameters.toml", "rows = [[0, 10, 1, 2]]", "rows = [[0, 10, 1]]", "its rows are not all of one length"),
    ("parameters.toml", "rows = [[0, 10, 1, 2]]\n", "", "it has no rows"),
    ("parameters.toml", "rows = [[0, 10, 1, 2]]", 'import = "lines"', "is imported, but does not name its keys"),
]


@pytest.mark.parametrize(("file", "old", "new", "what"), MISTAKES, ids=[m[3][:50] for m in MISTAKES])
def test_a_mistake_is_found_at_home(
    whole: Callable[..., Path], tiny_library: Path, file: str, old: str, new: str, what: str
) -> None:
    findings = check(load_model(whole(file, old, new)), load_library(tiny_library))
    assert any(what in f.what + f.why for f in findings), "\n".join(map(str, findings))
    assert all(f.line > 1 for f in findings if what in f.what)


def test_a_rhythm_that_only_a_set_uses_is_of_use(whole: Callable[..., Path], tiny_library: Path) -> None:
    folder = whole(
        "sets.toml", 'from = "rhythm.weekly"', 'from = "stays"\nalso = { planned_on = "ended_on", segment = "class" }'
    )
    findings = check(load_model(folder), load_library(tiny_library))
    assert [f.what for f in findings] == ["rhythm weekly: no step and no set uses it."]


def test_a_model_of_many_facts_is_read_one_name_at_a_time(tiny: Callable[..., Path], tiny_library: Path) -> None:
    """Each of three hundred facts rests on the one before: none asks for the kinds of all the others."""
    facts = '[[fact]]\nid = "n0"\nsays = "One"\nvalue = "1"\n'
    for n in range(1, 300):
        facts += f'[[fact]]\nid = "n{n}"\nsays = "One more"\nvalue = "n{n - 1} + {n % 2}"\n'
    model, library = load_model(tiny("sets.toml", new=facts)), load_library(tiny_library)
    names = names_of(Reading(model, library))
    assert [names.row("person")[f"n{n}"] for n in range(300)] == ["integer"] * 300
    check_expressions(Reading(model, library))
