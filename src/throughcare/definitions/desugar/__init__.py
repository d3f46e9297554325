"""Forms, pathways and loops as what they stand for: sets, facts, tables, parameters and steps."""

from throughcare.definitions.desugar.forms import form_entries
from throughcare.definitions.desugar.loops import ANY, loop_entries, states_of
from throughcare.definitions.desugar.made import Made, Misplaced, Written
from throughcare.definitions.desugar.pathways import pathway_entries
from throughcare.definitions.desugar.points import DECLINED, points_of
from throughcare.definitions.desugar.taken import complete_model, needs_library

__all__ = [
    "ANY",
    "DECLINED",
    "Made",
    "Misplaced",
    "Written",
    "complete_model",
    "form_entries",
    "loop_entries",
    "needs_library",
    "pathway_entries",
    "points_of",
    "states_of",
]
