"""Make: write a community to a folder, one sub-folder of NDJSON per source, the truth and a manifest beside them."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from throughcare.community import (
    accountable,
    casting,
    claims,
    coaching,
    contract,
    coordination,
    cover,
    elders,
    families,
    housing,
    integration,
    lists,
    mobile,
    needs,
    neighbors,
    network,
    nurses,
    pathways,
    patients,
    people,
    places,
    stays,
    surgery,
    truth,
    visits,
    whole_person,
    workers,
)
from throughcare.community.answers import Life

WORLDS = (
    elders, housing, surgery, mobile, whole_person, pathways, needs, neighbors, families, nurses, lists, integration,
    contract,
)  # fmt: skip
_ENCODER = msgspec.json.Encoder(decimal_format="number")


class Sources:
    """Open NDJSON files, one per source and resource type, made when first written to."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder, self.stack = folder, stack
        self.files: dict[tuple[str, str], BinaryIO] = {}
        self.counts: Counter[str] = Counter()

    def write(self, source: str, resource: dict[str, Any]) -> None:
        key = (source, resource["resourceType"])
        if key not in self.files:
            (self.folder / source).mkdir(parents=True, exist_ok=True)
            self.files[key] = self.stack.enter_context((self.folder / source / f"{key[1]}.ndjson").open("wb"))
        told = {name: value for name, value in resource.items() if value != []}  # FHIR knows no empty lists
        self.files[key].write(_ENCODER.encode(told) + b"\n")
        self.counts[source] += 1


def make(
    folder: Path, count: int, seed: int, on: date, said: Callable[[int], None] = lambda done: None
) -> dict[str, Any]:
    """Write `count` people as they stand `on` that day; equal arguments give equal bytes. Returns the manifest."""
    folder.mkdir(parents=True, exist_ok=True)
    practices = places.practices(count)
    with ExitStack() as stack:
        sources = Sources(folder, stack)
        truths = stack.enter_context((folder / "truth.ndjson").open("wb"))
        for source, resource in _directory(count, on):
            sources.write(source, resource)
        assigned = network.Lists()
        stories: list[dict[str, Any]] = []
        for no in range(count):
            true = _one(sources, assigned, no, seed, on, practices)
            truths.write(_ENCODER.encode(true) + b"\n")
            if true["plays"] and true["plays"] not in {s["story"] for s in stories}:
                stories.append(_story(true))
            said(no + 1)
        for source, resource in assigned.told(on):
            sources.write(source, resource)
    manifest = {
        "people": count,
        "seed": seed,
        "on": on.isoformat(),
        "sources": dict(sorted(sources.counts.items())),
        "titles": places.titles(count),
        "stories": stories,
    }
    (folder / "community.json").write_text(json.dumps(manifest, indent=1) + "\n")
    return manifest


def _story(true: dict[str, Any]) -> dict[str, Any]:
    plays = true["plays"]
    told = {"story": plays, "person": true["person"], "patient": true["home"]}
    return told | {"programs": casting.programs(plays), "says": casting.says(plays)}


def _directory(count: int, on: date) -> Iterator[tuple[str, dict[str, Any]]]:
    """Organizations, places and people who work, to be loaded before those they serve."""
    yield from places.directory(count)
    yield from workers.directory(on)
    for world in WORLDS:
        if hasattr(world, "directory"):
            yield from world.directory(on)
    yield from network.directory(on)


def _one(
    sources: Sources, assigned: network.Lists, no: int, seed: int, on: date, practices: list[places.Practice]
) -> dict[str, Any]:
    person = people.person(no, seed, on, practices)
    seen = [*visits.visits(person, seed, on)]
    for world in (lists, integration, coaching):
        seen += world.visits(person, on)
    found = stays.stays(person, seed, on)
    noted = [*coordination.notebook(person, found, seed, on), *coaching.notes(person, found, on)]
    life = Life(
        person,
        found,
        visits.days(seen),
        visits.high_readings(seen, on),
        coordination.reached_next_day(found, noted),
        on,
    )
    given = network.services(life, seed, practices)
    for source, resource in _told(life, seen, noted, seed):
        sources.write(source, resource)
    for source, resource in (*network.told(person, given, practices), *network.notice(person, given, on)):
        sources.write(source, resource)
    for back in range(network.QUARTERS_BACK, -1, -1):
        assigned.put(person, given, network.quarter(on, back))
    return truth.truth(life, given, seed)


def _told(
    life: Life, seen: list[dict[str, Any]], noted: list[dict[str, Any]], seed: int
) -> Iterator[tuple[str, dict[str, Any]]]:
    person, on = life.person, life.on
    yield from patients.patients(person, seed)
    home = person.practice.source
    yield from ((home, r) for r in seen)
    yield from ((home, r) for r in coordination.practice_side(person, seed, on))
    for stay in life.stays:
        yield from ((stay.source, r) for r in stays.told(person, stay, seed))
    yield from cover.coverages(person.cover, person.patient_ids, home, person.died)
    yield from claims.claims(person, life.stays, on)
    yield from ((coordination.SOURCE, r) for r in noted)
    for world in WORLDS:
        yield from world.told(life)
    yield from accountable.told(life, seed)
