"""Findings: the people's criteria, as the engine answered them, told with evidence and what decides."""

from datetime import datetime
from typing import Any

import msgspec
import pyarrow as pa

from throughcare.definitions.compiled.belonging import Belongs, Told

SCHEMA = pa.schema(
    [("person_id", pa.int64()), ("model", pa.string()), ("version", pa.string()), ("rule", pa.string()),
    ("answer", pa.string()),
     ("criteria", pa.string()), ("deciding", pa.list_(pa.string())), ("since", pa.timestamp("us", tz="UTC"))]
)  # fmt: skip
WORDS = {True: "met", False: "not_met", None: "unknown"}
KEYS_MAX = 5
_encode = msgspec.json.Encoder().encode


def findings(rules: list[Belongs], people: pa.Table, standing: pa.Table, now: datetime) -> pa.Table:
    """One row per person, care model and rule: the answer, each criterion, and the deciding ones."""
    found: dict[str, list[Any]] = {name: [] for name in SCHEMA.names}
    ids = people.column("person_id").to_pylist()
    for rule in rules:
        _told(rule, people, ids, found)
        _moves(rule, people, ids, standing, found)
    found["since"] = [now] * len(found["person_id"])
    return pa.table(found, schema=SCHEMA)


def _told(rule: Belongs, people: pa.Table, ids: list[int], found: dict[str, list[Any]]) -> None:
    answers = {c.id: people.column(c.column).to_pylist() for c in rule.criteria}
    eligible = people.column(rule.eligible).to_pylist()
    used = list(zip(*(answers[name] for name in rule.deciding.names), strict=True)) or [()] * len(ids)
    stories = [_stories(c, answers[c.id], people) for c in rule.criteria]
    criteria = [b"[" + b",".join(parts) + b"]" for parts in zip(*stories, strict=True)] or [b"[]"] * len(ids)
    found["person_id"] += ids
    found["model"] += [rule.model] * len(ids)
    found["version"] += [rule.version] * len(ids)
    found["rule"] += ["eligible"] * len(ids)
    found["answer"] += [WORDS[answer] for answer in eligible]
    found["criteria"] += criteria
    found["deciding"] += [rule.deciding(answers) for answers in used]


def _stories(told: Told, answers: list[bool | None], people: pa.Table) -> list[bytes]:
    """One criterion of everyone as JSON: its answer, what is missing when unknown, and a few keys of evidence."""
    keys = [people.column(name).to_pylist() for name in told.evidence]
    plain = {
        answer: _encode({"id": told.id, "answer": word, "missing": [], "evidence": []})
        for answer, word in WORDS.items()
    }
    blanks = [(name, people.column(column).to_pylist()) for column, name in told.rests_on] if None in answers else []
    stories = []
    for nth, answer in enumerate(answers):
        evidence = list(dict.fromkeys(key for column in keys for key in column[nth] or ()))[:KEYS_MAX]
        missing = [name for name, column in blanks if column[nth] is None] if answer is None else []
        if evidence or missing:
            stories.append(_encode({"id": told.id, "answer": WORDS[answer], "missing": missing, "evidence": evidence}))
        else:
            stories.append(plain[answer])
    return stories


def _moves(rule: Belongs, people: pa.Table, ids: list[int], standing: pa.Table, found: dict[str, list[Any]]) -> None:
    """The moves of people whose enrollment is in a state from which they start, and whether who left may come back."""
    if not rule.moves:
        return
    rows = zip(
        standing.column("person_id").to_pylist(),
        standing.column("model").to_pylist(),
        standing.column("state").to_pylist(),
        strict=True,
    )
    states = {person: state for person, model, state in rows if model == rule.model and state}
    for name, column, starts in rule.moves:
        for person, answer in zip(ids, people.column(column).to_pylist(), strict=True):
            if states.get(person) in starts:
                row: list[Any] = [person, rule.model, rule.version, name, WORDS[answer], "[]", []]
                for part, value in zip(SCHEMA.names, row, strict=False):
                    found[part].append(value)
