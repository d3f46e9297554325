"""payment.toml: what it earns or costs. Lines are units times price, or the reason why not; calculations are exact."""

from typing import Literal

from msgspec import Struct, field

from throughcare.definitions.grammar.entry import Entry
from throughcare.definitions.grammar.sets import Choice


class Need(Struct, kw_only=True, forbid_unknown_fields=True):
    """What must be on file before a line may be claimed: a condition, and what to say while it is not met."""

    if_: str = field(name="if")  # an expression over the row; false or unknown blocks the line
    because: str  # "no consent on file"; translated by the word need.<line>_<n>


class Line(Entry, kw_only=True, forbid_unknown_fields=True):
    """A candidate for payment per row of a set: paid or not, every candidate gives a line."""

    on: str = "person"
    service: str  # the kind of service, by which concurrency rules speak: "chronic_care_management"
    code: str  # the code billed, or "= expression"
    units: str = "1"  # an expression; no line when it is 0
    price: str  # an expression: a parameter, or lookup(fees, code, month)
    when: str = "true"  # is the row a candidate at all
    needs: list[Need] = []
    at: str | None = None  # the date of service; default: the set's own date
    limited_by: str | None = None  # the day by which a [[limit]] counts it; default: the date of service
    by: str | None = None  # column or fact that names who bills
    priority: int = 1  # 1 goes first where a rule lets only one line win and orders by priority
    while_: Literal["enrolled", "always"] = field(name="while", default="enrolled")


class Calc(Entry, kw_only=True, forbid_unknown_fields=True):
    """One step of a settlement: exact decimals; a later step may use an earlier one by its id."""

    on: str
    unit: str
    value: str | None = None
    choose: list[Choice] | None = None
    round: int | None = None  # decimal places, half away from zero; without it nothing is rounded


class PaymentFile(Struct, kw_only=True, forbid_unknown_fields=True):
    """payment.toml"""

    line: list[Line] = []
    calc: list[Calc] = []


class Exclusive(Entry, kw_only=True, forbid_unknown_fields=True):
    """Of the payable lines `among`, per group only the first stays, with all that share its `between`."""

    among: str  # a condition over line columns: service, code, by, month, on_date, amount, priority
    per: list[str]
    between: str | None = None  # an expression whose value wins as a whole: "by", "service = 'x'"; default: each line
    order: list[str]  # "priority low", "enrolled_on low", "amount high"
    losers: Literal["suppressed", "held_for_review", "denied"]
    because: str


class Limit(Entry, kw_only=True, forbid_unknown_fields=True):
    """At most so many units in a rolling number of days; what is beyond is denied."""

    among: str
    per: list[str]
    units: int
    in_days: int
    losers: Literal["suppressed", "held_for_review", "denied"] = "denied"
    because: str


class Blocks(Entry, kw_only=True, forbid_unknown_fields=True):
    """While someone is enrolled in one kind of service, others open no work or earn nothing."""

    while_enrolled: list[str]
    blocks: list[str]  # services, or ["*"] for all others
    what: list[Literal["work", "pay"]] = field(default_factory=lambda: ["work", "pay"])
    because: str


class OneLead(Entry, kw_only=True, forbid_unknown_fields=True):
    """Exactly one lead coordinator for a person in several programs: services in the order of their claim."""

    services: list[str]


class ContactCap(Entry, kw_only=True, forbid_unknown_fields=True):
    """How many contacts a week a person is asked to bear; safety is exempt."""

    per_week: int
    activities: list[str]  # of the library: what counts as a contact asked of the person


class ConcurrencyFile(Struct, kw_only=True, forbid_unknown_fields=True):
    """care_library/concurrency/*.toml: rules between services, which no care model may hold."""

    exclusive: list[Exclusive] = []
    limit: list[Limit] = []
    blocks: list[Blocks] = []
    one_lead: list[OneLead] = []
    contact_cap: list[ContactCap] = []
