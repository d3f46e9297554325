"""Who may take whom, and what lies on whose way: the pairs of each assignment and the stops of each routing."""

from collections.abc import Iterator
from typing import Any

from throughcare.definitions.compiled.frames import Entry, Frame
from throughcare.definitions.compiled.schedule import Schedule
from throughcare.definitions.expressions import Mistake, spell
from throughcare.definitions.grammar import Assignment, Routing

PARTS = ("weight", "previous", "keep_to", "full_at")
SHOWS = "shows:"  # before the name of what a trip's page shows of a stop
STOPS = ("trip", "x", "y", "opens", "closes", "minutes", "starts_x", "starts_y", "starts_at", "km_per_hour")


def prepare(names: Any) -> None:
    """What is asked of each case and each stop, as computed columns of its set."""
    for nth, given in enumerate(names.model.team.assignment):
        _asked(names, given.cases, given, ("assignment", nth), PARTS, ("previous",))
    for nth, given in enumerate(names.model.team.routing):
        _asked(names, given.stops, given, ("routing", nth), STOPS, ("trip",))
        for name in given.shows:
            make = _entry(names, given.stops, given, SHOWS + name, name, "")
            names.add(given.stops, _named(given, SHOWS + name), make, "team.toml", ("routing", nth))


def _asked(names: Any, on: str, given: Any, path: tuple[Any, ...], parts: Any, texts: tuple[str, ...]) -> None:
    for part in parts:
        if text := getattr(given, part):
            make = _entry(names, on, given, part, text, "" if part in texts else "number")
            names.add(on, _named(given, part), make, "team.toml", path)


def _named(given: Assignment | Routing, part: str) -> str:
    return f"{type(given).__name__.lower()}:{given.id}:{part}"


def _entry(names: Any, on: str, given: Any, part: str, text: str, want: str) -> Any:
    def make() -> Entry:
        value = spell(text, names.row(on), want)
        return Entry(_named(given, part), value.type, given.says, value)

    return make


def asked(names: Any) -> Iterator[tuple[Frame, str]]:
    """The columns of cases and workers that pairs are made of, beside those that are asked of each case and stop."""
    for given in names.model.team.assignment:
        scope, target, holds = names.phrase(given.cases, given.among)
        cases = names.place(given.cases).frame
        yield target, ""
        yield from ((target if alias == "v" else cases, name) for alias, name in holds.uses if alias in ("v", "r"))
        found = (scope.target.find(getattr(given, part)) for part in ("cap", "load", "worker"))
        yield from ((target, column[0]) for column in found if column)


def pairs(names: Any, given: Assignment, schedule: Schedule) -> str:
    """One row per case and worker who may take it, and one without a worker for a case that nobody may."""
    scope, target, holds = names.phrase(given.cases, given.among)
    frame = names.place(given.cases).frame
    if "p" in {alias for alias, _ in holds.uses}:
        raise Mistake("among: the person is not at hand here.", do="Put it into also of the cases, and write this.x.")
    found = {part: scope.target.find(getattr(given, part)) for part in ("cap", "load", "worker")}
    for part, column in found.items():
        if not column:
            raise Mistake(f'{part}: the workers have no column "{getattr(given, part)}".')
    told = {part: f'v."{column[0]}"' for part, column in found.items() if column}
    asked = {
        part: f'r."{names.computed(given.cases, _named(given, part))}"' if getattr(given, part) else "null"
        for part in PARTS
    }
    person = 'cast(r."person_id" as bigint)' if "person_id" in frame.columns else "null::bigint"
    return f"""select {person} as "person_id", cast(r."{frame.identity}" as varchar) as "case_key",
        cast({asked["weight"]} as decimal(18,6)) as "weight", cast({asked["previous"]} as varchar) as "previous",
        cast({asked["keep_to"]} as decimal(18,6)) as "keep_to", cast({asked["full_at"]} as decimal(18,6)) as "full_at",
        cast({told["worker"]} as varchar) as "worker", cast({told["cap"]} as decimal(18,6)) as "cap",
        cast({told["load"]} as decimal(18,6)) as "load"
        from {schedule.final(frame)} r left join {schedule.final(target)} v on {holds.sql}"""


def stops(names: Any, given: Routing, schedule: Schedule) -> str:
    """One row per stop, with what is shown of it; `person_id` is 0 where a stop is about nobody."""
    frame = names.place(given.stops).frame
    person = 'cast(r."person_id" as bigint)' if "person_id" in frame.columns else "0::bigint"
    columns = [f'{person} as "person_id"']
    columns += [
        f'cast({_told(names, given, part)} as {"varchar" if part == "trip" else "double"}) as "{part}"'
        for part in STOPS
    ]
    columns += [
        f'cast(r."{names.computed(given.stops, _named(given, SHOWS + name))}" as varchar) as "{SHOWS}{name}"'
        for name in given.shows
    ]
    return (
        f'select cast(r."{frame.identity}" as varchar) as "stop", {", ".join(columns)} from {schedule.final(frame)} r'
    )


def _told(names: Any, given: Routing, part: str) -> str:
    return f'r."{names.computed(given.stops, _named(given, part))}"' if getattr(given, part) else "null"
