"""FHIR JSON is read strictly, keeps its digits, and costs little."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from throughcare.faults import Malformed
from throughcare.fhir import json


@pytest.mark.parametrize("text", ["1.10", "0.30", "100.0", "-0.5", "12345678901234567.8", "0.000001", "1"])
def test_digits_come_back_as_they_were_written(text: str) -> None:
    data = b'{"value":%s}' % text.encode()
    assert json.write(json.read(data)) == data


def test_decimals_are_decimals_and_integers_are_integers() -> None:
    assert json.read(b'{"a":0.1,"b":3,"c":1e-22}') == {"a": Decimal("0.1"), "b": 3, "c": Decimal("1E-22")}


REFUSED = {
    "a key that stands twice": (b'{"gender":"male","gender":"female"}', "'gender' stands twice"),
    "a key that stands twice, deeper": (b'{"a":[{"b":1, "b":1}]}', "'b' stands twice"),
    "a key twice, once with an escape": (b'{"id":"1","\\u0069d":"2"}', "'id' stands twice"),
    "NaN": (b'{"a":NaN}', "byte 5"),
    "infinity": (b'{"a":-Infinity}', "not JSON"),
    "1e400": (b'{"a":1e400}', "too large"),
    "minus nought": (b'{"a":-0}', "-0"),
    "twenty thousand digits": (b'{"a":%s}' % (b"9" * 20_000), "too long"),
    "a decimal of a thousand digits": (b'{"a":0.%s}' % (b"1" * 1000), "too long"),
    "a byte order mark": (b'\xef\xbb\xbf{"a":1}', "byte order mark (byte 0)"),
    "UTF-16": ('{"a":1}'.encode("utf-16"), "UTF-16"),
    "a character NUL, escaped": (b'{"a":"x\\u0000y"}', "NUL"),
    "a character NUL, bare": (b'{"a":"x\x00y"}', "byte"),
    "a lone surrogate": (b'{"a":"\\ud800"}', "not JSON"),
    "a lone surrogate in the middle": (b'{"a":"\\ud800x","b":1}', "not JSON"),
    "a surrogate as bytes": (b'{"a":"\xed\xa0\x80"}', "not UTF-8 (byte 6)"),
    "a byte that is not UTF-8": (b'{"a":"\xff"}', "not UTF-8 (byte 6)"),
    "an unfinished object": (b'{"a":', "not JSON"),
    "something behind the object": (b'{"a":1} x', "trailing characters (byte 9)"),
    "an array": (b"[]", "not an object"),
    "null": (b"null", "not an object"),
    "nothing": (b"", "not JSON"),
}


@pytest.mark.parametrize(("data", "said"), REFUSED.values(), ids=REFUSED)
def test_what_could_be_read_two_ways_is_refused_and_the_place_named(data: bytes, said: str) -> None:
    with pytest.raises(Malformed, match=r"in\.json") as refused:
        json.read(data, where="in.json")
    assert said in refused.value.what


@pytest.mark.parametrize("depth", [65, 1_000, 200_000])
@pytest.mark.parametrize(("one", "end"), [(b'{"a":', b"}"), (b"[", b"]")])
def test_what_is_nested_too_deep_is_refused(depth: int, one: bytes, end: bytes) -> None:
    with pytest.raises(Malformed, match="deeper than 64"):
        json.read(b'{"x":' + one * depth + b"1" + end * depth + b"}")


def test_brackets_in_texts_are_no_depth() -> None:
    value = {"a": "[" * 500, "b": {"c": "}" * 500}}
    assert json.read(json.write(value)) == value


def test_sixty_four_levels_are_accepted() -> None:
    data = b'{"a":' * 64 + b"1" + b"}" * 64
    assert json.write(json.read(data)) == data
    with pytest.raises(Malformed):
        json.read(b'{"a":' + data + b"}")


def test_what_is_too_large_is_refused_unread() -> None:
    with pytest.raises(Malformed, match="100 are accepted"):
        json.read(b'{"a":"' + b"x" * 100 + b'"}', bytes_max=100)


def test_white_space_and_escapes_are_no_repeated_keys() -> None:
    assert json.read(b' {\n "a" : "\\u00e9\\/", "b": [1.10 , 2] }\r\n') == {"a": "é/", "b": [Decimal("1.10"), 2]}


_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
_NUMBER = st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**9), max_value=10**9)
_LEAF = st.one_of(st.none(), st.booleans(), st.integers(-(2**53), 2**53), _NUMBER, _TEXT)
_VALUE = st.recursive(_LEAF, lambda v: st.lists(v, max_size=4) | st.dictionaries(_TEXT, v, max_size=4), max_leaves=30)


@given(st.dictionaries(_TEXT, _VALUE))
def test_whatever_is_written_is_read_back_equal(value: dict) -> None:
    assert json.read(json.write(value)) == value
