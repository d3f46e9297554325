"""Who takes whom, and in which order: assignments and routes, where each choice changes the next."""

from typing import Literal

from throughcare.definitions.grammar.entry import Entry


class Assignment(Entry, kw_only=True, forbid_unknown_fields=True):
    """[[assignment]] of team.toml: gives each case a worker. Hard limits are conditions; what is left is fairness.

    One by one, the heaviest case first, each goes to the worker who will be used least afterwards; a worker the case
    had before keeps it while there is room. Together, all cases are placed at once so that the most used worker is
    used as little as can be.
    """

    role: str  # the role of the care library that is filled
    cases: str  # a set, one row per case
    among: str  # a phrase over the set of workers: those who may take the case; this.x is the case
    weight: str  # an expression over the case: how much of a worker's room it takes
    cap: str  # a column of the worker: all the room there is
    load: str  # a column of the worker: the room already taken
    worker: str = "key"  # a column of the worker: the name others know the worker by
    previous: str | None = None  # an expression over the case: the worker it had before
    keep_to: str = "1"  # an expression over the case: a previous worker keeps it up to this share of the cap
    full_at: str = "1"  # an expression over the case: nobody is filled beyond this share of the cap
    how: Literal["one_by_one", "together"] = "one_by_one"


class Routing(Entry, kw_only=True, forbid_unknown_fields=True):
    """[[routing]] of team.toml: the order of a day's stops for one worker or vehicle that drives least.

    Every expression is over one row of `stops`; rows that agree in `trip` are one trip, and must agree where it starts.
    """

    stops: str  # a set, one row per visit or stop
    trip: str  # an expression: which trip a stop belongs to, for instance a worker's day
    x: str  # longitude, or any east-west measure
    y: str  # latitude, or any north-south measure
    opens: str = "0"  # earliest minute of the day at which the visit may begin
    closes: str = "1440"  # latest
    minutes: str = "0"  # how long it takes
    starts_x: str
    starts_y: str
    starts_at: str  # minute of the day at which the trip begins
    km_per_hour: str | None = None  # without it, x and y are minutes on a plain
    shows: list[str] = []  # columns and facts of a stop that stand beside it on the trip's page
