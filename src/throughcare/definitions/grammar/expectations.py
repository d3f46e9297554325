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
    """What is owed: only the fields given are compared. Work on rows that are no person's is told by `about` alone."""

    person: str | None = None
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
    """This step owes this person, or this row, nothing: there is no obligation, or it was cancelled."""

    person: str | None = None
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
    """A goal or an activity that the plan proposes, or does not; or something it must hold, and whether it lacks it."""

    person: str
    goal: str | None = None
    activity: str | None = None
    content: str | None = None
    absent: bool = False  # not proposed; or, of a content, the plan lacks it


class ExpectMove(Struct, kw_only=True, forbid_unknown_fields=True):
    """Whether a move of enrollment.toml is due now, for someone whose enrollment is in a state it starts from."""

    person: str
    move: str
    answer: Literal["met", "not_met", "unknown"]


Answer = bool | Literal["unknown"]


class ExpectMeasure(Struct, kw_only=True, forbid_unknown_fields=True):
    """How one row of a measure counts; without `key`, the person's only row. Only the columns given are compared."""

    measure: str
    use: str | None = None  # the measure of the care library, taken by [[use]], that it belongs to
    person: str | None = None
    key: str | None = None
    population: Answer | None = None
    denominator: Answer | None = None
    exclusion: Answer | None = None
    exception: Answer | None = None
    numerator: Answer | None = None
    value: Any = None
    none: bool = False  # there is no such row


class ExpectScore(Struct, kw_only=True, forbid_unknown_fields=True):
    """A measure added up over everyone in the life: counts, and the score in its own unit (a share in percent)."""

    measure: str
    use: str | None = None  # the measure of the care library, taken by [[use]], that it belongs to
    population: int | None = None
    denominator: int | None = None
    exclusion: int | None = None
    exception: int | None = None
    numerator: int | None = None
    cannot_tell: int | None = None
    score: Any = None
    stratum: dict[str, str] = {}


class ExpectLine(Struct, kw_only=True, forbid_unknown_fields=True):
    """A line of payment: only the fields given are compared; `why_not` is a part of what is said."""

    line: str
    person: str | None = None
    key: str | None = None
    on: date | None = None
    code: str | None = None
    units: Any = None
    price: Any = None
    amount: Any = None
    status: Literal["payable", "blocked", "suppressed", "held_for_review", "denied"] | None = None
    why_not: str | None = None
    none: bool = False  # there is no such line


Because = Literal["kept", "least_used", "balanced", "weight_unknown", "nobody_fits", "no_room"]


class ExpectAssigned(Struct, kw_only=True, forbid_unknown_fields=True):
    """How an [[assignment]] places one case, named by its person or its key. Only the fields given are compared."""

    assignment: str
    person: str | None = None
    case: str | None = None
    worker: str | None = None
    because: Because | None = None
    weight: Any = None
    used: Any = None  # the worker's share of room taken, just after this case was placed


class ExpectShared(Struct, kw_only=True, forbid_unknown_fields=True):
    """How an [[assignment]] leaves its workers once all cases are placed."""

    assignment: str
    fairness: Any = None  # Jain's index: 1 when all are used alike, towards 1/n when one does everything
    used: dict[str, Any] = {}  # worker = share of room taken


class ExpectRouted(Struct, kw_only=True, forbid_unknown_fields=True):
    """One trip of a [[routing]]: the stops in order, and in minutes the travel and the end, to two places."""

    routing: str
    trip: str
    order: list[str] | None = None
    travel: Any = None
    finish: Any = None  # minute of the day at which the start is reached again
    left_out: list[str] | None = None


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
    measure: list[ExpectMeasure] = []
    score: list[ExpectScore] = []
    move: list[ExpectMove] = []
    line: list[ExpectLine] = []
    assigned: list[ExpectAssigned] = []
    shared: list[ExpectShared] = []
    routed: list[ExpectRouted] = []
