"""How well it goes: the columns of each measure on its set, and one long table of all measures' rows."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlglot import exp

from throughcare.definitions.compiled.frames import Entry
from throughcare.definitions.compiled.plan import Statement, listed
from throughcare.definitions.compiled.schedule import Schedule
from throughcare.definitions.expressions import Mistake, parse, quoted, spell
from throughcare.definitions.grammar import Measure

COLUMNS = ("population", "denominator", "exclusion", "exception", "numerator")
SCORES = ("share", "count", "rate_per(1000, exposure)", "sum(x)", "mean(x)", "median(x)", "ratio_of(a, b)")
AMOUNTS = {"share": 0, "count": 0, "rate_per": 1, "sum": 1, "mean": 1, "median": 1, "ratio_of": 2}
EMPTY = """select '' as model, '' as measure, '' as row_key, null::bigint as person_id, false as population,
    false as denominator, false as exclusion, false as exception, false as numerator, null::decimal(18,6) as value,
    null::decimal(18,6) as exposure, '' as strata, '' as proof where false"""


@dataclass(frozen=True, slots=True)
class Score:
    """How a measure's rows add up: the kind, the number a rate is told per, and the expressions of its amounts."""

    kind: str
    per: int = 1
    value: str = ""
    exposure: str = ""


def score(text: str) -> Score:
    """ "share", or a call such as "rate_per(1000, member_months)"."""
    node = parse(text)
    name = node.name.lower() if isinstance(node, exp.Column | exp.Anonymous) else ""
    parts = [part.sql() for part in node.expressions] if isinstance(node, exp.Anonymous) else []
    per = int(parts.pop(0)) if name == "rate_per" and parts and parts[0].isdigit() else 1
    many = len(parts) if name != "rate_per" else len(parts) - (len(parts) > 1)
    if AMOUNTS.get(name) != many:
        raise Mistake(f'"{text}" is not a score.', do=f"Write one of: {', '.join(SCORES)}.")
    if name == "rate_per":
        return Score(name, per, parts[0] if len(parts) > 1 else "", parts[-1])
    return Score(name, 1, *parts)


def prepare(names: Any) -> None:
    """Every column of every measure as a computed column of its set, named measure:<id>:<column>."""
    for nth, measure in enumerate(names.model.measures.measure):
        for column, text, want in _parts(measure):
            make = partial(_entry, names, measure, column, text, want)
            names.add(measure.on, _named(measure, column), make, "measures.toml", ("measure", nth))
        for name in _shown(measure):
            make = partial(_entry, names, measure, name, name, "")
            names.add(measure.on, _named(measure, f"shows:{name}"), make, "measures.toml", ("measure", nth))


def _parts(measure: Measure) -> list[tuple[str, str, str]]:
    added = score(measure.score)
    numerator = measure.numerator if measure.numerator is not None else "true"
    texts = (measure.population, measure.denominator, measure.exclusion, measure.exception, numerator)
    parts = [(column, text, "boolean") for column, text in zip(COLUMNS, texts, strict=True)]
    parts += [(kind, text, "number") for kind, text in (("value", added.value), ("exposure", added.exposure)) if text]
    return parts


def _shown(measure: Measure) -> list[str]:
    """What stands beside each row: by what it is told apart, and the proof."""
    return list(dict.fromkeys([*measure.strata, *measure.proof]))


def _columns(names: Any, measure: Measure) -> list[str]:
    """All columns of a measure on its set, by the names they have there."""
    wanted = [column for column, _, _ in _parts(measure)] + [f"shows:{name}" for name in _shown(measure)]
    return [names.computed(measure.on, _named(measure, column)) for column in wanted]


def _named(measure: Measure, column: str) -> str:
    return f"measure:{measure.id}:{column}"


def _entry(names: Any, measure: Measure, column: str, text: str, want: str) -> Entry:
    value = spell(text, names.row(measure.on), want)
    return Entry(_named(measure, column), value.type, measure.says, value)


def rows(books: list[Any], schedule: Schedule, place: Any) -> list[Statement]:
    """One row per measure and row of its set that is, or may be, in the population. `place` says which sets stand."""
    by_table: dict[str, list[str]] = {}
    for names in books:
        for measure in names.model.measures.measure:
            frame = names.place(measure.on).frame
            if place(frame, *_columns(names, measure)):
                by_table.setdefault(schedule.final(frame), []).append(_packed(names, measure, frame))
    selects = {
        table: f"select * from (select unnest([{', '.join(packs)}], recursive := true) from {table} r) m "
        'where m."population" is distinct from false'
        for table, packs in by_table.items()
    }
    return listed("measure_row", selects, EMPTY)


def _packed(names: Any, measure: Measure, frame: Any) -> str:
    made = {column: f'r."{names.computed(measure.on, _named(measure, column))}"' for column, _, _ in _parts(measure)}
    fields = {
        "model": quoted(names.model_id),
        "measure": quoted(measure.id),
        "row_key": f'cast(r."{"person_id" if frame.kind == "person" else "key"}" as varchar)',
        "person_id": 'cast(r."person_id" as bigint)' if "person_id" in frame.columns else "null::bigint",
        **{column: made[column] for column in COLUMNS},
        **{kind: f"cast({made.get(kind, 'null')} as decimal(18,6))" for kind in ("value", "exposure")},
        "strata": _told(names, measure, measure.strata),
        "proof": _told(names, measure, measure.proof),
    }
    return f"struct_pack({', '.join(f'{quoted_name(name)} := {sql}' for name, sql in fields.items())})"


def quoted_name(name: str) -> str:
    return f'"{name}"'


def _told(names: Any, measure: Measure, listed: list[str]) -> str:
    """Some columns of the row as JSON text."""
    if not listed:
        return "''"
    columns = {name: names.computed(measure.on, _named(measure, f"shows:{name}")) for name in listed}
    parts = ", ".join(f'"{name}" := r."{column}"' for name, column in columns.items())
    return f"cast(to_json(struct_pack({parts})) as varchar)"
