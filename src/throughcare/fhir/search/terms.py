"""Terms: each (parameter, value) a resource is found by, as a 64-bit number; and texts, freed of case and accents."""

import unicodedata
from collections.abc import Callable
from functools import lru_cache
from hashlib import blake2b
from typing import Any

Terms = tuple[int, ...]
Reader = Callable[[Any], Terms]
Targets = list[tuple[str, str]]  # (parameter as "Type?name", only this reference type or contact system; "" for any)

_HELD_MAX = 20_000  # values whose terms one parameter remembers


def term(parameter: str, value: str) -> int:
    """The number of "Patient?identifier" and "system|value"; a value without its system has a term of its own."""
    return int.from_bytes(blake2b(f"{parameter}={value}".encode(), digest_size=8).digest(), "little", signed=True)


def coded_forms(system: str | None, code: str | None) -> tuple[str, ...]:
    """What a token may be asked by: code, system|code, |code where there is no system, system| for any code of it."""
    if code is None:
        return (f"{system}|",) if system else ()
    return (code, f"{system}|{code}", f"{system}|") if system else (code, f"|{code}")


def primitive(targets: Targets) -> Reader:
    """Codes, booleans, ids and plain strings."""
    held: dict[Any, Terms] = {}

    def read(value: Any) -> Terms:
        found = held.get(value)
        return found if found is not None else _hold(held, value, _terms(targets, (_plain(value), f"|{_plain(value)}")))

    return read


def _plain(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def coding(targets: Targets) -> Reader:
    held: dict[Any, Terms] = {}

    def read(value: dict[str, Any]) -> Terms:
        key = (value.get("system"), value.get("code"))
        found = held.get(key)
        return found if found is not None else _hold(held, key, _terms(targets, coded_forms(*key)))

    return read


def concept(targets: Targets) -> Reader:
    """A concept by each of its codings."""
    one = coding(targets)

    def read(value: dict[str, Any]) -> Terms:
        codings = value.get("coding")
        if not codings:
            return ()
        return one(codings[0]) if len(codings) == 1 else tuple(t for c in codings for t in one(c))

    return read


def identifier(targets: Targets) -> Reader:
    """An identifier by value, system and value, and the kind of identifier (:of-type)."""

    def read(value: dict[str, Any]) -> Terms:
        number = value.get("value")
        kinds = (value.get("type") or {}).get("coding") or () if number else ()
        typed = [f"{c.get('system', '')}|{c.get('code', '')}|{number}" for c in kinds]
        found = _terms(targets, coded_forms(value.get("system"), number))
        return found + tuple(term(f"{name}:of-type", form) for name, _ in targets for form in typed)

    return read


def contact(targets: Targets) -> Reader:
    """A phone or address by its value; `phone` and `email` take only theirs."""

    def read(value: dict[str, Any]) -> Terms:
        number, system = value.get("value"), value.get("system")
        kept = [(name, "") for name, only in targets if only in ("", system)]
        return _terms(kept, coded_forms(system, number)) if number else ()

    return read


def reference(targets: Targets) -> Reader:
    """A reference by "Type/id", by id alone, by address; `patient` and its like take only references to theirs."""
    held: dict[Any, Terms] = {}

    def read(value: dict[str, Any]) -> Terms:
        text = value.get("reference")
        if text is None or "identifier" in value:
            return _by_identifier(targets, value) + (_referred(targets, text, value.get("type")) if text else ())
        found = held.get(text)
        return found if found is not None else _hold(held, text, _referred(targets, text, value.get("type")))

    return read


def _referred(targets: Targets, text: str, stated: str | None) -> Terms:
    if text.startswith("#"):
        return ()
    parts = text.partition("/_history/")[0].rsplit("/", 2)
    local = len(parts) >= 2 and parts[-2][:1].isupper()
    kind, forms = (parts[-2], [f"{parts[-2]}/{parts[-1]}", parts[-1]]) if local else (stated or "", [])
    forms += [text] if len(parts) > 2 or not local else []
    return _terms([(name, "") for name, only in targets if only in ("", kind)], forms)


def _by_identifier(targets: Targets, value: dict[str, Any]) -> Terms:
    held = value.get("identifier") or {}
    forms = coded_forms(held.get("system"), held.get("value"))
    return _terms([(f"{name}:identifier", "") for name, only in targets if only in ("", value.get("type"))], forms)


def uri(targets: Targets) -> Reader:
    """An address, and for a canonical one also without its version."""

    def read(value: str) -> Terms:
        bare = value.partition("|")[0]
        return _terms([(name, "") for name, _ in targets], (value,) if bare == value else (value, bare))

    return read


def unit(targets: Targets) -> Reader:
    """The unit of a quantity; its amount is a number of the row."""
    held: dict[Any, Terms] = {}

    def read(value: dict[str, Any]) -> Terms:
        key = (value.get("system"), value.get("code") or value.get("currency"), value.get("unit"))
        found = held.get(key)
        return (
            found
            if found is not None
            else _hold(held, key, _terms(targets, dict.fromkeys([*coded_forms(*key[:2]), *filter(None, key[2:])])))
        )

    return read


def _terms(targets: Targets, forms: Any) -> Terms:
    return tuple(term(name, form) for name, _ in targets for form in forms)


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
