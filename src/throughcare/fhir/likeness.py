"""Likeness: what of a Patient tells people apart, spelled one way, and the keys under which a like one is found."""

import re
import tomllib
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

WORDS_MAX = 3  # words of a family name that a record is found by
VALUES_MAX = 80  # letters of one value that are looked at; names longer than that are cut
_LETTERS = re.compile(r"[^\w ]|[_\d]")
_WORDS = re.compile(r"[^a-z0-9 ]")
_SUFFIXES = {"jr": "jr", "junior": "jr", "sr": "sr", "senior": "sr", "ii": "ii", "iii": "iii", "iv": "iv"}


class Traits(NamedTuple):
    """One patient as linking compares them. An empty text is a value nobody gave."""

    given: str  # the first given name
    root: str  # the name it is short for: "bill" and "william" are both "william"
    more: str  # further given names
    family: str
    suffix: str  # jr, sr, ii …
    born: str  # YYYYMMDD; a partial date is no date
    sex: str  # male or female; anything else says nothing
    phone: str  # its last ten digits
    email: str
    street: str
    postcode: str
    city: str


NOTHING = Traits(*[""] * len(Traits._fields))


def traits(patient: dict[str, Any]) -> Traits:
    """What a Patient says, of the name in use now and of the first home address, telephone and mail address."""
    name, home = _name(patient), _first(patient.get("address"), ("home", None))
    given = [w for part in name.get("given") or () if part for w in letters(part).split()]
    family, suffix = _without_suffix(letters(name.get("family") or ""), [letters(s) for s in name.get("suffix") or ()])
    first = given[0] if given else ""
    return Traits(
        first, short_for(first), " ".join(given[1:])[:VALUES_MAX], family, suffix,
        _born(patient.get("birthDate") or ""), patient.get("gender", "") if patient.get("gender") in _SEXES else "",
        _phone(_said(patient, "phone")), _said(patient, "email").strip().lower()[:VALUES_MAX],
        street(" ".join(home.get("line") or ())), _postcode(home.get("postalCode") or ""),
        letters(home.get("city") or ""),
    )  # fmt: skip


def keys(one: Traits) -> list[str]:
    """Keys that two records of one person share at least one of, whatever single part of them is wrong.

    A key names few people: a birth date or a telephone with the begin of a name, or both names with a year or a place.
    Given and family names count alike, for they are often exchanged.
    """
    names = sorted({w for w in (one.root, one.family) if w})
    starts = {w[:3] for w in (one.given, one.root, *one.family.split()[:WORDS_MAX]) if w}
    found = [f"born {one.born} {s}" for s in starts if one.born]
    found += [f"phone {one.phone} {s}" for s in starts if one.phone]
    if len(names) == 2:
        both = " ".join(names)
        found += [f"year {one.born[:4]} {both}"] * bool(one.born)
        found += [f"day {one.born[4:]} {both}"] * bool(one.born)
        found += [f"place {one.postcode or one.city} {both}"] * bool(one.postcode or one.city)
    found += [f"home {one.street} {s}" for s in starts if one.street]
    found += [f"email {one.email}"] * bool(one.email)
    return sorted(found)


def letters(text: str) -> str:
    """Lower-case letters and single spaces, without accents: "O'Brien-Núñez" is "obrien nunez"."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text[:VALUES_MAX]) if not unicodedata.combining(c))
    return " ".join(_LETTERS.sub("", plain.replace("-", " ")).casefold().split())


def street(text: str) -> str:
    """A street line with its usual short forms written one way: "5 N. Main Street Apt 2" is "5 n main st 2"."""
    words = _WORDS.sub(" ", letters_and_digits(text)).split()
    return " ".join(w for w in (_short("street").get(w, w) for w in words) if w)


def letters_and_digits(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text[:VALUES_MAX])
    return "".join(c for c in plain if not unicodedata.combining(c)).casefold().replace("'", "")


def short_for(given: str) -> str:
    """The name a given name is usually short for, or itself."""
    return _short("given").get(given, given)


_SEXES = ("male", "female")


@cache
def _short(kind: str) -> dict[str, str]:
    """short form -> the one spelling, from the table beside this file."""
    table = tomllib.loads((Path(__file__).parent / "likeness.toml").read_text())[kind]
    return {short: whole if kind == "given" else table[whole][0] for whole in table for short in [whole, *table[whole]]}


def _name(patient: dict[str, Any]) -> dict[str, Any]:
    return _first(patient.get("name"), ("official", "usual", None))


def _first(those: Any, uses: tuple[str | None, ...]) -> dict[str, Any]:
    """The first with the earliest of these uses; else any that is not said to be old."""
    standing = [one for one in those or () if isinstance(one, dict) and one.get("use") != "old"]
    return next((one for use in uses for one in standing if one.get("use") == use), standing[0] if standing else {})


def _said(patient: dict[str, Any], system: str) -> str:
    means = [t for t in patient.get("telecom") or () if isinstance(t, dict) and t.get("system") == system]
    return str(_first(means, ("home", "mobile")).get("value") or "")


def _phone(text: str) -> str:
    digits = "".join(c for c in text if c in "0123456789")
    return digits[-10:] if len(digits) >= 7 and len(set(digits)) > 1 else ""


def _postcode(text: str) -> str:
    code = "".join(text.split()).lower()[:5]
    return "" if set(code) <= {"0"} else code


def _born(date: str) -> str:
    return date.replace("-", "") if len(date) == 10 else ""


def _without_suffix(family: str, said: list[str]) -> tuple[str, str]:
    words = family.split()
    if len(words) > 1 and words[-1] in _SUFFIXES:
        said, words = [words[-1], *said], words[:-1]
    return " ".join(words), next((_SUFFIXES[s] for s in said if s in _SUFFIXES), "")
