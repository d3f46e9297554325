"""A resource is what FHIR R4 says it is, or it is refused with the place and the reason."""

import pytest

from throughcare.faults import Malformed
from throughcare.fhir import dates, validate

OBSERVATION = b'"resourceType":"Observation","status":"final","code":{"text":"x"}'


@pytest.mark.parametrize(
    "data",
    [
        b'{"resourceType":"Patient"}',
        b'{"resourceType":"Patient","birthDate":"1974"}',
        b'{"resourceType":"Patient","birthDate":"2024-02-29"}',
        b'{"resourceType":"Patient","_birthDate":{"extension":[{"url":"http://x","valueCode":"unknown"}]}}',
        b'{"resourceType":"Patient","name":[{"given":["A",null],"_given":[null,{"id":"g2"}]}]}',
        b'{"resourceType":"Observation","_status":{"extension":[{"url":"http://x","valueCode":"unknown"}]},"code":{"text":"x"}}',
        b"{%s}" % OBSERVATION,
        b'{%s,"valueQuantity":{"value":1.10}}' % OBSERVATION,
        b'{%s,"contained":[{"resourceType":"Patient","id":"p"}]}' % OBSERVATION,
        b'{"resourceType":"Encounter","status":"finished","class":{"code":"AMB"}}',
        b'{"resourceType":"Patient","deceasedBoolean":false}',
        b'{%s,"effectiveDateTime":"2016-12-31T23:59:60Z"}' % OBSERVATION,
        b'{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient"}}]}',
    ],
)
def test_what_the_specification_allows_passes(data: bytes) -> None:
    validate.check(data)


REFUSED = {
    "a day no calendar has": (b'{"resourceType":"Patient","birthDate":"2023-02-29"}', "birthDate"),
    "a thirtieth of February": (b'{"resourceType":"Patient","birthDate":"2024-02-30"}', "birthDate"),
    "a leap day of 2100": (b'{"resourceType":"Patient","birthDate":"2100-02-29"}', "birthDate"),
    "a thirteenth month": (b'{"resourceType":"Patient","birthDate":"1980-13-45"}', "birthDate"),
    "the year nought": (b'{"resourceType":"Patient","birthDate":"0000"}', "birthDate"),
    "a date with a line end": (b'{"resourceType":"Patient","birthDate":"1980\\n"}', "birthDate"),
    "a date where an instant is asked": (b'{%s,"issued":"2024-01-01"}' % OBSERVATION, "issued"),
    "a time without a zone": (b'{%s,"effectiveDateTime":"2024-01-01T10:00:00"}' % OBSERVATION, "effectiveDateTime"),
    "an unknown element": (b'{"resourceType":"Patient","nickname":"x"}', "nickname"),
    "an element of a later release": (b'{"resourceType":"Patient","meta":{"project":"x"}}', "project"),
    "an unknown type": (b'{"resourceType":"NotAType"}', "NotAType"),
    "no type": (b'{"id":"x"}', "resourceType"),
    "a missing status": (b'{"resourceType":"Observation","code":{"text":"x"}}', "status"),
    "a missing code": (b'{"resourceType":"Observation","status":"final"}', "code"),
    "a code that is not allowed": (b'{"resourceType":"Patient","gender":"m"}', "gender"),
    "a text where a number belongs": (b'{%s,"valueQuantity":{"value":"5.4"}}' % OBSERVATION, "valueQuantity.value"),
    "a number where a text belongs": (b'{"resourceType":"Patient","id":5}', "id"),
    "one where many belong": (b'{"resourceType":"Patient","name":{"family":"x"}}', "name"),
    "many where one belongs": (b'{"resourceType":"Patient","gender":["male"]}', "gender"),
    "an empty list": (b'{"resourceType":"Patient","name":[]}', "name"),
    "an empty text": (b'{"resourceType":"Patient","name":[{"family":""}]}', "name[0].family"),
    "null": (b'{"resourceType":"Patient","gender":null}', "gender"),
    "two values": (b'{%s,"valueString":"x","valueBoolean":true}' % OBSERVATION, "value[x]"),
    "an extension with two values": (
        b'{"resourceType":"Patient","extension":[{"url":"http://x","valueString":"x","valueCode":"x"}]}', "value[x]",
    ),
    "an extension without its address": (b'{"resourceType":"Patient","extension":[{"valueString":"x"}]}', "url"),
    "a missing choice": (
        b'{"resourceType":"MedicationRequest","status":"active","intent":"order","subject":{}}', "medication[x]",
    ),
    "an id with a space": (b'{"resourceType":"Patient","id":"a b"}', "id"),
    "an id of 65 characters": (b'{"resourceType":"Patient","id":"%s"}' % (b"a" * 65), "id"),
    "a count below one": (b'{"resourceType":"Patient","telecom":[{"rank":0}]}', "telecom[0].rank"),
    "a wrong resource within": (
        b'{%s,"contained":[{"resourceType":"Patient","gender":"m"}]}' % OBSERVATION, "contained[0].gender",
    ),
    "an address with a space": (b'{"resourceType":"Patient","implicitRules":"http://a b"}', "implicitRules"),
    "an address with a tab": (b'{"resourceType":"Patient","implicitRules":"http://a\\tb"}', "implicitRules"),
    "a code with two spaces": (b'{"resourceType":"Patient","language":"en  US"}', "language"),
    "a code that ends in a space": (b'{"resourceType":"Patient","language":"en "}', "language"),
    "a thirty-first of April": (b'{"resourceType":"Patient","birthDate":"1980-04-31"}', "birthDate"),
    "what is not JSON": (b"{", "JSON"),
}  # fmt: skip


@pytest.mark.parametrize(("data", "place"), REFUSED.values(), ids=REFUSED)
def test_what_it_does_not_allow_is_refused_with_its_place(data: bytes, place: str) -> None:
    with pytest.raises(Malformed) as refused:
        validate.check(data, where="in.ndjson:7")
    assert place in refused.value.what and refused.value.where == "in.ndjson:7"


def test_a_fault_repeats_no_value_of_the_record() -> None:
    with pytest.raises(Malformed) as refused:
        validate.check(b'{"resourceType":"Patient","gender":"Ottilie","birthDate":"1980"}')
    assert "Ottilie" not in str(refused.value)


def test_nesting_without_end_does_not_end_the_process() -> None:
    deep = b'{"resourceType":"Parameters","parameter":[%s]}' % (
        b'{"name":"a","part":[' * 50_000 + b'{"name":"b"}' + b"]}" * 50_000
    )
    with pytest.raises(Malformed):
        validate.check(deep)


def _dated(text: str) -> bool:
    try:
        validate.check(b'{"resourceType":"Patient","birthDate":"%s"}' % text.encode())
    except Malformed:
        return False
    return True


@pytest.mark.parametrize("year", [1, 1600, 1700, 1900, 1999, 2000, 2023, 2024, 2100, 2400, 9999])
def test_a_day_passes_when_the_calendar_has_it_and_only_then(year: int) -> None:
    for month in range(0, 14):
        for day in range(0, 33):
            text = f"{year:04}-{month:02}-{day:02}"
            assert _dated(text) == (dates.first_day(text) is not None), text
