"""FHIRPath: the meanings that care rules lean on, and the two ways of reading that must never differ."""

from datetime import UTC, datetime
from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from throughcare.faults import Malformed
from throughcare.fhir.path import Node, compile
from throughcare.fhir.path.plans import MISSHAPEN

NOW = datetime(2026, 3, 4, 15, 16, 17, tzinfo=UTC)
WEIGHT = {
    "resourceType": "Observation",
    "id": "w1",
    "status": "final",
    "subject": {"reference": "Patient/p1"},
    "performer": [{"reference": "Practitioner/d1"}, {"reference": "#aide"}],
    "contained": [{"resourceType": "Practitioner", "id": "aide"}],
    "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7"}, {"system": "urn:local", "code": "WT"}]},
    "effectiveDateTime": "2026-01",
    "valueQuantity": {"value": Decimal("1.10"), "unit": "kg", "system": "http://unitsofmeasure.org", "code": "kg"},
}


def ask(expression: str, resource: Any = None, **more: Any) -> list:
    return compile(expression)(resource, **more)


def test_a_decimal_keeps_the_digits_it_was_given() -> None:
    assert str(ask("value.value", WEIGHT)[0]) == "1.10"
    assert ask("value.value.toString()", WEIGHT) == ["1.10"]
    assert ask("1.10 = 1.1") == [True]


@pytest.mark.parametrize(
    ("expression", "answer"),
    [
        ("true and {}", []),
        ("false and {}", [False]),
        ("true or {}", [True]),
        ("false or {}", []),
        ("{} implies true", [True]),
        ("{} = 1", []),
        ("({} = 1).not()", []),
        ("{} xor true", []),
    ],
)
def test_an_unknown_stays_unknown_unless_it_cannot_matter(expression: str, answer: list) -> None:
    assert ask(expression) == answer


@pytest.mark.parametrize(
    ("expression", "answer"),
    [
        ("@2026-01 < @2026-02-01", [True]),
        ("@2026-01 < @2026-01-15", []),
        ("@2026 = @2026-01", []),
        ("@2026-01-15T10:00:00Z = @2026-01-15T05:00:00-05:00", [True]),
        ("@2026-01-15T10:00:00Z < @2026-01-15T11:00:00", []),
        ("@2026-01-31 + 1 month = @2026-02-28", [True]),
        ("@2024-02-29 + 1 year = @2025-02-28", [True]),
        ("@2026-01 + 40 days = @2026-02", [True]),
        ("@2026-01.lowBoundary() = @2026-01-01", [True]),
        ("@2026-02.highBoundary() = @2026-02-28", [True]),
    ],
)
def test_a_date_known_in_part_is_compared_only_as_far_as_it_is_known(expression: str, answer: list) -> None:
    assert ask(expression) == answer


def test_a_date_that_does_not_exist_is_refused_with_its_place() -> None:
    with pytest.raises(Malformed, match="character 8"):
        compile("today < @2023-02-29".replace("today", "date"))


@pytest.mark.parametrize(
    ("expression", "answer"),
    [
        ("value > 1 'g'", [True]),
        ("value > 2 '[lb_av]'", [True]),
        ("value > 1 's'", []),
        ("value = 1100 'g'", [True]),
        ("7 days = 1 'wk'", [True]),
        ("1 year = 1 'a'", []),
        ("37 'Cel' > 98 '[degF]'", [True]),
        ("120 'mm[Hg]' > 15 'kPa'", [True]),
    ],
)
def test_amounts_are_compared_in_a_common_unit_or_not_at_all(expression: str, answer: list) -> None:
    assert ask(expression, WEIGHT) == answer


def test_a_choice_element_is_read_by_its_bare_name_and_chosen_by_type() -> None:
    assert ask("value.ofType(Quantity).unit", WEIGHT) == ["kg"]
    assert ask("value.ofType(string)", WEIGHT) == []
    assert ask("value is Quantity", WEIGHT) == [True]
    assert ask("(effective as dateTime) | (effective as Period).start", WEIGHT) == ["2026-01"]
    assert compile("value | status").typed(WEIGHT) == [("Quantity", WEIGHT["valueQuantity"]), ("code", "final")]


def test_a_value_with_only_an_extension_is_there_but_has_no_value() -> None:
    unknown = {"resourceType": "Patient", "_birthDate": {"extension": [{"url": "urn:why", "valueCode": "unknown"}]}}
    assert ask("birthDate.exists()", unknown) == [True]
    assert ask("birthDate.hasValue()", unknown) == [False]
    assert ask("birthDate.extension('urn:why').value", unknown) == ["unknown"]
    assert ask("birthDate", unknown) == []


def test_references_resolve_to_what_is_at_hand_and_otherwise_to_their_type() -> None:
    assert ask("subject.where(resolve() is Patient).reference", WEIGHT) == ["Patient/p1"]
    assert ask("subject.where(resolve() is Group).reference", WEIGHT) == []
    assert ask("performer.resolve().id", WEIGHT) == ["aide"]
    patient = {"resourceType": "Patient", "id": "p1", "gender": "female"}
    bundle = {"resourceType": "Bundle", "entry": [{"resource": WEIGHT}, {"resource": patient}]}
    assert ask("subject.resolve().gender", WEIGHT, within=bundle) == ["female"]
    assert ask("entry.resource.ofType(Observation).subject.resolve().gender", bundle) == ["female"]


def test_terminology_and_profiles_are_refused_aloud_not_guessed() -> None:
    with pytest.raises(Malformed, match="terminology"):
        ask("code.memberOf('http://example.org/vs')", WEIGHT)
    with pytest.raises(Malformed, match="profile"):
        ask("conformsTo('http://example.org/StructureDefinition/mine')", WEIGHT)


def test_trace_prints_nothing_and_tells_its_sink_types_only(capfd: pytest.CaptureFixture[str]) -> None:
    heard: list = []
    assert ask("subject.trace('who').reference.trace('ref').exists()", WEIGHT) == [True]
    path = compile("subject.trace('who').reference.trace('ref')")
    path(WEIGHT, trace=lambda name, types: heard.append((name, types)))
    assert heard == [("who", ["FHIR.Reference"]), ("ref", ["FHIR.string"])]
    assert capfd.readouterr() == ("", "")


def test_the_time_is_what_the_caller_says_and_never_read_from_a_clock() -> None:
    assert [str(day) for day in ask("today() - 1 month", now=NOW)] == ["2026-02-04"]
    with pytest.raises(Malformed, match="no moment"):
        ask("today()")


def test_a_mistake_names_the_expression_and_the_place_but_no_value() -> None:
    with pytest.raises(Malformed) as caught:
        ask("status.where($this + 1 = 2)", WEIGHT)
    assert "character 20" in str(caught.value) and "final" not in str(caught.value)


def test_an_expression_is_checked_against_a_type_before_any_record_is_read() -> None:
    compile("value.ofType(Quantity).value").check("Observation")
    for wrong in ("valueQuantity", "Patient.name", "(value as Period).unit", "children().first()", "code.codings"):
        with pytest.raises(Malformed):
            compile(wrong).check("Observation")


def test_search_parameters_use_as_to_filter_several_items() -> None:
    several = {
        "resourceType": "Observation",
        "component": [{"valueQuantity": {"value": 1}}, {"valueString": "x"}, {"valueQuantity": {"value": 2}}],
    }
    assert compile("(component.value as Quantity).value", as_filters=True)(several) == [1, 2]
    with pytest.raises(Malformed, match="ofType"):
        ask("(component.value as Quantity).value", several)


def test_deep_and_long_expressions_are_refused_not_endured() -> None:
    with pytest.raises(Malformed, match="deeper"):
        compile("(" * 500 + "1" + ")" * 500)
    with pytest.raises(Malformed, match="steps"):
        compile("1 + " * 4_000 + "1")
    with pytest.raises(Malformed, match="longer"):
        compile("1 + " * 10_000 + "1")


HOSTILE: list[Any] = [
    *("text", 5, True, {"resourceType": ["Patient"]}, {"resourceType": 5, "name": "x"}),
    {
        "resourceType": "Patient",
        "name": [None, 5, "x", {"family": {"a": 1}, "given": {"b": [1]}}],
        "extension": {"url": 5},
    },
    {"resourceType": "Patient", "birthDate": 5, "deceasedBoolean": "no", "active": [], "_active": "x", "id": ["a"]},
    {
        "resourceType": "Observation",
        "valueQuantity": {"value": "abc", "system": "http://unitsofmeasure.org", "code": "kg"},
    },
    {"resourceType": "Observation", "valueQuantity": {"value": 1, "system": "http://unitsofmeasure.org", "code": 5}},
    {
        "resourceType": "Observation",
        "component": [{"valueQuantity": 5}],
        "effectiveDateTime": "2026-02-31",
        "subject": "p",
    },
]


@pytest.mark.parametrize(
    "expression",
    [
        *(
            "name.given.first()",
            "birthDate + 1 day",
            "value * 2 > 1 'g'",
            "descendants().count()",
            "children().distinct()",
        ),
        *(
            "effective < today()",
            "subject.resolve()",
            "extension('u').value",
            "name.family.lower()",
            "component.value.sum()",
        ),
        *(
            "active.not()",
            "id & 'x'",
            "name.where(given = 'x').exists()",
            "value ~ 1 'kg'",
            "name | value",
            "type().name",
        ),
    ],
)
def test_a_record_of_any_shape_gets_an_answer_or_a_named_fault(expression: str) -> None:
    for record in HOSTILE:
        _answer(lambda: ask(expression, record, now=NOW))  # noqa: B023
        _answer(lambda: ask(expression, record))  # noqa: B023


HEADS = ["name", "name.where(use = 'official')", "name.first()", "name[1]", "contact.name", "Patient.name"]
TAILS = [
    *("family", "given", "given.first()", "given.last()", "family.exists()", "given.empty()", "given.join(' ')"),
    *("family = 'A'", "given = 'Ann'", "use in ('old' | 'official')", "period.start"),
    *("where(use = 'old' or family.exists()).given", "where(family != 'A').use", "exists(use = 'usual')"),
    *("given.where($this.startsWith('A'))", "use.where($this = 'old').empty()", "family & '!'", "prefix.exists()"),
    *("extension('urn:x').value.ofType(code)", "extension.where(url = 'urn:x').value.exists()", "select(given)"),
]
WHOLE = [
    *("deceased.exists()", "deceased.ofType(boolean)", "deceased.ofType(dateTime).exists()", "active", "active = true"),
    *("(active = false).not()", "active.where($this).exists()", "active and gender = 'female'", "gender.matches('^f')"),
    *("getResourceKey()", "managingOrganization.getReferenceKey()", "(name.family | name.text)", "name.use != 'old'"),
    *("generalPractitioner.getReferenceKey(Practitioner)", "name.where((use != 'old').not()).given"),
    *("iif(name.exists(), name.first().family, 'none')", "iif(active, 1, {})", "iif(active, birthDate, gender)"),
    *("multipleBirth.ofType(integer) > 1", "'Patient/' & id", "id", "birthDate", "link.other.reference", "photo.title"),
    *("extension('urn:x').extension('urn:y').value.ofType(Coding).code", "gender = %sct", "contact.gender = 'male'"),
]
PEOPLE: list[dict] = [
    {},
    {"id": "a", "active": True, "gender": "female", "birthDate": "1950", "deceasedBoolean": False},
    {"id": "b", "active": False, "_active": {"id": "x"}, "deceasedDateTime": "2020-05", "multipleBirthInteger": 2},
    {"_deceasedDateTime": {"extension": [{"url": "urn:why", "valueCode": "unknown"}]}},
    {"_active": {"id": "only"}, "_gender": {"extension": []}, "_birthDate": {"id": "d"}, "multipleBirthBoolean": True},
    {"name": [{"use": "official", "family": "A", "given": ["Ann", "Bo"], "period": {"start": "2001"}}]},
    {"name": [{"use": "usual", "given": ["Ann"]}, {"use": "old", "family": "B", "text": "B"}, {"family": "A"}]},
    {"name": [{"_family": {"id": "f"}, "given": ["Ann"], "_given": [{"id": "g"}]}, {"family": "A"}]},
    {"name": [{"given": [None, "Ann"], "_given": [{"id": "g"}, None]}], "contact": [{"name": {"family": "A"}}]},
    {"name": [{"_given": [{"id": "g"}], "_use": {"id": "u"}}, {"given": ["Al", "Ann"], "prefix": ["Dr"]}]},
    {"name": {"family": "A", "given": "Ann"}, "contact": {"gender": "male"}},
    {"name": [{"family": "A", "extension": [{"url": "urn:x", "valueCode": "c"}, {"url": "urn:z"}]}]},
    {"extension": [{"url": "urn:x", "extension": [{"url": "urn:y", "valueCoding": {"code": "k"}}]}]},
    {"managingOrganization": {"reference": "Organization/o"}, "link": [{"other": {"reference": "a/b"}}]},
    {"generalPractitioner": [{"display": "x"}, {"reference": "PractitionerRole/r"}, {"reference": "Practitioner/p"}]},
    {"contact": [{"gender": "male", "name": {"given": ["C"]}}, {"name": {"use": "old"}}], "photo": [{"title": "t"}]},
]


PLAIN = [f"{head}.{tail}" for head, tail in product(HEADS, TAILS)] + WHOLE


@pytest.mark.parametrize("expression", PLAIN)
def test_reading_directly_answers_as_the_engine_does(expression: str) -> None:
    path = compile(expression)
    direct = path.short_way("Patient")
    for person in PEOPLE:
        patient = {"resourceType": "Patient", **person}
        wanted = _answer(lambda: [_bare(item) for item in path.items(patient) if _bare(item) is not None])  # noqa: B023
        assert _answer(lambda: path(patient)) == wanted  # noqa: B023
        if direct is not None and isinstance(wanted, list):
            try:
                assert direct(patient) == wanted
            except MISSHAPEN:
                continue


def test_most_plain_expressions_are_read_directly() -> None:
    read = [text for text in PLAIN if compile(text).short_way("Patient") is not None]
    assert len(read) / len(PLAIN) > 0.8


def _bare(item: object) -> object:
    return item.value if isinstance(item, Node) else item


def _answer(ask_it: Any) -> Any:
    try:
        return ask_it()
    except Malformed:
        return "refused"
