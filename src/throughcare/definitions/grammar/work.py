"""plan.toml and work.toml: what the plan proposes, and what is owed from when until when."""

from typing import Literal

from msgspec import Struct, field

from throughcare.definitions.grammar.entry import Entry
from throughcare.definitions.grammar.pathways import Pathway, Taken


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
    opens: str | None = None  # a date of the row, or a deadline shape: "2 days before visit_on"
    due: str | None = None  # "2 business days after ended_on", "180 days after last_a1c_on", "by visit_on"
    activity: str  # a word of the care library
    about: str | None = None  # column holding the event's reference; default: the row's own `about`, else its key
    resolved_by: str | None = None  # a phrase over one view, without this.x; only rows on or after `opens` count
    link: str | None = None  # "our_column = their_column": what resolves it is found by this, not by the person
    resolved_on: str | None = None  # a day or moment of the row itself
    form: str | None = None  # instead of resolved_by: a form, resolved by its complete response
    partial_counts: bool = False  # with `form`: any response will do, complete or not
    needs: int = 1  # how many such rows
    needs_days: int | None = None  # on how many different days
    counts_from: str | None = None  # the first day that counts; default: `opens`
    cancelled_by: str | None = None  # an expression over the row
    role: list[str]  # who may do it, the first choice first
    escalates_to: str | None = None  # the role that hears of a breach
    minutes: int = 10  # how long it usually takes
    clock: Clock | None = None


class Segment(Struct, kw_only=True, forbid_unknown_fields=True):
    """A stretch of a grid: a date every so often, so many times or before a day."""

    id: str
    from_: str = field(name="from")
    every: str
    times: int | None = None
    before: str | None = None
    done_within: str = ""
    lead: str | None = None  # opens this long before its date; default: that of the rhythm


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
    pathway: list[Pathway] = []
    use: list[Taken] = []  # pathways of the care library
