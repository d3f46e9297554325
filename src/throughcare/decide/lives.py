"""Lives in memory: FHIR resources flattened as the record would, with no database, to try a care model on them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pyarrow as pa

from throughcare.fhir import dates
from throughcare.record import recipes, subject
from throughcare.stores import arrow

Resource = dict[str, Any]
PLACES = Decimal("1e-10")
LONG_AGO = datetime(1900, 1, 1, tzinfo=UTC)
_ALWAYS = {
    "key": "text", "person_id": "bigint", "about": "text", "source": "text",
    "known_from": "timestamptz", "known_to": "timestamptz",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Lives:
    """The flat views of some people at one moment, and of what belongs to nobody; `people` numbers each patient."""

    tables: dict[str, pa.Table]
    people: dict[str, int]  # "Patient/ana" -> person_id

    @property
    def patients(self) -> dict[int, str]:
        return {number: patient for patient, number in self.people.items()}


def lives(resources: Iterable[dict[str, Any]], now: datetime, zone: str) -> Lives:
    """Flatten what was known at `now`: meta.lastUpdated says when we learnt it; without one, always."""
    known = _known(resources, now, zone)
    patients = sorted(key for key in known if key.startswith("Patient/"))
    people = {patient: number for number, patient in enumerate(patients, 1)}
    views = recipes.shipped(zone)
    rows: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for key, (learnt, resource) in known.items():
        for view, row in _rows(views, key, resource, people, learnt):
            rows[view].append(row)
    tables = {name: arrow.of_rows(_ALWAYS | view.columns, rows[name]) for name, view in views.tables.items()}
    return Lives(tables, people)


def _known(resources: Iterable[dict[str, Any]], now: datetime, zone: str) -> dict[str, tuple[datetime, dict[str, Any]]]:
    """The newest version of each resource that had been learnt by then."""
    known: dict[str, tuple[datetime, dict[str, Any]]] = {}
    for resource in resources:
        key = f"{resource['resourceType']}/{resource['id']}"
        said = resource.get("meta", {}).get("lastUpdated")
        learnt = (dates.instant(said, zone) if said else None) or LONG_AGO
        if learnt <= now and (key not in known or known[key][0] <= learnt):
            known[key] = (learnt, resource)
    return known


def _rows(
    views: recipes.Views, key: str, resource: dict[str, Any], people: dict[str, int], learnt: datetime
) -> Iterable[tuple[str, tuple[Any, ...]]]:
    own = subject.patient_id(resource)
    source = resource.get("meta", {}).get("source", "case")
    for recipe in views.recipes.get(resource["resourceType"], ()):
        for suffix, person, about, values in recipes.rows_of(recipe, resource):
            patient = subject.of_reference(person) if recipe.person_at is not None else own
            number = people.get(f"Patient/{patient}")
            if number is not None or recipe.person_at is None:  # views without a person column speak of everyone
                yield recipe.view, (key + suffix, number, about, source, learnt, None, *map(_stored, values))


def _stored(value: Any) -> Any:
    """A number with as many places as the record keeps."""
    return value.quantize(PLACES, ROUND_HALF_UP) if isinstance(value, Decimal) else value
