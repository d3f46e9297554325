"""Guess: a first mapping for a table, made by looking at its headings and cells; each guess is said to be one.

Nothing leaves the machine, and no cell is written into the mapping but the words of a column of few words.
"""

import re
import tomllib
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from importlib.resources import files
from itertools import islice

from throughcare.intake.tables.making import plain
from throughcare.intake.tables.read import Row

LOOKED_AT = 1_000  # rows
WORDS_MAX = 12  # of a column that is taken for a list of codes
_PATTERNS = ("%m/%d/%Y", "%d/%m/%Y", "%d.%m.%Y", "%Y%m%d", "%m-%d-%Y", "%d-%m-%Y", "%d-%b-%Y", "%Y/%m/%d")
_SEXES = {"m": "male", "male": "male", "f": "female", "female": "female", "x": "other", "o": "other"}
_CODES = {"ssn": ("SS", "http://hl7.org/fhir/sid/us-ssn"), "member": ("MB", ""), "client": ("MR", "")}


def first_mapping(title: str, source: str, head: Row, rows: Iterator[Row]) -> str:
    """The text of a mapping that can be read and checked as it is."""
    looked = [row.cells for row in islice(rows, LOOKED_AT) if not row.fault]
    columns = {name: [cells[n] for cells in looked] for n, name in enumerate(head.cells)}
    means = _meanings(head.cells)
    parts = [
        f"title = {_text(title)}\nsource = {_text(source)}  # who says this; never change it once rows were loaded",
        _knows(means, head.cells),
        _reads(columns, [means[role] for role in ("born", "visited") if role in means]),
        _sexes(columns[means["sex"]]) if "sex" in means else "",
        _patient(means, head.cells, source),
        _encounter(means),
        _rest(head.cells, means),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


@cache
def _headings() -> dict[str, list[str]]:
    return tomllib.loads((files(__package__) / "headings.toml").read_text("utf-8"))


def _meanings(titles: list[str]) -> dict[str, str]:
    """What is most likely in which column: headings that are known whole before those that hold a known word."""
    found: dict[str, str] = {}
    bare = {title: " ".join(re.sub(r"[\W_]+", " ", plain(title)).split()) for title in titles if title}
    for whole in (True, False):
        for role, words in _headings().items():
            for word in words:
                free = (t for t in bare if t not in found.values())
                like = next((t for t in free if bare[t] == word or (not whole and f" {word} " in f" {bare[t]} ")), "")
                if like and role not in found:
                    found[role] = like
    return found


def _knows(means: dict[str, str], titles: list[str]) -> str:
    named = list(means.values())[:4] or titles[:4]
    return f"[knows]  # the table is told from others by these columns\ncolumns = {_list(named)}"


def _reads(columns: dict[str, list[str]], dated: list[str]) -> str:
    """The pattern that fits most cells of a column with dates; where another fits as many, that is said."""
    for column in dated:
        cells = [cell for cell in columns[column] if cell]
        fits = {pattern: sum(_is(cell, pattern) for cell in cells) for pattern in _PATTERNS}
        best = max(fits, key=lambda pattern: fits[pattern])
        if fits[best] > len(cells) / 2:
            other = next((pattern for pattern in fits if pattern != best and fits[pattern] == fits[best]), "")
            doubt = f"; {other} fits as many: ask which it is" if other else ""
            return f'[reads]\ndates = ["{best}"]  # guess: fits {fits[best]} of {len(cells)} in {_text(column)}{doubt}'
    return ""


def _is(cell: str, pattern: str) -> bool:
    try:
        return bool(datetime.strptime(cell, pattern))
    except ValueError:
        return False


def _sexes(cells: list[str]) -> str:
    words = sorted({cell for cell in cells if cell})[:WORDS_MAX]
    lines = [f"{_text(word)} = {_text(_SEXES.get(word.casefold(), 'unknown'))}" for word in words]
    return "\n".join(["[values.sex]  # guess: correct what is not so", *lines, '"*" = "unknown"  # any other word'])


def _patient(means: dict[str, str], titles: list[str], source: str) -> str:
    if "family" not in means and "visited" in means:
        return ""  # visits of clients that another table names
    key = [means[role] for role in ("client", "member") if role in means][:1]
    key = key or [means[role] for role in ("family", "given", "born") if role in means] or titles[:1]
    lines = [
        'type = "Patient"',
        'name = "client"',
        f"key = {_list(key)}  # guess: tells clients apart",
        "[resource.has]",
    ]
    numbers = [_number(role, means[role], source) for role in _CODES if role in means]
    lines += ["identifier = [", *numbers, "]"] if numbers else []
    given = [means[role] for role in ("given", "middle") if role in means]
    names = [f"family = {_text(means['family'])}"] if "family" in means else []
    names += [f"given = {_list(given)}"] if given else []
    lines += [f"name = {{ {', '.join(names)} }}"] if names else []
    lines += [f"birthDate = {_text(means['born'])}"] if "born" in means else []
    lines += [f'gender = {{ column = {_text(means["sex"])}, values = "sex" }}'] if "sex" in means else []
    ways = [(way, means[way]) for way in ("phone", "email") if way in means]
    numbers = [f'    {{ system = "={way}", value = {_text(column)} }},' for way, column in ways]
    lines += ["telecom = [", *numbers, "]"] if ways else []
    parts = {"street": "line", "city": "city", "state": "state", "zip": "postalCode"}
    home = [f"{element} = {_text(means[role])}" for role, element in parts.items() if role in means]
    lines += [f"address = {{ {', '.join(home)} }}"] if home else []
    return "\n".join(["[[resource]]", *lines])


def _number(role: str, column: str, source: str) -> str:
    code, system = _CODES[role]
    system = system or f"urn:{source}:{role}"
    kind = f'type.coding = {{ system = "=http://terminology.hl7.org/CodeSystem/v2-0203", code = "={code}" }}'
    return f'    {{ {kind}, system = "={system}", value = {_text(column)} }},'


def _encounter(means: dict[str, str]) -> str:
    who = means.get("client") or means.get("member")
    if "visited" not in means or not who:
        return ""
    key = [means["visit"]] if "visit" in means else [who, means["visited"]]
    lines = ['type = "Encounter"', 'name = "visit"', f"key = {_list(key)}  # guess: tells visits apart"]
    lines += ["[resource.has]", 'status = "=finished"  # guess: all of them took place']
    lines += ['class = { system = "=http://terminology.hl7.org/CodeSystem/v3-ActCode", code = "=AMB" }']
    lines += [f'subject = {{ refers = "Patient/client", by = [{_text(who)}] }}']
    lines += [f"period = {{ start = {_text(means['visited'])}, end = {_text(means['visited'])} }}"]
    lines += [f"reasonCode.text = {_text(means['reason'])}"] if "reason" in means else []
    return "\n".join(["[[resource]]", *lines])


def _rest(titles: list[str], means: dict[str, str]) -> str:
    left = [title for title in titles if title and title not in means.values()]
    return "\n".join(["# Not taken, until you say what they become:", *(f"#   {one}" for one in left)]) if left else ""


def _text(value: str) -> str:
    escaped = "".join(f"\\u{ord(c):04x}" if ord(c) < 32 or c in '"\\\x7f' else c for c in value)
    return f'"{escaped}"'


def _list(values: list[str]) -> str:
    return f"[{', '.join(map(_text, values))}]"
