"""The labelled sets of ../shared/data/06_linkage as patients: what each file calls a thing, and who is whom in it."""

import csv
import gzip
import json
from collections.abc import Iterator
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

SSN = "http://hl7.org/fhir/sid/us-ssn"


class Labelled(NamedTuple):
    """Patients (FHIR), and for each id the person it truly is."""

    patients: list[dict[str, Any]]
    person: dict[str, str]

    def pairs(self) -> set[frozenset[str]]:
        groups: dict[str, list[str]] = {}
        for patient, person in self.person.items():
            groups.setdefault(person, []).append(patient)
        return {frozenset(pair) for those in groups.values() for pair in combinations(those, 2)}


def labelled(name: str, folder: Path) -> Labelled:
    return _OF[name](folder)


@cache
def _synthea(folder: Path) -> Labelled:
    truth = {row["record_id"]: row for row in _rows(folder / "synthea_with_errors_truth.csv.gz")}
    with gzip.open(folder / "synthea_with_errors_patients.ndjson.gz", "rt") as lines:
        patients = [json.loads(line) for line in lines]
    return Labelled(patients, {i: row["person_id"] for i, row in truth.items()})


@cache
def _febrl(folder: Path, number: int = 1) -> Labelled:
    """Australian records; truth is the number in rec-12-org and rec-12-dup-0. Their number has seven digits."""
    rows = list(_rows(folder / f"febrl_dataset{number}.csv.gz"))
    patients = [
        _patient(
            row["rec_id"], row["given_name"], row["surname"], _date(row["date_of_birth"]),
            line=f"{row['street_number']} {row['address_1']}", postcode=row["postcode"], city=row["suburb"],
            number=f"90{row['soc_sec_id']}" if row["soc_sec_id"] else "",
        )
        for row in rows
    ]  # fmt: skip
    return Labelled(patients, {row["rec_id"]: row["rec_id"].split("-")[1] for row in rows})


def _fake(folder: Path) -> Labelled:
    rows = list(_rows(folder / "splink_fake_1000.csv.gz"))
    patients = [
        _patient(row["unique_id"], row["first_name"], row["surname"], row["dob"], city=row["city"], email=row["email"])
        for row in rows
    ]
    return Labelled(patients, {row["unique_id"]: row["cluster"] for row in rows})


def _historical(folder: Path) -> Labelled:
    rows = list(_rows(folder / "historical_50k.csv.gz"))
    patients = [
        _patient(
            row["unique_id"], row["first_name"], row["surname"], row["dob"], city=row["birth_place"],
            postcode=row["postcode_fake"].replace(" ", "")[:5], sex=row["gender"],
        )
        for row in rows
    ]  # fmt: skip
    return Labelled(patients, {row["unique_id"]: row["cluster"] for row in rows})


def _patient(
    ident: str, given: str, family: str, born: str, *,
    line: str = "", postcode: str = "", city: str = "", email: str = "", sex: str = "", number: str = "",
) -> dict[str, Any]:  # fmt: skip
    return {
        "resourceType": "Patient",
        "id": ident,
        "name": [{"given": [given] if given else [], "family": family}],
        "birthDate": born,
        "gender": sex,
        "address": [{"line": [line.strip()] if line.strip() else [], "postalCode": postcode, "city": city}],
        "telecom": [{"system": "email", "value": email}] if email else [],
        "identifier": [{"system": SSN, "value": number}] if number else [],
    }


def _date(digits: str) -> str:
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}" if len(digits) == 8 else ""


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", newline="") as lines:
        for row in csv.DictReader(lines, skipinitialspace=True):
            yield {name: (value or "").strip() for name, value in row.items()}


_OF = {
    "synthea_with_errors": _synthea,
    "febrl_1": lambda folder: _febrl(folder, 1),
    "febrl_3": lambda folder: _febrl(folder, 3),
    "fake_1000": _fake,
    "historical_50k": _historical,
}
