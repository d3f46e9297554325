"""What every entry owes its reader: one id of its own, one plain sentence, and the source it comes from."""

import re
from collections.abc import Iterator
from typing import Any

from throughcare.definitions.toml_lines import Path

# Sets and facts are means to an end; what decides, asks or counts must say where it comes from.
CITED = (
    *("criterion", "step", "rhythm", "role", "goal", "activity", "content", "move", "table", "value_set"),
    *("form", "pathway", "loop"),
    *("measure", "line", "calc", "exclusive", "limit", "blocks", "one_lead", "contact_cap", "assignment", "routing"),
)
SAID = (*CITED, "set", "fact")
UNCITED_LIBRARY = {"staff_roles", "verb"}
ID = re.compile(r"[a-z][a-z0-9_]*\Z")

Mistake = tuple[Path, str, str, str]


def entry_mistakes(data: Any) -> Iterator[Mistake]:
    """Missing sentences and sources, wrong or repeated ids, of all entries of one file."""
    if not isinstance(data, dict):
        return
    for kind, entries in data.items():
        if isinstance(entries, list):
            yield from _entries(kind, entries)
        elif isinstance(entries, dict) and "values" in entries:
            yield from _sourced(entries, (kind,), "parameter")


def _entries(kind: str, entries: list[Any]) -> Iterator[Mistake]:
    seen: set[str] = set()
    for nth, entry in enumerate(entries):
        if not isinstance(entry, dict):
            continue
        if isinstance(entry.get("id"), str):
            yield from _identified(kind, nth, entry, seen)
        if kind in SAID:
            yield from _sourced(entry, (kind, nth), kind)


def _identified(kind: str, nth: int, entry: dict[str, Any], seen: set[str]) -> Iterator[Mistake]:
    key = f"{entry.get('on', '')} {entry['id']}" if kind == "fact" else entry["id"]
    if not ID.match(entry["id"]):
        why = "Ids are used as names in expressions."
        yield (kind, nth, "id"), f'the id "{entry["id"]}" is not a plain name.', why, "Use small letters, digits and _."
    if key in seen:
        yield (kind, nth, "id"), f'another {kind} has the id "{entry["id"]}" already.', "", "Give each its own id."
    seen.add(key)


def _sourced(entry: dict[str, Any], path: Path, kind: str) -> Iterator[Mistake]:
    if not str(entry.get("says", "")).strip():
        yield path, "says nothing.", f"A {kind} is read by people first.", 'Add says = "…", one plain sentence.'
    if kind in (*CITED, "parameter") and not UNCITED_LIBRARY & entry.keys() and not str(entry.get("cites", "")).strip():
        why = f"Every {kind} needs `cites`, so that reviewers can check it."
        yield path, "cites no source.", why, "Add the regulation or guideline."
