"""Findings: the people's criteria, as the engine answered them, told with evidence and what decides."""

from datetime import datetime
from itertools import compress
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from throughcare.definitions.compiled.belonging import Belongs, Told

SCHEMA = pa.schema(
    [("person_id", pa.int64()), ("model", pa.string()), ("version", pa.string()), ("rule", pa.string()),
    ("answer", pa.string()),
     ("criteria", pa.string()), ("deciding", pa.list_(pa.string())), ("since", pa.timestamp("us", tz="UTC"))]
)  # fmt: skip
WORDS = {True: "met", False: "not_met", None: "unknown"}
KEYS_MAX = 5
FEW = 20  # people whose evidence is read sooner than it is asked where there is any
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
    """One criterion of everyone as JSON: its answer, what is missing when unknown, and a few keys of evidence.

    Most people have no evidence and nothing missing; only the others are looked at one by one.
    """
    plain = {answer: _story(told.id, answer, [], []) for answer in WORDS}
    stories = [plain[answer] for answer in answers]
    keys, missing = _keys(told, people), _missing(told, answers, people)
    for nth in {**keys, **missing}:
        evidence = list(dict.fromkeys(keys.get(nth, ())))[:KEYS_MAX]
        stories[nth] = _story(told.id, answers[nth], missing.get(nth, []), evidence)
    return stories


def _story(criterion: str, answer: bool | None, missing: list[str], evidence: list[str]) -> bytes:
    return _encode({"id": criterion, "answer": WORDS[answer], "missing": missing, "evidence": evidence})


def _keys(told: Told, people: pa.Table) -> dict[int, list[str]]:
    """By row of the people: the keys of the rows that a criterion rests on, where there are any."""
    keys: dict[int, list[str]] = {}
    for column in map(people.column, told.evidence):
        for nth, found in _some(column):
            keys[nth] = keys.get(nth, []) + found
    return keys


def _some(column: pa.ChunkedArray) -> list[tuple[int, list[str]]]:
    """The lists that are not empty, and where they are."""
    if len(column) <= FEW:
        return [(nth, found) for nth, found in enumerate(column.to_pylist()) if found]
    places = pc.indices_nonzero(pc.greater(pc.list_value_length(column), 0))
    return list(zip(places.to_pylist(), column.take(places).to_pylist(), strict=True))


def _missing(told: Told, answers: list[bool | None], people: pa.Table) -> dict[int, list[str]]:
    """By row of the people: what is not known, where the criterion is unknown."""
    missing: dict[int, list[str]] = {}
    unknown = [nth for nth, answer in enumerate(answers) if answer is None]
    for column, name in told.rests_on if unknown else ():
        blank = people.column(column).take(pa.array(unknown)).is_null().to_pylist()
        for nth in compress(unknown, blank):
            missing.setdefault(nth, []).append(name)
    return missing


def _moves(rule: Belongs, people: pa.Table, ids: list[int], standing: pa.Table, found: dict[str, list[Any]]) -> None:
    """The moves of people whose enrollment is in a state from which they start, and whether who left may come back."""
    if not rule.moves:
        return
    rows = zip(*(standing.column(name).to_pylist() for name in ("person_id", "model", "state")), strict=True)
    states = {person: state for person, model, state in rows if model == rule.model and state}
    at: dict[str, list[int]] = {}
    for nth, person in enumerate(ids):
        if person in states:
            at.setdefault(states[person], []).append(nth)
    for name, column, starts in rule.moves:
        those = sorted(nth for state in set(starts) for nth in at.get(state, ()))
        answers = people.column(column).take(pa.array(those, pa.int64())).to_pylist()
        found["person_id"] += [ids[nth] for nth in those]
        found["answer"] += [WORDS[answer] for answer in answers]
        for part, value in (("model", rule.model), ("version", rule.version), ("rule", name), ("criteria", "[]")):
            found[part] += [value] * len(those)
        found["deciding"] += [[]] * len(those)
