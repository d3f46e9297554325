"""The library's forms hold together, and third-party questionnaires with a score are scored as their authors say."""

import json
import tomllib
import zipfile
from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from tests.definitions import instruments
from throughcare.definitions import grammar as g
from throughcare.definitions.desugar import form_entries, points_of
from throughcare.definitions.library import SHIPPED_LIBRARY, shipped_library
from throughcare.fhir import json as fhir_json
from throughcare.settings import Settings

DATA = Settings.read().shared_data / "08_questionnaires/questionnaires.zip"
needs_data = pytest.mark.skipif(
    not DATA.is_file(), reason=f"no shared data at {DATA}: set THROUGHCARE_SHARED_DATA to its folder to run this"
)
FORMS = shipped_library().forms
WEIGHTS = ("ordinalValue", "itemWeight")
# Scores that nobody wrote into the response, worked out by hand from its answers.
BY_HAND = {
    "hl7-phr/QuestionnaireResponse-phq9.json": 3,
    "hl7-phr/QuestionnaireResponse-gad7.json": 3,
    # farm work, no housing, schooling, no work, clothing, child care, rides, little contact, not safe
    "us-core-7.0.0/QuestionnaireResponse-PRAPARE-example.json": 9,
    "gravity-sdoh-cc/QuestionnaireResponse-SDOHCC-QuestionnaireResponsePRAPAREExample.json": 9,
    "us-core-7.0.0/QuestionnaireResponse-exercise-vital-sign.json": 180,  # 3 days of 60 minutes
    "r4-spec/QuestionnaireResponse-gcs.json": 13,  # confused 4, localizes pain 5, opens eyes 4
}
# Responses without a score to compare, and why.
NO_SCORE = "the questionnaire defines no score"
EXPLAINED = {
    "us-core-7.0.0/QuestionnaireResponse-TAPS.json": NO_SCORE,
    "us-core-7.0.0/QuestionnaireResponse-glasgow-coma-score.json": "it names no questionnaire, so no form claims it",
    "hl7-sdc/QuestionnaireResponse-questionnaireresponse-sdc-profile-example-PHQ9.json": (
        "its answers are words of its own, and add up to 10 where it states 13"
    ),
}
OTHER = ("map-populate", "ussg-fht", "sdc-profile-example", "Cardiology", "3141", "-bb", "f201", "eLTSS", "Mobility",
         "CAM-", "questionnaireresponse1")  # fmt: skip


@cache
def resources() -> dict[str, Any]:
    with zipfile.ZipFile(DATA) as found:
        names = [n for n in found.namelist() if n.endswith(".json")]
        return {name: fhir_json.read(found.read(name)) for name in names}


def responses() -> dict[str, Any]:
    return {n: r for n, r in resources().items() if r["resourceType"] == "QuestionnaireResponse"}


def flat(node: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for item in node.get("item", []) for one in (item, *flat(item))]


def code_of(item: dict[str, Any]) -> str:
    return str(item["code"][0]["code"]) if item.get("code") else ""


def weight(option: dict[str, Any]) -> Decimal | None:
    listed = [*option.get("extension", []), *option.get("valueCoding", {}).get("extension", [])]
    found = [e["valueDecimal"] for e in listed if e["url"].rsplit("/", 1)[1] in WEIGHTS]
    return Decimal(str(found[0])) if found else None


def weighed(item: dict[str, Any]) -> dict[str, Decimal]:
    pairs = ((o["valueCoding"]["code"], weight(o)) for o in item.get("answerOption", []) if "valueCoding" in o)
    return {code: points for code, points in pairs if points is not None}


def form_of(name: str, questionnaire: dict[str, Any]) -> g.Form | None:
    """A form made of a questionnaire whose options have weights; its total is the number that says so."""
    asked = [i for i in flat(questionnaire) if weighed(i)]
    totals = [i for i in flat(questionnaire) if i.get("type") == "decimal" and "score" in i.get("text", "").lower()]
    totals = [i["linkId"].rsplit("/", 1)[1] for i in totals if "T-score" not in i["text"]]
    if not asked or not totals:
        return None
    items = [g.Item(id=f"i{n}", code=code_of(i), points=dict(weighed(i))) for n, i in enumerate(asked)]
    return g.Form(id="other", title="", cites="", license="licensed", url=[name], total=totals, item=items)


def built() -> dict[str, g.Form]:
    """Forms of the third-party questionnaires, by the address their responses use."""
    found = {}
    for questionnaire in (q for q in resources().values() if q["resourceType"] == "Questionnaire"):
        address = f"Questionnaire/{questionnaire.get('id')}"
        if form := form_of(address, questionnaire):
            found[address] = form
    codes = {"verbal": "1.1", "motor": "1.2", "eye": "1.3"}
    coma = [g.Item(id=name, link=[link], least=1, most=6) for name, link in codes.items()]
    found["Questionnaire/gcs"] = g.Form(
        id="other", title="", cites="", license="free", url=["Questionnaire/gcs"], item=coma
    )
    return found


def forms_for(response: dict[str, Any]) -> list[g.Form]:
    """The forms that claim a response, our own first, and of those the ones it answers."""
    address = response.get("questionnaire", "").split("|")[0]
    links = {i["linkId"] for i in flat(response) if "answer" in i}
    names = links | {link.rsplit("/", 1)[-1] for link in links}
    ours = [f for f in FORMS.values() if address in f.url]
    claim = [f for f in ours if names & {*f.total, *(x for i in f.item for x in (i.code, *i.link) if x)}]
    return claim or [f for a, f in built().items() if a == address]


def stated(form: g.Form, response: dict[str, Any]) -> Decimal | None:
    for item in flat(response):
        if {item["linkId"], item["linkId"].rsplit("/", 1)[-1]} & set(form.total) and "answer" in item:
            (answer,) = item["answer"]
            if "valueCoding" in answer:
                return Decimal(form.total_points[answer["valueCoding"]["code"]])
            return Decimal(str(answer.get("valueDecimal", answer.get("valueQuantity", {}).get("value"))))
    return None


def scored(form: g.Form, response: dict[str, Any]) -> dict[str, Any]:
    mine = response | {"subject": {"reference": "Patient/ana"}}
    if FORMS.get(form.id) is form:
        return instruments.scored(form.id, mine)
    plan = instruments.plan(form_entries(form, "forms/other.toml"), "other")
    (row,) = instruments.rows(plan, "form_other", mine).values()
    return row


@needs_data
def test_every_third_party_response_with_a_score_is_scored_equally() -> None:
    from_answers, only_stated, wrong = 0, 0, []
    seen: set[str] = set()
    for name, response in responses().items():
        for form in forms_for(response):
            wanted = BY_HAND.get(name, stated(form, response))
            if wanted is None:
                continue
            row = scored(form, response)
            seen.add(name)
            whole = row.get("lowest") is not None and row["lowest"] == row["highest"]
            from_answers += whole or row["stated"] is None or form.partial == "prorate"
            only_stated += not (whole or row["stated"] is None or form.partial == "prorate")
            if row["score"] != wanted:
                wrong.append((name, form.id, wanted, row["score"]))
    left = sorted(n for n in responses().keys() - seen if n not in EXPLAINED and not any(o in n for o in OTHER))
    print(f"\nthird-party responses scored: {len(seen)}, {from_answers} from answers, {only_stated} by a stated total")
    print("\n".join(f"  not compared: {name}: {why}" for name, why in EXPLAINED.items()))
    assert (wrong, left) == ([], [])
    assert len(seen) >= 35


@needs_data
def test_our_points_are_those_of_third_party_questionnaires() -> None:
    ours = {(i.code, code): p for f in FORMS.values() for i in f.item for code, p in points_of(f, i).items()}
    compared = 0
    for name, questionnaire in resources().items():
        for item in flat(questionnaire) if questionnaire["resourceType"] == "Questionnaire" else ():
            for code, points in weighed(item).items():
                if (code_of(item), code) in ours:
                    compared += 1
                    assert Decimal(str(ours[code_of(item), code])) == points, (name, item["linkId"], code)
    print(f"\npoints compared: {compared}")
    assert compared >= 80


def test_every_code_that_arrives_as_a_result_is_read_by_the_views() -> None:
    for view in ("form_response", "form_answer"):
        text = (SHIPPED_LIBRARY / f"views/{view}/Observation.json").read_text()
        for form in FORMS.values():
            codes = [*form.panel, *(form.total if view == "form_response" else ())]
            assert [c for c in codes if c[-2:-1] == "-" and c not in text] == [], form.id


def test_every_form_of_free_wording_has_its_questionnaire_and_no_licensed_one_does() -> None:
    for form in FORMS.values():
        path = SHIPPED_LIBRARY / f"forms/{form.id}.json"
        if form.license == "licensed":
            assert not path.exists(), form.id
        elif path.exists():
            body = json.loads(path.read_text())
            assert body["url"] in form.url
            assert body.get("copyright", "") == form.credit
            assert all(i.get("text") for i in body["item"])


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_form_and_item_has_its_words(language: str) -> None:
    words = tomllib.loads((SHIPPED_LIBRARY / f"words/{language}.toml").read_text())
    assert [f.id for f in FORMS.values() if f.id not in words["form"]] == []
    items = [f"{f.id}_{i.id}" for f in FORMS.values() for i in f.item]
    assert [i for i in items if i not in words["form_item"]] == []
    bands = {b.id for f in FORMS.values() for b in f.band}
    assert [b for b in sorted(bands) if b not in words["form_band"]] == []


@pytest.mark.parametrize("form", FORMS.values(), ids=lambda f: f.id)
def test_every_form_compiles_and_scores_nothing_of_an_empty_response(form: g.Form) -> None:
    row = instruments.scored(form.id, instruments.filled(form.id, {}))
    assert row["complete"] is not True
    assert row.get("score") is None
