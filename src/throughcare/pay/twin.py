"""The payment twin: for a person and a month, what the recorded work is worth to each program, and what is missing."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

Row = Mapping[str, Any]
NOTHING = Decimal("0.00")
LOST = ("suppressed", "held_for_review", "denied")


@dataclass(slots=True)
class Worth:
    """One care model in one month for one person: what may be claimed, what lacks something, what gave way."""

    model: str
    payable: list[Row] = field(default_factory=list)
    blocked: list[Row] = field(default_factory=list)
    lost: list[Row] = field(default_factory=list)

    @property
    def amount(self) -> Decimal:
        """What may be claimed now, USD."""
        return _sum(self.payable)

    @property
    def within_reach(self) -> Decimal:
        """What more could be claimed if nothing were missing, USD; amounts that are not known count nothing."""
        return _sum(self.blocked)


@dataclass(frozen=True, slots=True)
class Twin:
    """A person's month of work seen as money."""

    person_id: int
    month: date
    worth: list[Worth]

    @property
    def amount(self) -> Decimal:
        return sum((w.amount for w in self.worth), NOTHING)

    @property
    def within_reach(self) -> Decimal:
        return sum((w.within_reach for w in self.worth), NOTHING)


def twin(person_id: int, month: date, lines: Iterable[Row]) -> Twin:
    """The twin of one person and month, from lines of any people and months; programs in the order of their ids."""
    by_model: dict[str, Worth] = {}
    for line in sorted(lines, key=lambda r: (r["model"], r["on_date"] or date.min, r["line"], r["row_key"])):
        if line["person_id"] != person_id or line["month"] != month:
            continue
        worth = by_model.setdefault(line["model"], Worth(line["model"]))
        kept = {"payable": worth.payable, "blocked": worth.blocked}.get(line["status"], worth.lost)
        kept.append(line)
    return Twin(person_id, month, list(by_model.values()))


def totals(lines: Iterable[Row]) -> dict[tuple[str, str, str], tuple[int, Decimal]]:
    """How many lines, and their sum, by care model, service and status: a finance manager's month."""
    found: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for line in lines:
        found[line["model"], line["service"], line["status"]].append(line)
    return {key: (len(listed), _sum(listed)) for key, listed in sorted(found.items())}


def reasons(lines: Iterable[Row]) -> dict[str, tuple[int, Decimal]]:
    """Why lines are not payable, by the word of the reason: how many lines and how much each holds back."""
    found: dict[str, list[Row]] = defaultdict(list)
    for line in lines:
        for why in line["why"]:
            found[f"{line['model']}.{why}"].append(line)
    return {why: (len(listed), _sum(listed)) for why, listed in sorted(found.items())}


def _sum(lines: Iterable[Row]) -> Decimal:
    return sum((line["amount"] for line in lines if line["amount"] is not None), NOTHING)
