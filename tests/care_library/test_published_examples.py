"""The views read what others published: CMS claims, Gravity referrals, rosters, devices, and R4's own examples."""

import gzip
import json
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from throughcare.decide.lives import Lives, lives
from throughcare.fhir import json as fhir_json
from throughcare.settings import Settings

DATA = Settings.read().shared_data
needs_data = pytest.mark.skipif(
    not DATA.is_dir(), reason=f"no shared data at {DATA}: set THROUGHCARE_SHARED_DATA to its folder to run this"
)
pytestmark = needs_data
ZONE = "America/New_York"
LATER = datetime(2040, 1, 1, tzinfo=UTC)
EXAMPLES = DATA / "12_ig_examples"


def inside(archive: Path) -> list[dict[str, Any]]:
    """The resources of an archive that can be read, bundles opened, each id once."""
    with zipfile.ZipFile(archive) as held:
        texts = [held.read(name) for name in held.namelist() if name.endswith(".json")]
    found = {f"{r['resourceType']}/{r['id']}": r for text in texts for r in resources(json_of(text)) if "id" in r}
    for resource in found.values():
        resource.pop("meta", None)  # the CMS samples blank out the moment
    return list(found.values())


def json_of(text: bytes) -> Any:
    try:
        return json.loads(text, parse_float=Decimal)
    except ValueError:
        return None


def resources(found: Any) -> Iterator[dict[str, Any]]:
    if isinstance(found, dict) and found.get("resourceType") == "Bundle":
        for entry in found.get("entry", []):
            yield from resources(entry.get("resource"))
    elif isinstance(found, dict) and isinstance(found.get("resourceType"), str):
        yield found


def seen(archive: str) -> Lives:
    return lives(inside(DATA / archive), LATER, ZONE)


def rows(found: Lives, view: str, **where: Any) -> list[dict[str, Any]]:
    return [row for row in found.tables[view].to_pylist() if all(row[k] == v for k, v in where.items())]


def test_cms_claims_say_who_did_what_where_and_for_how_much() -> None:
    found = seen("05_claims/bfd_rif_and_fhir_golden.zip")
    (carrier,) = rows(found, "claim_line", claim_key="ExplanationOfBenefit/carrier-9991831999")
    told = ("tin", "npi", "specialty", "hcpcs", "modifiers", "pos", "billed", "allowed", "paid")
    money = (Decimal("75"), Decimal("47.84"), Decimal("37.5"))
    assert tuple(carrier[k] for k in told) == ("204299999", "1923124", "41", "92999", "LT", "11", *money)
    (stay,) = rows(found, "claim", claim_key="ExplanationOfBenefit/inpatient-333333222222")
    told = ("drg", "admitted_on", "discharged_on", "disposition", "billed", "paid")
    assert [str(stay[k]) for k in told[:4]] == ["695", "2016-01-15", "2016-01-27", "51"]
    assert [stay[k] for k in told[4:]] == [Decimal("84999.37"), Decimal("7699.48")]
    (line,) = rows(found, "claim_line", claim_key="ExplanationOfBenefit/inpatient-333333222222")
    assert (line["billed"], str(line["service_on"])) == (Decimal("84888.88"), "2016-01-15")


def test_cms_coverage_names_its_part() -> None:
    found = rows(seen("05_claims/bfd_rif_and_fhir_golden.zip"), "coverage")
    parts = {row["benefit"]: (row["part_a"], row["part_b"], row["part_d"], row["managed"]) for row in found}
    assert parts == {
        "Part A": (True, None, None, None),
        "Part B": (None, True, None, None),
        "Part C": (None, None, None, True),
        "Part D": (None, None, True, None),
    }


def test_carin_claims_of_every_kind_are_read() -> None:
    found = seen("12_ig_examples/carin_compiled.zip")
    kinds = Counter(row["claim_type"] for row in rows(found, "claim"))
    assert set(kinds) >= {"institutional", "professional", "pharmacy", "oral"} and kinds.total() == 20
    assert {row["code"] for row in rows(found, "medication", list_source="claimed")}
    claims = [r for r in inside(EXAMPLES / "carin_compiled.zip") if r["resourceType"] == "ExplanationOfBenefit"]
    codes = Counter(i["productOrService"]["coding"][0]["code"] for c in claims for i in c.get("item", []))
    assert Counter(row["code"] for row in rows(found, "claim_line")) == codes


def test_gravity_referrals_say_their_domain_and_how_they_stand() -> None:
    found = seen("12_ig_examples/sdoh_compiled.zip")
    tasks = {row["key"]: row for row in rows(found, "task")}
    wanted = [r for r in inside(EXAMPLES / "sdoh_compiled.zip") if r["resourceType"] == "Task"]
    fulfills = {f"Task/{r['id']}" for r in wanted if r["code"]["coding"][0]["code"] == "fulfill"}
    assert {key for key, row in tasks.items() if row["kind"] == "referral"} == fulfills
    assert {k for k, row in tasks.items() if row["part_of"]} == {f"Task/{r['id']}" for r in wanted if "partOf" in r}
    assert {k for k, row in tasks.items() if row["has_output"]} == {f"Task/{r['id']}" for r in wanted if "output" in r}
    assert {row["domain"] for row in rows(found, "request")} == {"food-insecurity"}
    (service,) = [row for row in rows(found, "directory_service") if row["capacity"]]
    assert (service["capacity"], service["domain"]) == ("capacity", "housing-instability")
    (consent,) = rows(found, "consent")
    assert (consent["kind"], consent["status"]) == ("IDSCL", "active")
    assert consent["to_organization"] == "Organization/SDOHCC-OrganizationPayerExample"


def test_groups_of_people_are_lists_with_a_row_a_person() -> None:
    groups = [r for r in inside(EXAMPLES / "davinci-deqm_examples.zip") if r["resourceType"] == "Group"]
    whole = [(f"Group/{g['id']}", m["entity"]["reference"]) for g in groups for m in g["member"]]
    whole = [(group, who) for group, who in whole if who.startswith("Patient/")]
    patients = [{"resourceType": "Patient", "id": p.split("/")[1]} for p in {p for _, p in whole}]
    found = lives([*patients, *groups], LATER, ZONE)
    listed = [(row["list_key"], found.patients[row["person_id"]]) for row in rows(found, "attribution")]
    assert Counter(listed) == Counter(whole) and whole


def test_days_with_a_device_reading_are_counted_as_the_person_lived_them() -> None:
    readings = [r for r in inside(DATA / "11_rpm/phr_pghd_compiled.zip") if r["resourceType"] == "Observation"]
    by_device = [r for r in readings if "device" in r and r["status"] == "final"]
    people = {r["subject"]["reference"].split("/")[1] for r in by_device}
    found = lives([*({"resourceType": "Patient", "id": p} for p in people), *by_device], LATER, ZONE)
    assert len(rows(found, "device_reading")) == len(by_device) > 40
    days = defaultdict(set)
    for row in rows(found, "device_reading"):
        days[row["code"]].add(row["on_date"])
    assert all(days.values())


def test_pacio_stories_bring_coverage_goals_plans_and_workers() -> None:
    found = seen("12_ig_examples/pacio_2022_bsj_scenario.zip")
    goals = [r for r in inside(EXAMPLES / "pacio_2022_bsj_scenario.zip") if r["resourceType"] == "Goal"]
    assert len(rows(found, "goal")) == len(goals) > 20
    assert {"active", "completed"} & {row["status"] for row in rows(found, "goal")}
    assert len(rows(found, "coverage")) >= 1 and len(rows(found, "worker_role")) >= 10


def test_a_synthetic_export_gives_each_claim_its_lines_and_each_vaccine_its_row() -> None:
    folder = DATA / "01_synthea/r4_medium_300_ndjson"
    claims, vaccines = (lines(folder / f"{kind}.ndjson.gz") for kind in ("ExplanationOfBenefit", "Immunization"))
    claims, vaccines = claims[::20], vaccines[::20]
    people = {r["patient"]["reference"].split("/")[1] for r in [*claims, *vaccines]}
    found = lives([*({"resourceType": "Patient", "id": p} for p in people), *claims, *vaccines], LATER, ZONE)
    assert len(rows(found, "claim")) == len(claims)
    assert len(rows(found, "claim_line")) == sum(len(c.get("item", [])) for c in claims)
    assert len(rows(found, "immunization")) == sum(len(v["vaccineCode"]["coding"]) for v in vaccines)
    assert all(row["service_on"] for row in rows(found, "claim_line"))


def lines(file: Path) -> list[dict[str, Any]]:
    with gzip.open(file, "rb") as held:
        return [fhir_json.read(line) for line in held if line.strip()]


@pytest.mark.parametrize(
    "archive",
    ["02_conformance/r4_examples_json", "12_ig_examples/pacio_2023_scenes", "12_ig_examples/us-core_7.0.0_examples"],
)
def test_whatever_was_published_is_read_without_a_fault(archive: str) -> None:
    filled = {name for name, table in seen(f"{archive}.zip").tables.items() if table.num_rows}
    assert {"person", "observation", "diagnosis", "goal", "organization", "worker", "site"} <= filled
