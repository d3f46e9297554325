"""Pathways and loops: routes with a confirmed outcome, and work that goes back and forth between two parties."""

from typing import Literal

from msgspec import Struct, field

from throughcare.definitions.grammar.entry import Entry
from throughcare.definitions.grammar.sets import Choice


class PathwayStep(Entry, kw_only=True, forbid_unknown_fields=True):
    """One step of a pathway: a fact <id>_done_on, and a piece of work owed from the step it follows."""

    activity: str  # a word of the care library
    role: list[str]
    within: str = "30 days"  # how long after the pathway opened, or after the step it follows
    after: str = ""  # the step it follows; default: the opening
    counts_from: str = ""  # an expression: the first day on which it can be done; default: the day it opens
    done: str = ""  # a phrase; default: an event of this pathway with this step's name
    take: str = ""  # the date of that row; default: its own
    needs: int = 1  # how many such rows, on different days or not


class Pathway(Entry, kw_only=True, forbid_unknown_fields=True):
    """From a risk factor to a confirmed outcome. Gives the set `on` the facts state, completed_on and more.

    Several pathways may share one set, whose column `pathway` then says which rows are whose.
    """

    on: str = "opened_pathways"  # a set of opened pathways, with a column opened_on
    subtype: str = ""  # the column by which the pathway may repeat while another one is open
    step: list[PathwayStep]
    completed: str  # an expression over <step>_done_on and the row
    finished_incomplete: str = "stopped"
    completed_on: str = ""  # a date; default: the day of its last step
    pays: bool = True


class LoopMove(Struct, kw_only=True, forbid_unknown_fields=True):
    """States a loop may go to from a state, and which party may move it there."""

    from_: str = field(name="from")  # a state, or "any"
    to: list[str]
    by: list[str] = []  # parties; empty means either


class LoopNeed(Struct, kw_only=True, forbid_unknown_fields=True):
    """What must be so before a loop may be moved."""

    what: Literal["consent", "reason", "output"]
    leaving: str = "any"  # the state it leaves
    entering: list[str] = []  # the states it enters; default: every one
    unless: list[str] = []  # priorities at which it may be missing when the emergency is written down
    because: str  # what is said when it is missing


class Children(Struct, kw_only=True, forbid_unknown_fields=True):
    """One piece of work split into several: what the states of the parts make of the whole."""

    by: str  # the column of a part that names the whole
    roll_up: list[Choice]  # over n_children, n_open, n_<state>, was_accepted and the row


class Loop(Entry, kw_only=True, forbid_unknown_fields=True):
    """A state machine with two parties. Gives the set loop_<id>: its rows, and how each stands."""

    record: str  # a phrase: the rows
    state: str = "status"  # the column that holds the state
    derived: list[Choice] = []  # when no column does: a decision table that makes the fact `state`
    starts: str  # the first state
    parties: list[str]  # who moves it
    move: list[LoopMove]
    need: list[LoopNeed] = []
    terminal: list[str]
    accepted: list[str] = []  # states that show the other party took it on
    closed_when: str  # an expression: what came of it is known
    helped_when: str  # an expression: it did what it was for
    children: Children | None = None


class Taken(Struct, kw_only=True, forbid_unknown_fields=True):
    """[[use]]: pathways of the care library that this care model works with."""

    pathways: str  # a generation: the id of a file in care_library/pathways
    only: list[str] = []  # default: all of them
    role: list[str] = []  # who does their steps here; default: as the library says
