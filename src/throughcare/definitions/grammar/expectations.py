"""expect.toml of a case: what must be true of one small life at one moment."""

from datetime import date, datetime
from typing import Any, Literal

from msgspec import Struct


class ExpectBelongs(Struct, kw_only=True, forbid_unknown_fields=True):
    """Who belongs: the answer of the rule, and which criteria are not met or unknown."""

    person: str
    answer: Literal["met", "not_met", "unknown"]
    unmet: list[str] | None = None
    unknown: list[str] | None = None


class ExpectOwed(Struct, kw_only=True, forbid_unknown_fields=True):
    """What is owed: only the fields given are compared."""

    person: str
    step: str
    about: str | None = None
    occurrence: int | None = None
    opens: Any = None  # a date, or a moment with its offset
    due: Any = None
    status: Literal["future", "open", "met", "late", "breached", "cancelled", "paused", "unknown"] | None = None
    resolved_on: date | None = None
    resolved_by: str | None = None
    reason: str | None = None


class ExpectOwedNone(Struct, kw_only=True, forbid_unknown_fields=True):
    """This step owes this person nothing: there is no obligation, or it was cancelled."""

    person: str
    step: str
    about: str | None = None


class ExpectFact(Struct, kw_only=True, forbid_unknown_fields=True):
    """The value of a fact, a criterion or an extra column on one row of a set; "unknown" for unknown."""

    on: str = "person"
    key: str
    id: str
    value: Any


class ExpectServes(Struct, kw_only=True, forbid_unknown_fields=True):
    """Who fills a role, or that nobody does."""

    person: str
    role: str
    member: str | None = None
    missing: bool = False


class ExpectPlan(Struct, kw_only=True, forbid_unknown_fields=True):
    """A goal or an activity that the plan proposes, or does not."""

    person: str
    goal: str | None = None
    activity: str | None = None
    absent: bool = False


class ExpectFile(Struct, kw_only=True, forbid_unknown_fields=True):
    """cases/<story>/expect.toml: what must be true of this small life. `edge` says which border it stands on."""

    says: str
    now: datetime
    rules: list[str] = []
    edge: str = ""
    zone: str = "America/New_York"
    belongs: list[ExpectBelongs] = []
    owed: list[ExpectOwed] = []
    owed_none: list[ExpectOwedNone] = []
    fact: list[ExpectFact] = []
    serves: list[ExpectServes] = []
    plan: list[ExpectPlan] = []
