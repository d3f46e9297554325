"""FHIR JSON, read strictly: digits kept as written, no repeated keys, no depth or size without limit."""

import json
from decimal import Decimal
from typing import Any

import msgspec

from throughcare.faults import Malformed

DEPTH_MAX = 64
BYTES_MAX = 16 * 2**20
DIGITS_MAX = 40  # digits of one number; the record's own numbers hold 38
_EXPONENT_MAX = 300


def read(data: bytes, *, where: str = "", depth_max: int = DEPTH_MAX, bytes_max: int = BYTES_MAX) -> dict[str, Any]:
    """One JSON object. Whatever a reader might take in two ways is refused, and the fault names the place."""
    if len(data) > bytes_max:
        raise _malformed(f"It has {len(data):,} bytes; {bytes_max:,} are accepted.", where)
    try:
        value = _DECODER.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise _malformed(_unreadable(data, problem, depth_max), where) from None
    except _WrongNumber as problem:
        raise _malformed(str(problem), where) from None
    if not isinstance(value, dict):
        raise _malformed("It is JSON, but not an object.", where)
    if _ENCODER.encode(value) != data:
        _no_repeated_keys(data, where)
    if data.count(b"{") + data.count(b"[") > depth_max and _is_deeper(value, depth_max):
        raise _malformed(f"It is nested deeper than {depth_max} levels.", where)
    if b"\\u0000" in data and _holds_nul(value):
        raise _malformed("A text in it holds the character NUL.", where)
    return value


def write(value: Any) -> bytes:
    """Compact JSON; decimals keep their digits."""
    return _ENCODER.encode(value)


class _WrongNumber(ValueError):
    """A number that cannot be kept as it was written."""


def _decimal(text: str) -> Decimal:
    number = Decimal(text)
    if len(text) > DIGITS_MAX or abs(number.adjusted()) > _EXPONENT_MAX:
        raise _WrongNumber("A number in it is too long or too large to keep.")
    return number


_DECODER = msgspec.json.Decoder(float_hook=_decimal)
_ENCODER = msgspec.json.Encoder(decimal_format="number")


def _malformed(what: str, where: str) -> Malformed:
    return Malformed(what, where=where, do="Correct it at its source, or fix it in quarantine and replay it.")


def _unreadable(data: bytes, problem: Exception, depth_max: int) -> str:
    if isinstance(problem, _WrongNumber):
        return str(problem)
    if isinstance(problem, RecursionError):
        return f"It is nested deeper than {depth_max} levels."
    if data[:3] == b"\xef\xbb\xbf":
        return "It begins with a byte order mark (byte 0)."
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "It is UTF-16; FHIR JSON is UTF-8."
    if isinstance(problem, UnicodeDecodeError):
        return f"It is not UTF-8 (byte {_first_not_utf8(data)})."
    if isinstance(problem, msgspec.ValidationError):
        return "A number in it is too long or too large to keep."
    return f"It is not JSON: {str(problem).removeprefix('JSON is malformed: ')}."


def _first_not_utf8(data: bytes) -> int:
    try:
        data.decode()
    except UnicodeDecodeError as problem:
        return problem.start
    return 0


def _no_repeated_keys(data: bytes, where: str) -> None:
    """A second, slower reading, of text that does not come back the same: white space, escapes, repeated keys."""
    try:
        _SECOND.decode(data.decode())
    except _Repeated as problem:
        raise _malformed(f"The key {problem} stands twice in one object.", where) from None
    except _WrongNumber as problem:
        raise _malformed(str(problem), where) from None
    except RecursionError:
        raise _malformed(f"It is nested deeper than {DEPTH_MAX} levels.", where) from None


class _Repeated(Exception):
    """A key that stands twice."""


def _unique(pairs: list[tuple[str, Any]]) -> None:
    keys = {key for key, _ in pairs}
    if len(keys) != len(pairs):
        raise _Repeated(repr(next(key for n, (key, _) in enumerate(pairs) if key in dict(pairs[:n]))[:40]))


def _integer(text: str) -> None:
    if text == "-0":
        raise _WrongNumber("A number in it is -0, which would come back as 0.")


_SECOND = json.JSONDecoder(object_pairs_hook=_unique, parse_int=_integer, parse_float=lambda text: None)


def _is_deeper(value: Any, depth_max: int) -> bool:
    """Whether anything is nested deeper, looking at one level after the other."""
    level = [value]
    for _ in range(depth_max):
        level = [v for n in level for v in (n.values() if type(n) is dict else n) if type(v) is dict or type(v) is list]
        if not level:
            return False
    return True


def _holds_nul(node: Any) -> bool:
    if isinstance(node, str):
        return "\0" in node
    if isinstance(node, dict):
        return any(map(_holds_nul, node)) or any(map(_holds_nul, node.values()))
    return isinstance(node, list) and any(map(_holds_nul, node))
