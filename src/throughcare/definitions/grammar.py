"""The grammar: what each file of a care model folder may say, as types. Anything else is an error."""

from datetime import date, datetime
from typing import Any, Literal, get_args

from msgspec import Struct, field

EpisodeState = Literal["planned", "waitlist", "active", "onhold", "finished", "cancelled"]
EPISODE_STATES: tuple[EpisodeState, ...] = get_args(EpisodeState)
CONTACT_OUTCOMES = ("reached", "left_message", "no_answer", "wrong_number", "refused", "asked_to_call_at")


class Entry(Struct, kw_only=True, forbid_unknown_fields=True):
    """What every entry of a care model carries: an id, one plain sentence, and where the rule comes from."""

    id: str
    says: str = ""
    cites: str = ""
    confidence: Literal["", "high", "medium", "low"] = ""  # the reference's H, Md, L
    note: str = ""


class Pick(Struct, kw_only=True, forbid_unknown_fields=True):
    """Keep the first rows of each group: order is a list of "column", "column high", "column low, blank last"."""

    per: list[str]
    order: list[str]
    first: int = 1


class SetSum(Struct, kw_only=True, forbid_unknown_fields=True):
    """One column of a grouped set: exactly one verb over the rows of the group."""

    id: str
    count: str | None = None  # "rows", or a condition
    count_of: str | None = None  # distinct values of a column
    sum: str | None = None
    lowest: str | None = None
    highest: str | None = None
    where: str | None = None


class Group(Struct, kw_only=True, forbid_unknown_fields=True):
    by: list[str]


class AtMost(Struct, kw_only=True, forbid_unknown_fields=True):
    """Keep a row only if fewer than `rows` kept rows lie in the `in_days` before it, left to right along `at`."""

    rows: int
    in_days: int
    per: list[str]
    at: str


class Set(Entry, kw_only=True, forbid_unknown_fields=True):
    """A named set of rows: `from_` is a phrase, "view" or "set" or "view where condition"."""

    from_: str = field(name="from")
    also: dict[str, str] = {}
    keep_unknown: bool = False
    pick: Pick | None = None
    group: Group | None = None
    sum: list[SetSum] = []
    at_most: AtMost | None = None
    rule_on: str | None = None


class Choice(Struct, kw_only=True, forbid_unknown_fields=True):
    """One row of a decision table: {if, then, because} or, last, {else}."""

    if_: str | None = field(name="if", default=None)
    then: Any = None
    else_: Any = field(name="else", default=None)
    because: str = ""


class Fact(Entry, kw_only=True, forbid_unknown_fields=True):
    """One value per row of the set `on`. Exactly one verb is given; all but value and choose take a phrase."""

    on: str = "person"
    value: str | None = None
    exists: str | None = None
    count: str | None = None
    count_of: str | None = None  # phrase; `take` names the column
    sum: str | None = None
    lowest: str | None = None
    highest: str | None = None
    first: str | None = None
    latest: str | None = None
    choose: list[Choice] | None = None
    window: str | None = None
    at: str | None = None  # the date column the window and the order speak of; default: the view's own
    take: str | None = None
    ties: str | None = None
    if_none: Any = None
    link: str | None = None
    skip_unknown: bool = False


class SetsFile(Struct, kw_only=True, forbid_unknown_fields=True):
    """sets.toml"""

    set: list[Set] = []
    fact: list[Fact] = []


class Criterion(Entry, kw_only=True, forbid_unknown_fields=True):
    on: str = "person"
    where: str
    closed: Literal["no record means no"] | None = None  # needed by a criterion of absence
    if_missing_ask: str | None = None
    overridden_by: str | None = None


class Rule(Struct, kw_only=True, forbid_unknown_fields=True):
    """Who belongs: an expression over criteria ids only."""

    who: str
    on: str = "person"


class EligibilityFile(Struct, kw_only=True, forbid_unknown_fields=True):
    """eligibility.toml"""

    criterion: list[Criterion]
    rule: Rule


class Move(Entry, kw_only=True, forbid_unknown_fields=True):
    """A move between enrollment states that is true by itself when its expression is."""

    from_: list[EpisodeState] = field(name="from")
    to: EpisodeState
    when: str  # an expression over person facts, criteria and `eligible` (three-valued)


class Reason(Struct, kw_only=True, forbid_unknown_fields=True):
    id: str
    says: str


class EnrollmentFile(Struct, kw_only=True, forbid_unknown_fields=True):
    """enrollment.toml: states are FHIR EpisodeOfCare.status. People may make any allowed move by hand.

    The engine's first state for someone eligible is `enters`: "planned" (to be offered) or "active".
    """

    states: list[EpisodeState] = field(default_factory=lambda: list(EPISODE_STATES))
    enters: Literal["planned", "active"]
    again_after: str | None = None  # the set whose newer row lets a finished or cancelled person enter again
    moves: dict[str, list[EpisodeState]] = {}  # state -> states a person may move it to
    move: list[Move] = []
    reason: list[Reason] = []
    consent: str | None = None  # kind of consent needed before "active"


class MissingMember(Struct, kw_only=True, forbid_unknown_fields=True):
    step: str | None = None
    blocks: bool = False


class Caseload(Struct, kw_only=True, forbid_unknown_fields=True):
    weight: float = 1.0
    cap: int | None = None
    warn: float = 0.9


class Role(Entry, kw_only=True, forbid_unknown_fields=True):
    """A role of the team; `found_in` are phrases over person's rows, the first that has a row fills it with `take`."""

    found_in: list[str]
    take: str = "member_key"
    least: int = 1
    lead: bool = False
    if_missing: MissingMember | None = None
    caseload: Caseload | None = None


class TeamFile(Struct, kw_only=True, forbid_unknown_fields=True):
    """team.toml"""

    role: list[Role]
    huddle: str = ""


class Goal(Entry, kw_only=True, forbid_unknown_fields=True):
    """A goal proposed for the plan while `when` is true."""

    when: str = "true"
    target: str = ""
    review: str = ""


class PlanActivity(Entry, kw_only=True, forbid_unknown_fields=True):
    """An activity proposed for the plan while `when` is true; owner is a role."""

    when: str = "true"
    goal: str | None = None
    activity: str
    owner: list[str]


class Content(Entry, kw_only=True, forbid_unknown_fields=True):
    """Something the plan must contain: a phrase that must have a row, for instance "plan_part where part = 'goal'"."""

    present: str


class PlanFile(Struct, kw_only=True, forbid_unknown_fields=True):
    """plan.toml"""

    goal: list[Goal] = []
    activity: list[PlanActivity] = []
    content: list[Content] = []


class Clock(Struct, kw_only=True, forbid_unknown_fields=True):
    """Pause, warning and breach of a step."""

    pauses: str | None = None  # phrase over `pause`; its days move `due`
    warn: str | None = None  # "24 hours before due", "1 business day before due"
    breach_to: list[str] = []


class Step(Entry, kw_only=True, forbid_unknown_fields=True):
    """What is owed: one obligation per row of `on` (and per occurrence of the rhythm)."""

    on: str = "person"
    rhythm: str | None = None  # instead of on/opens/due
    while_: Literal["enrolled", "planned", "eligible", "always"] = field(name="while", default="enrolled")
    when: str | None = None  # further condition on the row of `on`
    opens: str | None = None
    due: str | None = None  # "2 business days after ended_on", "180 days after last_a1c_on", "by visit_on"
    activity: str
    about: str | None = None  # column holding the event's reference; default: the row's own `about`, else its key
    resolved_by: str | None = None
    resolved_on: str | None = None  # a column or fact of the row itself
    needs: int = 1
    needs_days: int | None = None
    counts_from: str | None = None
    cancelled_by: str | None = None
    role: list[str]
    escalates_to: str | None = None
    minutes: int = 10
    clock: Clock | None = None


class Segment(Struct, kw_only=True, forbid_unknown_fields=True):
    id: str
    from_: str = field(name="from")
    every: str
    times: int | None = None
    before: str | None = None
    done_within: str = ""


class Rhythm(Entry, kw_only=True, forbid_unknown_fields=True):
    """Repeating work: "grid" dates never move; "from_last" counts from the last time it was done."""

    on: str = "person"
    kind: Literal["grid", "from_last"]
    segment: list[Segment] = []  # grid
    starts: str | None = None  # from_last: the first due date when it was never done
    every: str | None = None  # from_last: "180 days", or "choose" through a fact: "a1c_interval days"
    last: str | None = None  # from_last: a date fact on the same set, when it was last done
    lead: str = "0 days"  # opens this long before due


class WorkFile(Struct, kw_only=True, forbid_unknown_fields=True):
    """work.toml"""

    step: list[Step] = []
    rhythm: list[Rhythm] = []


class Scoped(Struct, kw_only=True, forbid_unknown_fields=True):
    values: dict[str, Any]
    state: str | None = None
    payer: str | None = None


class Parameter(Struct, kw_only=True, forbid_unknown_fields=True):
    """A number that changes with time: dated values, read as of the row's own date."""

    says: str = ""
    unit: str
    cites: str = ""
    values: dict[str, Any]  # ISO date -> value (TOML keys are strings)
    confidence: Literal["", "high", "medium", "low"] = ""
    scoped: list[Scoped] = []
    note: str = ""


class Table(Entry, kw_only=True, forbid_unknown_fields=True):
    """A lookup table. band: highest row not above x; exact: equal keys."""

    kind: Literal["band", "exact"]
    rows: list[list[Any]]
    closed: bool = False


class ParametersFile(Struct, kw_only=True):
    """parameters.toml: [name] tables are parameters, [[table]] are tables; split by the loader."""

    table: list[Table] = []
    parameter: dict[str, Parameter] = {}


class Source(Struct, kw_only=True, forbid_unknown_fields=True):
    title: str
    note: str = ""


class ModelFile(Struct, kw_only=True, forbid_unknown_fields=True):
    """model.toml"""

    id: str
    title: str
    version: str
    effective_from: date
    effective_to: date | None = None
    says: str
    serves: str  # who it is for, one sentence
    maturity: Literal["trial", "ready"]
    service: str  # the kind of service, for concurrency rules, e.g. "care_transitions"
    member_word: str = "person"
    calendar: str | None = None
    length_days: int | None = None
    source: list[Source] = []


class CareModel(Struct, kw_only=True):
    """One folder, loaded. `lines` says where each table and key stands: file -> path -> line."""

    folder: str
    model: ModelFile
    sets: SetsFile
    eligibility: EligibilityFile
    enrollment: EnrollmentFile
    team: TeamFile
    plan: PlanFile
    work: WorkFile
    parameters: dict[str, Parameter]
    tables: list[Table]
    words: dict[str, dict[str, str]]  # language -> key -> phrase
    lines: dict[str, dict[tuple[str | int, ...], int]] = {}


class Activity(Entry, kw_only=True, forbid_unknown_fields=True):
    """A word of the shared vocabulary (care_library/activities.toml): what a touch is called in every model."""

    verb: str  # the plain words of a worklist row: "First call after hospital"; translated by words key activity.<id>
    outcomes: list[str] = field(default_factory=lambda: list(CONTACT_OUTCOMES))
    mode: str = "phone"
    minutes: int = 10
    safety: bool = False


class ValueSet(Entry, kw_only=True, forbid_unknown_fields=True):
    """Codes by system; a code ending in "*" is a prefix (ICD-10-CM only); codes may be dated."""

    codes: dict[str, list[str]]  # system uri or alias ("icd10cm", "snomed", "loinc", ...) -> codes
    excludes: dict[str, list[str]] = {}


class LibraryRole(Entry, kw_only=True, forbid_unknown_fields=True):
    """A role of the field, named once; staff_roles says which sign-in roles may do its work."""

    staff_roles: list[str]


class ActivitiesFile(Struct, kw_only=True, forbid_unknown_fields=True):
    """care_library/activities.toml"""

    activity: list[Activity]


class RolesFile(Struct, kw_only=True, forbid_unknown_fields=True):
    """care_library/roles.toml"""

    role: list[LibraryRole]


class ValueSetsFile(Struct, kw_only=True, forbid_unknown_fields=True):
    """care_library/value_sets/*.toml"""

    value_set: list[ValueSet]


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
    """This step owes this person nothing."""

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


class Library(Struct, kw_only=True):
    """care_library, loaded: what care models name by id."""

    activities: dict[str, Activity]
    roles: dict[str, LibraryRole]
    value_sets: dict[str, ValueSet]
    words: dict[str, dict[str, str]]
    views: dict[str, dict[str, str]]  # view -> column -> type ("text","date","timestamp","boolean","decimal","integer")
