"""eligibility.toml, enrollment.toml and team.toml: who belongs, how people come and leave, who serves."""

from typing import Literal, get_args

from msgspec import Struct, field

from throughcare.definitions.grammar.assignment import Assignment, Routing
from throughcare.definitions.grammar.entry import Entry

EpisodeState = Literal["planned", "waitlist", "active", "onhold", "finished", "cancelled"]
EPISODE_STATES: tuple[EpisodeState, ...] = get_args(EpisodeState)


class Criterion(Entry, kw_only=True, forbid_unknown_fields=True):
    on: str = "person"
    where: str  # an expression that is true, false or unknown
    closed: Literal["no record means no"] | None = None  # needed by a criterion of absence
    if_missing_ask: str | None = None  # the step that gets the answer
    overridden_by: str | None = None  # an expression that outranks `where` when it is known: the person's own choice


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
    """A reason to leave that a person may choose."""

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
    """What happens while nobody fills the role."""

    step: str | None = None
    blocks: bool = False


class Caseload(Struct, kw_only=True, forbid_unknown_fields=True):
    """How much of a worker's time one person takes."""

    weight: float = 1.0
    cap: int | None = None
    warn: float = 0.9


class Role(Entry, kw_only=True, forbid_unknown_fields=True):
    """A role of the team; `found_in` are phrases over person's rows, the first that has a row fills it with `take`."""

    found_in: list[str]  # phrases, the first that has a row wins
    take: str = "member_key"  # the column that names the member
    least: int = 1  # how many are needed; 0 means the role is optional
    lead: bool = False  # may lead the team
    if_missing: MissingMember | None = None
    caseload: Caseload | None = None


class TeamFile(Struct, kw_only=True, forbid_unknown_fields=True):
    """team.toml"""

    role: list[Role]
    assignment: list[Assignment] = []
    routing: list[Routing] = []
    huddle: str = ""
