"""Terms: each value at each place of a resource, as a 64-bit number; and texts, freed of case and accents."""

import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache
from hashlib import blake2b
from typing import Any

Terms = tuple[
    str, ...
]  # the numbers of one value, joined by commas as an array holds them; nothing where there are none
Reader = Callable[[Any], Terms]

_HELD_MAX = 20_000  # values whose terms one reader remembers


def number(place: str, form: str) -> int:
    """The number of a value in one form at one place, such as "Patient.identifier" and "system|value"."""
    return int.from_bytes(blake2b(f"{place}={form}".encode(), digest_size=8).digest(), "little", signed=True)


def coded_forms(system: str | None, code: str | None) -> tuple[str, ...]:
    """What a token may be asked by: code, system|code, |code where there is no system, system| for any code of it."""
    if code is None:
        return (f"{system}|",) if system else ()
    return (code, f"{system}|{code}", f"{system}|") if system else (code, f"|{code}")


def primitive(place: str) -> Reader:
    """Codes, booleans, ids and plain strings."""
    held: dict[Any, Terms] = {}

    def read(value: Any) -> Terms:
        found = held.get(value)
        return found if found is not None else _hold(held, value, _terms(place, (_plain(value),)))

    return read


def _plain(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def coding(place: str) -> Reader:
    held: dict[Any, Terms] = {}

    def read(value: dict[str, Any]) -> Terms:
        key = (value.get("system"), value.get("code"))
        found = held.get(key)
        return found if found is not None else _hold(held, key, _terms(place, coded_forms(*key)))

    return read


def concept(place: str) -> Reader:
    """A concept by each of its codings."""
    one = coding(place)

    def read(value: dict[str, Any]) -> Terms:
        codings = value.get("coding")
        if not codings:
            return ()
        return one(codings[0]) if len(codings) == 1 else tuple(t for c in codings for t in one(c))

    return read


def identifier(place: str) -> Reader:
    """An identifier by value, system and value, and the kind of identifier (:of-type)."""

    def read(value: dict[str, Any]) -> Terms:
        held = value.get("value")
        kinds = (value.get("type") or {}).get("coding") or () if held else ()
        typed = [f"{c.get('system', '')}|{c.get('code', '')}|{held}" for c in kinds]
        return _terms(place, coded_forms(value.get("system"), held)) + _terms(f"{place}:of-type", typed)

    return read


def contact(place: str) -> Reader:
    """A phone or an address by its value, alone and with what it is: email|a@b."""

    def read(value: dict[str, Any]) -> Terms:
        held = value.get("value")
        return _terms(place, coded_forms(value.get("system"), held)[:2]) if held else ()

    return read


def reference(place: str) -> Reader:
    """A reference by "Type/id", by id alone, by address, and by the identifier it gives instead."""
    held: dict[Any, Terms] = {}

    def read(value: dict[str, Any]) -> Terms:
        text = value.get("reference")
        if text is None or "identifier" in value:
            return _by_identifier(place, value) + (_terms(place, _referred(text)) if text else ())
        found = held.get(text)
        return found if found is not None else _hold(held, text, _terms(place, _referred(text)))

    return read


def _referred(text: str) -> list[str]:
    if text.startswith("#"):
        return []
    parts = text.partition("/_history/")[0].rsplit("/", 2)
    local = len(parts) >= 2 and parts[-2][:1].isupper()
    forms = [f"{parts[-2]}/{parts[-1]}", parts[-1]] if local else []
    return [*forms, text] if len(parts) > 2 or not local else forms


def _by_identifier(place: str, value: dict[str, Any]) -> Terms:
    held = value.get("identifier") or {}
    return _terms(f"{place}:identifier", coded_forms(held.get("system"), held.get("value")))


def uri(place: str) -> Reader:
    """An address, and for a canonical one also without its version."""

    def read(value: str) -> Terms:
        bare = value.partition("|")[0]
        return _terms(place, (value,) if bare == value else (value, bare))

    return read


def unit(place: str) -> Reader:
    """The unit of a quantity; its amount is a number of the row."""
    held: dict[Any, Terms] = {}

    def read(value: dict[str, Any]) -> Terms:
        key = (value.get("system"), value.get("code") or value.get("currency"), value.get("unit"))
        found = held.get(key)
        return found if found is not None else _hold(held, key, _terms(place, _unit_forms(*key)))

    return read


def _unit_forms(system: str | None, code: str | None, shown: str | None) -> dict[str, None]:
    return dict.fromkeys([*coded_forms(system, code)[:2], *([shown] if shown else [])])


def _terms(place: str, forms: Iterable[str]) -> Terms:
    return tuple([str(number(place, form)) for form in forms])


def _hold(held: dict[Any, Terms], key: Any, found: Terms) -> Terms:
    if len(held) >= _HELD_MAX:
        held.clear()
    held[key] = found
    return found


@lru_cache(maxsize=50_000)
def normal(text: str) -> str:
    """A text as it is searched: no case, no accents, single spaces."""
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(text.casefold().split())
