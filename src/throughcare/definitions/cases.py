"""Cases: small lives in FHIR with what must be true of them, read from cases/<story>/."""

import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from throughcare.definitions.folder import Reader
from throughcare.definitions.grammar import ExpectFile

TABLES = "tables"  # cases/tables: a few lines of what a site would import, for the cases alone
KINDS = ("yes", "no", "edge", "unknown")


@dataclass(frozen=True, slots=True)
class Case:
    """One story: the resources of a life, and what is expected of it at one moment."""

    story: str
    folder: Path
    life: list[dict[str, Any]]
    expect: ExpectFile
    lines: dict[tuple[str | int, ...], int]

    @property
    def now(self) -> datetime:
        return self.expect.now

    @property
    def kinds(self) -> set[str]:
        """Which of yes, no, edge and unknown it shows."""
        named = {"met": "yes", "not_met": "no", "unknown": "unknown"}
        return {named[b.answer] for b in self.expect.belongs} | ({"edge"} if self.expect.edge else set())


def load_cases(folder: Path | str) -> list[Case]:
    """Every case of a model's folder, by name; WrongDefinition with every mistake in their files."""
    reader, found = Reader(Path(folder)), []
    for story in sorted(
        p for p in Path(folder).glob("cases/*") if p.is_dir() and p.name[0] not in "._" and p.name != TABLES
    ):
        life = _life(reader, story)
        expect = reader.toml(f"cases/{story.name}/expect.toml", ExpectFile, entries=False)
        if expect and life is not None:
            lines = reader.lines[f"cases/{story.name}/expect.toml"]
            found.append(Case(story.name, story, life, expect, lines))
    reader.done()
    return found


def _life(reader: Reader, story: Path) -> list[dict[str, Any]] | None:
    name = f"cases/{story.name}/life.json"
    try:
        bundle = json.loads((story / "life.json").read_bytes(), parse_float=Decimal)
        resources = [entry["resource"] for entry in bundle.get("entry", [])]
    except FileNotFoundError:
        reader.say(name, (), "the case has no life.json.", do="Write a FHIR Bundle of the person's resources.")
    except (ValueError, KeyError, AttributeError, TypeError):
        reader.say(name, (), "the life is not a FHIR Bundle in JSON.", do="Write a Bundle of type collection.")
    else:
        _identified(reader, name, resources)
        return resources
    return None


def _identified(reader: Reader, name: str, resources: list[dict[str, Any]]) -> None:
    seen: set[str] = set()
    for resource in resources:
        key = f"{resource.get('resourceType')}/{resource.get('id')}"
        if not resource.get("resourceType") or not resource.get("id"):
            reader.say(name, (), "a resource has no resourceType or no id.", do="Give each resource both.")
        elif key in seen:
            reader.say(name, (), f"{key} stands in the life twice.", do="Give each resource its own id.")
        seen.add(key)
