"""Make: write a community to a folder, one sub-folder of NDJSON per source, the truth and a manifest beside them."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from throughcare.community import claims, coordination, patients, people, places, stays, truth, visits

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
        self.files[key].write(_ENCODER.encode(resource) + b"\n")
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
        for source, resource in places.directory(count):
            sources.write(source, resource)
        for no in range(count):
            truths.write(_ENCODER.encode(_one(sources, no, seed, on, practices)) + b"\n")
            said(no + 1)
    manifest = {
        "people": count,
        "seed": seed,
        "on": on.isoformat(),
        "sources": dict(sorted(sources.counts.items())),
        "titles": places.titles(count),
    }
    (folder / "community.json").write_text(json.dumps(manifest, indent=1) + "\n")
    return manifest


def _one(sources: Sources, no: int, seed: int, on: date, practices: list[places.Practice]) -> dict[str, Any]:
    person = people.person(no, seed, on, practices)
    found = stays.stays(person, seed, on)
    last_visit = None
    for source, resource in _told(person, found, seed, on):
        sources.write(source, resource)
        if resource["resourceType"] == "Encounter" and source == person.practice.source:
            day = date.fromisoformat(resource["period"]["start"][:10])
            last_visit = max(last_visit or day, day)
    return truth.truth(person, found, last_visit, on)


def _told(person: people.Person, found: list[stays.Stay], seed: int, on: date) -> Iterator[tuple[str, dict[str, Any]]]:
    yield from patients.patients(person, seed)
    home = person.practice.source
    yield from ((home, r) for r in visits.visits(person, seed, on))
    yield from ((home, r) for r in coordination.practice_side(person, seed, on))
    for stay in found:
        yield from ((stay.source, r) for r in stays.told(person, stay, seed))
    yield places.PLAN[0], claims.coverage(person, on)
    yield from ((places.PLAN[0], r) for r in claims.claims(person, found, on))
    yield from ((coordination.SOURCE, r) for r in coordination.notebook(person, found, seed, on))
