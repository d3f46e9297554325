"""What each view holds and what its columns mean, as the view's own files say it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Notes:
    """A view in words: by resource type what it reads, and what the names of its columns alone cannot say."""

    reads: dict[str, str] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)


def view_notes(folder: Path) -> dict[str, Notes]:
    """The notes of every view of a folder of views."""
    notes: dict[str, Notes] = {}
    for path in sorted(folder.glob("*/*.json")):
        definition = json.loads(path.read_bytes())
        mine = notes.setdefault(path.parent.name, Notes())
        mine.reads[definition["resource"]] = definition.get("title", "")
        for name, says in _described(definition["select"]):
            mine.columns.setdefault(name, says)
    return notes


def _described(selects: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    for select in selects:
        yield from ((c["name"], c["description"]) for c in select.get("column", ()) if "description" in c)
        yield from _described([*select.get("select", ()), *select.get("unionAll", ())])
