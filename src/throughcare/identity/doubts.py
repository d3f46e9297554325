"""Doubts: pairs of people who may be one, left to a person. Each stands twice, once from either side."""

from collections.abc import Iterable
from typing import Protocol

import pyarrow as pa

from throughcare.identity.link import Linked
from throughcare.identity.score import Scored
from throughcare.identity.strong import Known
from throughcare.record.changes import Changes

Row = tuple[int, int, str, str, float, list[str], str]  # person, other, the likest patients, bits, levels, rule
_SHAPE = pa.schema([
    ("person_id", pa.int64()), ("other_person", pa.int64()), ("patient_id", pa.string()),
    ("other_patient", pa.string()), ("bits", pa.float64()), ("levels", pa.list_(pa.string())), ("rule", pa.string()),
])  # fmt: skip


class Moment(Protocol):
    def doubts(self, people: list[int]) -> Iterable[Row]: ...


def changes(view: Moment, people: list[int], patients: Iterable[Known], found: Linked) -> Changes:
    """What to store anew for these people and those beside them; nothing when nothing changed."""
    looked = set(people)
    mine = {p.patient_id for p in patients if p.person_id in looked}
    whose = {p.patient_id: min(q.patient_no for q in group) for group in found.groups for p in group}
    looked |= {whose[i] for i in mine}
    asked = [one for one in found.asked if mine & {one.left, one.right}]
    new = [row for one in asked for row in _both_sides(one, whose)]
    beside = {row[0] for row in new} | {row[1] for row in view.doubts(sorted(looked))}
    stored = list(view.doubts(sorted(looked | beside)))
    kept = [row for row in stored if not {row[0], row[1]} & looked]
    wanted = sorted(kept + new)
    if wanted == sorted(stored):
        return Changes()
    columns = [list(column) for column in zip(*wanted, strict=True)] or [[]] * len(_SHAPE)
    return Changes(answers={"doubt": pa.table(columns, schema=_SHAPE)}, answers_for=sorted(looked | beside))


def _both_sides(one: Scored, whose: dict[str, int]) -> list[Row]:
    levels = [f"{name}.{level}" for name, level in one.levels.items() if level]
    bits, left, right = round(one.bits, 2), whose[one.left], whose[one.right]
    return [
        (left, right, one.left, one.right, bits, levels, one.rule),
        (right, left, one.right, one.left, bits, levels, one.rule),
    ]
