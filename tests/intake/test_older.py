"""Claims and coverage of the first Blue Button, in STU3, become R4 as they are loaded; what is neither is refused."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import given as examples
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from throughcare.fhir import json as fhir_json
from throughcare.fhir import validate
from throughcare.intake.fhir.older import CURRENCIES, as_r4
from throughcare.stores.postgres import Database

from .loading import run
from .test_x12 import seen

CLAIM_TYPE = "https://bluebutton.cms.gov/resources/variables/nch_clm_type_cd"
HCPCS = "https://bluebutton.cms.gov/resources/codesystem/hcpcs"
USD = {"system": CURRENCIES, "code": "USD"}
OLD: dict[str, Any] = {
    "resourceType": "ExplanationOfBenefit", "id": "inpatient-1", "status": "active",
    "extension": [{"url": "https://example.org/paid", "valueMoney": {"value": 3, **USD}}],
    "type": {"coding": [{"system": CLAIM_TYPE, "code": "60"},
                        {"system": "http://hl7.org/fhir/ex-claimtype", "code": "institutional"}]},
    "patient": {"reference": "Patient/1"}, "billablePeriod": {"start": "2026-01-05", "end": "2026-01-09"},
    "organization": {"identifier": {"system": "http://hl7.org/fhir/sid/us-npi", "value": "1234567893"}},
    "hospitalization": {"start": "2026-01-05", "end": "2026-01-08"},
    "information": [{"sequence": 4, "category": {"text": "Day"}, "timingDate": "2026-01-07"}],
    "diagnosis": [{"sequence": 1, "type": [{"coding": [{"code": "principal"}]}], "diagnosisCodeableConcept":
                   {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10", "code": "I509"}]}}],
    "insurance": {"coverage": {"reference": "Coverage/a"}}, "totalCost": {"value": 1200, **USD},
    "payment": {"date": "2026-01-30", "amount": {"value": 900, **USD}},
    "item": [{"sequence": 1, "careTeamLinkId": [1], "diagnosisLinkId": [1], "servicedDate": "2026-01-05",
              "service": {"coding": [{"system": HCPCS, "code": "99223"}]},
              "adjudication": [{"category": {"text": "paid"}, "amount": {"value": 900, **USD}}]}],
}  # fmt: skip
COVER = {"resourceType": "Coverage", "id": "a", "status": "active", "beneficiary": {"reference": "Patient/1"},
         "grouping": {"subGroup": "Medicare", "subPlan": "Part A", "subPlanDisplay": "Hospital"}}  # fmt: skip


def r4(old: dict[str, Any]) -> dict[str, Any]:
    made = as_r4(old)
    assert made is not None
    validate.check(fhir_json.write(made))
    return made


def test_a_claim_says_the_same_in_r4() -> None:
    made = r4(OLD)
    (row,) = seen("claim", made)
    assert (row["claim_type"], row["setting"], row["diagnosis"], row["npi"]) == (
        "institutional", "inpatient", "I509", "1234567893"
    )  # fmt: skip
    assert (str(row["billed"]), str(row["paid"]), str(row["received_at"])[:10]) == ("1200", "900", "2026-01-30")
    assert [str(row[name])[:10] for name in ("admitted_at", "discharged_at")] == ["2026-01-05", "2026-01-08"]
    assert made["extension"][0]["valueMoney"] == {"value": 3, "currency": "USD"}
    assert [one["sequence"] for one in made["supportingInfo"]] == [4, 5]
    (item,) = made["item"]
    assert item["productOrService"]["coding"] == [{"system": "http://www.ama-assn.org/go/cpt", "code": "99223"}]
    assert (item["careTeamSequence"], item["diagnosisSequence"]) == ([1], [1])
    assert made["insurance"] == [{"focal": True, "coverage": {"reference": "Coverage/a"}}]
    assert made["diagnosis"][0]["diagnosisCodeableConcept"]["coding"][0]["system"].endswith("icd-10-cm")


def test_a_coverage_has_classes() -> None:
    told = [(one["type"]["coding"][0]["code"], one["value"], one.get("name")) for one in r4(COVER)["class"]]
    assert told == [("subgroup", "Medicare", None), ("subplan", "Part A", "Hospital")]


def test_what_is_loaded_is_r4_and_a_claim_of_r4_is_left_alone(database: Database, tmp_path: Path) -> None:
    new = {name: value for name, value in r4(OLD).items() if value is not None} | {"id": "new"}
    wrong = OLD | {"id": "wrong", "accident": {"locationAddres": {}}}
    (tmp_path / "eob.ndjson").write_text("\n".join(json.dumps(one) for one in (OLD, COVER, new, wrong)))
    counts = run(database, tmp_path)
    assert (counts.stored, counts.quarantined) == (3, 1) and "locationAddres" in next(iter(counts.reasons))
    assert run(database, tmp_path, again=True).stored == 0
    assert as_r4(new) is None and as_r4({"resourceType": "Patient", "information": []}) is None


@hypothesis_settings(max_examples=500, deadline=timedelta(seconds=5))
@examples(
    which=st.sampled_from([OLD, COVER]),
    name=st.sampled_from(sorted({*OLD, *COVER} - {"resourceType"})),
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(OLD)), inner, max_size=3),
        max_leaves=8,
    ),
)
def test_nothing_that_stands_in_their_place_crashes(which: dict[str, Any], name: str, value: Any) -> None:
    made = as_r4(which | {name: value})
    assert made is None or made["resourceType"] == which["resourceType"]
